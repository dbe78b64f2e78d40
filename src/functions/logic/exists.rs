//! `EXISTS`, `ISNULL`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::optional("text", Kind::Text)];

/// Gives 1 for a text that is not empty, otherwise 0. `EXISTS(${NAME})` asks for a variable.
pub static EXISTS: Function = Function::new("EXISTS", "Whether a text is there", ARGUMENTS).reads(exists);

/// Gives 1 for an empty text, otherwise 0.
pub static ISNULL: Function = Function::new("ISNULL", "Whether a text is empty", ARGUMENTS).reads(is_null);

fn exists(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push(if text.is_empty() { '0' } else { '1' });
    Ok(())
}

fn is_null(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push(if text.is_empty() { '1' } else { '0' });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn blanks_are_text() {
        assert_eq!(value_with(&[("Z", "0")], "${EXISTS(${Z})}${EXISTS(${N})} ${ISNULL()}${ISNULL( )}"), "10 10");
    }
}
