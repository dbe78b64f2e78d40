//! `Hangup`

use regex::Regex;

use super::{Action, Answer, Asked, Run};
use crate::channel::Cause;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

/// Hangs up a channel, or all whose name a regular expression between slashes matches.
pub static HANGUP: Action =
    Action::new("Hangup", Privilege::SYSTEM.or(Privilege::CALL), "Hangup channel.", Run::Compute(hangup));

fn hangup(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "No channel specified")?;
    let cause = match asked.get("Cause").map(|cause| cause.trim().parse::<u16>()) {
        Some(Ok(cause)) if cause <= 127 => Cause(cause),
        _ => Cause::NONE,
    };
    let Some(pattern) = name.strip_prefix('/') else {
        let channel = asked.find(name).ok_or_else(|| Reply::error("No such channel"))?;
        channel.soft_hang_up(cause);
        return Ok(Reply::done("Channel Hungup"));
    };
    let pattern = pattern.strip_suffix('/').ok_or_else(|| Reply::error("Invalid regular expression"))?;
    let pattern = Regex::new(pattern).map_err(|_| Reply::error("Invalid regular expression"))?;
    let mut reply = Reply::list("Channels hung up will follow", "ChannelsHungupListComplete");
    for channel in asked.exchange().channels.all() {
        if pattern.is_match(channel.name()) {
            channel.soft_hang_up(cause);
            reply.event("ChannelHungup", Fields::new().with("Channel", channel.name()));
        }
    }
    Ok(reply)
}
