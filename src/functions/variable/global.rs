//! `GLOBAL`, `GLOBAL_EXISTS`, `GLOBAL_DELETE`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

const ARGUMENTS: &[Argument] = &[Argument::required("name", Kind::Variable)];

/// Gives or sets a global variable, which all calls share.
pub static GLOBAL: Function = Function::new("GLOBAL", "A global variable", ARGUMENTS).reads(read).writes(write);

/// Gives 1 if there is such a global variable, otherwise 0.
pub static GLOBAL_EXISTS: Function =
    Function::new("GLOBAL_EXISTS", "Whether a global variable is there", ARGUMENTS).reads(exists);

/// `Set(GLOBAL_DELETE(name)=)` takes a global variable away.
pub static GLOBAL_DELETE: Function =
    Function::new("GLOBAL_DELETE", "Takes a global variable away", ARGUMENTS).writes(delete);

fn read(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(context.exchange.globals.lock().get(name).unwrap_or(""));
    Ok(())
}

fn write(context: &mut Context<'_>, name: &str, value: &str) -> Result<(), FunctionError> {
    context.set_global(name, value);
    Ok(())
}

fn exists(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push(if context.exchange.globals.lock().get(name).is_some() { '1' } else { '0' });
    Ok(())
}

fn delete(context: &mut Context<'_>, name: &str, _: &str) -> Result<(), FunctionError> {
    context.exchange.globals.lock().remove(name);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn globals_are_shared() {
        let bench = Bench::new("");
        bench.set("GLOBAL(G)", "x");
        assert_eq!(bench.value("${GLOBAL(G)} ${G} ${GLOBAL_EXISTS(G)} ${GLOBAL_EXISTS(H)}"), "x x 1 0");
        bench.set("GLOBAL_DELETE(G)", "");
        assert_eq!(bench.value("[${G}] ${GLOBAL_EXISTS(G)}"), "[] 0");
    }
}
