//! `$[]`: expressions worked out over text that has already been substituted.
//!
//! The notation stands in `grammar/expression.pest`; this is Asterisk's grammar, with its recovery from errors:
//! an error behind a complete expression keeps that expression, at the start it leaves nothing, in the middle 0.
//! Numbers are those of C's `long double`. Text and numbers follow three rules that surprise:
//!
//! - Quotes belong to the value: `5 = "5"` compares `5` with `"5"` and is 0.
//! - Only `digits[.digits]` is a number. Anything else in a sum counts as 0.
//! - A literal keeps its spelling as long as nothing computes with it: `007 | 1` gives `7`, `0 | 007` gives `007`.

mod arithmetic;
mod evaluator;
mod functions;
mod lexer;
mod number;
mod operator;
mod pattern;
mod posix;
mod problem;
mod quick;
mod transcendental;
mod value;

#[cfg(test)]
mod tests;

pub use pattern::posix_pattern;
pub use problem::{Outcome, Problem};
pub(super) use quick::RightHalf;

use std::ops::Range;

use evaluator::Evaluator;
use number::Number;

use crate::dialplan::template::{Scope, Warning, WarningKind};

/// Works out `text`, the inside of a `$[]` after substitution, and appends the result to `out`.
///
/// Faults go to [`Scope::warn`]; the result is then what Asterisk makes of it.
pub fn evaluate(text: &str, scope: &mut dyn Scope, out: &mut String) {
    match quick::evaluate(text) {
        Some(result) => quick::write(result, out),
        None => evaluate_generally(text, 0..text.len(), scope, out),
    }
}

/// Replaces what stands behind `start` in `out` by its result if it is one of the common forms; false if it is not.
pub(super) fn replace_common_form(start: usize, out: &mut String) -> bool {
    let Some(result) = quick::evaluate(&out[start..]) else { return false };
    out.truncate(start);
    quick::write(result, out);
    true
}

/// Replaces what stands behind `start` in `out`, with the right half of a common form behind it, by the result; false
/// if it is no whole number.
pub(super) fn replace_left_half(start: usize, right: RightHalf, out: &mut String) -> bool {
    let Some(result) = right.after(&out[start..]) else { return false };
    out.truncate(start);
    quick::write(result, out);
    true
}

/// Works out an expression, in any form, that stands at `at` in a template.
pub(super) fn evaluate_generally(text: &str, at: Range<usize>, scope: &mut dyn Scope, out: &mut String) {
    let mut report = |scope: &mut dyn Scope, problem| {
        scope.warn(Warning { at: at.clone(), kind: WarningKind::Expression { text: text.to_owned(), problem } });
    };
    Evaluator::new(text, scope, &mut report).run().write(out);
}
