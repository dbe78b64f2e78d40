//! `ARRAY`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// `Set(ARRAY(a,b)=1,2)` sets several variables at once. Values too many are left out, missing ones are empty.
pub static ARRAY: Function =
    Function::new("ARRAY", "Sets several variables", &[Argument::required("variables", Kind::Text)]).writes(write);

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    if arguments.is_empty() {
        return Err(FunctionError::arguments("variables are needed"));
    }
    let values = fields::all(value);
    for (at, name) in fields::all(arguments).iter().enumerate() {
        context.set(name, values.get(at).map_or("", String::as_str));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn values_go_by_position() {
        let bench = Bench::new("");
        bench.set("ARRAY(A,B,C)", "\"1,2\",,3,4");
        assert_eq!(bench.value("[${A}][${B}][${C}] [${ARRAY(A)}]"), "[1,2][][3] []");
    }
}
