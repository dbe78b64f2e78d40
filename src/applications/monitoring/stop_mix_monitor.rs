//! `StopMixMonitor`

use std::sync::Arc;

use super::mix_monitor::BEEPS_AT_END;
use super::recorder::CallRecorder;
use crate::applications::playing;
use crate::channel::Channel;
use crate::channel::tap::Tap;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};

/// Ends the recordings of `MixMonitor` on this channel, or the one with this id.
pub static STOP_MIX_MONITOR: Application = Application {
    name: "StopMixMonitor",
    synopsis: "Ends recordings of the call",
    arguments: &[Argument::optional("id", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(stop_mix_monitor(call, arguments))),
};

async fn stop_mix_monitor(call: &mut Call, arguments: Arguments) -> Outcome {
    let id = arguments.given(0);
    let ended = stop(&call.channel, id);
    if ended.is_empty() && id.is_some() {
        call.context().warn(&format!("StopMixMonitor: there is no recording {}", arguments.get(0)));
    }
    let mut beeps = false;
    for id in ended {
        let mut state = call.channel.state();
        let key = format!("{BEEPS_AT_END}{id}");
        beeps |= state.settings.get(&key).is_some();
        state.settings.remove(&key);
    }
    if beeps {
        playing::play(call, "beep").await;
    }
    Outcome::Continue
}

/// Ends one recording, or the latest without an id; gives the ids of those that ended.
pub fn stop(channel: &Arc<Channel>, id: Option<&str>) -> Vec<String> {
    let mut ended = Vec::new();
    for recorder in channel.taps::<CallRecorder>() {
        let is_meant = id.map_or(recorder.id() != super::monitor::ID, |id| id == recorder.id());
        let tap: Arc<dyn Tap> = recorder.clone();
        if is_meant && channel.remove_tap(&tap) {
            ended.push(recorder.id().to_owned());
            if id.is_none() {
                break;
            }
        }
    }
    ended
}
