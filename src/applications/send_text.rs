//! `SendText`

use crate::interpreter::{Application, Argument, Context, Kind, Outcome, Run, Sets};

/// Shows the caller a text, where its telephone can.
///
/// The variable `SENDTEXT_BODY` goes before the argument: it may hold commas and several lines.
pub static SEND_TEXT: Application = Application {
    name: "SendText",
    synopsis: "Shows the caller a text",
    arguments: &[Argument::optional("text", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "SENDTEXTSTATUS", values: &["SUCCESS", "FAILURE", "UNSUPPORTED"] }],
    run: Run::Compute(send_text),
};

fn send_text(context: &mut Context<'_>, text: &str) -> Outcome {
    let body = context.get("SENDTEXT_BODY").filter(|body| !body.is_empty());
    let text = body.as_deref().unwrap_or(text);
    let is_sent = context.channel.is_some_and(|channel| channel.leg().send_text(text));
    context.set("SENDTEXTSTATUS", if is_sent { "SUCCESS" } else { "UNSUPPORTED" });
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn it_tells_whether_the_telephone_could() {
        assert_eq!(Trial::of("SendText(hello)").run().value("SENDTEXTSTATUS"), Some("SUCCESS"));
    }
}
