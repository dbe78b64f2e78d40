//! `EVAL_EXTEN`

use crate::dialplan::plan::Found;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives what a `Return` elsewhere in the plan would return, without going there: a function of the plan's own.
///
/// The step at `[[context,]extension,]priority` must be a `Return`; its argument is substituted for this channel.
pub static EVAL_EXTEN: Function =
    Function::new("EVAL_EXTEN", "What a Return in the plan would give", &[Argument::required("target", Kind::Target)])
        .reads(read);

fn read(context: &mut Context<'_>, target: &str, out: &mut String) -> Result<(), FunctionError> {
    if target.is_empty() {
        return Err(FunctionError::arguments("a place in the plan is needed"));
    }
    let Some(position) = context.resolve(target) else { return Ok(()) };
    let caller = context.state.caller.number().to_owned();
    let found = context.lookup().find(&position.context, &position.extension, position.priority, &caller);
    let found = match found {
        Some(Found::Step(found)) => found,
        Some(Found::Switched(destination)) => destination.found,
        None => return Err(FunctionError::not_found(format!("there is no step {position}"))),
    };
    let plan = std::sync::Arc::clone(context.plan);
    let Some(step) = plan.plan.step(found.step) else { return Ok(()) };
    if !plan.plan.application(step).name.eq_ignore_ascii_case("Return") {
        return Err(FunctionError::arguments(format!("the step {position} is no Return")));
    }
    step.arguments.expand(context, out);
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value_with;

    #[tokio::test]
    async fn a_return_is_evaluated() {
        assert_eq!(
            value_with(
                &[("N", "4")],
                "${EVAL_EXTEN(values,square,1)} [${EVAL_EXTEN(values,none,1)}] [${EVAL_EXTEN(200,1)}]"
            ),
            "16 [] []"
        );
    }
}
