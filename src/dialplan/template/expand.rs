//! From parts to text, at every step of a call.

use super::buffer::Buffer;
use super::reference::Reference;
use super::{Inner, MAX_VALUE, Part, Place, Scope, Slice, Warning, WarningKind, bytes};
use crate::dialplan::expression::{self, RightHalf};

/// Appends the parts of the template `text` to `out`.
pub(super) fn parts(text: &str, parts: &[Part], scope: &mut dyn Scope, out: &mut String) {
    for part in parts {
        match part {
            Part::Text(at) => out.push_str(&text[bytes(at)]),
            Part::Variable { name, slice } => variable(&text[bytes(name)], *slice, scope, out),
            Part::Reference(inner) => {
                if !inner.closed {
                    scope.warn(Warning { at: bytes(&inner.at), kind: WarningKind::MissingBrace });
                }
                within(text, &inner.parts, scope, |name, scope| reference(name, &inner.at, scope, out));
            }
            Part::Expression(parts) => {
                let (inner, right) = &**parts;
                if !inner.closed {
                    scope.warn(Warning { at: bytes(&inner.at), kind: WarningKind::MissingBracket });
                }
                formula(text, inner, *right, scope, out);
            }
            Part::TooDeep { at } => scope.warn(Warning { at: bytes(at), kind: WarningKind::TooDeep }),
        }
    }
}

/// Expands the inside of a substitution and hands it on.
fn within(text: &str, inner: &[Part], scope: &mut dyn Scope, then: impl FnOnce(&str, &mut dyn Scope)) {
    if let [Part::Text(at)] = inner {
        return then(&text[bytes(at)], scope);
    }
    let mut buffer = Buffer::take();
    parts(text, inner, scope, &mut buffer);
    cut(&mut buffer, 0);
    then(&buffer, scope);
}

/// Expands the inside of a `$[]` right into `out`, where most results can be put in its place.
fn formula(text: &str, inner: &Inner, right: Option<RightHalf>, scope: &mut dyn Scope, out: &mut String) {
    let start = out.len();
    match (right, &*inner.parts) {
        (Some(right), [Part::Variable { name, slice }, rest @ ..]) => {
            variable(&text[bytes(name)], *slice, scope, out);
            if expression::replace_left_half(start, right, out) {
                return;
            }
            parts(text, rest, scope, out);
        }
        (_, inner) => parts(text, inner, scope, out),
    }
    cut(out, start);
    if !expression::replace_common_form(start, out) {
        let mut formula = Buffer::take();
        formula.push_str(&out[start..]);
        out.truncate(start);
        expression::evaluate_generally(&formula, bytes(&inner.at), scope, out);
    }
}

fn reference(inner: &str, at: &Place, scope: &mut dyn Scope, out: &mut String) {
    let reference = Reference::read(inner);
    let Some(arguments) = reference.arguments else {
        return variable(reference.name, reference.slice, scope, out);
    };
    let name = reference.name;
    if !arguments.closed {
        let kind = WarningKind::MissingParenthesis { name: name.to_owned() };
        scope.warn(Warning { at: bytes(at), kind });
    }
    let start = out.len();
    if scope.function(name, arguments.text, out) {
        finish(reference.slice, start, out);
    } else {
        out.truncate(start);
        scope.warn(Warning { at: bytes(at), kind: WarningKind::UnknownFunction { name: name.to_owned() } });
    }
}

fn variable(name: &str, slice: Option<Slice>, scope: &mut dyn Scope, out: &mut String) {
    let start = out.len();
    if scope.variable(name, out) {
        finish(slice, start, out);
    } else {
        out.truncate(start);
    }
}

fn finish(slice: Option<Slice>, start: usize, out: &mut String) {
    cut(out, start);
    if let Some(slice) = slice {
        slice.apply(out, start);
    }
}

/// Cuts what stands behind `start` to the length that a value may have.
fn cut(out: &mut String, start: usize) {
    if out.len() - start > MAX_VALUE {
        let end = (0..=start + MAX_VALUE).rev().find(|&at| out.is_char_boundary(at));
        out.truncate(end.unwrap_or(start));
    }
}
