//! `DIGIT_SUM`

use std::fmt::Write as _;

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Adds up the digits of a text.
pub static DIGIT_SUM: Function =
    Function::new("DIGIT_SUM", "The sum of a text's digits", &[Argument::required("digits", Kind::Text)]).reads(read);

fn read(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    let sum: u64 = text.chars().filter_map(|character| character.to_digit(10)).map(u64::from).sum();
    let _ = write!(out, "{sum}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn digits_are_added() {
        assert_eq!(value("${DIGIT_SUM(1234)} ${DIGIT_SUM(a1)}"), "10 1");
    }
}
