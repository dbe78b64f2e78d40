//! `LEN`

use std::fmt::Write as _;

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the length of a text in bytes.
///
/// `ö` counts two, as it does everywhere in a dialplan.
pub static LEN: Function =
    Function::new("LEN", "The length of a text, in bytes", &[Argument::required("text", Kind::Text)]).reads(read);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    // Writing to a String cannot fail.
    let _ = write!(out, "{}", arguments.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn bytes_count() {
        assert_eq!(value("${LEN(größe)} ${LEN()} ${LEN(a, b)} ${LEN(\"ab\")}"), "7 0 4 4");
    }
}
