//! `SAY ALPHA`, `SAY DATE`, `SAY DATETIME`, `SAY DIGITS`, `SAY NUMBER`, `SAY PHONETIC`, `SAY TIME`

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::super::command::{Answering, Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::applications::playing::{self, Played};
use crate::applications::saying::{self, Language, moment};
use crate::interpreter::Call;

const RESULT: &str = "The result is the code of the key that ended it, 0 for none, -1 when the caller is gone.";

const fn command(
    name: &'static str,
    takes: &'static str,
    run: for<'a> fn(&'a mut Call, Words) -> Answering<'a>,
) -> Command {
    Command::new(name, takes, RESULT, Run::Wait(run))
}

/// Says a text character by character.
pub static SAY_ALPHA: Command =
    command("SAY ALPHA", "<text> <keys>", |call, words| Box::pin(say_text(call, words, saying::characters)));

/// Says a text in the radio alphabet.
pub static SAY_PHONETIC: Command =
    command("SAY PHONETIC", "<text> <keys>", |call, words| Box::pin(say_text(call, words, saying::phonetic)));

/// Says digits one by one.
pub static SAY_DIGITS: Command = command("SAY DIGITS", "<digits> <keys>", |call, words| {
    Box::pin(async move {
        match words.number(0) {
            Some(_) => say_text(call, words, saying::digits).await,
            None => Reply::Usage,
        }
    })
});

/// Says a number in words.
pub static SAY_NUMBER: Command = command("SAY NUMBER", "<number> <keys> [<gender>]", |call, words| {
    Box::pin(async move {
        match words.number(0).filter(|_| (2..=3).contains(&words.len())) {
            Some(number) => {
                let gender = words.given(2).and_then(|gender| gender.to_ascii_lowercase().chars().next());
                let sounds = Language::spoken_to(&call.channel).number(number.into(), gender);
                say(call, &sounds, words.get(1)).await
            }
            None => Reply::Usage,
        }
    })
});

/// Says the date of a moment in seconds since 1970.
pub static SAY_DATE: Command =
    command("SAY DATE", "<seconds since 1970> <keys>", |call, words| Box::pin(say_moment(call, words, Some("ABdY"))));

/// Says the time of day of a moment in seconds since 1970.
pub static SAY_TIME: Command =
    command("SAY TIME", "<seconds since 1970> <keys>", |call, words| Box::pin(say_moment(call, words, Some("IMp"))));

/// Says a moment in a format, in a time zone.
pub static SAY_DATETIME: Command =
    command("SAY DATETIME", "<seconds since 1970> <keys> [<format>] [<zone>]", |call, words| {
        Box::pin(say_moment(call, words, None))
    });

async fn say_text(call: &mut Call, words: Words, sounds: fn(&str) -> Vec<String>) -> Reply {
    if words.len() != 2 {
        return Reply::Usage;
    }
    say(call, &sounds(words.get(0)), words.get(1)).await
}

async fn say_moment(call: &mut Call, words: Words, usual: Option<&str>) -> Reply {
    let takes_format = usual.is_none();
    let seconds = words.number(0).filter(|_| words.len() >= 2 && (takes_format || words.len() == 2));
    let Some(moment) = seconds.and_then(|_| Timestamp::from_second(seconds_of(words.get(0))).ok()) else {
        return Reply::Usage;
    };
    let now = call.exchange.clock.now();
    let zone = words.given(3).and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| now.time_zone().clone());
    let format = words.given(2).or(usual);
    let sounds = moment::say(&moment.to_zoned(zone), format, &now, Language::spoken_to(&call.channel));
    say(call, &sounds, words.get(1)).await
}

/// Moments after 2038 need more than the 32 bits of other numbers.
fn seconds_of(text: &str) -> i64 {
    let text = text.trim_start();
    let end = text.bytes().skip(1).take_while(u8::is_ascii_digit).count() + 1;
    text.get(..end).and_then(|number| number.parse().ok()).unwrap_or(0)
}

async fn say(call: &mut Call, sounds: &[String], keys: &str) -> Reply {
    match call.unless_interrupted(async |call| playing::play_each(call, sounds, keys).await).await {
        Some(Played::Failed) | None => Reply::failure(),
        Some(played) => Reply::key(played.key()),
    }
}
