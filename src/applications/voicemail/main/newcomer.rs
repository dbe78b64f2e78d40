//! What an owner has to do first, where the mailbox wants it: name, greetings, a password of its own.

use super::greetings;
use super::menu::Left;
use super::session::Session;
use crate::applications::voicemail::{prompt, telling};
use crate::interpreter::Call;

/// Guides an owner whose password is still the number of the mailbox.
pub(super) async fn welcome(call: &mut Call, session: &mut Session) -> Option<Left> {
    let user = session.user.clone();
    let own = &user.preferences;
    if !(own.forces_name || own.forces_greetings) || user.password != user.mailbox {
        return None;
    }
    let greeting = call.exchange.voicemail.settings().prompts.new_user.clone();
    prompt(call, &greeting).await;
    if own.forces_name && telling::greeting(call, &user, "greet").is_none() {
        greetings::record(call, &user, "greet", "vm-rec-name").await;
    }
    if own.forces_greetings {
        for (name, instruction) in [("unavail", "vm-rec-unv"), ("busy", "vm-rec-busy")] {
            if telling::greeting(call, &user, name).is_none() {
                greetings::record(call, &user, name, instruction).await;
            }
        }
    }
    match greetings::first_password(call, session).await {
        true => None,
        false => Some(Left::Done),
    }
}
