//! Saying what is known of a message: when it was left, by whom, how long it is.

use jiff::{Timestamp, Zoned};

use super::{prompt, prompts};
use crate::applications::saying::{Language, digits, moment, number};
use crate::channel::caller_id;
use crate::interpreter::{Call, Exchange};
use crate::storage::voicemail::{Envelope, User, sounds};

/// How times are said where the zone says nothing else.
const USUAL: &str = "'vm-received' q 'digits/at' IMp";

/// A moment in a zone by its name, or in the server's own.
pub(super) fn moment(exchange: &Exchange, zone: &str, seconds: i64) -> Zoned {
    let now = exchange.clock.now();
    let zone = Some(zone).filter(|zone| !zone.is_empty()).and_then(|zone| jiff::tz::TimeZone::get(zone).ok());
    let zone = zone.unwrap_or_else(|| now.time_zone().clone());
    Timestamp::from_second(seconds).unwrap_or_default().to_zoned(zone)
}

/// "Received yesterday at …"
pub(super) async fn date(call: &mut Call, user: &User, envelope: &Envelope) -> Option<char> {
    let seconds = envelope.time()?;
    let settings = call.exchange.voicemail.settings();
    let zone = settings.zone(&user.preferences.zone);
    let moment = self::moment(&call.exchange, zone.map_or("", |zone| &zone.zone), seconds);
    let format = zone.map_or(USUAL, |zone| &zone.format);
    let words = moment::say(&moment, Some(format), &call.exchange.clock.now(), Language::spoken_to(&call.channel));
    prompts(call, &words).await
}

/// "From …": the name that the caller recorded where it has a mailbox here, else its number.
pub(super) async fn caller(call: &mut Call, user: &User, envelope: &Envelope) -> Option<char> {
    let (_, number) = caller_id::parse(envelope.get("callerid"));
    if number.is_empty() || envelope.get("callerid") == "Unknown" {
        return prompt(call, "vm-unknown-caller").await;
    }
    let settings = call.exchange.voicemail.settings();
    let from = envelope.get("context");
    let is_internal = settings.internal_contexts.iter().any(|context| context == from);
    if is_internal {
        let voicemail = &call.exchange.voicemail;
        let name = voicemail.path(&number, &user.context).join("greet");
        let name = name.to_string_lossy().into_owned();
        if call.exchange.audio().sounds.has(&name, "") {
            return prompts(call, &["vm-from".to_owned(), name]).await;
        }
    }
    let from = if is_internal { "vm-from-extension" } else { "vm-from-phonenumber" };
    let mut words = vec![from.to_owned()];
    words.extend(digits(&number));
    prompts(call, &words).await
}

/// "Duration two minutes", for messages that are that long.
pub(super) async fn duration(call: &mut Call, user: &User, envelope: &Envelope) -> Option<char> {
    let minutes = envelope.duration() / 60;
    if minutes < u64::from(user.preferences.least_minutes_said) || minutes == 0 {
        return None;
    }
    let mut words = vec!["vm-duration".to_owned()];
    words.extend(number(i64::try_from(minutes).unwrap_or(i64::MAX), Language::spoken_to(&call.channel)));
    words.push("vm-minutes".to_owned());
    prompts(call, &words).await
}

/// A greeting of a mailbox, if it was recorded.
pub(super) fn greeting(call: &Call, user: &User, name: &str) -> Option<String> {
    let stem = call.exchange.voicemail.greeting(user, name);
    let is_there = !sounds(&stem).is_empty();
    is_there.then(|| stem.to_string_lossy().into_owned())
}
