//! `Hangup`

use regex::Regex;

use super::{Action, Answer, Asked, Run};
use crate::channel::Cause;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::sip::cause;
use crate::sip::wire::StatusCode;

/// Hangs up a channel, or all whose name a regular expression between slashes matches.
pub static HANGUP: Action =
    Action::new("Hangup", Privilege::SYSTEM.or(Privilege::CALL), "Hangup channel.", Run::Compute(hangup));

fn hangup(asked: &Asked<'_>) -> Answer {
    let cause = match asked.get("Cause").map(|cause| cause.trim().parse::<u16>()) {
        Some(Ok(cause)) if cause <= 127 => Cause(cause),
        _ => Cause::NONE,
    };
    hang_up(asked, cause)
}

/// The same for channels of `pjsip.conf`, by a SIP status or its words, such as `486` or `busy here`.
pub static PJSIP_HANGUP: Action = Action::new(
    "PJSIPHangup",
    Privilege::SYSTEM.or(Privilege::CALL),
    "Hangup an incoming PJSIP channel with a SIP response code",
    Run::Compute(pjsip_hangup),
);

fn pjsip_hangup(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "No channel specified")?;
    if !name.starts_with('/') && !name.to_ascii_uppercase().starts_with("PJSIP/") {
        return Err(Reply::error("PJSIPHangup is for PJSIP channels"));
    }
    let status = asked.get("Cause").and_then(|cause| status(cause.trim()));
    hang_up(asked, status.map_or(Cause::NONE, |status| Cause(cause::from_status(status).into())))
}

/// The number of a final SIP status, which may be written in words.
fn status(text: &str) -> Option<u16> {
    let letters = |text: &str| {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|letter| letter.to_ascii_lowercase()).collect::<String>()
    };
    let number = match text.parse() {
        Ok(number) => number,
        Err(_) => {
            (300..700).find(|number| letters(&StatusCode::from(*number).to_string()).ends_with(&letters(text)))?
        }
    };
    (300..700).contains(&number).then_some(number)
}

fn hang_up(asked: &Asked<'_>, cause: Cause) -> Answer {
    let name = asked.need("Channel", "No channel specified")?;
    let Some(pattern) = name.strip_prefix('/') else {
        let channel = asked.find(name).ok_or_else(|| Reply::error("No such channel"))?;
        channel.soft_hang_up(cause);
        return Ok(Reply::done("Channel Hungup"));
    };
    let pattern = pattern.strip_suffix('/');
    let pattern = pattern.ok_or_else(|| Reply::error("Regex format invalid, Channel param should be /regex/"))?;
    let pattern = Regex::new(pattern);
    let pattern = pattern.map_err(|_| Reply::error(format_args!("Regex compile failed on: {name}")))?;
    let mut reply = Reply::list("Channels hung up will follow", "ChannelsHungupListComplete").with_id_last();
    for channel in asked.exchange().channels.all() {
        if pattern.is_match(channel.name()) {
            channel.soft_hang_up(cause);
            reply.event("ChannelHungup", Fields::new().with("Channel", channel.name()));
        }
    }
    Ok(reply)
}
