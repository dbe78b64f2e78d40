//! `QueueLog`

use super::events;
use crate::interpreter::{Application, Argument, Arguments, Context, Kind, Outcome, Run};

/// Writes a line of one's own to the queues' log.
pub static QUEUE_LOG: Application = Application {
    name: "QueueLog",
    synopsis: "Writes a line to the queues' log",
    arguments: &[
        Argument::required("queue", Kind::Text),
        Argument::required("unique id", Kind::Text),
        Argument::required("agent", Kind::Text),
        Argument::required("event", Kind::Text),
        Argument::optional("more", Kind::Text),
    ],
    options: &[],
    sets: &[],
    run: Run::Compute(log),
};

fn log(context: &mut Context<'_>, text: &str) -> Outcome {
    let arguments = Arguments::new(text.to_owned());
    let [Some(queue), Some(call), Some(agent), Some(event)] = [0, 1, 2, 3].map(|index| arguments.given(index)) else {
        context.warn("QueueLog needs a queue, a unique id, an agent and an event");
        return Outcome::Hangup;
    };
    events::log(context.exchange, call, queue, agent, event, arguments.get(4));
    Outcome::Continue
}
