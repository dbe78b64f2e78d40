//! Splitting arguments as written, before anything is substituted.

use std::ops::Range;

/// The parts of `text[range]` between separators that stand outside of substitutions, parentheses, brackets and
/// quotes.
pub(super) fn split(text: &str, range: Range<usize>, separator: u8) -> Vec<Range<usize>> {
    let mut fields = Vec::new();
    let mut start = range.start;
    for at in separators(text, range.clone(), separator, true) {
        fields.push(start..at);
        start = at + 1;
    }
    fields.push(start..range.end);
    fields
}

/// The first `sign` of `text[range]` outside of substitutions; quotes and parentheses hide nothing.
pub(super) fn first_outside(text: &str, range: Range<usize>, sign: u8) -> Option<usize> {
    separators(text, range, sign, false).next()
}

/// The same, but parentheses and quotes hide it.
pub(super) fn first(text: &str, range: Range<usize>, sign: u8) -> Option<usize> {
    separators(text, range, sign, true).next()
}

fn separators(
    text: &str,
    range: Range<usize>,
    separator: u8,
    with_quotes: bool,
) -> impl Iterator<Item = usize> + use<'_> {
    let bytes = text.as_bytes();
    let (mut parentheses, mut brackets, mut braces) = (0_usize, 0_usize, 0_usize);
    let (mut quoted, mut hidden, mut expressions) = (false, false, 0_usize);
    range.filter(move |at| {
        let Some(byte) = bytes.get(*at).copied() else { return false };
        if std::mem::take(&mut hidden) {
            return false;
        }
        let is_substitution = *at > 0 && bytes.get(*at - 1) == Some(&b'$');
        match byte {
            b'\\' => hidden = with_quotes,
            b'"' if braces == 0 && expressions == 0 => quoted = with_quotes && !quoted,
            b'{' if braces > 0 || is_substitution => braces += 1,
            b'}' => braces = braces.saturating_sub(1),
            b'[' if expressions > 0 || is_substitution => expressions += 1,
            b']' if expressions > 0 => expressions -= 1,
            b'[' if with_quotes => brackets += 1,
            b']' if with_quotes => brackets = brackets.saturating_sub(1),
            b'(' if with_quotes => parentheses += 1,
            b')' if with_quotes => parentheses = parentheses.saturating_sub(1),
            _ => {
                return byte == separator
                    && parentheses == 0
                    && brackets == 0
                    && braces == 0
                    && expressions == 0
                    && !quoted;
            }
        }
        false
    })
}

/// A range without the blanks at its ends.
pub(super) fn trim(text: &str, range: Range<usize>) -> Range<usize> {
    let part = text.get(range.clone()).unwrap_or("");
    let start = range.end - part.trim_start().len();
    start..start.max(range.start + part.trim_end().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        split(text, 0..text.len(), b',').into_iter().map(|at| &text[at]).collect()
    }

    #[test]
    fn commas_inside_of_anything_separate_nothing() {
        assert_eq!(
            parts(r#"${CUT(A,b,1)},$[1,2],"a,b",L(1,2),x\,y"#),
            ["${CUT(A,b,1)}", "$[1,2]", "\"a,b\"", "L(1,2)", "x\\,y"]
        );
        assert_eq!(parts(""), [""]);
    }

    #[test]
    fn a_question_mark_outside_of_substitutions() {
        let text = "$[a?b::c]\"?x";
        assert_eq!(first_outside(text, 0..text.len(), b'?'), Some(10));
    }
}
