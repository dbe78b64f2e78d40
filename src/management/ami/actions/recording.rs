//! Recording one channel.

use super::{Action, Answer, Asked, Run};
use crate::applications::monitoring::{CallRecorder, mix_monitor, monitor, stop_mix_monitor};
use crate::channel::Happening;
use crate::channel::tap::Way;
use crate::interpreter::Options;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;

pub static MIX_MONITOR: Action = Action::new(
    "MixMonitor",
    Privilege::SYSTEM,
    "Record a call and mix the audio during the recording.  Use of StopMixMonitor is required to guarantee the audio \
     file is available for processing during dialplan execution.",
    Run::Compute(begin),
);

fn begin(asked: &Asked<'_>) -> Answer {
    let channel = asked.channel()?;
    let options = Options::parse(asked.get("Options").unwrap_or(""));
    let file = asked.get("File").unwrap_or("");
    let begun = mix_monitor::begin(asked.exchange(), &channel, file, &options, asked.get("Command").unwrap_or(""));
    let recorder = begun.map_err(|error| Reply::error(format_args!("Could not start monitoring channel: {error}")))?;
    Ok(Reply::success().with("MixMonitorID", recorder.id()))
}

pub static STOP_MIX_MONITOR: Action = Action::new(
    "StopMixMonitor",
    Privilege::SYSTEM.or(Privilege::CALL),
    "Stop recording a call through MixMonitor, and free the recording's file handle.",
    Run::Compute(stop),
);

fn stop(asked: &Asked<'_>) -> Answer {
    let channel = asked.channel()?;
    match stop_mix_monitor::stop(&channel, asked.get("MixMonitorID")).is_empty() {
        true => Err(Reply::error("Could not stop monitoring channel")),
        false => Ok(Reply::success()),
    }
}

pub static MIX_MONITOR_MUTE: Action = Action::new(
    "MixMonitorMute",
    Privilege::SYSTEM.or(Privilege::CALL),
    "Mute / unMute a Mixmonitor recording.",
    Run::Compute(mute),
);

fn mute(asked: &Asked<'_>) -> Answer {
    let direction = asked.need("Direction", "No direction specified. Must be read, write or both")?;
    let ways: &[Way] = match direction.to_ascii_lowercase().as_str() {
        "read" => &[Way::Said],
        "write" => &[Way::Heard],
        "both" => &[Way::Said, Way::Heard],
        _ => return Err(Reply::error("Invalid direction specified. Must be read, write or both")),
    };
    let channel = asked.channel()?;
    let state = asked.need("State", "No state specified")?;
    let is_muted = match state.trim() {
        "1" => true,
        "0" => false,
        other => crate::conf::is_true(other),
    };
    let id = asked.get("MixMonitorID");
    let recorders = channel.taps::<CallRecorder>();
    let meant: Vec<_> = recorders.iter().filter(|recorder| id.is_none_or(|id| id == recorder.id())).collect();
    if meant.is_empty() {
        return Err(Reply::error("Cannot set mute flag: the channel is not recorded"));
    }
    for recorder in &meant {
        ways.iter().for_each(|way| recorder.set_muted(*way, is_muted));
    }
    let state = if is_muted { "1" } else { "0" };
    let count = meant.len().to_string();
    let fields = [("Direction", direction), ("State", state), ("Count", count.as_str())];
    let channel = Some(&*channel);
    let happening = Happening::Manager { channel, event: "MixMonitorMute", privilege: "call", fields: &fields };
    asked.exchange().channels.publish(&happening);
    Ok(Reply::success())
}

const MONITORS: Privilege = Privilege::SYSTEM.or(Privilege::CALL);

/// Records each side of a call into a file of its own.
pub static MONITOR: Action = Action::new(
    "Monitor",
    MONITORS,
    "Monitor a channel.",
    Run::Compute(|asked| {
        let channel = asked.channel()?;
        let name = asked.get("File").map_or_else(|| channel.name().replace('/', "-"), str::to_owned);
        let format = asked.get("Format").unwrap_or("wav");
        let joins = asked.is_true("Mix");
        let wish = monitor::Wish { said: true, heard: true, joins, bridged_only: false };
        let begun = monitor::begin(asked.exchange(), &channel, &name, format, wish);
        begun.map_err(|error| Reply::error(format_args!("Could not start monitoring channel: {error}")))?;
        Ok(Reply::done("Started monitoring channel"))
    }),
);

/// Ends the recording of `Monitor`.
pub static STOP_MONITOR: Action = Action::new(
    "StopMonitor",
    MONITORS,
    "Stop monitoring a channel.",
    Run::Compute(|asked| match monitor::end(&asked.channel()?) {
        true => Ok(Reply::done("Stopped monitoring channel")),
        false => Err(Reply::error("Could not stop monitoring channel")),
    }),
);

/// Gives the files of a recording another name.
pub static CHANGE_MONITOR: Action = Action::new(
    "ChangeMonitor",
    MONITORS,
    "Change monitoring filename of a channel.",
    Run::Compute(|asked| {
        let channel = asked.channel()?;
        let name = asked.need("File", "No filename specified")?;
        match monitor::rename(asked.exchange(), &channel, name) {
            true => Ok(Reply::done("Changed monitor filename")),
            false => Err(Reply::error("Could not change monitored filename of channel")),
        }
    }),
);

/// Leaves out what is said, until `UnpauseMonitor`.
pub static PAUSE_MONITOR: Action = Action::new(
    "PauseMonitor",
    MONITORS,
    "Pause monitoring of a channel.",
    Run::Compute(|asked| match monitor::set_paused(&asked.channel()?, true) {
        true => Ok(Reply::done("Paused monitoring of the channel")),
        false => Err(Reply::error("Cannot pause monitoring: the channel is not monitored")),
    }),
);

/// Lets a recording go on.
pub static UNPAUSE_MONITOR: Action = Action::new(
    "UnpauseMonitor",
    MONITORS,
    "Unpause monitoring of a channel.",
    Run::Compute(|asked| match monitor::set_paused(&asked.channel()?, false) {
        true => Ok(Reply::done("Unpaused monitoring of the channel")),
        false => Err(Reply::error("Cannot unpause monitoring: the channel is not monitored")),
    }),
);
