//! `TRIM`, `LTRIM`, `RTRIM`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("text", Kind::Text)];

/// Takes blanks off both ends of a text.
pub static TRIM: Function = Function::new("TRIM", "A text without blanks at its ends", ARGUMENTS).reads(both);

/// Takes blanks off the beginning of a text.
pub static LTRIM: Function = Function::new("LTRIM", "A text without blanks at its beginning", ARGUMENTS).reads(left);

/// Takes blanks off the end of a text.
pub static RTRIM: Function = Function::new("RTRIM", "A text without blanks at its end", ARGUMENTS).reads(right);

/// What C's `isspace`, and everything below a space, count as.
fn is_blank(character: char) -> bool {
    character <= ' '
}

fn both(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(text.trim_matches(is_blank));
    Ok(())
}

fn left(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(text.trim_start_matches(is_blank));
    Ok(())
}

fn right(_: &mut Context<'_>, text: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(text.trim_end_matches(is_blank));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn ends_lose_their_blanks() {
        assert_eq!(value("[${LTRIM(  a b  )}][${RTRIM(  a b  )}][${TRIM(  a b  )}]"), "[a b  ][  a b][a b]");
    }
}
