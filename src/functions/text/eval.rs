//! `EVAL`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Substitutes a text once more: what a variable holds may itself name variables.
///
/// Text from outside (a caller's name, a web page) must not get here: it could read any variable and call any function.
pub static EVAL: Function =
    Function::new("EVAL", "A text substituted twice", &[Argument::required("text", Kind::Text)])
        .reads(read)
        .dangerous();

fn read(context: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    if text.is_empty() {
        return Err(FunctionError::arguments("a text is needed"));
    }
    out.push_str(&context.expand(text));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn values_are_read_again() {
        assert_eq!(value_with(&[("A", "1"), ("B", "${A}")], "${B} ${EVAL(${B})}"), "${A} 1");
    }
}
