//! Asking a party for digits: prompts that a key interrupts, time limits, the key that ends.

use std::time::Duration;

use super::playing::{self, ANY_KEY, Played};
use crate::interpreter::{Call, Keyed};

/// Between two prompts of a list the party has this long to begin.
const BETWEEN_PROMPTS: Duration = Duration::from_millis(50);

/// What digits are wanted.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'a> {
    /// After so many the entry is complete.
    pub most: usize,
    /// The keys that end the entry.
    pub ends: &'a str,
    /// How long to wait for the first digit, after the last prompt.
    pub first: Duration,
    /// How long to wait between digits.
    pub between: Duration,
}

impl<'a> Wanted<'a> {
    /// As many as Asterisk takes, ended by `#`, with the channel's own time limits.
    pub fn of(call: &Call) -> Wanted<'a> {
        let timeouts = call.channel.state().timeouts;
        Wanted { most: 255, ends: "#", first: timeouts.response, between: timeouts.digit }
    }

    /// The same with one limit for every digit.
    pub fn within(self, limit: Duration) -> Wanted<'a> {
        Wanted { first: limit, between: limit, ..self }
    }

    /// The same with another number of digits.
    pub fn at_most(self, most: usize) -> Wanted<'a> {
        Wanted { most, ..self }
    }
}

/// How asking ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// All digits are there, or an ending key was pressed: this one, if any.
    Complete(Option<char>),
    /// The party took too long; what it pressed before is kept.
    TimedOut,
    /// No prompt could be played, or the party is gone.
    Failed,
}

/// Plays prompts (`a&b`, or none) and adds the digits that the party presses to `digits`. A key ends the prompts.
pub async fn ask(call: &mut Call, prompts: &str, wanted: &Wanted<'_>, digits: &mut String) -> Entry {
    let mut entry = Entry::Failed;
    let mut prompts = prompts.split('&').peekable();
    while let Some(prompt) = prompts.next() {
        let played = if prompt.is_empty() { Played::Whole } else { playing::play_until(call, prompt, ANY_KEY).await };
        if played == Played::Failed {
            entry = Entry::Failed;
            continue;
        }
        let first = if prompts.peek().is_none() { wanted.first } else { BETWEEN_PROMPTS };
        entry = collect(call, played.key(), &Wanted { first, ..*wanted }, digits).await;
        if matches!(entry, Entry::Complete(_)) || !digits.is_empty() {
            break;
        }
    }
    entry
}

/// Adds digits until there are enough; `key` is the first if it was pressed already.
pub async fn collect(call: &Call, mut key: Option<char>, wanted: &Wanted<'_>, digits: &mut String) -> Entry {
    if call.channel.hangup_cause().is_some() {
        return Entry::Failed;
    }
    loop {
        let limit = if digits.is_empty() { wanted.first } else { wanted.between };
        let key = match key.take() {
            Some(key) => key,
            None => match call.key(limit).await {
                Keyed::Key(key) => key,
                Keyed::TimedOut => return Entry::TimedOut,
            },
        };
        if wanted.ends.contains(key) {
            return Entry::Complete(Some(key));
        }
        digits.push(key);
        if digits.len() >= wanted.most {
            return Entry::Complete(None);
        }
    }
}
