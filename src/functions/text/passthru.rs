//! `PASSTHRU`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives its argument back: it puts a text where `CUT`, `FIELDQTY` and others want a variable's name.
pub static PASSTHRU: Function =
    Function::new("PASSTHRU", "Its argument", &[Argument::optional("text", Kind::Text)]).reads(read);

fn read(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn a_text_stands_for_a_variable() {
        assert_eq!(value("${CUT(PASSTHRU(a-b-c),-,2)}"), "b");
    }
}
