//! `DIALPLAN_EXISTS`, `VALID_EXTEN`

use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives 1 if there is such a context, extension or priority, otherwise 0. The priority may be a label.
pub static DIALPLAN_EXISTS: Function = Function::new(
    "DIALPLAN_EXISTS",
    "Whether a place in the plan is there",
    &[
        Argument::required("context", Kind::Text),
        Argument::optional("extension", Kind::Text),
        Argument::optional("priority", Kind::Text),
    ],
)
.reads(dialplan_exists);

/// Gives 1 if there is such a step, otherwise 0. What is left out is taken from where the call is; the priority is 1.
pub static VALID_EXTEN: Function = Function::new(
    "VALID_EXTEN",
    "Whether an extension is there",
    &[
        Argument::optional("context", Kind::Text),
        Argument::required("extension", Kind::Text),
        Argument::optional("priority", Kind::Number),
    ],
)
.reads(valid_exten);

fn dialplan_exists(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [place, extension, priority] = fields::standard(arguments).map(|field| field.filter(|field| !field.is_empty()));
    if place.is_none() && extension.is_none() && priority.is_none() {
        return Err(FunctionError::arguments("a context is needed"));
    }
    let place = place.unwrap_or_default();
    let caller = context.state.caller.number().to_owned();
    let lookup = context.lookup();
    let is_there = match (&extension, &priority) {
        (None, None) => lookup.has_context(&place),
        (Some(extension), None) => lookup.exists(&place, extension, 1, &caller),
        (extension, Some(priority)) => {
            let extension = extension.as_deref().unwrap_or("");
            let number = fields::integer(priority).and_then(|(number, _)| i32::try_from(number).ok());
            let number =
                number.filter(|number| *number > 0).or_else(|| lookup.find_label(&place, extension, priority, &caller));
            number.is_some_and(|number| lookup.exists(&place, extension, number, &caller))
        }
    };
    out.push(if is_there { '1' } else { '0' });
    Ok(())
}

fn valid_exten(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [place, extension, priority] = fields::standard(arguments).map(|field| field.filter(|field| !field.is_empty()));
    let position = &context.state.position;
    let place = place.as_deref().unwrap_or(&position.context);
    let extension = extension.ok_or_else(|| FunctionError::arguments("an extension is needed"))?;
    let priority = priority.map_or(1, |priority| fields::integer(&priority).map_or(0, |(number, _)| number));
    let priority = i32::try_from(priority).unwrap_or(0);
    let is_there = priority > 0 && context.lookup().exists(place, &extension, priority, context.state.caller.number());
    out.push(if is_there { '1' } else { '0' });
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::value;

    #[tokio::test]
    async fn places_in_the_plan() {
        assert_eq!(
            value(
                "${DIALPLAN_EXISTS(default)}${DIALPLAN_EXISTS(default,200)}${DIALPLAN_EXISTS(default,200,2)}${DIALPLAN_EXISTS(default,200,lbl)}"
            ),
            "1111"
        );
        assert_eq!(
            value(
                "${DIALPLAN_EXISTS(none)}${DIALPLAN_EXISTS(default,999)}${DIALPLAN_EXISTS(default,200,9)}${DIALPLAN_EXISTS(default,200,no)}"
            ),
            "0000"
        );
        assert_eq!(
            value(
                "${VALID_EXTEN(default,200,1)}${VALID_EXTEN(,200)} ${VALID_EXTEN(default,201,1)}${VALID_EXTEN(default,200,lbl)} [${DIALPLAN_EXISTS()}]"
            ),
            "11 00 []"
        );
    }
}
