//! `While` and its relatives: loops between the steps of an extension.
//!
//! A loop that runs is kept in channel variables, as in Asterisk, so that plans which look at them see the same:
//! `WHILE_n` holds the place of the n-th `While` around this step, `END_WHILE_n` the place behind its `EndWhile` once
//! that is known, and `CONTEXT_EXTENSION_PRIORITY` the number of the loop that begins there.

mod begin;
mod end;
mod exit;
mod next;

pub use begin::WHILE;
pub use end::END_WHILE;
pub use exit::EXIT_WHILE;
pub use next::CONTINUE_WHILE;

use super::blocks::find_end;
use crate::interpreter::Context;

/// The number of the loop around this step, and its place.
fn innermost(context: &Context<'_>) -> Option<(usize, String)> {
    let variables = &context.state.variables;
    (0..)
        .map_while(|number| Some((number, variables.get(&begin_variable(number))?)))
        .last()
        .map(|(n, p)| (n, p.to_owned()))
}

fn begin_variable(number: usize) -> String {
    format!("WHILE_{number}")
}

fn end_variable(number: usize) -> String {
    format!("END_WHILE_{number}")
}

/// The variable that knows the number of the loop beginning at this step.
fn own_variable(context: &Context<'_>) -> String {
    let position = &context.state.position;
    format!("{}_{}_{}", position.context, position.extension, position.priority)
}

/// Ends a loop: the step behind its EndWhile follows.
fn leave(context: &mut Context<'_>, number: Option<usize>) {
    if let Some(number) = number {
        context.unset(&begin_variable(number));
        let end = end_variable(number);
        if let Some(place) = context.state.variables.get(&end).map(str::to_owned) {
            context.unset(&end);
            context.goto(&place);
            return;
        }
    }
    match find_end(context, "while", "endwhile", &[]) {
        Some(end) => context.state.jump_within(end.priority + 1),
        None => context.warn("there is no EndWhile for this While"),
    }
}
