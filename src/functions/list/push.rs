//! `PUSH`, `UNSHIFT`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] =
    &[Argument::required("variable", Kind::Variable), Argument::optional("delimiter", Kind::Text)];

/// `Set(PUSH(list)=value)` appends a value to the list in a variable. The delimiter is a comma unless another is given.
pub static PUSH: Function = Function::new("PUSH", "Appends to a list", ARGUMENTS).writes(push);

/// `Set(UNSHIFT(list)=value)` puts a value before the list in a variable.
pub static UNSHIFT: Function = Function::new("UNSHIFT", "Puts a value before a list", ARGUMENTS).writes(unshift);

fn push(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    join(context, arguments, |list, delimiter| format!("{list}{delimiter}{value}"), value)
}

fn unshift(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    join(context, arguments, |list, delimiter| format!("{value}{delimiter}{list}"), value)
}

fn join(
    context: &mut Context<'_>,
    arguments: &str,
    joined: impl FnOnce(&str, char) -> String,
    alone: &str,
) -> Result<(), FunctionError> {
    let [name, delimiter] = fields::standard(arguments);
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| FunctionError::arguments("a variable is needed"))?;
    let delimiter = fields::delimiter(delimiter.as_deref()).unwrap_or(',');
    let list = context.value_of(&name);
    let list = if list.is_empty() { alone.to_owned() } else { joined(&list, delimiter) };
    context.set(&name, &list);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn lists_grow_at_both_ends() {
        let bench = Bench::new("");
        bench.set("PUSH(L)", "b");
        bench.set("PUSH(L)", "c,d");
        bench.set("UNSHIFT(L,-)", "a");
        assert_eq!(bench.value("${L}"), "a-b,c,d");
    }
}
