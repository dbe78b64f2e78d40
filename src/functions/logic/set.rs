//! `SET`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Sets a variable in the middle of a text and gives the value: `${SET(NAME=value)}`. The name may be a function.
pub static SET: Function =
    Function::new("SET", "Sets a variable and gives its value", &[Argument::required("name=value", Kind::Text)])
        .reads(read);

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let Some((name, value)) = arguments.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err(FunctionError::arguments("it is written SET(name=value)"));
    };
    let value = value.trim();
    context.set(name.trim(), value);
    out.push_str(value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn sets_and_gives() {
        assert_eq!(
            value("[${SET(V= a b )}] [${V}] [${SET(V)}] ${SET(CALLERID(num)=123)}${CALLERID(num)}"),
            "[a b] [a b] [] 123123"
        );
    }
}
