//! `POP`, `SHIFT`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] =
    &[Argument::required("variable", Kind::Variable), Argument::optional("delimiter", Kind::Text)];

/// Takes the last value off the list in a variable and gives it. The delimiter is a comma unless another is given.
pub static POP: Function = Function::new("POP", "The last value of a list, taken off", ARGUMENTS).reads(pop);

/// Takes the first value off the list in a variable and gives it.
pub static SHIFT: Function = Function::new("SHIFT", "The first value of a list, taken off", ARGUMENTS).reads(shift);

fn pop(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    take(context, arguments, out, |list, delimiter| list.rsplit_once(delimiter).map(|(rest, last)| (last, rest)))
}

fn shift(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    take(context, arguments, out, |list, delimiter| list.split_once(delimiter))
}

/// `split` gives the value and what is left.
fn take(
    context: &mut Context<'_>,
    arguments: &str,
    out: &mut String,
    split: impl FnOnce(&str, char) -> Option<(&str, &str)>,
) -> Result<(), FunctionError> {
    let [name, delimiter] = fields::standard(arguments);
    let name = name.filter(|name| !name.is_empty()).ok_or_else(|| FunctionError::arguments("a variable is needed"))?;
    let delimiter = fields::delimiter(delimiter.as_deref()).unwrap_or(',');
    let list = context.value_of(&name);
    if list.is_empty() {
        return Ok(());
    }
    let (value, rest) = split(&list, delimiter).unwrap_or((&list, ""));
    context.set(&name, rest);
    out.push_str(value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn lists_shrink_at_both_ends() {
        let bench = Bench::new("");
        bench.set("L", "a,b,c");
        assert_eq!(bench.value("${SHIFT(L)} ${POP(L)} ${L} ${POP(L)} [${L}] [${POP(L)}]"), "a c b b [] []");
    }
}
