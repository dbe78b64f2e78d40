//! `ENV`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives a variable of the environment, and sets it for the programs that plans start.
///
/// What is set is seen by `ENV`, `SHELL` and `System` of all calls; the environment of exten itself stays as it is.
pub static ENV: Function =
    Function::new("ENV", "A variable of the environment", &[Argument::required("name", Kind::Text)])
        .reads(read)
        .writes(write)
        .dangerous();

fn read(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    let own = context.exchange.environment.lock().get(name).map(str::to_owned);
    let is_name = !name.is_empty() && !name.contains(['=', '\0']);
    let value = own.or_else(|| {
        is_name.then(|| std::env::var_os(name)).flatten().map(|value| value.to_string_lossy().into_owned())
    });
    out.push_str(&value.unwrap_or_default());
    Ok(())
}

fn write(context: &mut Context<'_>, name: &str, value: &str) -> Result<(), FunctionError> {
    if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
        return Err(FunctionError::arguments(format!("`{name}` is no name of an environment variable")));
    }
    let mut environment = context.exchange.environment.lock();
    if value.is_empty() {
        environment.remove(name);
    } else {
        environment.set(name, value);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn programs_see_it() {
        let bench = Bench::new("");
        bench.set("ENV(EXTEN_TEST)", "hello");
        assert_eq!(
            bench.value("${ENV(EXTEN_TEST)} ${SHELL(printf %s \"$EXTEN_TEST\")} [${ENV(EXTEN_NONE)}]"),
            "hello hello []"
        );
    }
}
