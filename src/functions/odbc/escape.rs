//! `SQL_ESC`, `SQL_ESC_BACKSLASHES`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("text", Kind::Text)];

/// Doubles the single quotes of a text, so that it may stand between such quotes in an SQL statement.
pub static SQL_ESC: Function =
    Function::new("SQL_ESC", "A text for use between quotes in SQL", ARGUMENTS).reads(quotes);

/// Doubles the backslashes of a text, for databases in which they protect what follows, such as MySQL.
pub static SQL_ESC_BACKSLASHES: Function =
    Function::new("SQL_ESC_BACKSLASHES", "A text with its backslashes doubled", ARGUMENTS).reads(backslashes);

fn quotes(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&text.replace('\'', "''"));
    Ok(())
}

fn backslashes(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(&text.replace('\\', "\\\\"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn what_protects_is_doubled() {
        let name = [("NAME", "O'Neill \\ Söhne")];
        assert_eq!(value_with(&name, "${SQL_ESC(${NAME})}"), "O''Neill \\ Söhne");
        assert_eq!(value_with(&name, "${SQL_ESC_BACKSLASHES(${NAME})}"), "O'Neill \\\\ Söhne");
    }
}
