//! The lines that every event of a channel carries.

use crate::channel::caller_id::{Party, Presentation};
use crate::channel::snapshot;
pub use crate::channel::snapshot::{UNKNOWN, known};
use crate::channel::{Bridge, Channel, State};
use crate::management::ami::reply::Fields;

/// The lines of one channel, each key with a prefix (`Dest`), and the variables that `channelvars` names.
pub fn channel(fields: &mut Fields, prefix: &str, channel: &Channel, state: Option<&State>, variables: &[String]) {
    snapshot::each(channel, state, |name, value| match prefix {
        "" => fields.push(name, value),
        prefix => fields.push(format_args!("{prefix}{name}"), value),
    });
    if variables.is_empty() {
        return;
    }
    let mut push = |state: &State| {
        for name in variables {
            let value = state.variables.get(name).unwrap_or("");
            fields.push(format_args!("{prefix}ChanVariable"), format_args!("{name}={value}"));
        }
    };
    match state {
        Some(state) => push(state),
        None => _ = channel.state_within(super::PATIENCE).map(|state| push(&state)),
    }
}

/// The lines of a bridge.
pub fn bridge(fields: &mut Fields, bridge: &Bridge) {
    snapshot::each_of_bridge(bridge, |name, value| fields.push(name, value));
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
