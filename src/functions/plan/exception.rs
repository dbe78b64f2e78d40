//! `EXCEPTION`

use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives what the extension `e` should know about what went wrong: `reason`, `context`, `exten` or `priority`.
pub static EXCEPTION: Function =
    Function::new("EXCEPTION", "What went wrong", &[Argument::required("field", Kind::Text)]).reads(read);

fn read(context: &mut Context<'_>, field: &str, out: &mut String) -> Result<(), FunctionError> {
    let name = match field.trim().to_ascii_lowercase().as_str() {
        "reason" => "EXCEPTION_REASON",
        "context" => "EXCEPTION_CONTEXT",
        "exten" => "EXCEPTION_EXTEN",
        "priority" => "EXCEPTION_PRIORITY",
        _ => return Err(FunctionError::arguments(format!("`{field}` is none of reason, context, exten and priority"))),
    };
    out.push_str(context.state.variables.get(name).unwrap_or(""));
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn the_reason_is_told() {
        assert_eq!(
            value_with(&[("EXCEPTION_REASON", "odd")], "${EXCEPTION(reason)} [${EXCEPTION(exten)}] [${EXCEPTION()}]"),
            "odd [] []"
        );
    }
}
