//! Where the substitutions of a text stand, `${}` and `$[]`, without filling them in.

use std::ops::Range;

/// A `${}` or `$[]`; places are in bytes of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Substitution {
    pub kind: Kind,
    /// From the dollar sign to behind the closing bracket, or to the end of the text around it.
    pub at: Range<usize>,
    pub inner: Range<usize>,
    pub is_closed: bool,
    /// How many substitutions stand around it.
    pub depth: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `${}`
    Reference,
    /// `$[]`
    Expression,
}

/// How deep is looked; the template itself stops earlier.
const DEEPEST: usize = 32;

/// Every substitution of a text, the outer before the inner.
pub(super) fn scan(text: &str) -> Vec<Substitution> {
    let mut found = Vec::new();
    if text.contains('$') {
        within(text, 0..text.len(), 0, &mut found);
    }
    found
}

fn within(text: &str, range: Range<usize>, depth: usize, found: &mut Vec<Substitution>) {
    let bytes = text.as_bytes();
    let mut at = range.start;
    while at + 1 < range.end && depth < DEEPEST {
        let (kind, open, close) = match (bytes.get(at), bytes.get(at + 1)) {
            (Some(b'$'), Some(b'{')) => (Kind::Reference, b'{', b'}'),
            (Some(b'$'), Some(b'[')) => (Kind::Expression, b'[', b']'),
            _ => {
                at += 1;
                continue;
            }
        };
        let (mut open_brackets, mut end) = (1_usize, at + 2);
        while end < range.end {
            match bytes.get(end) {
                Some(byte) if *byte == open => open_brackets += 1,
                Some(byte) if *byte == close => open_brackets -= 1,
                _ => {}
            }
            if open_brackets == 0 {
                break;
            }
            end += 1;
        }
        let is_closed = open_brackets == 0;
        let (inner, behind) = (at + 2..end, if is_closed { end + 1 } else { end });
        found.push(Substitution { kind, at: at..behind, inner: inner.clone(), is_closed, depth });
        within(text, inner, depth + 1, found);
        at = behind;
    }
}

impl Substitution {
    /// The name of the variable or function; empty for an expression or a computed name.
    pub fn name<'t>(&self, text: &'t str) -> &'t str {
        let inner = text.get(self.inner.clone()).unwrap_or("");
        let name = inner.split(['(', ':']).next().unwrap_or("");
        if self.kind == Kind::Expression || name.contains('$') { "" } else { name }
    }

    /// What stands in a function's parentheses; `None` for a variable.
    pub fn arguments(&self, text: &str) -> Option<Range<usize>> {
        let inner = text.get(self.inner.clone())?;
        let open = inner.find('(').filter(|open| !inner[..*open].contains(':'))?;
        let rest = inner.get(open + 1..)?;
        let end = closing_parenthesis(rest).or_else(|| rest.rfind(')')).unwrap_or(rest.len());
        let start = self.inner.start + open + 1;
        (self.kind == Kind::Reference).then_some(start..start + end)
    }

    /// Whether a function's parentheses are left open.
    pub fn lacks_parenthesis(&self, text: &str) -> bool {
        let inner = text.get(self.inner.clone()).unwrap_or("");
        let open = inner.find('(').filter(|open| !inner[..*open].contains([':', '$']));
        self.kind == Kind::Reference && open.is_some_and(|open| !inner[open..].contains(')'))
    }

    /// The `:offset:length` behind the name, without its first colon.
    pub fn slice<'t>(&self, text: &'t str) -> Option<&'t str> {
        let inner = text.get(self.inner.clone()).unwrap_or("");
        let mut depth = 0_i32;
        let colon = inner.bytes().position(|byte| {
            match byte {
                b'(' | b'{' => depth += 1,
                b')' | b'}' => depth -= 1,
                _ => {}
            }
            byte == b':' && depth == 0
        });
        inner.get(colon? + 1..)
    }
}

/// The parenthesis that closes what was opened before the text.
fn closing_parenthesis(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    text.bytes().position(|byte| {
        match byte {
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outer_before_inner_and_only_the_own_bracket_counts() {
        let text = "a$[${LEN(${X:1})} = 2]b${Y";
        let found: Vec<_> = scan(text).iter().map(|found| (&text[found.at.clone()], found.is_closed)).collect();
        let wanted = [("$[${LEN(${X:1})} = 2]", true), ("${LEN(${X:1})}", true), ("${X:1}", true), ("${Y", false)];
        assert_eq!(found, wanted);
    }

    #[test]
    fn names_arguments_and_slices() {
        let text = "${CUT(A,:,2):1}";
        let found = &scan(text)[0];
        assert_eq!(found.name(text), "CUT");
        assert_eq!(&text[found.arguments(text).unwrap()], "A,:,2");
        assert_eq!(found.slice(text), Some("1"));
        assert!(scan("${LEN(a}")[0].lacks_parenthesis("${LEN(a}"));
    }
}
