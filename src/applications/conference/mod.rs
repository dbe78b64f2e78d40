//! Conferences: `MeetMe`, `ConfBridge` and what counts and steers them. Both stand on the rooms of
//! [`crate::bridging::room`].

pub mod confbridge;
pub mod meetme;
pub mod recording;

mod announcing;
mod naming;
mod seat;
#[cfg(test)]
mod testing;

use crate::applications::keying::{self, Entry, Wanted};
use crate::applications::playing::{self, Played};
use crate::interpreter::Call;

/// So often is a party asked for a number or PIN.
const ATTEMPTS: usize = 3;

/// Asks for digits with the channel's own time limits; `first` was pressed already. A prompt that is missing is not
/// heard, but the digits are taken.
async fn ask(call: &mut Call, prompt: &str, first: &str) -> String {
    let wanted = Wanted::of(call);
    let mut digits = first.to_owned();
    let prompt = if first.is_empty() { prompt } else { "" };
    if keying::ask(call, prompt, &wanted, &mut digits).await == Entry::Failed && call.channel.hangup_cause().is_none() {
        keying::ask(call, "", &wanted, &mut digits).await;
    }
    digits
}

/// Asks for a PIN until one is right, three times at most, and gives what `is_right` says of it. A key that is pressed
/// while the party hears that it was wrong begins the next.
async fn ask_pin<T>(call: &mut Call, prompt: &str, wrong: &str, is_right: impl Fn(&str) -> Option<T>) -> Option<T> {
    let mut first = String::new();
    for _ in 0..ATTEMPTS {
        let entered = ask(call, prompt, &first).await;
        if let Some(right) = is_right(&entered) {
            return Some(right);
        }
        first.clear();
        if let Played::Key(key) = playing::play_until(call, wrong, "0123456789*").await {
            first.push(key);
        }
    }
    None
}
