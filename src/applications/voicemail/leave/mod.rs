//! `VoiceMail`

use std::sync::Arc;
use std::time::Duration;

use super::delivery::{Delivered, Delivery};
use super::{digits, key, prompt, prompts, set_status, telling, thank};
use crate::applications::playing;
use crate::applications::recording::Ended;
use crate::applications::saying;
use crate::channel::Channel;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run, Sets};
use crate::storage::voicemail::{User, split};

/// Takes a message for mailboxes of `voicemail.conf`.
///
/// The caller hears the greeting that the options ask for (a temporary one comes before them), then how to go on, then
/// a beep. `#` or the hang-up ends the message. `*` leads to `a`, and where `operator=yes`, `0` to `o`, in the `exitcontext`
/// of the mailbox or here. An unanswered call is answered first. Further mailboxes get copies.
pub static VOICE_MAIL: Application = Application {
    name: "VoiceMail",
    synopsis: "Takes a message for a mailbox",
    arguments: &[Argument::required("mailbox[@context][&…]", Kind::Text), Argument::optional("options", Kind::Options)],
    options: &[
        Letter::plain('b', "plays the greeting for a busy owner"),
        Letter::with('d', "context", "a key that is an extension there, or here, leaves for it"),
        Letter::plain('e', "plays the greeting without answering the call"),
        Letter::with('g', "decibels", "amplifies the message; recordings here are always as loud as they come"),
        Letter::plain('P', "marks the message as of high priority"),
        Letter::plain('s', "does not say how to leave a message"),
        Letter::plain('S', "does not say so where the owner recorded the greeting"),
        Letter::with('t', "sound", "plays this sound instead of the beep, or none"),
        Letter::plain('u', "plays the greeting for an owner who does not answer"),
        Letter::plain('U', "marks the message as urgent"),
    ],
    sets: &[Sets { variable: "VMSTATUS", values: &["SUCCESS", "USEREXIT", "FAILED"] }],
    run: Run::Wait(|call, arguments| Box::pin(voice_mail(call, arguments))),
};

/// How a message is taken.
#[derive(Clone, Debug, Default)]
pub(super) struct Manner {
    /// `busy` or `unavail`.
    pub greeting: Option<&'static str>,
    pub is_silent: bool,
    pub is_silent_if_greeted: bool,
    /// Keys leave to this context, or to the caller's own where it is empty.
    pub exit: Option<String>,
    /// The greeting comes before the answer.
    pub is_early: bool,
    /// The sound before the message; empty for none.
    pub beep: String,
    pub flag: &'static str,
}

/// What is in `VMSTATUS` unless something better happens.
struct Status {
    channel: Arc<Channel>,
    value: Option<&'static str>,
}

impl Drop for Status {
    fn drop(&mut self) {
        if let Some(value) = self.value {
            set_status(&self.channel, value);
        }
    }
}

async fn voice_mail(call: &mut Call, arguments: Arguments) -> Outcome {
    let options = arguments.options(1);
    let given = |letter| options.has(letter).then(|| options.argument(letter).unwrap_or("").to_owned());
    let mut manner = Manner {
        greeting: match (options.has('b'), options.has('u')) {
            (true, _) => Some("busy"),
            (_, true) => Some("unavail"),
            _ => None,
        },
        is_silent: options.has('s'),
        is_silent_if_greeted: options.has('S'),
        exit: given('d'),
        is_early: options.has('e'),
        beep: given('t').unwrap_or_else(|| "beep".to_owned()),
        flag: match (options.has('U'), options.has('P')) {
            (true, _) => "Urgent",
            (_, true) => "PRIORITY",
            _ => "",
        },
    };
    if !manner.is_early {
        call.answer(Duration::ZERO).await;
    }
    let mut mailboxes = arguments.get(0).to_owned();
    if mailboxes.is_empty() {
        let first = prompt(call, "vm-whichbox").await;
        mailboxes = digits(call, first).await;
        if mailboxes.is_empty() {
            return Outcome::Continue;
        }
    }
    // Before 1.4 the options stood before the number: u300.
    if call.exchange.voicemail.find(&mailboxes, "").is_none() && mailboxes.starts_with(['u', 'b', 's']) {
        let number = mailboxes.trim_start_matches(['u', 'b', 's']).to_owned();
        let letters = mailboxes.len() - number.len();
        if number.starts_with(|digit: char| digit.is_ascii_digit()) {
            let old = mailboxes.get(..letters).unwrap_or("");
            manner.is_silent |= old.contains('s');
            manner.greeting = manner.greeting.or(if old.contains('b') { Some("busy") } else { None });
            manner.greeting = manner.greeting.or(if old.contains('u') { Some("unavail") } else { None });
            mailboxes = number;
        }
    }
    leave(call, &mailboxes, &manner).await
}

/// Takes a message for the mailboxes `300@default&301`.
pub(super) async fn leave(call: &mut Call, mailboxes: &str, manner: &Manner) -> Outcome {
    let mut status = Status { channel: Arc::clone(&call.channel), value: Some("FAILED") };
    let mut users = Vec::new();
    for text in mailboxes.split('&').map(str::trim).filter(|text| !text.is_empty()) {
        let (mailbox, context) = text.split_once('@').unwrap_or((text, ""));
        match call.exchange.voicemail.find(mailbox, context) {
            Some(user) => users.push(user),
            None => {
                call.context().warn(&format!("VoiceMail: voicemail.conf has no mailbox {text}"));
                if users.is_empty() {
                    return Outcome::Continue;
                }
            }
        }
    }
    let Some(user) = users.first().cloned() else { return Outcome::Continue };
    let mut is_silent = manner.is_silent;
    let exits = exits(call, &user, manner);
    let (mut pressed, was_recorded) = greet(call, &user, manner, &exits).await;
    is_silent |= was_recorded && manner.is_silent_if_greeted;
    if pressed == Some('#') {
        (pressed, is_silent) = (None, true);
    }
    if user.preferences.most_messages == 0 {
        status.value = Some("SUCCESS");
        return Outcome::Continue;
    }
    if pressed.is_none() && !is_silent {
        pressed = playing::play_until(call, "vm-intro", &exits).await.key().filter(|key| *key != '#');
    }
    if let Some(key) = pressed {
        status.value = None;
        return exit(call, &user, manner, key).await;
    }
    call.answer(Duration::ZERO).await;
    if call.exchange.voicemail.folder(&user, "INBOX").count() >= user.preferences.most_messages {
        call.context().warn(&format!("VoiceMail: mailbox {} has no room for another message", user.key()));
        prompt(call, "vm-mailboxfull").await;
        return Outcome::Continue;
    }
    if !manner.beep.is_empty() {
        playing::play(call, &manner.beep).await;
    }
    let delivery = match Delivery::begin(call, users, manner.flag) {
        Ok(delivery) => delivery,
        Err(error) => {
            call.context().warn(&format!("VoiceMail: {}: {error}", user.key()));
            prompt(call, "vm-mailboxfull").await;
            return Outcome::Continue;
        }
    };
    status.value = None;
    take(call, &user, delivery, manner).await
}

/// The keys that interrupt the greeting.
fn exits(call: &Call, user: &User, manner: &Manner) -> String {
    let (here, caller) = {
        let state = call.channel.state();
        (state.position.context.clone(), state.caller.number().to_owned())
    };
    let exists = |context: &str, extension: &str| call.lookup(|lookup| lookup.exists(context, extension, 1, &caller));
    let place = exit_context(user, &here);
    let mut exits = "#".to_owned();
    if user.preferences.operator && exists(&place, "o") {
        exits.push('0');
    }
    if exists(&place, "a") {
        exits.push('*');
    }
    if let Some(context) = &manner.exit {
        let context = if context.is_empty() { &here } else { context };
        let can_begin = |key: &char| call.lookup(|lookup| lookup.can_match(context, &key.to_string(), &caller));
        exits.extend("0123456789*".chars().filter(can_begin));
    }
    exits
}

fn exit_context(user: &User, here: &str) -> String {
    match user.preferences.exit_context.as_str() {
        "" => here.to_owned(),
        context => context.to_owned(),
    }
}

/// Plays the greeting; gives the key that ended it, and whether the owner had recorded it.
async fn greet(call: &mut Call, user: &User, manner: &Manner, exits: &str) -> (Option<char>, bool) {
    let temporary = telling::greeting(call, user, "temp");
    let recorded = temporary.or_else(|| telling::greeting(call, user, manner.greeting?));
    if let Some(greeting) = recorded {
        return (playing::play_until(call, &greeting, exits).await.key(), true);
    }
    let Some(which) = manner.greeting else { return (None, false) };
    let mut words = match telling::greeting(call, user, "greet") {
        Some(name) => vec![name],
        None => {
            let mut words = vec!["vm-theperson".to_owned()];
            words.extend(saying::digits(&user.mailbox));
            words
        }
    };
    words.push(if which == "busy" { "vm-isonphone" } else { "vm-isunavail" }.to_owned());
    (playing::play_each(call, &words, exits).await.key(), false)
}

/// Leaves for the plan.
async fn exit(call: &mut Call, user: &User, manner: &Manner, key: char) -> Outcome {
    set_status(&call.channel, "USEREXIT");
    let (here, caller) = {
        let state = call.channel.state();
        (state.position.context.clone(), state.caller.number().to_owned())
    };
    let place = exit_context(user, &here);
    let exists = |extension: &str| call.lookup(|lookup| lookup.exists(&place, extension, 1, &caller));
    let (place, extension) = match key {
        '*' if exists("a") => (place, "a".to_owned()),
        '0' if user.preferences.operator && exists("o") => {
            prompt(call, "transfer").await;
            (place, "o".to_owned())
        }
        key => (manner.exit.clone().filter(|context| !context.is_empty()).unwrap_or(here), key.to_string()),
    };
    call.channel.state().jump(&place, &extension, 1);
    Outcome::Continue
}

/// What comes after the recording, and after the prompt that offers it again.
enum Next {
    Record,
    Save,
    Review,
    Operator,
}

/// Records the message, lets the caller review it where the mailbox does, and delivers it.
async fn take(call: &mut Call, user: &Arc<User>, mut delivery: Delivery, manner: &Manner) -> Outcome {
    let has_operator = user.preferences.operator && exits(call, user, manner).contains('0');
    let ends = if has_operator { "#0" } else { "#" };
    let mut next = Next::Record;
    let mut attempts = 0;
    loop {
        match next {
            Next::Record => {
                let ended = delivery.record(call, ends).await;
                if !matches!(ended, Ended::Lost | Ended::Failed | Ended::Key('0')) {
                    thank(call).await;
                }
                next = match ended {
                    Ended::Lost => {
                        // As when the caller hangs up.
                        drop(delivery);
                        return Outcome::Hangup;
                    }
                    Ended::Failed => {
                        call.context().warn(&format!("VoiceMail: no room on the disk for mailbox {}", user.key()));
                        delivery.discard();
                        prompt(call, "vm-mailboxfull").await;
                        set_status(&call.channel, "FAILED");
                        return Outcome::Continue;
                    }
                    Ended::Key('0') => Next::Operator,
                    _ if !delivery.is_long_enough() => {
                        delivery.discard();
                        prompt(call, "vm-tooshort").await;
                        set_status(&call.channel, "FAILED");
                        return Outcome::Continue;
                    }
                    _ if user.preferences.reviews => Next::Review,
                    _ => Next::Save,
                };
            }
            Next::Save => {
                if user.preferences.reviews {
                    prompt(call, "vm-msgsaved").await;
                }
                return save(call, delivery).await;
            }
            Next::Operator => {
                let asked = prompt(call, "vm-saveoper").await;
                let pressed = match asked {
                    Some(key) => Some(key),
                    None => key(call, 3000).await,
                };
                if matches!(pressed, Some('1' | '4')) && delivery.is_long_enough() {
                    if pressed == Some('4') && user.preferences.marks_urgent {
                        delivery.set_urgent(true);
                    }
                    prompt(call, "vm-msgsaved").await;
                    save(call, delivery).await;
                } else {
                    delivery.discard();
                    prompt(call, "vm-deleted").await;
                }
                return exit(call, user, manner, '0').await;
            }
            Next::Review => {
                let pressed = ask_review(call, &delivery, has_operator).await;
                attempts = if pressed.is_none() { attempts + 1 } else { 0 };
                next = match pressed {
                    Some('1') => Next::Save,
                    Some('2') => {
                        let sound = delivery.sound();
                        prompt(call, &sound).await;
                        Next::Review
                    }
                    Some('3') => {
                        prompts(call, &["vm-intro".to_owned(), "beep".to_owned()]).await;
                        Next::Record
                    }
                    Some('4') if user.preferences.marks_urgent => {
                        let urgent = !delivery.is_urgent();
                        delivery.set_urgent(urgent);
                        prompt(call, if urgent { "vm-marked-urgent" } else { "vm-marked-nonurgent" }).await;
                        Next::Review
                    }
                    Some('0') if has_operator => Next::Operator,
                    Some(_) => {
                        prompt(call, "vm-sorry").await;
                        Next::Review
                    }
                    None if attempts > 3 => {
                        prompt(call, "vm-goodbye").await;
                        return save(call, delivery).await;
                    }
                    None => Next::Review,
                };
            }
        }
    }
}

/// "Press one to accept this recording, …"
async fn ask_review(call: &mut Call, delivery: &Delivery, has_operator: bool) -> Option<char> {
    let mut words = vec!["vm-review".to_owned()];
    if delivery.user().preferences.marks_urgent {
        words.push(if delivery.is_urgent() { "vm-review-nonurgent" } else { "vm-review-urgent" }.to_owned());
    }
    if has_operator {
        words.push("vm-reachoper".to_owned());
    }
    match prompts(call, &words).await {
        Some(key) => Some(key),
        None => key(call, 6000).await,
    }
}

async fn save(call: &mut Call, delivery: Delivery) -> Outcome {
    let delivered = delivery.deliver();
    match delivered {
        Delivered::Yes => set_status(&call.channel, "SUCCESS"),
        Delivered::TooShort => set_status(&call.channel, "FAILED"),
        Delivered::Full => {
            set_status(&call.channel, "FAILED");
            call.context().warn("VoiceMail: the message could not be stored");
            prompt(call, "vm-mailboxfull").await;
        }
    }
    Outcome::Continue
}

/// The mailbox that a text names, `300` or `300@sales`.
pub(super) fn named(call: &Call, text: &str) -> Option<Arc<User>> {
    let (mailbox, context) = split(text);
    call.exchange.voicemail.find(mailbox, context)
}

#[cfg(test)]
mod tests;
