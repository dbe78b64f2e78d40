//! `SendText`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, Sets};

/// Shows the caller a text, where its telephone can.
pub static SEND_TEXT: Application = Application {
    name: "SendText",
    synopsis: "Shows the caller a text",
    arguments: &[Argument::required("text", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "SENDTEXTSTATUS", values: &["SUCCESS", "FAILURE", "UNSUPPORTED"] }],
    run: Run::Compute(send_text),
};

fn send_text(context: &mut Context<'_>, text: &str) -> Outcome {
    let status = match context.channel {
        _ if text.is_empty() => {
            context.warn("SendText needs a text");
            "FAILURE"
        }
        Some(channel) if channel.leg().send_text(text) => "SUCCESS",
        _ => "UNSUPPORTED",
    };
    context.set("SENDTEXTSTATUS", status);
    Outcome::Continue
}
