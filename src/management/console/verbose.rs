//! What calls do, line by line, as Asterisk's verbose messages tell it.

use std::sync::Arc;

use crate::channel::{Bridge, Channel, Happening, Observer, Phase};
use crate::management::logger::{Level, Logger};

/// Logs what calls do, as long as anybody wants to see it.
pub struct Verbose(pub Arc<Logger>);

impl Observer for Verbose {
    fn happened(&self, happening: &Happening<'_>) {
        if !self.0.wants_verbose(1) {
            return;
        }
        if let Some((level, text)) = line(happening) {
            self.0.log(Level::Verbose(level), "pbx", &text);
        }
        if let Happening::Pressed { channel, digit } = happening {
            self.0.log(Level::Dtmf, "channel", &format!("DTMF '{digit}' received on {}", channel.name()));
        }
    }
}

/// The line and its level, if what happened is worth one.
fn line(happening: &Happening<'_>) -> Option<(u32, String)> {
    let at = |level: u32, text: String| Some((level, format!("{}{text}", prefix(level))));
    match happening {
        Happening::Step { channel, position, application, arguments, .. } => {
            let (context, extension, priority) = (&position.context, &position.extension, position.priority);
            let name = channel.name();
            let step = format!(
                "Executing [{extension}@{context}:{priority}] {application}(\"{name}\", \"{arguments}\") in new stack"
            );
            at(3, step)
        }
        Happening::Phase { channel, phase: Phase::Ringing } => at(3, format!("{} is ringing", channel.name())),
        Happening::DialBegin { destination, .. } => at(3, format!("Called {destination}")),
        Happening::DialEnd { caller: Some(caller), callee, status: "ANSWER", .. } => {
            at(3, format!("{} answered {}", callee.name(), caller.name()))
        }
        Happening::DialEnd { callee, status: "BUSY", .. } => at(3, format!("{} is busy", callee.name())),
        Happening::DialEnd { callee, status: "CONGESTION", .. } => at(3, format!("{} is circuit-busy", callee.name())),
        Happening::BridgeEnter { channel, bridge, .. } => {
            at(3, format!("Channel {} joined {}", channel.name(), name(bridge)))
        }
        Happening::BridgeLeave { channel, bridge } => {
            at(3, format!("Channel {} left {}", channel.name(), name(bridge)))
        }
        Happening::Plays { channel, sound } => {
            at(3, format!("<{}> Playing '{sound}' (language '{}')", channel.name(), language(channel)))
        }
        Happening::MusicOn { channel, class } => {
            let class = if class.is_empty() { "default" } else { class };
            at(3, format!("Started music on hold, class '{class}', on channel '{}'", channel.name()))
        }
        Happening::MusicOff { channel } => at(3, format!("Stopped music on hold on {}", channel.name())),
        Happening::RoomJoin { channel, room, application } => {
            at(3, format!("Channel {} joined {application} '{room}'", channel.name()))
        }
        Happening::RoomLeave { channel, room, application } => {
            at(3, format!("Channel {} left {application} '{room}'", channel.name()))
        }
        Happening::Hangup { channel, cause } => at(3, format!("{} is hung up, cause {cause}", channel.name())),
        _ => None,
    }
}

/// A bridge as the console names it.
fn name(bridge: &Bridge) -> String {
    format!("'{}' {}-bridge <{}>", bridge.kind().technology(), bridge.kind().word(), bridge.unique_id())
}

/// The language, unless the channel is at work just now: what plays is told from within.
fn language(channel: &Channel) -> String {
    channel.try_state().map_or_else(|| "en".to_owned(), |state| state.language.clone())
}

/// What Asterisk sets before a line of this level.
fn prefix(level: u32) -> &'static str {
    match level {
        0 | 1 => " ",
        2 => "  == ",
        3 => "    -- ",
        _ => "       > ",
    }
}
