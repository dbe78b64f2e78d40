//! The scanning steps that every header grammar shares: tokens, quoted strings, lists outside quotes and brackets.

use std::borrow::Cow;

/// True for a non-empty RFC 3261 `token`.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(is_token_byte)
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-.!%*_+`'~".contains(&byte)
}

/// Cuts blanks and tabs off both ends; folded lines were joined with a blank before.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// The length of the quoted string at the head of `text`, both quotes counted. `None` if it does not close.
pub(super) fn quoted_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    None
}

/// The index of the first `separator` outside quoted strings and `<>`. `Err` if a quote or bracket stays open.
pub(super) fn find_outside(text: &str, separator: u8) -> Result<Option<usize>, ()> {
    let bytes = text.as_bytes();
    let mut at = 0;
    let mut bracket = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' if !bracket => {
                at += text.get(at..).and_then(quoted_len).ok_or(())?;
                continue;
            }
            b'<' if !bracket => bracket = true,
            b'>' if bracket => bracket = false,
            _ if byte == separator && !bracket => return Ok(Some(at)),
            _ => {}
        }
        at += 1;
    }
    if bracket { Err(()) } else { Ok(None) }
}

/// Splits a comma list outside quotes and brackets; the parts are trimmed.
///
/// A part whose quotes or brackets stay open reaches to the end: its own parser will refuse it.
pub(super) fn split_list(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        match find_outside(text, b',') {
            Ok(Some(at)) => {
                rest = text.get(at + 1..);
                Some(trim(text.get(..at)?))
            }
            _ => {
                rest = None;
                Some(trim(text))
            }
        }
    })
}

/// An unsigned decimal number without sign, leading zeros allowed.
pub(super) fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

/// The text of a quoted string without its quotes and backslashes; other text as it is.
pub fn unquote(text: &str) -> Cow<'_, str> {
    let Some(inner) = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) else {
        return Cow::Borrowed(text);
    };
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut plain = String::with_capacity(inner.len());
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => plain.extend(characters.next()),
            other => plain.push(other),
        }
    }
    Cow::Owned(plain)
}

/// Writes text as a quoted string, so that no part of it can be taken for the syntax around it.
pub fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\r' | '\n' | '\0' => quoted.push(' '),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// Text from the wire: bytes that are no UTF-8 become `?`, one for one.
pub(super) fn text_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_split_outside_quotes_and_brackets() {
        let text = r#""A, \"B" <sip:a@x;p=1,2>;q=1 , <sip:b@y>,sip:c@z"#;
        let parts: Vec<_> = split_list(text).collect();
        assert_eq!(parts, [r#""A, \"B" <sip:a@x;p=1,2>;q=1"#, "<sip:b@y>", "sip:c@z"]);
    }

    #[test]
    fn an_open_quote_swallows_the_rest() {
        assert_eq!(split_list(r#"a, "b, c"#).collect::<Vec<_>>(), [r#"a"#, r#""b, c"#]);
        assert_eq!(find_outside(r#""x"#, b','), Err(()));
        assert_eq!(find_outside("<x", b','), Err(()));
        assert_eq!(quoted_len(r#""a\"#), None);
    }

    #[test]
    fn quoting_and_unquoting_agree() {
        for text in ["", "plain", r#"a "quoted" \ one"#, "A < B"] {
            assert_eq!(unquote(&quote(text)), text);
        }
        assert_eq!(quote("a\r\nb"), "\"a  b\"");
    }

    #[test]
    fn numbers_are_digits_only() {
        assert_eq!(number("0009"), Some(9));
        assert_eq!(number("+1"), None);
        assert_eq!(number("4294967296"), None);
        assert_eq!(number(""), None);
    }
}
