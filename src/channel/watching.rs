//! What telephones watch: the state of extensions, and mailboxes.

use super::DeviceState;

/// How an extension with a hint is at the moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    pub state: DeviceState,
    /// Who rings the extension, if anybody does.
    pub caller: Option<Caller>,
    /// The plan has the hint no longer.
    pub is_gone: bool,
}

/// Who calls an extension that rings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    pub number: String,
    pub name: String,
    /// The unique id of the channel that rings.
    pub call: String,
    /// The number that was dialled to make it ring.
    pub dialed: String,
}

/// The messages of a mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    pub new: usize,
    pub old: usize,
}

impl Messages {
    /// Those of two mailboxes together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { new: self.new + other.new, old: self.old + other.old }
    }
}

impl Watched {
    /// Nothing is known yet.
    pub fn of(state: DeviceState) -> Self {
        Self { state, caller: None, is_gone: false }
    }

    /// Asterisk's number of the extension's state, as `ExtensionStatus` has it.
    pub fn number(&self) -> i32 {
        match self.state {
            _ if self.is_gone => -1,
            DeviceState::NotInUse | DeviceState::Unknown => 0,
            DeviceState::InUse => 1,
            DeviceState::Busy => 2,
            DeviceState::Unavailable | DeviceState::Invalid => 4,
            DeviceState::Ringing => 8,
            DeviceState::RingInUse => 9,
            DeviceState::OnHold => 16,
        }
    }

    /// The word that goes with the number.
    pub fn text(&self) -> &'static str {
        match self.number() {
            0 => "Idle",
            1 => "InUse",
            2 => "Busy",
            4 => "Unavailable",
            8 => "Ringing",
            9 => "InUse&Ringing",
            16 => "Hold",
            _ => "Unknown",
        }
    }
}
