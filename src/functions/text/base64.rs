//! `BASE64_ENCODE`, `BASE64_DECODE`

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::dialplan::template::text_from_bytes;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("text", Kind::Text)];

/// Gives a text in base 64.
pub static BASE64_ENCODE: Function = Function::new("BASE64_ENCODE", "A text in base 64", ARGUMENTS).reads(encode);

/// Gives the text that a base 64 text stands for; reading ends at the first character that does not belong there.
pub static BASE64_DECODE: Function =
    Function::new("BASE64_DECODE", "The text in a base 64 text", ARGUMENTS).reads(decode);

/// Padding is written, and not missed when it is not there.
pub(super) const ENGINE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

fn encode(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    if text.is_empty() {
        return Err(FunctionError::arguments("a text is needed"));
    }
    ENGINE.encode_string(text, out);
    Ok(())
}

fn decode(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    if text.is_empty() {
        return Err(FunctionError::arguments("a text is needed"));
    }
    out.push_str(&text_from_bytes(&bytes(text)));
    Ok(())
}

/// The bytes up to what is no base 64.
pub(super) fn bytes(text: &str) -> Vec<u8> {
    let end = text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte)).count();
    // A single character at the end holds no whole byte.
    let end = if end % 4 == 1 { end - 1 } else { end };
    ENGINE.decode(text.get(..end).unwrap_or("")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn both_ways() {
        assert_eq!(
            value("${BASE64_ENCODE(hello)} ${BASE64_DECODE(aGVsbG8=)} ${BASE64_DECODE(aGVsbG8)}"),
            "aGVsbG8= hello hello"
        );
        assert_eq!(value("[${BASE64_ENCODE()}${BASE64_DECODE()}${BASE64_DECODE(!)}]"), "[]");
    }
}
