//! `TOUPPER`, `TOLOWER`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Turns the letters a to z into capitals; what is beyond ASCII stays.
pub static TOUPPER: Function =
    Function::new("TOUPPER", "A text in capital letters", &[Argument::required("text", Kind::Text)]).reads(upper);

/// Turns the letters A to Z into small ones; what is beyond ASCII stays.
pub static TOLOWER: Function =
    Function::new("TOLOWER", "A text in small letters", &[Argument::required("text", Kind::Text)]).reads(lower);

fn upper(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&text.to_ascii_uppercase());
    Ok(())
}

fn lower(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&text.to_ascii_lowercase());
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn only_ascii_letters_change() {
        assert_eq!(value("${TOUPPER(straße, 1a)} ${TOLOWER(ÄBC)}"), "STRAßE, 1A Äbc");
    }
}
