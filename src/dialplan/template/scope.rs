//! What a substitution asks of the call it runs in, and what it has to tell.

use std::ops::Range;

use crate::dialplan::expression::Problem;

/// Where a template finds the values of variables and functions, and where its warnings go.
pub trait Scope {
    /// Appends the value of the variable `name` to `out`; false when it is not set.
    fn variable(&mut self, name: &str, out: &mut String) -> bool;

    /// Calls the function `name` for reading and appends its result to `out`; false when no such function
    /// exists. A function that exists and fails appends nothing and returns true.
    fn function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool;

    /// Takes note of a substitution that went wrong. The call goes on with what Asterisk would have made of it.
    fn warn(&mut self, warning: Warning);
}

/// A substitution that went wrong, and where: `at` counts bytes within the text of the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The substitution, from its dollar sign to its closing bracket.
    pub at: Range<usize>,
    /// What went wrong.
    pub kind: WarningKind,
}

/// The ways in which a substitution goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WarningKind {
    /// A `${` without its `}` reaches to the end of the text.
    #[error("the closing '}}' is missing")]
    MissingBrace,
    /// A `$[` without its `]` reaches to the end of the text.
    #[error("the closing ']' is missing")]
    MissingBracket,
    /// The arguments of a function are not closed.
    #[error("the closing ')' of function '{name}' is missing")]
    MissingParenthesis { name: String },
    /// No function of that name is known.
    #[error("function '{name}' does not exist")]
    UnknownFunction { name: String },
    /// The text nests deeper than [`MAX_DEPTH`](super::MAX_DEPTH) substitutions.
    #[error("substitutions are nested more than {} deep", super::MAX_DEPTH)]
    TooDeep,
    /// An expression could not be worked out as written.
    #[error("{problem} in '{text}'")]
    Expression {
        /// The expression after substitution; the places in `problem` count bytes in it.
        text: String,
        problem: Problem,
    },
}
