//! `REGEX`

use crate::dialplan::expression;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Tells whether a text matches a POSIX extended regular expression, which stands in quotes before it.
///
/// It is case sensitive and finds a match anywhere in the text. A backslash only protects the character behind it on
/// the way into the expression, so that the expression `\+` is written `\\+`.
pub static REGEX: Function = Function::new(
    "REGEX",
    "Whether a text matches a regular expression",
    &[Argument::required("\"expression\" text", Kind::Text)],
)
.reads(read);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(_), Some(pattern), Some(text)] = fields::separated(arguments, '"') else {
        return Err(FunctionError::arguments(format!("`{arguments}` is not of the form \"expression\" text")));
    };
    let text = text.strip_prefix([' ', '\t']).unwrap_or(&text);
    let pattern = expression::posix_pattern(&pattern, false)
        .map_err(|reason| FunctionError::arguments(format!("`{pattern}` is no regular expression: {reason}")))?;
    out.push(if pattern.is_match(text) { '1' } else { '0' });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn a_match_anywhere_counts() {
        assert_eq!(value(r#"${REGEX("^[0-9]+$" 12345)} ${REGEX("^[0-9]+$" 123a5)} ${REGEX("abc" ABC)}"#), "1 0 0");
        assert_eq!(value(r#"${REGEX("^\\+49" +4930)} ${REGEX("[[:digit:]]{3}" ab123)}"#), "1 1");
        assert_eq!(value(r#"[${REGEX("[" a)}] [${REGEX(abc)}]"#), "[] []");
        assert_eq!(value(r#"[${REGEX("b" abc)}] [${REGEX("^$")}] [${REGEX("a abc)}]"#), "[1] [1] []");
    }
}
