//! What happens to channels, for traces, the manager and call records.

use std::time::Duration;

use super::bridge::Bridge;
use super::record::Finished;
use super::{Cause, Channel, Indication, Phase, Position, State};
use crate::diagnostic::Span;

/// Who asked a channel to hang up, with the number that the manager shows as the cause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoftHangup {
    /// Its plan is over, or it left the plan.
    PlanEnded = 16,
    /// A program, an admin or another channel's plan.
    Explicit = 32,
}

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
    /// A called channel, on which no plan runs, is shown to run this application.
    Purpose { channel: &'a Channel, application: &'a str },
    /// A variable was set.
    VariableSet { channel: Option<&'a Channel>, name: &'a str, value: &'a str },
    /// A destination is being called, by somebody's Dial or by nobody's call (Originate).
    DialBegin { caller: Option<&'a Channel>, callee: &'a Channel, destination: &'a str },
    /// A destination of Dial answered or failed; the word is DIALSTATUS. `forward` is where it sends the call instead.
    DialEnd { caller: Option<&'a Channel>, callee: &'a Channel, status: &'a str, forward: &'a str },
    /// A destination of Dial rings, or its network says something; the word is Asterisk's.
    DialState { caller: Option<&'a Channel>, callee: &'a Channel, status: &'static str },
    /// A bridge came into being.
    BridgeCreate { bridge: &'a Bridge },
    /// A channel hears the others of a bridge from now on; the peer is the other one where only two talk. It may have taken
    /// the place of another channel.
    BridgeEnter { channel: &'a Channel, peer: Option<&'a Channel>, bridge: &'a Bridge, swap: Option<&'a Channel> },
    /// A channel left its bridge.
    BridgeLeave { channel: &'a Channel, bridge: &'a Bridge },
    /// A bridge is gone.
    BridgeDestroy { bridge: &'a Bridge },
    /// The two ends of a Local channel begin to work.
    LocalPair { first: &'a Channel, second: &'a Channel },
    /// A Local channel is about to be taken out of a call: who talks with its second end takes the place of its first.
    LocalOptimization { first: &'a Channel, second: &'a Channel, source: &'a Channel, id: u32 },
    /// It is out of the call.
    LocalOptimized { first: &'a Channel, second: &'a Channel, id: u32 },
    /// The party pressed a key.
    Pressed { channel: &'a Channel, digit: char },
    /// A key is sent to the party.
    Keyed { channel: &'a Channel, digit: char, duration: Duration },
    /// The party put the call on hold.
    Held { channel: &'a Channel },
    /// The party took the call from hold.
    Resumed { channel: &'a Channel },
    /// The caller's name or number changed.
    CallerChanged { channel: &'a Channel },
    /// Whom the channel is connected with changed.
    ConnectedChanged { channel: &'a Channel },
    /// The account changed.
    AccountChanged { channel: &'a Channel, old: &'a str },
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
    /// A program's own event (UserEvent); the fields stand in lines.
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
    /// The party or its network hung up. The cause is there where it is news.
    HangupAsked { channel: &'a Channel, cause: Option<Cause> },
    /// Somebody else asked the channel to hang up, or its plan is over.
    SoftHangupAsked { channel: &'a Channel, by: SoftHangup },
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
            | Happening::Purpose { channel, .. }
            | Happening::BridgeEnter { channel, .. }
            | Happening::BridgeLeave { channel, .. }
            | Happening::Pressed { channel, .. }
            | Happening::Keyed { channel, .. }
            | Happening::Held { channel }
            | Happening::Resumed { channel }
            | Happening::CallerChanged { channel }
            | Happening::ConnectedChanged { channel }
            | Happening::AccountChanged { channel, .. }
            | Happening::HangupAsked { channel, .. }
            | Happening::SoftHangupAsked { channel, .. }
            | Happening::LocalPair { first: channel, .. }
            | Happening::LocalOptimization { first: channel, .. }
            | Happening::LocalOptimized { first: channel, .. }
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
            Happening::DialBegin { caller, .. }
            | Happening::DialState { caller, .. }
            | Happening::DialEnd { caller, .. } => caller,
            Happening::BridgeCreate { .. } | Happening::BridgeDestroy { .. } => None,
        }
    }
}

/// Hears of everything, at once and in order. It must not wait.
pub trait Observer: Send + Sync {
    /// Called on the task where it happened.
    fn happened(&self, happening: &Happening<'_>);

    /// The same where the state of its channel is locked already: it is in hand instead.
    fn happened_to(&self, happening: &Happening<'_>, _state: &State) {
        self.happened(happening);
    }
}
