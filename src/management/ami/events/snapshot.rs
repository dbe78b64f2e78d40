//! The lines that every event of a channel carries.

use std::time::Duration;

use crate::channel::caller_id::{Party, Presentation};
use crate::channel::{Bridge, Channel, Phase, State};
use crate::management::ami::reply::Fields;

/// So long the state of a channel that somebody else holds is waited for. Who holds it only computes.
const PATIENCE: Duration = Duration::from_millis(50);

/// What stands for a name or number that nobody knows.
pub const UNKNOWN: &str = "<unknown>";

/// The lines of one channel, each key with a prefix (`Dest`), and the variables that `channelvars` names.
pub fn channel(fields: &mut Fields, prefix: &str, channel: &Channel, state: Option<&State>, variables: &[String]) {
    match state {
        Some(state) => lines(fields, prefix, channel, state, variables),
        None => match channel.state_within(PATIENCE) {
            Some(state) => lines(fields, prefix, channel, &state, variables),
            None => {
                tracing::debug!("the state of {} is held too long: its event says little", channel.name());
                let empty = State::new(channel.created());
                lines(fields, prefix, channel, &empty, variables);
            }
        },
    }
}

fn lines(fields: &mut Fields, prefix: &str, channel: &Channel, state: &State, variables: &[String]) {
    let phase = channel.phase();
    let mut line = |name: &str, value: &str| match prefix {
        "" => fields.push(name, value),
        prefix => fields.push(&format!("{prefix}{name}"), value),
    };
    line("Channel", channel.name());
    line("ChannelState", number(phase));
    line("ChannelStateDesc", phase.word());
    line("CallerIDNum", known(state.caller.number()));
    line("CallerIDName", known(state.caller.name()));
    line("ConnectedLineNum", known(state.connected.number()));
    line("ConnectedLineName", known(state.connected.name()));
    line("Language", &state.language);
    line("AccountCode", &state.account_code);
    line("Context", &state.position.context);
    line("Exten", &state.position.extension);
    line("Priority", &state.position.priority.max(1).to_string());
    line("Uniqueid", channel.unique_id());
    line("Linkedid", &channel.linked_id());
    for name in variables {
        let value = state.variables.get(name).unwrap_or("");
        line("ChanVariable", &format!("{name}={value}"));
    }
}

fn number(phase: Phase) -> &'static str {
    match phase {
        Phase::Down => "0",
        Phase::Ring => "4",
        Phase::Ringing => "5",
        Phase::Up => "6",
    }
}

/// A text, or what stands for none.
pub fn known(text: &str) -> &str {
    if text.is_empty() { UNKNOWN } else { text }
}

/// The lines of a bridge.
pub fn bridge(fields: &mut Fields, bridge: &Bridge) {
    fields.push("BridgeUniqueid", bridge.unique_id());
    fields.push("BridgeType", bridge.kind().word());
    fields.push("BridgeTechnology", bridge.kind().technology());
    fields.push("BridgeCreator", known(bridge.creator()));
    fields.push("BridgeName", known(bridge.name()));
    fields.push("BridgeNumChannels", bridge.count());
    fields.push("BridgeVideoSourceMode", "none");
}

/// `CID-CallingPres`: the number of a presentation and its words.
pub fn presentation(party: &Party) -> String {
    let presentation = party.presentation();
    let words = match presentation {
        Presentation::AllowedNotScreened => "Presentation Allowed, Not Screened",
        Presentation::AllowedPassedScreen => "Presentation Allowed, Passed Screen",
        Presentation::AllowedFailedScreen => "Presentation Allowed, Failed Screen",
        Presentation::Allowed => "Presentation Allowed, Network Number",
        Presentation::ProhibitedNotScreened => "Presentation Prohibited, Not Screened",
        Presentation::ProhibitedPassedScreen => "Presentation Prohibited, Passed Screen",
        Presentation::ProhibitedFailedScreen => "Presentation Prohibited, Failed Screen",
        Presentation::Prohibited => "Presentation Prohibited, Network Number",
        Presentation::Unavailable => "Number Unavailable",
    };
    format!("{} ({words})", presentation.number())
}
