//! Advanced options: answering a message, calling back, the envelope, calls and messages to others.

use super::forward;
use super::menu::{Left, Turn};
use super::session::Session;
use crate::applications::saying;
use crate::applications::voicemail::leave::{self, Manner};
use crate::applications::voicemail::{digits, key, prompt, prompts, telling};
use crate::channel::caller_id;
use crate::interpreter::Call;

/// "Press one to send a reply, …"
pub(super) async fn menu(call: &mut Call, session: &mut Session) -> Turn {
    let user = session.user.clone();
    let own = &user.preferences;
    let has_message = session.len() > 0 && !session.is_starting;
    for _ in 0..4 {
        let mut words = Vec::new();
        if !session.is_starting {
            words.push("vm-toreply");
            if !own.callback.is_empty() {
                words.push("vm-tocallback");
            }
            words.push("vm-tohearenv");
        }
        if !own.dialout.is_empty() {
            words.push("vm-tomakecall");
        }
        if own.sends {
            words.push("vm-leavemsg");
        }
        words.push("vm-starmain");
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let pressed = match prompts(call, &words).await {
            Some(key) => Some(key),
            None => key(call, 6000).await,
        };
        let next = match pressed {
            Some('1') if has_message => reply(call, session).await,
            Some('2') if has_message && !own.callback.is_empty() => {
                let number = caller_id::parse(session.envelope().get("callerid")).1;
                match call_back(call, &number, &own.callback).await {
                    true => return Turn::Leave(Left::Dialled),
                    false => None,
                }
            }
            Some('3') if has_message => {
                let envelope = session.envelope();
                match telling::date(call, &user, &envelope).await {
                    Some(key) => Some(key),
                    None => telling::caller(call, &user, &envelope).await,
                }
            }
            Some('4') if !own.dialout.is_empty() => match call_out(call, &own.dialout).await {
                true => return Turn::Leave(Left::Dialled),
                false => None,
            },
            Some('5') if own.sends => forward::send(call, session).await,
            Some('*') => None,
            Some('#') => Some('#'),
            Some(_) | None => continue,
        };
        return Turn::Key(next);
    }
    Turn::Key(None)
}

/// Leaves a message for who left this one.
async fn reply(call: &mut Call, session: &Session) -> Option<char> {
    let number = caller_id::parse(session.envelope().get("callerid")).1;
    let theirs = call.exchange.voicemail.find(&number, &session.user.context);
    let Some(theirs) = theirs.filter(|_| !number.is_empty()) else {
        return prompt(call, "vm-nobox").await;
    };
    let manner = Manner { greeting: Some("unavail"), beep: "beep".to_owned(), ..Manner::default() };
    leave::leave(call, &theirs.key(), &manner).await;
    call.channel.state().has_jumped = false;
    None
}

/// Calls who left the message. True where the owner has left for that call.
async fn call_back(call: &mut Call, number: &str, context: &str) -> bool {
    if number.is_empty() {
        prompt(call, "vm-nonumber").await;
        return call_out(call, context).await;
    }
    let mut words = vec!["vm-num-i-have".to_owned()];
    words.extend(saying::digits(number));
    words.extend(["vm-tocallnum", "vm-calldiffnum", "vm-star-cancel"].map(str::to_owned));
    for _ in 0..3 {
        let pressed = match prompts(call, &words).await {
            Some(key) => Some(key),
            None => key(call, 6000).await,
        };
        match pressed {
            Some('1') => return go(call, number, context),
            Some('2') => return call_out(call, context).await,
            Some('*') => return false,
            _ => {}
        }
    }
    false
}

/// Asks for a number and calls it.
async fn call_out(call: &mut Call, context: &str) -> bool {
    let words = ["vm-enter-num-to-call", "vm-then-pound", "vm-star-cancel"].map(str::to_owned);
    let first = prompts(call, &words).await;
    let number = digits(call, first).await;
    !number.is_empty() && !number.starts_with('*') && go(call, &number, context)
}

/// The call goes on at the number, once the owner has left the mailbox.
fn go(call: &Call, number: &str, context: &str) -> bool {
    let mut here = call.context();
    let caller = here.state.caller.number().to_owned();
    if !here.lookup().exists(context, number, 1, &caller) {
        here.warn(&format!("VoiceMailMain: there is no extension {number} in {context}"));
        return false;
    }
    here.state.jump(context, number, 1);
    true
}
