//! Which event a happening is, who may see it, and what it says.

use super::snapshot;
use crate::channel::{Cause, Channel, Happening, Phase, State};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Fields;

/// What an event is called, and of which class a program must be to see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Title<'a> {
    pub event: &'a str,
    pub class: Privilege,
}

/// Where an event's lines come from.
pub struct Source<'a> {
    /// The state of the happening's channel, where it is locked already.
    pub state: Option<&'a State>,
    /// The variables that every event of a channel carries.
    pub variables: &'a [String],
}

/// The event that tells of something, if there is one. Cheap: it is asked before anything is rendered.
pub fn title<'a>(happening: &Happening<'a>) -> Option<Title<'a>> {
    let (event, class) = match happening {
        Happening::Created { .. } => ("Newchannel", Privilege::CALL),
        Happening::Phase { .. } => ("Newstate", Privilege::CALL),
        Happening::Step { .. } | Happening::Purpose { .. } => ("Newexten", Privilege::DIALPLAN),
        Happening::VariableSet { .. } => ("VarSet", Privilege::DIALPLAN),
        Happening::DialBegin { .. } => ("DialBegin", Privilege::CALL),
        Happening::DialState { .. } => ("DialState", Privilege::CALL),
        Happening::DialEnd { .. } => ("DialEnd", Privilege::CALL),
        Happening::BridgeCreate { .. } => ("BridgeCreate", Privilege::CALL),
        Happening::BridgeEnter { .. } => ("BridgeEnter", Privilege::CALL),
        Happening::BridgeLeave { .. } => ("BridgeLeave", Privilege::CALL),
        Happening::BridgeDestroy { .. } => ("BridgeDestroy", Privilege::CALL),
        Happening::LocalPair { .. } => ("LocalBridge", Privilege::CALL),
        Happening::LocalOptimization { .. } => ("LocalOptimizationBegin", Privilege::CALL),
        Happening::LocalOptimized { .. } => ("LocalOptimizationEnd", Privilege::CALL),
        // Both ends of a key come at once: see `further`.
        Happening::Pressed { .. } | Happening::Keyed { .. } => ("DTMFBegin", Privilege::DTMF),
        Happening::Held { .. } => ("Hold", Privilege::CALL),
        Happening::Resumed { .. } => ("Unhold", Privilege::CALL),
        Happening::CallerChanged { .. } => ("NewCallerid", Privilege::CALL),
        Happening::ConnectedChanged { .. } => ("NewConnectedLine", Privilege::CALL),
        Happening::AccountChanged { .. } => ("NewAccountCode", Privilege::CALL),
        Happening::MusicOn { .. } => ("MusicOnHoldStart", Privilege::CALL),
        Happening::MusicOff { .. } => ("MusicOnHoldStop", Privilege::CALL),
        Happening::User { .. } => ("UserEvent", Privilege::USER),
        Happening::Manager { event, privilege, .. } => (*event, Privilege::parse(privilege).0),
        Happening::HangupAsked { .. } => ("HangupRequest", Privilege::CALL),
        Happening::SoftHangupAsked { .. } => ("SoftHangupRequest", Privilege::CALL),
        Happening::Hangup { .. } => ("Hangup", Privilege::CALL),
        // Rooms raise the events of their members themselves.
        Happening::RoomJoin { .. }
        | Happening::RoomLeave { .. }
        | Happening::Recorded { .. }
        | Happening::Indicated { .. }
        | Happening::Plays { .. }
        | Happening::Tone { .. }
        | Happening::Warning { .. } => return None,
    };
    Some(Title { event, class })
}

/// The event that follows at once upon another of the same happening.
pub fn further(happening: &Happening<'_>) -> Option<&'static str> {
    matches!(happening, Happening::Pressed { .. } | Happening::Keyed { .. }).then_some("DTMFEnd")
}

/// The lines of an event, behind its name and class.
pub fn fields(event: &str, happening: &Happening<'_>, source: &Source<'_>) -> Fields {
    let mut fields = Fields::new();
    let snapshot = |fields: &mut Fields, channel: &Channel| {
        snapshot::channel(fields, "", channel, source.state, source.variables);
    };
    let other = |fields: &mut Fields, prefix: &str, channel: &Channel| {
        snapshot::channel(fields, prefix, channel, None, source.variables);
    };
    match happening {
        Happening::BridgeCreate { bridge } | Happening::BridgeDestroy { bridge } => {
            snapshot::bridge(&mut fields, bridge);
        }
        Happening::BridgeEnter { channel, bridge, .. } | Happening::BridgeLeave { channel, bridge } => {
            snapshot::bridge(&mut fields, bridge);
            snapshot(&mut fields, channel);
        }
        Happening::LocalPair { first, second } => {
            other(&mut fields, "LocalOne", first);
            other(&mut fields, "LocalTwo", second);
            let position = second.state_within(super::PATIENCE).map(|state| state.position.clone()).unwrap_or_default();
            fields.push("Context", position.context);
            fields.push("Exten", position.extension);
            let optimises = first.leg().passage().is_some();
            fields.push("LocalOptimization", if optimises { "Yes" } else { "No" });
        }
        Happening::LocalOptimization { first, second, source, id } => {
            other(&mut fields, "LocalOne", first);
            other(&mut fields, "LocalTwo", second);
            other(&mut fields, "Source", source);
            fields.push("DestUniqueId", second.unique_id());
            fields.push("Id", id);
        }
        Happening::LocalOptimized { first, second, id } => {
            other(&mut fields, "LocalOne", first);
            other(&mut fields, "LocalTwo", second);
            // What Asterisk says of one that came off.
            fields.push("Success", "No");
            fields.push("Id", id);
        }
        Happening::DialBegin { caller, callee, .. }
        | Happening::DialState { caller, callee, .. }
        | Happening::DialEnd { caller, callee, .. } => {
            if let Some(caller) = caller {
                snapshot(&mut fields, caller);
            }
            other(&mut fields, "Dest", callee);
        }
        Happening::VariableSet { channel: None, .. } => {
            fields.push("Channel", "none");
            fields.push("Uniqueid", "none");
        }
        // The events of a room begin with the room.
        Happening::Manager { channel, fields: own, .. } => {
            let (room, about) = own.split_at(room_in(own));
            room.iter().for_each(|(name, value)| fields.push(name, value));
            if let Some(channel) = channel {
                snapshot(&mut fields, channel);
            }
            about.iter().for_each(|(name, value)| fields.push(name, value));
            return fields;
        }
        other => {
            if let Some(channel) = other.channel() {
                snapshot(&mut fields, channel);
            }
        }
    }
    own(&mut fields, event, happening, source);
    fields
}

/// How many fields at the beginning say which room the event is of.
fn room_in(fields: &[(&str, &str)]) -> usize {
    let is_room = |name: &str| name == "Conference" || name == "Meetme";
    if fields.first().is_none_or(|(name, _)| !is_room(name)) {
        return 0;
    }
    fields.iter().take_while(|(name, _)| is_room(name) || name.starts_with("Bridge")).count()
}

/// What an event says besides whom it is about.
fn own(fields: &mut Fields, event: &str, happening: &Happening<'_>, source: &Source<'_>) {
    match happening {
        Happening::Step { position, application, arguments, .. } => {
            fields.push("Extension", &position.extension);
            fields.push("Application", application);
            fields.push("AppData", arguments);
        }
        Happening::Purpose { channel, application } => {
            let extension = channel.state_within(super::PATIENCE).map(|state| state.position.extension.clone());
            fields.push("Extension", extension.unwrap_or_default());
            fields.push("Application", application);
            fields.push("AppData", Channel::OUTGOING_LINE);
        }
        Happening::VariableSet { name, value, .. } => {
            fields.push("Variable", name);
            fields.push("Value", escaped(value));
        }
        Happening::BridgeEnter { swap: Some(swap), .. } => fields.push("SwapUniqueid", swap.unique_id()),
        Happening::DialBegin { destination, .. } => {
            fields.push("DialString", destination.split_once('/').map_or(*destination, |(_, resource)| resource));
        }
        Happening::DialState { status, .. } => fields.push("DialStatus", status),
        Happening::DialEnd { callee, status, forward, .. } => {
            fields.push("DialStatus", if status.is_empty() { status_of(callee) } else { status });
            if !forward.is_empty() {
                fields.push("Forward", forward);
            }
        }
        Happening::Pressed { digit, .. } => key(fields, event, *digit, 100, "Received"),
        Happening::Keyed { digit, duration, .. } => key(fields, event, *digit, duration.as_millis(), "Sent"),
        Happening::Held { channel } => {
            let class = channel.state_within(super::PATIENCE).map(|state| state.music_class.clone());
            match class.filter(|class| !class.is_empty()) {
                Some(class) => fields.push("MusicClass", class),
                // chan_pjsip always suggests one.
                None if channel.leg().technology() == "PJSIP" => fields.push("MusicClass", "default"),
                None => {}
            }
        }
        Happening::CallerChanged { channel } => {
            let shown = match source.state {
                Some(state) => snapshot::presentation(&state.caller),
                None => channel
                    .state_within(super::PATIENCE)
                    .map(|state| snapshot::presentation(&state.caller))
                    .unwrap_or_default(),
            };
            fields.push("CID-CallingPres", shown);
        }
        Happening::AccountChanged { old, .. } => fields.push("OldAccountCode", old),
        Happening::MusicOn { class, .. } => fields.push("Class", if class.is_empty() { "default" } else { class }),
        Happening::User { name, body, .. } => {
            fields.push("UserEvent", name);
            for line in body.lines().filter(|line| !line.is_empty()) {
                let (key, value) = line.split_once(':').unwrap_or((line, ""));
                fields.push(key.trim(), value.trim_start());
            }
        }
        Happening::HangupAsked { cause: Some(cause), .. } => fields.push("Cause", cause),
        Happening::SoftHangupAsked { by, .. } => fields.push("Cause", *by as u8),
        Happening::Hangup { cause, .. } => {
            fields.push("Cause", cause);
            fields.push("Cause-txt", cause.words());
        }
        _ => {}
    }
}

fn key(fields: &mut Fields, event: &str, digit: char, duration: impl std::fmt::Display, direction: &str) {
    fields.push("Digit", digit);
    if event == "DTMFEnd" {
        fields.push("DurationMs", duration);
    }
    fields.push("Direction", direction);
}

/// How the call of a channel ended that was not refused in so many words.
fn status_of(callee: &Channel) -> &'static str {
    match callee.hangup_cause().unwrap_or(Cause::NONE) {
        Cause::BUSY => "BUSY",
        Cause::CONGESTION => "CONGESTION",
        Cause(3 | 20) => "CHANUNAVAIL",
        _ if callee.phase() == Phase::Up => "ANSWER",
        _ => "NOANSWER",
    }
}

/// A value with what a line cannot hold, and with what Asterisk escapes, written as in C.
fn escaped(value: &str) -> std::borrow::Cow<'_, str> {
    if !value.contains(|character: char| character.is_ascii_control() || "\"\\'?".contains(character)) {
        return value.into();
    }
    let mut text = String::with_capacity(value.len() + 8);
    for character in value.chars() {
        let escape = match character {
            '\x07' => 'a',
            '\x08' => 'b',
            '\x0c' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\x0b' => 'v',
            '\\' | '\'' | '"' | '?' => character,
            _ => {
                text.push(character);
                continue;
            }
        };
        text.push('\\');
        text.push(escape);
    }
    text.into()
}
