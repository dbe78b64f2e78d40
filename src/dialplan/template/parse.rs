//! From text to parts, by the grammar in `grammar/template.pest`.

use pest::Parser;
use pest::iterators::Pair;
use pest_derive::Parser;

use super::reference::Reference;
use super::{Inner, MAX_DEPTH, Part, Place};
use crate::dialplan::expression::RightHalf;

#[derive(Parser)]
#[grammar = "../grammar/template.pest"]
struct Notation;

/// How deep plain brackets may nest; the parser descends once for each.
const MAX_BRACKETS: usize = 4 * MAX_DEPTH;

/// The parts of `text`, or None if it stands for itself.
pub(super) fn parts(text: &str) -> Option<Box<[Part]>> {
    if !has_substitution(text) {
        return None;
    }
    if let Some(parts) = plain_variables(text) {
        return Some(parts);
    }
    if nests_too_deep(text) {
        return Some([Part::TooDeep { at: place(0, 0, text.len()) }].into());
    }
    Some(read(text, 0, 1))
}

fn has_substitution(text: &str) -> bool {
    text.match_indices('$').any(|(at, _)| matches!(text.as_bytes().get(at + 1), Some(b'{' | b'[')))
}

/// The parts of a text that substitutes only variables by their plain names, as most do: by hand, for speed. `None` for
/// every other text.
fn plain_variables(text: &str) -> Option<Box<[Part]>> {
    let mut parts = Vec::with_capacity(2);
    let (mut begun, mut at) = (0, 0);
    while let Some(dollar) = text.get(at..)?.find('$').map(|found| at + found) {
        at = dollar + 1;
        match text.as_bytes().get(at) {
            Some(b'{') => at += 1,
            Some(b'[') => return None,
            _ => continue,
        }
        let length = text.get(at..)?.find('}')?;
        let inner = text.get(at..at + length)?;
        if !inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-')) {
            return None;
        }
        if begun < dollar {
            parts.push(Part::Text(place(0, begun, dollar)));
        }
        let reference = Reference::read(inner);
        parts.push(Part::Variable { name: place(at, 0, reference.name.len()), slice: reference.slice });
        at += length + 1;
        begun = at;
    }
    if begun < text.len() {
        parts.push(Part::Text(place(0, begun, text.len())));
    }
    Some(parts.into())
}

fn nests_too_deep(text: &str) -> bool {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    text.bytes().any(|byte| {
        match byte {
            b'{' => braces += 1,
            b'}' => braces = braces.saturating_sub(1),
            b'[' => brackets += 1,
            b']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        braces.max(brackets) > MAX_BRACKETS
    })
}

/// Reads `text`, which begins at byte `start` of the template and stands `depth` substitutions deep.
fn read(text: &str, start: usize, depth: usize) -> Box<[Part]> {
    let Ok(mut pairs) = Notation::parse(Rule::template, text) else {
        // The grammar takes any text; were it ever not to, the text would stand for itself.
        return [Part::Text(place(start, 0, text.len()))].into();
    };
    let found = pairs.next().into_iter().flat_map(Pair::into_inner);
    found.filter(|pair| pair.as_rule() != Rule::EOI).map(|pair| part(pair, start, depth)).collect()
}

fn part(pair: Pair<'_, Rule>, start: usize, depth: usize) -> Part {
    let span = pair.as_span();
    let at = place(start, span.start(), span.end());
    let rule = pair.as_rule();
    if rule == Rule::text {
        return Part::Text(at);
    }
    let mut text = "";
    let mut from = start;
    let mut closed = false;
    for piece in pair.into_inner() {
        match piece.as_rule() {
            Rule::inner | Rule::formula => {
                from = start + piece.as_span().start();
                text = piece.as_str();
            }
            Rule::closed => closed = true,
            _ => {}
        }
    }
    let nested = has_substitution(text);
    if nested && depth >= MAX_DEPTH {
        return Part::TooDeep { at };
    }
    if rule == Rule::variable && closed && !nested {
        let reference = Reference::read(text);
        if reference.arguments.is_none() {
            return Part::Variable { name: place(from, 0, reference.name.len()), slice: reference.slice };
        }
    }
    let parts = if nested { read(text, from, depth + 1) } else { [Part::Text(place(from, 0, text.len()))].into() };
    let inner = Inner { at, closed, parts };
    match rule {
        Rule::variable => Part::Reference(inner.into()),
        _ => {
            let right = match &*inner.parts {
                [Part::Variable { .. }, Part::Text(right)] => {
                    text.get(right.start as usize - from..).and_then(RightHalf::read)
                }
                _ => None,
            };
            Part::Expression((inner, right).into())
        }
    }
}

fn place(start: usize, from: usize, to: usize) -> Place {
    let offset = |at: usize| u32::try_from(start + at).unwrap_or(u32::MAX);
    offset(from)..offset(to)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn plain_variables_are_read_as_the_grammar_reads_them(
            text in r"([ab,$/é]|\$\{|\}|\$\[|\]|\$\{[A-C]{0,2}(:-?[0-9]){0,2}\}){0,8}",
        ) {
            if let Some(parts) = plain_variables(&text) {
                prop_assert_eq!(parts, read(&text, 0, 1));
            }
        }
    }

    #[test]
    fn most_texts_are_read_by_hand() {
        assert!(plain_variables("SIP/${EXTEN:1}@${TRUNK},20").is_some());
        assert!(plain_variables("$5 for ${A}").is_some());
        assert!(plain_variables("${A${B}}").is_none());
        assert!(plain_variables("${LEN(A)}").is_none());
        assert!(plain_variables("${A").is_none());
    }
}
