//! `FIELDNUM`

use std::fmt::Write as _;

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the place of a value among the fields of a variable, from 1, without regard to case; 0 if it is not there.
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
    let [Some(name), Some(delimiter), Some(wanted)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a variable, a delimiter and a value are needed"));
    };
    let value = context.value_of(&name);
    let place = match fields::delimiter(Some(&delimiter)) {
        Some(_) if value.is_empty() => None,
        Some(delimiter) => value.split(delimiter).position(|field| field.eq_ignore_ascii_case(&wanted)),
        None => None,
    };
    let _ = write!(out, "{}", place.map_or(0, |at| at + 1));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn places_count_from_one() {
        let place = |text: &str| value_with(&[("V", "red-green-blue")], text);
        assert_eq!(place("${FIELDNUM(V,-,green)} ${FIELDNUM(V,-,gree)} ${FIELDNUM(N,-,a)}"), "2 0 0");
        assert_eq!(place("${FIELDNUM(V,-,BLUE)} ${FIELDNUM(V,,a)} [${FIELDNUM(V,-)}]"), "3 0 []");
    }
}
