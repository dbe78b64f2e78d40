//! `QUOTE`, `CSV_QUOTE`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("text", Kind::Text)];

/// Puts a text into double quotes, with a backslash before quotes and backslashes in it.
pub static QUOTE: Function = Function::new("QUOTE", "A text in quotes", ARGUMENTS).reads(quote);

/// Puts a text into double quotes as CSV files want it: a quote in it is doubled.
pub static CSV_QUOTE: Function = Function::new("CSV_QUOTE", "A text quoted for a CSV file", ARGUMENTS).reads(csv_quote);

fn quote(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push('"');
    for character in text.chars() {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
    Ok(())
}

fn csv_quote(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push('"');
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn quotes_inside_are_marked() {
        assert_eq!(value(r#"${QUOTE(a"b\c)} ${CSV_QUOTE(a"b\c)} ${CSV_QUOTE()}"#), r#""a\"b\\c" "a""b\c" """#);
    }
}
