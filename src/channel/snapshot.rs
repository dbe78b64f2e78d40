//! A channel as the manager's events show it.

use super::Channel;

/// What stands for a name or number that is not known.
pub const UNKNOWN: &str = "<unknown>";

/// The fields that every event about a channel has, in Asterisk's order. `prefix` tells several channels of one event
/// apart, such as `Dest`.
pub fn fields(channel: &Channel, prefix: &str) -> Vec<(String, String)> {
    let state = channel.state();
    let known = |text: &str| if text.is_empty() { UNKNOWN.to_owned() } else { text.to_owned() };
    let phase = channel.phase();
    let fields = [
        ("Channel", channel.name().to_string()),
        ("ChannelState", phase.number().to_string()),
        ("ChannelStateDesc", phase.word().to_owned()),
        ("CallerIDNum", known(state.caller.number())),
        ("CallerIDName", known(state.caller.name())),
        ("ConnectedLineNum", known(state.connected.number())),
        ("ConnectedLineName", known(state.connected.name())),
        ("Language", state.language.clone()),
        ("AccountCode", state.account_code.clone()),
        ("Context", state.position.context.clone()),
        ("Exten", state.position.extension.clone()),
        ("Priority", state.position.priority.to_string()),
        ("Uniqueid", channel.unique_id().to_string()),
        ("Linkedid", channel.linked_id().to_string()),
    ];
    fields.into_iter().map(|(name, value)| (format!("{prefix}{name}"), value)).collect()
}
