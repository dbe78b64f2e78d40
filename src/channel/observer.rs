//! What happens to channels, for traces, the manager and call records.

use super::record::Finished;
use super::{Cause, Channel, Indication, Phase, Position};
use crate::diagnostic::Span;

/// Something that happened.
#[derive(Debug)]
pub enum Happening<'a> {
    /// A channel came into being.
    Created { channel: &'a Channel },
    /// It rang, was answered, …
    Phase { channel: &'a Channel, phase: Phase },
    /// The party was told about progress.
    Indicated { channel: &'a Channel, indication: Indication },
    /// A step of the plan is about to run.
    Step { channel: &'a Channel, position: &'a Position, application: &'a str, arguments: &'a str, span: Span },
    /// A variable was set.
    VariableSet { channel: Option<&'a Channel>, name: &'a str, value: &'a str },
    /// A destination of Dial is being called.
    DialBegin { caller: &'a Channel, callee: &'a Channel, destination: &'a str },
    /// A destination of Dial answered or failed; the word is DIALSTATUS.
    DialEnd { caller: &'a Channel, callee: &'a Channel, status: &'a str },
    /// Two channels hear each other from now on.
    BridgeEnter { channel: &'a Channel, peer: &'a Channel },
    /// A channel left its bridge.
    BridgeLeave { channel: &'a Channel },
    /// The party pressed a key.
    Pressed { channel: &'a Channel, digit: char },
    /// The party hears a sound file.
    Plays { channel: &'a Channel, sound: &'a str },
    /// The party hears a tone by its name in the indications.
    Tone { channel: &'a Channel, tone: &'a str },
    /// Music on hold began.
    MusicOn { channel: &'a Channel, class: &'a str },
    /// Music on hold ended.
    MusicOff { channel: &'a Channel },
    /// A party joined a conference room.
    RoomJoin { channel: &'a Channel, room: &'a str, application: &'a str },
    /// A party left a conference room.
    RoomLeave { channel: &'a Channel, room: &'a str, application: &'a str },
    /// A program's own event (UserEvent).
    User { channel: &'a Channel, name: &'a str, body: &'a str },
    /// An event for manager programs that an application or a service raises itself, by the manager's names.
    Manager {
        channel: Option<&'a Channel>,
        /// The event, such as `QueueCallerJoin`.
        event: &'a str,
        /// The classes of which a program must have one to see it, such as `agent`.
        privilege: &'static str,
        /// The event's own fields in order, without those that every event of a channel has.
        fields: &'a [(&'a str, &'a str)],
    },
    /// Something in the plan did not go as its author will have meant.
    Warning { channel: &'a Channel, text: &'a str },
    /// A call record was closed, after the hang-up of its channel.
    Recorded { channel: &'a Channel, record: &'a Finished },
    /// The channel is gone.
    Hangup { channel: &'a Channel, cause: Cause },
}

impl<'a> Happening<'a> {
    /// The channel it happened to.
    pub fn channel(&self) -> Option<&'a Channel> {
        match *self {
            Happening::VariableSet { channel, .. } | Happening::Manager { channel, .. } => channel,
            Happening::Created { channel }
            | Happening::Phase { channel, .. }
            | Happening::Indicated { channel, .. }
            | Happening::Step { channel, .. }
            | Happening::BridgeEnter { channel, .. }
            | Happening::BridgeLeave { channel }
            | Happening::Pressed { channel, .. }
            | Happening::Plays { channel, .. }
            | Happening::Tone { channel, .. }
            | Happening::MusicOn { channel, .. }
            | Happening::MusicOff { channel }
            | Happening::RoomJoin { channel, .. }
            | Happening::RoomLeave { channel, .. }
            | Happening::User { channel, .. }
            | Happening::Warning { channel, .. }
            | Happening::Recorded { channel, .. }
            | Happening::Hangup { channel, .. } => Some(channel),
            Happening::DialBegin { caller, .. } | Happening::DialEnd { caller, .. } => Some(caller),
        }
    }
}

/// Hears of everything, at once and in order. It must not wait.
pub trait Observer: Send + Sync {
    /// Called on the task where it happened.
    fn happened(&self, happening: &Happening<'_>);
}
