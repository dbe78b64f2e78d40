//! `CELGenUserEvent`

use crate::channel::Happening;
use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run};

/// Adds an event of the plan's own to the channel event log (`cel.conf`): its name, and a text.
pub static CEL_GEN_USER_EVENT: Application = Application {
    name: "CELGenUserEvent",
    synopsis: "Adds an event to the channel event log",
    arguments: &[Argument::required("event-name", Kind::Text), Argument::optional("extra", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Compute(generate),
};

fn generate(context: &mut Context<'_>, text: &str) -> Outcome {
    let (name, extra) = text.split_once(',').unwrap_or((text, ""));
    if name.is_empty() {
        context.warn("CELGenUserEvent: the event needs a name");
        return Outcome::Continue;
    }
    let Some(channel) = context.channel else { return Outcome::Continue };
    let fields = [("EventName", name), ("Extra", extra)];
    context.unlocked(|| {
        let happening =
            Happening::Manager { channel: Some(channel), event: "CELGenUserEvent", privilege: "none", fields: &fields };
        channel.channels().publish(&happening);
    });
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn an_event_needs_a_name() {
        let trial =
            Trial::run("exten => 1,1,CELGenUserEvent(paid,7)\nsame => n,CELGenUserEvent()\nsame => n,NoOp(on)\n");
        assert_eq!(trial.last_step(), "1@default:3 NoOp on");
    }
}
