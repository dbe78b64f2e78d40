//! What a function declares about itself, and how it is read and written.

use super::{Argument, Context};

/// One function of the dialplan, used as `${NAME(arguments)}` or `Set(NAME(arguments)=value)`.
pub struct Function {
    /// The plan must write it in the same case.
    pub name: &'static str,
    /// What it gives, in one line.
    pub synopsis: &'static str,
    pub arguments: &'static [Argument],
    /// Gives the value: appends it to the text.
    pub read: Option<Read>,
    /// Takes a value.
    pub write: Option<Write>,
    /// It reaches beyond the call: files, programs, other machines. Text from outside must not get into its arguments
    /// unchecked, and a manager user needs a privilege of its own to use it.
    pub is_dangerous: bool,
}

impl Function {
    /// A function that can neither be read nor written yet.
    pub const fn new(name: &'static str, synopsis: &'static str, arguments: &'static [Argument]) -> Self {
        Self { name, synopsis, arguments, read: None, write: None, is_dangerous: false }
    }

    /// It can be read.
    pub const fn reads(mut self, read: Read) -> Self {
        self.read = Some(read);
        self
    }

    /// It can be written.
    pub const fn writes(mut self, write: Write) -> Self {
        self.write = Some(write);
        self
    }

    /// It reaches beyond the call.
    pub const fn dangerous(mut self) -> Self {
        self.is_dangerous = true;
        self
    }
}

/// Appends the function's value to the text.
pub type Read = fn(&mut Context<'_>, &str, &mut String) -> Result<(), FunctionError>;

/// Stores a value: arguments first, then the value.
pub type Write = fn(&mut Context<'_>, &str, &str) -> Result<(), FunctionError>;

/// Why a function gave nothing. The call goes on, with an empty value and a warning at the plan's line.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// Arguments are missing or senseless.
    #[error("{0}")]
    Arguments(String),
    /// What was asked for is not there.
    #[error("{0}")]
    NotFound(String),
    /// The value to be set is not one that the function takes.
    #[error("{0}")]
    Value(String),
    /// A file, a program or a store failed.
    #[error("{what}: {error}")]
    Io { what: String, error: std::io::Error },
}

impl FunctionError {
    pub fn arguments(text: impl Into<String>) -> Self {
        Self::Arguments(text.into())
    }

    pub fn not_found(text: impl Into<String>) -> Self {
        Self::NotFound(text.into())
    }

    pub fn value(text: impl Into<String>) -> Self {
        Self::Value(text.into())
    }

    pub fn io(what: impl Into<String>, error: std::io::Error) -> Self {
        Self::Io { what: what.into(), error }
    }
}
