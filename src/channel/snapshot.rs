//! A channel as the manager's events show it.

use std::time::Duration;

use super::{Bridge, Channel, State};

/// What stands for a name or number that is not known.
pub const UNKNOWN: &str = "<unknown>";

/// So long the state of a channel that somebody else holds is waited for. Who holds it only computes.
const PATIENCE: Duration = Duration::from_millis(50);

/// A text, or what stands for none.
pub fn known(text: &str) -> &str {
    if text.is_empty() { UNKNOWN } else { text }
}

/// Gives `take` the name and value of every field that an event about a channel has, in Asterisk's order. Where the
/// channel's state is locked already, it is in hand.
pub fn each(channel: &Channel, state: Option<&State>, take: impl FnMut(&str, &str)) {
    match state {
        Some(state) => each_of(channel, state, take),
        None => match channel.state_within(PATIENCE) {
            Some(state) => each_of(channel, &state, take),
            None => {
                tracing::debug!("the state of {} is held too long: its event says little", channel.name());
                each_of(channel, &State::new(channel.created()), take);
            }
        },
    }
}

fn each_of(channel: &Channel, state: &State, mut take: impl FnMut(&str, &str)) {
    let phase = channel.phase();
    take("Channel", channel.name());
    take("ChannelState", &phase.number().to_string());
    take("ChannelStateDesc", phase.word());
    take("CallerIDNum", known(state.caller.number()));
    take("CallerIDName", known(state.caller.name()));
    take("ConnectedLineNum", known(state.connected.number()));
    take("ConnectedLineName", known(state.connected.name()));
    take("Language", &state.language);
    take("AccountCode", &state.account_code);
    take("Context", &state.position.context);
    take("Exten", &state.position.extension);
    take("Priority", &state.position.priority.max(1).to_string());
    take("Uniqueid", channel.unique_id());
    take("Linkedid", &channel.linked_id());
}

/// The same fields as a list. `prefix` tells several channels of one event apart, such as `Dest`.
pub fn fields(channel: &Channel, prefix: &str) -> Vec<(String, String)> {
    let mut fields = Vec::with_capacity(14);
    each(channel, None, |name, value| fields.push((format!("{prefix}{name}"), value.to_owned())));
    fields
}

/// Gives `take` the name and value of every field that an event about a bridge has.
pub fn each_of_bridge(bridge: &Bridge, mut take: impl FnMut(&str, &str)) {
    take("BridgeUniqueid", bridge.unique_id());
    take("BridgeType", bridge.kind().word());
    take("BridgeTechnology", bridge.kind().technology());
    take("BridgeCreator", known(bridge.creator()));
    take("BridgeName", known(bridge.name()));
    take("BridgeNumChannels", &bridge.count().to_string());
    take("BridgeVideoSourceMode", "none");
}

/// The same of the bridge that a channel is in, as a list; empty where it is in none.
pub fn bridge_fields(channel: &Channel, prefix: &str) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    if let Some(bridge) = channel.bridge_id().and_then(|id| channel.channels().find_bridge(&id)) {
        each_of_bridge(&bridge, |name, value| fields.push((format!("{prefix}{name}"), value.to_owned())));
    }
    fields
}
