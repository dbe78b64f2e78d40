//! What a device does at the moment, in Asterisk's words and numbers.

/// What a device does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceState {
    Unknown,
    NotInUse,
    InUse,
    Busy,
    Invalid,
    Unavailable,
    Ringing,
    RingInUse,
    OnHold,
}

impl DeviceState {
    const WORDS: [(&'static str, DeviceState); 9] = [
        ("UNKNOWN", DeviceState::Unknown),
        ("NOT_INUSE", DeviceState::NotInUse),
        ("INUSE", DeviceState::InUse),
        ("BUSY", DeviceState::Busy),
        ("INVALID", DeviceState::Invalid),
        ("UNAVAILABLE", DeviceState::Unavailable),
        ("RINGING", DeviceState::Ringing),
        ("RINGINUSE", DeviceState::RingInUse),
        ("ONHOLD", DeviceState::OnHold),
    ];

    /// The word that `DEVICE_STATE()` gives.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, state)| *state == self).map_or("UNKNOWN", |(word, _)| word)
    }

    /// Reads a word; `UNKNOWN` is none that could be set.
    pub fn parse(word: &str) -> Option<Self> {
        let known = Self::WORDS.iter().skip(1).find(|(known, _)| known.eq_ignore_ascii_case(word.trim()));
        known.map(|(_, state)| *state)
    }

    /// Asterisk's number of the state, as the manager's `Status` of a queue's member has it.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The words that the console shows.
    pub fn text(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::NotInUse => "Not in use",
            Self::InUse => "In use",
            Self::Busy => "Busy",
            Self::Invalid => "Invalid",
            Self::Unavailable => "Unavailable",
            Self::Ringing => "Ringing",
            Self::RingInUse => "Ring+Inuse",
            Self::OnHold => "On Hold",
        }
    }

    /// The state of several devices that make one extension.
    pub fn of_all(states: &[DeviceState]) -> DeviceState {
        let any = |wanted: DeviceState| states.contains(&wanted);
        let in_use = [Self::InUse, Self::OnHold, Self::Busy].into_iter().any(any);
        match () {
            () if states.is_empty() => Self::Invalid,
            () if any(Self::RingInUse) || (any(Self::Ringing) && in_use) => Self::RingInUse,
            () if any(Self::Ringing) => Self::Ringing,
            () if any(Self::Busy) => Self::Busy,
            () if any(Self::InUse) => Self::InUse,
            () if any(Self::OnHold) => Self::OnHold,
            () if any(Self::NotInUse) => Self::NotInUse,
            () if any(Self::Unavailable) => Self::Unavailable,
            () if any(Self::Unknown) => Self::Unknown,
            () => Self::Invalid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_devices_make_one_state() {
        use DeviceState::{Busy, InUse, Invalid, NotInUse, OnHold, RingInUse, Ringing, Unavailable};
        assert_eq!(DeviceState::of_all(&[NotInUse, InUse]), InUse);
        assert_eq!(DeviceState::of_all(&[Ringing, InUse]), RingInUse);
        assert_eq!(DeviceState::of_all(&[Busy, Busy]), Busy);
        assert_eq!(DeviceState::of_all(&[Busy, NotInUse]), Busy);
        assert_eq!(DeviceState::of_all(&[OnHold, InUse]), InUse);
        assert_eq!(DeviceState::of_all(&[OnHold, NotInUse]), OnHold);
        assert_eq!(DeviceState::of_all(&[Unavailable, NotInUse]), NotInUse);
        assert_eq!(DeviceState::of_all(&[]), Invalid);
    }
}
