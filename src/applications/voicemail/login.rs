//! Asking for mailbox and password.

use std::sync::Arc;

use super::{digits, prompt};
use crate::interpreter::Call;
use crate::storage::voicemail::User;

/// What is known before anything is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Known<'a> {
    pub mailbox: &'a str,
    pub context: &'a str,
    /// What stands before the mailbox that is entered.
    pub prefix: &'a str,
    /// The prompts for the first mailbox and password are not played.
    pub is_silent: bool,
}

/// How the login ended.
pub(super) enum Login {
    Entered(Arc<User>),
    /// `*` leads to `a`.
    Escaped,
    /// Nothing was entered, or the wrong thing too often.
    Refused,
}

/// Asks for mailbox and password until they fit, as often as `maxlogins` allows.
pub(super) async fn log_in(call: &mut Call, known: &Known<'_>) -> Login {
    let settings = call.exchange.voicemail.settings();
    let is_there = call.exchange.voicemail.find(known.mailbox, known.context).is_some();
    let is_given = !known.mailbox.is_empty() && known.prefix.is_empty() && is_there;
    // After a wrong login the prompt that says so asks for the mailbox, too.
    let mut asked = None;
    for attempt in 1..=settings.logins.max(1) {
        let mut mailbox = known.mailbox.to_owned();
        if !is_given {
            let first = match known.is_silent || attempt > 1 {
                true => asked.take(),
                false => prompt(call, &settings.prompts.login).await,
            };
            mailbox = digits(call, first).await;
            if mailbox.is_empty() {
                mailbox = call.channel.state().caller.number().to_owned();
                if mailbox.is_empty() {
                    return Login::Refused;
                }
            } else if mailbox.starts_with('*') && has_escape(call) {
                return Login::Escaped;
            }
            mailbox = format!("{}{mailbox}", known.prefix);
        }
        let user = call.exchange.voicemail.find(&mailbox, known.context);
        match &user {
            Some(user) if user.is_open() => return Login::Entered(Arc::clone(user)),
            _ => {}
        }
        let first = prompt(call, &settings.prompts.password).await;
        let password = digits(call, first).await;
        if password.starts_with('*') {
            return if has_escape(call) { Login::Escaped } else { Login::Refused };
        }
        match user {
            Some(user) if user.is_password(&password) => return Login::Entered(user),
            // The password itself is nobody's business.
            _ => call.context().warn(&format!("wrong password for mailbox {mailbox}")),
        }
        let is_last = attempt == settings.logins;
        asked = prompt(call, if is_given || is_last { "vm-incorrect" } else { "vm-incorrect-mailbox" }).await;
    }
    prompt(call, "vm-goodbye").await;
    Login::Refused
}

fn has_escape(call: &Call) -> bool {
    call.context().has_here("a")
}

/// Goes to `a` of the context that the call is in.
pub(super) fn escape(call: &Call) {
    let mut context = call.context();
    let here = context.state.position.context.clone();
    context.state.jump(&here, "a", 1);
}
