//! What can be wrong with an expression.

use std::ops::Range;

/// A fault in an expression. Places count bytes in the expression after substitution.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A token stands where the grammar has no use for it.
    #[error("unexpected {found}")]
    Syntax {
        /// The token, or `end` where more was expected.
        found: String,
        at: Range<usize>,
        outcome: Outcome,
    },
    /// An operand of an arithmetic operator is no number and counts as 0.
    #[error("'{operand}' is not a number")]
    NotANumber { operand: String },
    /// A division, or a remainder, by zero.
    #[error("division by zero")]
    DivisionByZero,
    /// A mathematical function was given too few or too many arguments.
    #[error("wrong number of arguments for {function}()")]
    WrongArguments { function: String },
    /// A call names no function.
    #[error("'{name}' is not a function")]
    NotAFunction { name: String },
    /// A regular expression that cannot be read; nothing matches it.
    #[error("bad regular expression: {reason}")]
    BadPattern { reason: String },
    /// More operators are pending than the evaluator keeps.
    #[error("the expression nests too deep")]
    TooDeep,
}

/// What a syntax error leaves as the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The error stands at the start: empty text.
    Empty,
    /// The error stands after a complete expression, whose value is kept.
    Kept,
    /// The error stands in the middle: 0.
    Zero,
}
