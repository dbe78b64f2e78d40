//! What is done to one channel.

use std::time::Duration;

use tokio::time::Instant;

use super::{Action, Answer, Asked, Run};
use crate::channel::{Event, Winding};
use crate::functions::audio::mute;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;

/// Ends a call after a time.
pub static ABSOLUTE_TIMEOUT: Action = Action::new(
    "AbsoluteTimeout",
    Privilege::SYSTEM.or(Privilege::CALL),
    "Set absolute timeout.",
    Run::Compute(absolute_timeout),
);

fn absolute_timeout(asked: &Asked<'_>) -> Answer {
    let channel = asked.channel()?;
    let timeout = asked.need("Timeout", "No timeout specified")?;
    let seconds = timeout.trim().parse().ok().filter(|seconds: &f64| *seconds != 0.0);
    let seconds = seconds.ok_or_else(|| Reply::error("No timeout specified"))?;
    // Less than nothing takes the limit away.
    let after = Duration::try_from_secs_f64(seconds).ok();
    channel.set_time_limit(after.map(|after| Instant::now() + after));
    Ok(Reply::done("Timeout Set"))
}

/// Sends a key to the party, or lets it come from there.
pub static PLAY_DTMF: Action =
    Action::new("PlayDTMF", Privilege::CALL, "Play DTMF signal on a specific channel.", Run::Compute(play_dtmf));

fn play_dtmf(asked: &Asked<'_>) -> Answer {
    let channel = asked.find(asked.get("Channel").unwrap_or("")).ok_or_else(|| Reply::error("Channel not found"))?;
    let digit = asked.need("Digit", "No digit specified")?;
    let digit = digit.chars().next().filter(|digit| "0123456789*#ABCDabcd".contains(*digit));
    let digit = digit.ok_or_else(|| Reply::error("Invalid digit specified"))?.to_ascii_uppercase();
    let duration = asked.get("Duration").and_then(|duration| duration.trim().parse().ok()).unwrap_or(100);
    if asked.is_true("Receive") {
        channel.report(Event::Digit(digit));
        return Ok(Reply::done("DTMF successfully queued"));
    }
    channel.send_digit(digit, Duration::from_millis(duration));
    Ok(Reply::done("DTMF successfully queued"))
}

/// Shows the party a text.
pub static SEND_TEXT: Action =
    Action::new("SendText", Privilege::CALL, "Sends a text message to channel.", Run::Compute(send_text));

fn send_text(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "No channel specified")?;
    let text = asked.need("Message", "No Message specified")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("No such channel"))?;
    if channel.leg().send_text(text) { Ok(Reply::done("Success")) } else { Err(Reply::error("Failure")) }
}

/// Lets a Local channel that was made with the option `n` be taken out of its call, too.
pub static LOCAL_OPTIMIZE_AWAY: Action = Action::new(
    "LocalOptimizeAway",
    Privilege::SYSTEM.or(Privilege::CALL),
    "Optimize away a local channel when possible.",
    Run::Compute(local_optimize_away),
);

fn local_optimize_away(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "'Channel' not specified.")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("Channel does not exist."))?;
    match channel.leg().optimize_away() {
        true => Ok(Reply::done("Queued channel to be optimized away")),
        false => Err(Reply::error("Unable to find channel")),
    }
}

/// Silences what the party says or hears.
pub static MUTE_AUDIO: Action =
    Action::new("MuteAudio", Privilege::SYSTEM, "Mute an audio stream.", Run::Compute(mute_audio));

fn mute_audio(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "Channel not specified")?;
    let state = asked.need("State", "State not specified")?;
    let direction = asked.need("Direction", "Direction not specified")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("No such channel"))?;
    match mute::mute(&channel, direction, crate::conf::is_true(state)) {
        true => Ok(Reply::success()),
        false => Err(Reply::error("Failed to mute/unmute stream")),
    }
}

/// Winds, pauses or stops what plays to the party.
pub static CONTROL_PLAYBACK: Action = Action::new(
    "ControlPlayback",
    Privilege::CALL,
    "Control the playback of a file being played to a channel.",
    Run::Compute(control_playback),
);

fn control_playback(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "Channel not specified")?;
    let control = asked.need("Control", "Control not specified")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("No such channel"))?;
    let winding = match control.to_ascii_lowercase().as_str() {
        "stop" => Winding::Stop,
        "forward" => Winding::Forward,
        "reverse" => Winding::Back,
        "pause" => Winding::Pause,
        "restart" => Winding::Restart,
        _ => return Err(Reply::error("Unknown control")),
    };
    channel.report(Event::Winding(winding));
    Ok(Reply::success())
}
