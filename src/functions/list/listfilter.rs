//! `LISTFILTER`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the list in a variable without a certain value, wherever it stands in it.
pub static LISTFILTER: Function = Function::new(
    "LISTFILTER",
    "A list without a value",
    &[
        Argument::required("variable", Kind::Variable),
        Argument::required("delimiter", Kind::Text),
        Argument::required("value", Kind::Text),
    ],
)
.reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(name), Some(delimiter), Some(unwanted)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a variable, a delimiter and a value are needed"));
    };
    let delimiter: String = fields::encoded(&delimiter).collect();
    let delimiter = if delimiter.is_empty() { "," } else { &delimiter };
    let list = context.value_of(&name);
    let kept: Vec<&str> = list.split(delimiter).filter(|value| *value != unwanted).collect();
    out.push_str(&kept.join(delimiter));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn every_occurrence_goes() {
        let filtered = |text: &str| value_with(&[("L", "a&b&a&c&a")], text);
        assert_eq!(filtered("${LISTFILTER(L,&,a)} ${LISTFILTER(L,&,x)} [${LISTFILTER(L,&)}]"), "b&c a&b&a&c&a []");
    }
}
