//! `UserEvent`

use crate::channel::Happening;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, split};

/// Sends an event of the plan's own to whoever listens to the manager.
///
/// `UserEvent(name,Key: value,…)`.
pub static USER_EVENT: Application = Application {
    name: "UserEvent",
    synopsis: "Sends an event of the plan's own to the manager",
    arguments: &[Argument::required("name", Kind::Text), Argument::optional("body", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(user_event),
};

fn user_event(context: &mut Context<'_>, text: &str) -> Outcome {
    if text.is_empty() {
        context.warn("UserEvent: it wants a name");
        return Outcome::Hangup;
    }
    let mut fields = split(text, ',').into_iter();
    let name = fields.next().unwrap_or_default();
    let body = fields.collect::<Vec<_>>().join("\r\n");
    if let Some(channel) = context.channel {
        context.publish(&Happening::User { channel, name: &name, body: &body });
    }
    Outcome::Continue
}
