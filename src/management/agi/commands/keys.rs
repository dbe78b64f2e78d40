//! `GET DATA`, `WAIT FOR DIGIT`

use std::time::Duration;

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::applications::keying::{self, Entry, Wanted};
use crate::interpreter::{Call, Keyed};

/// As many digits as GET DATA takes where the script does not say.
const MOST_DIGITS: usize = 1024;

/// Longer than any call.
const FOR_EVER: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// Milliseconds as a command has them; negative ones mean for ever.
pub fn milliseconds(number: i32) -> Duration {
    u64::try_from(number).map_or(FOR_EVER, Duration::from_millis)
}

pub static GET_DATA: Command = Command::new(
    "GET DATA",
    "<file> [<milliseconds>] [<digits>]",
    "Plays sounds, joined by &, and reads digits up to #. They are the result, followed by (timeout) when the time ran\n\
     out; -1 when the caller is gone or nothing could be played.",
    Run::Wait(|call, words| Box::pin(get_data(call, words))),
);

async fn get_data(call: &mut Call, words: Words) -> Reply {
    if words.is_empty() {
        return Reply::Usage;
    }
    let most = words.number(2).and_then(|most| usize::try_from(most).ok()).filter(|most| *most > 0);
    let mut wanted = Wanted::of(call).at_most(most.unwrap_or(MOST_DIGITS).min(MOST_DIGITS));
    if let Some(limit) = words.number(1).filter(|limit| *limit != 0) {
        wanted = wanted.within(milliseconds(limit));
    }
    let mut digits = String::new();
    let entry = call.unless_interrupted(async |call| keying::ask(call, words.get(0), &wanted, &mut digits).await).await;
    match entry {
        Some(Entry::Complete(_)) => Reply::result(digits),
        Some(Entry::TimedOut) => Reply::with(digits, "(timeout)"),
        Some(Entry::Failed) | None => Reply::result(-1),
    }
}

pub static WAIT_FOR_DIGIT: Command = Command::new(
    "WAIT FOR DIGIT",
    "<milliseconds>",
    "Waits for a key; -1 waits for ever. The result is the code of the key, 0 if none came, -1 when the caller is gone.",
    Run::Wait(|call, words| Box::pin(wait_for_digit(call, words))),
);

async fn wait_for_digit(call: &mut Call, words: Words) -> Reply {
    let Some(limit) = words.number(0).filter(|_| words.len() == 1) else { return Reply::Usage };
    match call.unless_interrupted(async |call| call.key(milliseconds(limit)).await).await {
        Some(Keyed::Key(key)) => Reply::key(Some(key)),
        Some(Keyed::TimedOut) => Reply::key(None),
        None => Reply::failure(),
    }
}
