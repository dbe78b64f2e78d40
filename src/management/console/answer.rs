//! What a command answers.

use std::fmt::Display;

use serde::Serialize;
use serde_json::Value;

/// How a command went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    #[default]
    Success,
    /// It did not do what it was to do, which Asterisk counts as a success: only the text tells.
    Refused,
    /// It did not do what it was to do; a last line says so, and the manager answers `Error`.
    Failed,
    /// It is no command, or not written as the command is; the manager answers `Error`.
    NotUnderstood,
}

/// Data of a command: a text by `Display`, JSON by `Serialize`.
pub trait Show: Send + Sync {
    fn text(&self) -> String;
    fn json(&self) -> Value;
}

impl<T: Display + Serialize + Send + Sync> Show for T {
    fn text(&self) -> String {
        self.to_string()
    }

    fn json(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

/// What a command answers: its data, rendered only as it is asked for.
#[derive(Default)]
pub struct Answer {
    pub outcome: Outcome,
    data: Option<Box<dyn Show>>,
}

impl Answer {
    /// Data whose text ends with a line end, unless it is empty.
    pub fn of(data: impl Show + 'static) -> Self {
        Self { outcome: Outcome::Success, data: Some(Box::new(data)) }
    }

    /// One or more lines; the last line's end is added.
    pub fn line(text: impl Into<String>) -> Self {
        Self::of(Line { text: text.into() })
    }

    /// Lines as they are, each with its end.
    pub fn lines(text: impl Into<String>) -> Self {
        Self::of(Lines { text: text.into() })
    }

    /// The same of a command that failed.
    pub fn failure(text: impl Into<String>) -> Self {
        Self { outcome: Outcome::Failed, ..Self::line(text) }
    }

    /// The same of a command that found no reason to act.
    pub fn refusal(text: impl Into<String>) -> Self {
        Self { outcome: Outcome::Refused, ..Self::line(text) }
    }

    /// The same answer of a command that found no reason to act.
    #[must_use]
    pub fn refused(self) -> Self {
        Self { outcome: Outcome::Refused, ..self }
    }

    /// How a command is written that was written otherwise.
    pub fn usage(text: impl Into<String>) -> Self {
        Self { outcome: Outcome::NotUnderstood, ..Self::line(text) }
    }

    /// There is no such command.
    pub fn unknown(words: &[String]) -> Self {
        let words = words.join(" ");
        Self::usage(format!("No such command '{words}' (type 'core show help {words}' for other possible commands)"))
    }

    /// As the console shows it; nothing, or lines of which each is ended.
    pub fn text(&self) -> String {
        self.data.as_ref().map(|data| data.text()).unwrap_or_default()
    }

    /// The data as JSON.
    pub fn json(&self) -> Value {
        self.data.as_ref().map(|data| data.json()).unwrap_or_default()
    }

    /// The same answer with the line that a failed command ends with.
    pub(super) fn signed(self, line: &str) -> Self {
        match self.outcome {
            Outcome::Failed => Self::failure(format!("{}Command '{line}' failed.", self.text())),
            _ => self,
        }
    }

    /// The same answer with JSON for text.
    pub(super) fn into_json(self) -> Self {
        let text = format!("{:#}", self.json());
        Self { data: Some(Box::new(Json { value: self.json(), text })), ..self }
    }
}

/// Words for people only.
#[derive(Serialize)]
struct Line {
    text: String,
}

impl Display for Line {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.text.trim_end_matches('\n');
        if text.is_empty() { Ok(()) } else { writeln!(formatter, "{text}") }
    }
}

/// Words for people only, with empty lines at their end.
#[derive(Serialize)]
struct Lines {
    text: String,
}

impl Display for Lines {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Json {
    value: Value,
    #[serde(skip)]
    text: String,
}

impl Display for Json {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "{}", self.text)
    }
}
