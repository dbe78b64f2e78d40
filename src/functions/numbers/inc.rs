//! `INC`, `DEC`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("variable", Kind::Variable)];

/// Adds 1 to the whole number in a variable and gives the sum. The argument is the variable's name.
pub static INC: Function =
    Function::new("INC", "A variable's value and 1, which it becomes", ARGUMENTS).reads(increment);

/// Takes 1 from the whole number in a variable and gives the difference.
pub static DEC: Function =
    Function::new("DEC", "A variable's value less 1, which it becomes", ARGUMENTS).reads(decrement);

fn increment(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    add(context, name, 1, out)
}

fn decrement(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    add(context, name, -1, out)
}

fn add(context: &mut Context<'_>, name: &str, change: i32, out: &mut String) -> Result<(), FunctionError> {
    let value = context.get(name).filter(|value| !value.is_empty());
    let value = value.ok_or_else(|| FunctionError::not_found(format!("the variable `{name}` is not set")))?;
    let number = fields::integer(&value).filter(|(_, rest)| rest.is_empty());
    let (number, _) =
        number.ok_or_else(|| FunctionError::value(format!("`{value}`, the value of {name}, is no whole number")))?;
    #[expect(clippy::cast_possible_truncation, reason = "the sum has 32 bits")]
    let changed = (number as i32).wrapping_add(change).to_string();
    context.set(name, &changed);
    out.push_str(&changed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn only_whole_numbers_count() {
        let counted = |text: &str| value_with(&[("N", "0"), ("F", "1.5")], text);
        assert_eq!(counted("${DEC(N)} ${DEC(N)} ${N} ${INC(N)} [${INC(F)}] ${F} [${INC(X)}]"), "-1 -2 -2 -1 [] 1.5 []");
    }
}
