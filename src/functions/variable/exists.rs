//! `VARIABLE_EXISTS`, `DELETE`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("name", Kind::Variable)];

/// Gives 1 if the channel has such a variable, even an empty one, otherwise 0.
pub static VARIABLE_EXISTS: Function =
    Function::new("VARIABLE_EXISTS", "Whether a variable is there", ARGUMENTS).reads(exists);

/// `Set(DELETE(name)=)` takes a variable away.
pub static DELETE: Function = Function::new("DELETE", "Takes a variable away", ARGUMENTS).writes(delete);

fn exists(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push(if context.get(name).is_some() { '1' } else { '0' });
    Ok(())
}

fn delete(context: &mut Context<'_>, name: &str, _: &str) -> Result<(), FunctionError> {
    context.state.variables.pop(name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn empty_is_not_gone() {
        let bench = Bench::new("");
        bench.set("A", "");
        assert_eq!(bench.value("${VARIABLE_EXISTS(A)} ${VARIABLE_EXISTS(B)}"), "1 0");
        bench.set("DELETE(A)", "");
        assert_eq!(bench.value("${VARIABLE_EXISTS(A)}"), "0");
    }
}
