//! `ABS`

use super::{parse, write_number};
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a number without its sign.
pub static ABS: Function =
    Function::new("ABS", "A number without its sign", &[Argument::required("number", Kind::Number)]).reads(read);

fn read(_: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    write_number(parse(Some(arguments))?.abs(), out);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn signs_go() {
        assert_eq!(value("${ABS(-5)} ${ABS(-1.5)} ${ABS(0)} [${ABS(abc)}]"), "5 1.500000 0 []");
        assert_eq!(value("${ABS(-99999999999)}"), "99999999999.000000");
    }
}
