//! `MessageSend`

use crate::interpreter::{Application, Argument, Arguments, Context, Kind, Outcome, Run, Sets};

/// Sends the text of `MESSAGE()` to somebody outside of calls: `pjsip:2001`, `sip:2001`, `pjsip:trunk/sip:ann@example.com`.
///
/// `from` is who is shown as the sender, a URI or `"Ann" <sip:2001@example.com>`; without it what `MESSAGE(from)` has.
pub static MESSAGE_SEND: Application = Application {
    name: "MessageSend",
    synopsis: "Sends a text outside of calls",
    arguments: &[
        Argument::required("destination", Kind::Text),
        Argument::optional("from", Kind::Text),
        Argument::optional("to", Kind::Text),
    ],
    options: &[],
    sets: &[Sets {
        variable: "MESSAGE_SEND_STATUS",
        values: &["SUCCESS", "FAILURE", "INVALID_PROTOCOL", "INVALID_URI"],
    }],
    run: Run::Compute(send),
};

fn send(context: &mut Context<'_>, text: &str) -> Outcome {
    let arguments = Arguments::new(text.to_owned());
    let Some(destination) = arguments.given(0) else {
        context.warn("MessageSend needs a destination, such as pjsip:2001");
        context.set("MESSAGE_SEND_STATUS", "INVALID_URI");
        return Outcome::Continue;
    };
    let Some(mut message) = context.state.message.clone() else {
        context.warn("MessageSend: there is no text to send; set MESSAGE(body)");
        context.set("MESSAGE_SEND_STATUS", "FAILURE");
        return Outcome::Continue;
    };
    if let Some(from) = arguments.given(1) {
        from.clone_into(&mut message.from);
    }
    arguments.given(2).unwrap_or(destination).clone_into(&mut message.to);
    let status = match destination.split_once(':') {
        Some((technology, rest)) if context.exchange.channels.has_technology(technology) => {
            match context.exchange.channels.send_message(technology, rest, &message) {
                Ok(()) => "SUCCESS",
                Err(error) => {
                    context.warn(&format!("MessageSend to {destination}: {error}"));
                    "FAILURE"
                }
            }
        }
        _ => {
            context.warn(&format!("MessageSend: `{destination}` names no way to send a text, such as pjsip:2001"));
            "INVALID_PROTOCOL"
        }
    };
    context.set("MESSAGE_SEND_STATUS", status);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn how_it_went() {
        let told =
            Trial::of("Set(MESSAGE(body)=hello)\nMessageSend(nope:1)\nMessageSend(sip:none)\nNoOp(${MESSAGE(body)})")
                .run();
        let statuses: Vec<&str> =
            told.lines.iter().filter_map(|line| line.strip_prefix("set MESSAGE_SEND_STATUS=")).collect();
        assert_eq!(statuses, ["INVALID_PROTOCOL", "FAILURE"], "{:?}", told.lines);
        assert!(told.has("100@default:5 NoOp hello"));
        assert_eq!(Trial::of("MessageSend(sip:bob)").run().value("MESSAGE_SEND_STATUS"), Some("FAILURE"));
    }
}
