//! One-touch recording: the features `automon` and `automixmon`.

use std::sync::Arc;

use crate::applications::monitoring::{self, CallRecorder};
use crate::channel::Channel;
use crate::interpreter::{Call, Options};

/// Which recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneTouch {
    Monitor,
    MixMonitor,
}

/// Where a channel keeps the id of its one-touch recording.
const RECORDING: &str = "TOUCH_MIXMONITOR/id";

/// Begins to record the talk of this party, or ends that.
pub(super) fn toggle(call: &Call, channel: &Arc<Channel>, kind: OneTouch) {
    let running = channel.state().settings.get(RECORDING).map(str::to_owned);
    if let Some(id) = running {
        channel.state().settings.remove(RECORDING);
        monitoring::stop_mix_monitor::stop(channel, Some(&id));
        return;
    }
    begin(call, channel, kind);
}

/// Begins to record the talk of this party.
pub fn begin(call: &Call, channel: &Arc<Channel>, kind: OneTouch) {
    let begin = match kind {
        OneTouch::MixMonitor => mix_monitor(call, channel),
        OneTouch::Monitor => touch_monitor(call, channel),
    };
    match begin {
        Ok(recorder) => channel.state().settings.set(RECORDING, recorder.id()),
        Err(error) => call.context().warn(&format!("one-touch recording: {error}")),
    }
}

fn variable(channel: &Channel, name: &str) -> Option<String> {
    let state = channel.state();
    state.variables.get(name).filter(|value| !value.is_empty()).map(str::to_owned)
}

/// Who talks, for the name of the file: numbers, or names where there are none.
fn parties(call: &Call, channel: &Channel) -> (String, String) {
    let own = |channel: &Channel| {
        let number = channel.state().caller.number().to_owned();
        if number.is_empty() { channel.name().replace('/', "-") } else { number }
    };
    let peer = channel.bridged_with().and_then(|peer| call.exchange.channels.find(&peer));
    (own(channel), peer.map(|peer| own(&peer)).unwrap_or_default())
}

fn mix_monitor(call: &Call, channel: &Arc<Channel>) -> Result<Arc<CallRecorder>, String> {
    let format = variable(channel, "TOUCH_MIXMONITOR_FORMAT").unwrap_or_else(|| "wav".to_owned());
    let (one, other) = parties(call, channel);
    let stem = match variable(channel, "TOUCH_MIXMONITOR") {
        Some(name) => format!("auto-{}-{name}", call.exchange.epoch()),
        None => format!("auto-{}-{one}-{other}", call.exchange.epoch()),
    };
    let options = Options::parse(&variable(channel, "TOUCH_MIXMONITOR_OPTIONS").unwrap_or_default());
    let recorder = monitoring::mix_monitor::begin(&call.exchange, channel, &format!("{stem}.{format}"), &options, "")?;
    channel.set_variable("TOUCH_MIXMONITOR_OUTPUT", &stem);
    Ok(recorder)
}

fn touch_monitor(call: &Call, channel: &Arc<Channel>) -> Result<Arc<CallRecorder>, String> {
    let format = variable(channel, "TOUCH_MONITOR_FORMAT").unwrap_or_else(|| "wav".to_owned());
    let (one, other) = parties(call, channel);
    let prefix = variable(channel, "TOUCH_MONITOR_PREFIX").unwrap_or_else(|| "auto".to_owned());
    let stem = match variable(channel, "TOUCH_MONITOR") {
        Some(name) => format!("{prefix}-{}-{name}", call.exchange.epoch()),
        None => format!("{prefix}-{}-{one}-{other}", call.exchange.epoch()),
    };
    let recorder =
        monitoring::mix_monitor::begin(&call.exchange, channel, &format!("{stem}.{format}"), &Options::default(), "")?;
    channel.set_variable("TOUCH_MONITOR_OUTPUT", &stem);
    Ok(recorder)
}
