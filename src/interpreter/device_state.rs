//! What a device does at the moment: free, in a call, ringing; and what that makes of an extension's hint.

use super::Exchange;
use crate::bridging::room::RoomKind;
use crate::channel::Phase;

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

/// The family of the AstDB that keeps the states of `Custom:` devices.
const CUSTOM: &str = "CustomDevstate";

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

    /// The state of several devices that make one extension.
    pub fn of_all(states: &[DeviceState]) -> DeviceState {
        let any = |wanted: DeviceState| states.contains(&wanted);
        let all = |wanted: DeviceState| states.iter().all(|state| *state == wanted);
        let in_use = [Self::InUse, Self::OnHold, Self::Busy].into_iter().any(any);
        match () {
            () if states.is_empty() => Self::Invalid,
            () if any(Self::RingInUse) || (any(Self::Ringing) && in_use) => Self::RingInUse,
            () if any(Self::Ringing) => Self::Ringing,
            () if all(Self::OnHold) => Self::OnHold,
            () if all(Self::Busy) => Self::Busy,
            () if in_use => Self::InUse,
            () if any(Self::NotInUse) => Self::NotInUse,
            () if any(Self::Unavailable) => Self::Unavailable,
            () if any(Self::Unknown) => Self::Unknown,
            () => Self::Invalid,
        }
    }
}

impl Exchange {
    /// What a device such as `SIP/2001`, `Custom:lamp`, `confbridge:77` or `Local/100@default` does.
    pub fn device_state(&self, device: &str) -> DeviceState {
        if let Some((provider, name)) = device.split_once(':').filter(|(provider, _)| !provider.contains('/')) {
            return match provider.to_ascii_lowercase().as_str() {
                "custom" => self.custom_state(name),
                "confbridge" => self.room_state(RoomKind::ConfBridge, name),
                "meetme" => self.room_state(RoomKind::MeetMe, name),
                _ => DeviceState::Invalid,
            };
        }
        let Some((technology, resource)) = device.split_once('/').filter(|(_, resource)| !resource.is_empty()) else {
            return DeviceState::Invalid;
        };
        if technology.eq_ignore_ascii_case("local") {
            return self.local_state(resource);
        }
        self.phone_state(technology, device)
    }

    fn room_state(&self, kind: RoomKind, name: &str) -> DeviceState {
        if self.rooms.find(kind, name).is_some() { DeviceState::InUse } else { DeviceState::NotInUse }
    }

    /// Sets the state of a `Custom:` device.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn set_custom_state(&self, name: &str, state: DeviceState) -> Result<(), crate::storage::astdb::DatabaseError> {
        self.database.put(CUSTOM, name, state.word())
    }

    fn custom_state(&self, name: &str) -> DeviceState {
        let stored = self.database.get(CUSTOM, name).ok().flatten();
        stored.and_then(|word| DeviceState::parse(&word)).unwrap_or(DeviceState::Unknown)
    }

    /// A place in the plan is free as long as it is there.
    fn local_state(&self, resource: &str) -> DeviceState {
        let resource = resource.split('/').next().unwrap_or("");
        let (extension, context) = resource.rsplit_once('@').unwrap_or((resource, "default"));
        let plan = self.plan();
        match super::Lookup::new(&plan, &self.clock).exists(context, extension, 1, "") {
            true => DeviceState::NotInUse,
            false => DeviceState::Invalid,
        }
    }

    /// What the channels of a telephone do.
    fn phone_state(&self, technology: &str, device: &str) -> DeviceState {
        let mut states = Vec::new();
        for channel in self.channels.all() {
            let name = channel.name().get(..device.len()).is_some_and(|start| start.eq_ignore_ascii_case(device));
            if name && channel.name().as_bytes().get(device.len()) == Some(&b'-') {
                states.push(if channel.phase() == Phase::Ringing { DeviceState::Ringing } else { DeviceState::InUse });
            }
        }
        if !states.is_empty() {
            return DeviceState::of_all(&states);
        }
        if self.channels.has_technology(technology) { DeviceState::NotInUse } else { DeviceState::Invalid }
    }

    /// What the devices of a hint do: `SIP/1&Custom:light`, perhaps with a name behind a comma or in parentheses.
    pub fn hint_state(&self, hint: &str) -> DeviceState {
        let devices = hint.split(['(', ',']).next().unwrap_or("");
        let devices = devices.split('&').map(str::trim).filter(|device| !device.is_empty());
        let states: Vec<DeviceState> = devices.map(|device| self.device_state(device)).collect();
        DeviceState::of_all(&states)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_devices_make_one_state() {
        use DeviceState::{Busy, InUse, Invalid, NotInUse, RingInUse, Ringing, Unavailable};
        assert_eq!(DeviceState::of_all(&[NotInUse, InUse]), InUse);
        assert_eq!(DeviceState::of_all(&[Ringing, InUse]), RingInUse);
        assert_eq!(DeviceState::of_all(&[Busy, Busy]), Busy);
        assert_eq!(DeviceState::of_all(&[Busy, NotInUse]), InUse);
        assert_eq!(DeviceState::of_all(&[Unavailable, NotInUse]), NotInUse);
        assert_eq!(DeviceState::of_all(&[]), Invalid);
    }
}
