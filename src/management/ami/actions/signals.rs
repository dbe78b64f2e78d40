//! Signals of the telephone network on one channel.

use std::time::Duration;

use super::{Action, Answer, Asked, Run};
use crate::applications::music;
use crate::channel::Event;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;
use crate::media::mf;

/// Sends the party a tone of the multi-frequency signalling R1.
pub static PLAY_MF: Action =
    Action::new("PlayMF", Privilege::CALL, "Play MF digit on a specific channel.", Run::Compute(play_mf));

fn play_mf(asked: &Asked<'_>) -> Answer {
    let channel = asked.find(asked.get("Channel").unwrap_or("")).ok_or_else(|| Reply::error("Channel not found"))?;
    let digit = asked.need("Digit", "No digit specified")?;
    let digit = digit.chars().next().unwrap_or(' ');
    let (Some(frequencies), Some(tone)) = (mf::notation(digit), mf::tone(digit)) else {
        return Err(Reply::error("Invalid digit specified"));
    };
    let wanted = asked.get("Duration").and_then(|text| text.trim().parse().ok()).map(Duration::from_millis);
    let length = wanted.unwrap_or_else(|| mf::usual_length(digit));
    let sound = music::named_sound(&channel, &frequencies, tone);
    tokio::spawn(async move {
        tokio::time::sleep(length).await;
        drop(sound);
    });
    Ok(Reply::done("MF successfully queued"))
}

/// So long a flash of the hook lasts.
const FLASH: Duration = Duration::from_millis(100);

/// Sends the party a flash of the hook, or lets it come from there.
pub static SEND_FLASH: Action =
    Action::new("SendFlash", Privilege::CALL, "Send a hook flash on a specific channel.", Run::Compute(send_flash));

fn send_flash(asked: &Asked<'_>) -> Answer {
    let channel = asked.find(asked.get("Channel").unwrap_or("")).ok_or_else(|| Reply::error("Channel not found"))?;
    match asked.is_true("Receive") {
        true => channel.report(Event::Digit('!')),
        false => channel.send_digit('!', FLASH),
    }
    Ok(Reply::done("Flash successfully queued"))
}

/// No channel here carries an advice of charge: what is asked for is looked at, and refused.
pub static AOC_MESSAGE: Action = Action::new(
    "AOCMessage",
    Privilege::AOC,
    "Generate an Advice of Charge message on a channel.",
    Run::Compute(advise_of_charge),
);

fn advise_of_charge(asked: &Asked<'_>) -> Answer {
    let by_prefix = |prefix: &str| {
        let all = asked.exchange().channels.all();
        all.into_iter().find(|channel| channel.name().starts_with(prefix))
    };
    let found = match (asked.get("Channel"), asked.get("ChannelPrefix")) {
        (None, None) => {
            return Err(Reply::error("Channel and PartialChannel are not specified. Specify at least one of these."));
        }
        (Some(name), _) => asked.find(name),
        (None, Some(prefix)) => by_prefix(prefix),
    };
    found.ok_or_else(|| Reply::error("No such channel"))?;
    let kind = asked.get("MsgType").unwrap_or("");
    if !["D", "E", "S"].iter().any(|known| kind.eq_ignore_ascii_case(known)) {
        return Err(Reply::error("Invalid MsgType"));
    }
    let charge = asked.need("ChargeType", "ChargeType not specified")?;
    if !["NA", "Free", "Currency", "Unit"].iter().any(|known| charge.eq_ignore_ascii_case(known)) {
        return Err(Reply::error("Invalid ChargeType"));
    }
    Err(Reply::error("Error encoding AOC message, could not queue onto channel"))
}
