//! `SayUnixTime` and `DateTime`

use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Language, moment, say};
use crate::applications::playing::ANY_KEY;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run};

/// Says a date and time.
///
/// The moment is in seconds since 1970, now if it is left out; the time zone a name such as `Europe/Vienna`. The format is
/// by default `ABdY 'digits/at' IMp`: `A` weekday, `B` month, `d` day, `m` number of the month, `Y` year, `I` hour of
/// twelve, `H` and `k` hour of 24, `M` minute, `P` a.m. or p.m., `S` second, `Q` the day as people call it, `q` the same but
/// nothing for today, `R` hour and minute, `T` with seconds, `'name'` a sound file. An unanswered call is answered first.
pub static SAY_UNIX_TIME: Application = application("SayUnixTime");

/// Says a date and time; another name of `SayUnixTime`.
pub static DATE_TIME: Application = application("DateTime");

const ARGUMENTS: &[Argument] = &[
    Argument::optional("unixtime", Kind::Number),
    Argument::optional("timezone", Kind::Text),
    Argument::optional("format", Kind::Text),
    Argument::optional("options", Kind::Options),
];

const OPTIONS: &[Letter] = &[Letter::plain('j', "lets a key end it and begin an extension")];

const fn application(name: &'static str) -> Application {
    Application {
        name,
        synopsis: "Says a date and time",
        arguments: ARGUMENTS,
        options: OPTIONS,
        sets: &[],
        run: Run::Wait(|call, arguments| Box::pin(say_unix_time(call, arguments))),
    }
}

async fn say_unix_time(call: &mut Call, arguments: Arguments) -> Outcome {
    let now = call.exchange.clock.now();
    let zone = arguments.given(1).and_then(|name| TimeZone::get(name).ok());
    if zone.is_none() && !arguments.get(1).is_empty() {
        call.context().warn(&format!("SayUnixTime: there is no time zone {}", arguments.get(1)));
    }
    let zone = zone.unwrap_or_else(|| now.time_zone().clone());
    let given = arguments.seconds(0).and_then(|seconds| Timestamp::from_second(seconds as i64).ok());
    let moment = given.unwrap_or_else(|| now.timestamp()).to_zoned(zone);
    call.answer(Duration::ZERO).await;
    let words = moment::say(&moment, arguments.given(2), &now, Language::spoken_to(&call.channel));
    say::say_until(call, &words, if arguments.options(3).has('j') { ANY_KEY } else { "" }).await
}
