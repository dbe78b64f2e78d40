//! `VMAuthenticate`

use std::time::Duration;

use super::login::{Known, Login, escape, log_in};
use super::thank;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets};

/// Lets only callers go on who know the password of a mailbox.
///
/// Without a mailbox the caller is asked for it. `*` leads to `a` if there is one. An unanswered call is answered first.
pub static VM_AUTHENTICATE: Application = Application {
    name: "VMAuthenticate",
    synopsis: "Asks for the password of a mailbox",
    arguments: &[Argument::optional("mailbox[@context]", Kind::Text), Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('s', "plays no prompts before the password")],
    sets: &[Sets { variable: "AUTH_MAILBOX", values: &[] }, Sets { variable: "AUTH_CONTEXT", values: &[] }],
    run: Run::Wait(|call, arguments| Box::pin(authenticate(call, arguments))),
};

async fn authenticate(call: &mut Call, arguments: Arguments) -> Outcome {
    let text = arguments.get(0);
    let (mailbox, context) = text.split_once('@').unwrap_or((text, ""));
    let is_silent = arguments.options(1).has('s');
    call.answer(Duration::ZERO).await;
    let known = Known { mailbox, context, is_silent, ..Known::default() };
    match log_in(call, &known).await {
        Login::Entered(user) => {
            {
                let mut here = call.context();
                here.set("AUTH_MAILBOX", &user.mailbox);
                // As in Asterisk, who names the mailbox is not told its context.
                here.set("AUTH_CONTEXT", if mailbox.is_empty() { &user.context } else { "" });
            }
            thank(call).await;
            Outcome::Continue
        }
        Login::Escaped => {
            escape(call);
            Outcome::Continue
        }
        Login::Refused => Outcome::Hangup,
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    const BOXES: &str = "[general]\nmaxlogins=2\n[default]\n300 => 1234,Ann\n";

    #[test]
    fn the_right_password_goes_on_and_the_wrong_one_does_not() {
        let told = |keys: &str| {
            let trial = Trial::of("VMAuthenticate(300,s)\nNoOp(in)").file("voicemail.conf", BOXES);
            trial.press(keys).run()
        };
        let right = told("wwww1234#");
        assert_eq!(right.value("AUTH_MAILBOX"), Some("300"));
        assert!(right.has("100@default:3 NoOp in"), "{:?}", right.lines);
        let wrong = told("wwww1#wwwwwwwwwwwwww2#");
        assert!(!wrong.has("100@default:3 NoOp in"));
        assert_eq!(wrong.sounds(), ["vm-password", "vm-incorrect", "vm-password", "vm-incorrect", "vm-goodbye"]);
    }

    #[test]
    fn the_star_leads_away() {
        let steps = "VMAuthenticate\nNoOp(in)\nexten => a,1,NoOp(away)";
        let told = Trial::of(steps).file("voicemail.conf", BOXES).press("ww*#").run();
        assert!(told.has("a@default:1 NoOp away"), "{:?}", told.lines);
    }
}
