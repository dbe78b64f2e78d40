//! `FIELDQTY`

use std::fmt::Write as _;

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Counts the fields of a variable's value. An empty value has none.
pub static FIELDQTY: Function = Function::new(
    "FIELDQTY",
    "How many fields a variable's value has",
    &[Argument::required("variable", Kind::Variable), Argument::required("delimiter", Kind::Text)],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [name, delimiter] = fields::standard(arguments);
    let count = match delimiter {
        None => 1,
        Some(delimiter) => {
            let value = context.value_of(&name.unwrap_or_default());
            match fields::delimiter(Some(&delimiter)) {
                _ if value.is_empty() => 0,
                Some(delimiter) => value.split(delimiter).count(),
                None => 1,
            }
        }
    };
    let _ = write!(out, "{count}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn fields_are_counted() {
        let count = |text: &str| value_with(&[("V", "a-b,c-"), ("E", "")], text);
        assert_eq!(
            count(r"${FIELDQTY(V,-)} ${FIELDQTY(V,\x2d)} ${FIELDQTY(V,,)} ${FIELDQTY(V)} ${FIELDQTY(E,-)}"),
            "3 3 2 1 0"
        );
    }
}
