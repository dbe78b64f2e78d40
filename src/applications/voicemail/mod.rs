//! Voicemail: leaving messages, hearing them, and what tells of them.

pub mod authenticate;
pub mod exists;
pub mod leave;
pub mod main;
pub mod play_message;
pub mod say_name;

mod arranging;
mod delivery;
mod login;
mod mail;
mod notify;
mod telling;

use std::time::Duration;

pub use arranging::{forward_message, messages, move_message, remove_message};
pub use delivery::deliver_file;
pub use notify::poll;

use super::playing::{self, ANY_KEY};
use crate::channel::Channel;
use crate::interpreter::{Call, Keyed};

/// Tells the plan how leaving a message ended, also where the caller has hung up.
fn set_status(channel: &Channel, value: &str) {
    channel.set_variable("VMSTATUS", value);
}

/// Plays a prompt; gives the key that ended it.
async fn prompt(call: &mut Call, sound: &str) -> Option<char> {
    playing::play_until(call, sound, ANY_KEY).await.key()
}

/// Thanks for a recording that its speaker ended.
async fn thank(call: &mut Call) {
    playing::play(call, "auth-thankyou").await;
}

/// Plays prompts until a key is pressed.
async fn prompts(call: &mut Call, sounds: &[String]) -> Option<char> {
    playing::play_each(call, sounds, ANY_KEY).await.key()
}

/// Waits for a key.
async fn key(call: &Call, milliseconds: u64) -> Option<char> {
    match call.key(Duration::from_millis(milliseconds)).await {
        Keyed::Key(key) => Some(key),
        Keyed::TimedOut => None,
    }
}

/// Reads digits up to `#`; the first may take ten seconds, the others two. The first may be there already.
async fn digits(call: &Call, first: Option<char>) -> String {
    let mut digits = String::new();
    let mut next = first;
    if next.is_none() {
        next = key(call, 10_000).await;
    }
    while let Some(digit) = next.filter(|digit| *digit != '#') {
        digits.push(digit);
        next = key(call, 2_000).await;
    }
    digits
}
