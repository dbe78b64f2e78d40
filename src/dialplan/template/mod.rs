//! `${}` and `$[]`: text with places that are filled in when a step runs.
//!
//! Substitution is textual, as in Asterisk: the innermost `${}` is replaced first, its value becomes part of
//! the name or expression around it, and values are not read a second time. A [`Template`] is read once, when
//! the plan is compiled, and expanded at every step; [`expand_text`] does both for a text that comes up at run time.
//!
//! ```
//! use exten::dialplan::template::{Scope, Template, Warning};
//!
//! struct Digits;
//!
//! impl Scope for Digits {
//!     fn variable(&mut self, name: &str, out: &mut String) -> bool {
//!         out.push_str(if name == "EXTEN" { "5551234" } else { "" });
//!         name == "EXTEN"
//!     }
//!     fn function(&mut self, _: &str, _: &str, _: &mut String) -> bool {
//!         false
//!     }
//!     fn warn(&mut self, _: Warning) {}
//! }
//!
//! let mut out = String::new();
//! Template::parse("SIP/${EXTEN:-4}").expand(&mut Digits, &mut out);
//! assert_eq!(out, "SIP/1234");
//! ```

mod buffer;
mod expand;
mod parse;
mod reference;
mod scope;

#[cfg(test)]
mod recorded;
#[cfg(test)]
mod tests;

pub use reference::{Slice, text_from_bytes};
pub use scope::{Scope, Warning, WarningKind};

use std::fmt;
use std::ops::Range;

use super::expression::RightHalf;

/// How many substitutions may stand within each other; what is nested deeper is empty.
pub const MAX_DEPTH: usize = 15;

/// How many bytes the inside of a substitution, or one value, may have; the rest is cut off, as in Asterisk.
pub const MAX_VALUE: usize = 4095;

/// Text with substitutions, read once and expanded at every step.
#[derive(Clone, PartialEq)]
pub struct Template {
    text: Box<str>,
    /// None when the text stands for itself, as most do.
    parts: Option<Box<[Part]>>,
}

/// A stretch of the template's text, in bytes.
type Place = Range<u32>;

/// A piece of a template.
#[derive(Clone, Debug, PartialEq)]
enum Part {
    /// Text that stands for itself.
    Text(Place),
    /// `${NAME}` or `${NAME:1:2}`, with nothing to substitute inside.
    Variable { name: Place, slice: Option<Slice> },
    /// Any other `${}`: what it names is known when its inside has been expanded.
    Reference(Box<Inner>),
    /// `$[]`, with its right half where it is a variable, an operator and a whole number.
    Expression(Box<(Inner, Option<RightHalf>)>),
    /// Substitutions nested deeper than [`MAX_DEPTH`].
    TooDeep { at: Place },
}

/// What stands between the brackets of a substitution.
#[derive(Clone, Debug, PartialEq)]
struct Inner {
    /// The substitution with its brackets.
    at: Place,
    closed: bool,
    parts: Box<[Part]>,
}

// A plan of a hundred thousand extensions has twice as many of them.
const _: () = assert!(size_of::<Part>() <= 24);

impl Template {
    /// Reads `text`. Every text is a template; what is odd in it is told when it is expanded, and by [`Self::faults`].
    pub fn parse(text: &str) -> Self {
        Self { text: text.into(), parts: parse::parts(text) }
    }

    /// The text as it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text, if nothing in it is substituted.
    pub fn as_literal(&self) -> Option<&str> {
        self.parts.is_none().then_some(&*self.text)
    }

    /// Appends the text to `out`, its substitutions filled in from `scope`.
    pub fn expand(&self, scope: &mut dyn Scope, out: &mut String) {
        match &self.parts {
            None => out.push_str(&self.text),
            Some(parts) => expand::parts(&self.text, parts, scope, out),
        }
    }

    /// What is wrong with the notation itself, whatever the values: brackets left open, nesting too deep.
    pub fn faults(&self) -> Vec<Warning> {
        let mut faults = Vec::new();
        if let Some(parts) = &self.parts {
            collect_faults(parts, &mut faults);
        }
        faults
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Template").field(&self.text).finish()
    }
}

fn collect_faults(parts: &[Part], faults: &mut Vec<Warning>) {
    for part in parts {
        let (inner, kind) = match part {
            Part::Text(_) | Part::Variable { .. } => continue,
            Part::TooDeep { at } => {
                faults.push(Warning { at: bytes(at), kind: WarningKind::TooDeep });
                continue;
            }
            Part::Reference(inner) => (&**inner, WarningKind::MissingBrace),
            Part::Expression(formula) => (&formula.0, WarningKind::MissingBracket),
        };
        collect_faults(&inner.parts, faults);
        if !inner.closed {
            faults.push(Warning { at: bytes(&inner.at), kind });
        }
    }
}

fn bytes(place: &Place) -> Range<usize> {
    place.start as usize..place.end as usize
}

/// Expands a text that is not known before the step runs, such as the argument of `EVAL`.
pub fn expand_text(text: &str, scope: &mut dyn Scope, out: &mut String) {
    match parse::parts(text) {
        None => out.push_str(text),
        Some(parts) => expand::parts(text, &parts, scope, out),
    }
}
