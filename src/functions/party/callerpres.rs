//! `CALLERPRES`

use crate::channel::caller_id::Presentation;
use crate::interpreter::{Context, Function, FunctionError};

/// Gives or sets how the caller may be shown. An old form of `CALLERID(pres)`.
pub static CALLERPRES: Function =
    Function::new("CALLERPRES", "How the caller may be shown", &[]).reads(read).writes(write);

fn read(context: &mut Context<'_>, _: &str, out: &mut String) -> Result<(), FunctionError> {
    out.push_str(context.state.caller.presentation().word());
    Ok(())
}

fn write(context: &mut Context<'_>, _: &str, value: &str) -> Result<(), FunctionError> {
    let presentation = Presentation::parse(value.trim())
        .ok_or_else(|| FunctionError::value(format!("`{value}` is no presentation, such as `allowed` or `prohib`")))?;
    context.state.caller.number_presentation = presentation;
    context.state.caller.name_presentation = presentation;
    context.announce_caller();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    #[tokio::test]
    async fn number_and_name_together() {
        let bench = Bench::new("Ann <1>");
        bench.set("CALLERPRES()", "prohib_not_screened");
        assert_eq!(bench.value("${CALLERPRES()} ${CALLERID(name-pres)}"), "prohib_not_screened prohib_not_screened");
    }
}
