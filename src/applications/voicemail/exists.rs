//! `MailboxExists`

use crate::interpreter::{Application, Argument, Context, Kind, Letter, Outcome, Run, Sets, split};

/// Tells whether voicemail.conf has a mailbox.
///
/// With option `j` a mailbox that is there leads to priority n+101, if there is one.
pub static MAILBOX_EXISTS: Application = Application {
    name: "MailboxExists",
    synopsis: "Tells whether a mailbox exists",
    arguments: &[Argument::required("mailbox[@context]", Kind::Text), Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('j', "jumps to priority n+101 where the mailbox exists")],
    sets: &[Sets { variable: "VMBOXEXISTSSTATUS", values: &["SUCCESS", "FAILED"] }],
    run: Run::Compute(mailbox_exists),
};

fn mailbox_exists(context: &mut Context<'_>, text: &str) -> Outcome {
    let fields = split(text, ',');
    let field = |at: usize| fields.get(at).map_or("", String::as_str);
    if field(0).is_empty() {
        context.warn("MailboxExists needs a mailbox");
        return Outcome::Hangup;
    }
    let (mailbox, place) = field(0).split_once('@').unwrap_or((field(0), ""));
    let exists = context.exchange.voicemail.find(mailbox, place).is_some();
    if exists && field(1).contains('j') {
        let position = context.state.position.clone();
        let caller = context.state.caller.number().to_owned();
        let to = position.priority.saturating_add(101);
        if context.lookup().exists(&position.context, &position.extension, to, &caller) {
            context.state.jump_within(to);
        }
    }
    context.set("VMBOXEXISTSSTATUS", if exists { "SUCCESS" } else { "FAILED" });
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_mailbox_is_there_or_not() {
        let told = |mailbox: &str| {
            let steps = format!("MailboxExists({mailbox},j)\nNoOp(plain)\nexten => 100,103,NoOp(jumped)");
            Trial::of(&steps).file("voicemail.conf", "[sales]\n300 => 1\n").run()
        };
        assert_eq!(told("300@sales").value("VMBOXEXISTSSTATUS"), Some("SUCCESS"));
        assert!(told("300@sales").has("100@default:103 NoOp jumped"));
        assert_eq!(told("300").value("VMBOXEXISTSSTATUS"), Some("FAILED"));
    }
}
