//! `PauseQueueMember`, `UnpauseQueueMember`

use super::orders;
use crate::interpreter::{Application, Argument, Arguments, Context, Kind, Outcome, Run, Sets};

const ARGUMENTS: &[Argument] = &[
    Argument::optional("queue", Kind::Text),
    Argument::required("interface", Kind::Text),
    Argument::optional("options", Kind::Text),
    Argument::optional("reason", Kind::Text),
];

/// Keeps a queue from calling a member; without a queue, all queues that it is a member of.
pub static PAUSE_QUEUE_MEMBER: Application = Application {
    name: "PauseQueueMember",
    synopsis: "Keeps queues from calling a member",
    arguments: ARGUMENTS,
    options: &[],
    sets: &[Sets { variable: "PQMSTATUS", values: &["PAUSED", "NOTFOUND"] }],
    run: Run::Compute(|context, text| set(context, text, true)),
};

/// Lets a queue call a paused member again; without a queue, all queues that it is a member of.
pub static UNPAUSE_QUEUE_MEMBER: Application = Application {
    name: "UnpauseQueueMember",
    synopsis: "Lets queues call a paused member again",
    arguments: ARGUMENTS,
    options: &[],
    sets: &[Sets { variable: "UPQMSTATUS", values: &["UNPAUSED", "NOTFOUND"] }],
    run: Run::Compute(|context, text| set(context, text, false)),
};

fn set(context: &mut Context<'_>, text: &str, is_paused: bool) -> Outcome {
    let arguments = Arguments::new(text.to_owned());
    let Some(interface) = arguments.given(1) else {
        context.warn("PauseQueueMember and UnpauseQueueMember need an interface: [queue],interface");
        return Outcome::Hangup;
    };
    let exchange = context.exchange;
    let is_found =
        context.unlocked(|| orders::pause(exchange, arguments.get(0), interface, is_paused, arguments.get(3)));
    if !is_found {
        context.warn(&format!(
            "{interface} is no member of {}",
            if arguments.get(0).is_empty() { "any queue" } else { "that queue" }
        ));
    }
    let (variable, done) = if is_paused { ("PQMSTATUS", "PAUSED") } else { ("UPQMSTATUS", "UNPAUSED") };
    context.set(variable, if is_found { done } else { "NOTFOUND" });
    Outcome::Continue
}
