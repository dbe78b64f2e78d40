//! What a command answers.

use std::fmt::{self, Display, Write as _};

use super::command::Command;

/// A command's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// `200 result=…`, or several lines of which the last is such a one.
    Done {
        text: String,
        /// The command failed: the script's status is FAILURE, unless the caller is gone.
        has_failed: bool,
    },
    /// The arguments are not what the command takes.
    Usage,
}

/// What was not understood.
pub const UNKNOWN: &str = "510 Invalid or unknown command";

/// What needs a caller where there is none any more.
pub const DEAD: &str = "511 Command Not Permitted on a dead channel or intercept routine";

impl Reply {
    /// `200 result=1`
    pub fn result(result: impl Display) -> Self {
        Self::Done { text: format!("200 result={result}"), has_failed: false }
    }

    /// `200 result=1 (value)`
    pub fn value(value: &str) -> Self {
        Self::with(1, format_args!("({value})"))
    }

    /// `200 result=-1 endpos=0`
    pub fn with(result: impl Display, more: impl Display) -> Self {
        Self::Done { text: format!("200 result={result} {more}"), has_failed: false }
    }

    /// The key that was pressed, by its code, or 0.
    pub fn key(key: Option<char>) -> Self {
        Self::result(code(key))
    }

    /// `200 result=-1`, as a failure.
    pub fn failure() -> Self {
        Self::result(-1).failed()
    }

    /// The same as a failure.
    pub fn failed(self) -> Self {
        match self {
            Self::Done { text, .. } => Self::Done { text, has_failed: true },
            Self::Usage => Self::Usage,
        }
    }

    /// Puts a line before the answer.
    pub fn after(self, line: &str) -> Self {
        match self {
            Self::Done { text, has_failed } => Self::Done { text: format!("{line}\n{text}"), has_failed },
            Self::Usage => Self::Usage,
        }
    }

    /// The lines that the script gets.
    pub fn lines(&self, command: &Command) -> String {
        match self {
            Self::Done { text, .. } => format!("{text}\n"),
            Self::Usage => usage(command),
        }
    }
}

/// A key's code, 0 for none.
pub fn code(key: Option<char>) -> u32 {
    key.map_or(0, u32::from)
}

fn usage(command: &Command) -> String {
    let mut text = "520-Invalid command syntax.  Proper usage follows:\n".to_owned();
    // Writing to a text cannot fail.
    let _ =
        writeln!(text, " Usage: {}{}{}", command.name, if command.takes.is_empty() { "" } else { " " }, command.takes);
    let _ = writeln!(text, "\t{}", command.manual.replace('\n', "\n\t"));
    text.push_str("520 End of proper usage.\n");
    text
}

impl fmt::Display for Command {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name)
    }
}
