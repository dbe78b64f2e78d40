//! `FIELDNUM`

use std::fmt::Write as _;

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the place of a value among the fields of a variable, from 1; 0 if it is not there.
pub static FIELDNUM: Function = Function::new(
    "FIELDNUM",
    "The place of a value in a list",
    &[
        Argument::required("variable", Kind::Variable),
        Argument::required("delimiter", Kind::Text),
        Argument::required("value", Kind::Text),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(name), Some(delimiter), Some(wanted)] = fields::raw(arguments) else {
        return Err(FunctionError::arguments("a variable, a delimiter and a value are needed"));
    };
    let Some(delimiter) = fields::delimiter(Some(delimiter)) else {
        return Err(FunctionError::arguments("the delimiter must not be empty"));
    };
    let value = context.value_of(name);
    let place = value.split(delimiter).position(|field| field == wanted).map_or(0, |at| at + 1);
    let _ = write!(out, "{place}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn places_count_from_one() {
        let place = |text: &str| value_with(&[("V", "red-green-blue")], text);
        assert_eq!(place("${FIELDNUM(V,-,green)} ${FIELDNUM(V,-,gree)} ${FIELDNUM(N,-,a)}"), "2 0 0");
    }
}
