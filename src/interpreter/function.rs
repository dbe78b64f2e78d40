//! What a function declares about itself, and how it is read and written.

use super::{Argument, Context};

/// One function of the dialplan, used as `${NAME(arguments)}` or `Set(NAME(arguments)=value)`.
pub struct Function {
    /// In capital letters; the plan may write it in any case where Asterisk allows it.
    pub name: &'static str,
    /// What it gives, in one line.
    pub synopsis: &'static str,
    pub arguments: &'static [Argument],
    /// Gives the value: appends it to the text.
    pub read: Option<Read>,
    /// Takes a value.
    pub write: Option<Write>,
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
}
