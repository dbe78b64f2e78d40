//! `QueueUpdate`

use super::events;
use crate::interpreter::{Application, Argument, Arguments, Context, Kind, Outcome, Run, leading_integer};

/// Counts a call that an agent made itself in the figures of a queue, and logs it as OUTCALL. It is used in `h`, where
/// all is known. The status is `ANSWER` or another word of `DIALSTATUS`.
pub static QUEUE_UPDATE: Application = Application {
    name: "QueueUpdate",
    synopsis: "Counts an outgoing call in a queue's figures",
    arguments: &[
        Argument::required("queue", Kind::Text),
        Argument::required("unique id", Kind::Text),
        Argument::required("agent", Kind::Text),
        Argument::required("status", Kind::Text),
        Argument::optional("talk time", Kind::Number),
        Argument::optional("more", Kind::Text),
    ],
    options: &[],
    sets: &[],
    run: Run::Compute(update),
};

fn update(context: &mut Context<'_>, text: &str) -> Outcome {
    let arguments = Arguments::new(text.to_owned());
    let [Some(name), Some(call), Some(agent), Some(status)] = [0, 1, 2, 3].map(|index| arguments.given(index)) else {
        context.warn("QueueUpdate needs a queue, a unique id, an agent and a status");
        return Outcome::Hangup;
    };
    let exchange = context.exchange;
    let Some(queue) = exchange.queues.find(name) else {
        context.warn(&format!("there is no queue {name}"));
        return Outcome::Continue;
    };
    let talked = arguments.given(4).and_then(leading_integer).and_then(|seconds| u64::try_from(seconds).ok());
    if status.eq_ignore_ascii_case("ANSWER") {
        queue.note_completed(talked.unwrap_or(0), false);
        exchange.queues.note_call(&queue, agent, exchange.epoch());
    } else {
        queue.note_abandoned(0);
    }
    let data = format!("{status}|{}|{}", talked.unwrap_or(0), arguments.rest(5));
    events::log(exchange, call, name, agent, "OUTCALL", &data);
    Outcome::Continue
}
