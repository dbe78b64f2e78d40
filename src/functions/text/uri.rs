//! `URIENCODE`, `URIDECODE`

use std::fmt::Write as _;

use crate::dialplan::template::text_from_bytes;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("text", Kind::Text)];

/// Writes a text so that it may stand in a URI: all but letters, digits and `-_.!~*'()` become `%` and two figures.
pub static URIENCODE: Function = Function::new("URIENCODE", "A text for use in a URI", ARGUMENTS).reads(encode);

/// Turns `%` and two figures into the byte they stand for.
pub static URIDECODE: Function = Function::new("URIDECODE", "A text out of a URI", ARGUMENTS).reads(decode);

fn encode(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    Ok(())
}

fn decode(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&decoded(text));
    Ok(())
}

/// A text with `%` and two figures turned into the bytes they stand for.
pub fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let figures = after.get(..2).and_then(|figures| std::str::from_utf8(figures).ok());
        match figures.and_then(|figures| u8::from_str_radix(figures, 16).ok()).filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    text_from_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn both_ways() {
        assert_eq!(value("${URIENCODE(a b&c=d/e?ö,+%)}"), "a%20b%26c%3Dd%2Fe%3F%C3%B6%2C%2B%25");
        assert_eq!(value("${URIDECODE(a%20b%2Fc%C3%B6+%4)}"), "a b/cö+%4");
        assert_eq!(value("${URIDECODE(%ff%zz)}"), "?%zz");
    }
}
