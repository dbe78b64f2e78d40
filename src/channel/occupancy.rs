//! How many channels each device has, and what they do: asked at every change of a device, with thousands of channels.

use std::collections::HashMap;

use parking_lot::Mutex;

use super::{DeviceState, Phase};

/// What a channel does, as far as its device's state goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    pub phase: Phase,
    pub is_held: bool,
    /// It is among the live channels.
    pub is_live: bool,
}

impl Standing {
    fn state(self) -> Option<DeviceState> {
        self.is_live.then_some(match self.phase {
            Phase::Ringing => DeviceState::Ringing,
            Phase::Down => DeviceState::NotInUse,
            _ if self.is_held => DeviceState::OnHold,
            _ => DeviceState::InUse,
        })
    }
}

/// The channels of one device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Occupancy {
    /// Dialled, and not ringing yet.
    pub dialled: usize,
    pub ringing: usize,
    pub held: usize,
    pub in_use: usize,
}

impl Occupancy {
    fn of(&mut self, state: DeviceState) -> &mut usize {
        match state {
            DeviceState::Ringing => &mut self.ringing,
            DeviceState::OnHold => &mut self.held,
            DeviceState::InUse => &mut self.in_use,
            _ => &mut self.dialled,
        }
    }

    /// How many channels there are.
    pub fn count(&self) -> usize {
        self.dialled + self.ringing + self.held + self.in_use
    }

    /// What they make of the device; a channel that does not ring yet counts as `dialled`.
    pub fn state(&self, dialled: DeviceState) -> DeviceState {
        let states = [
            (self.dialled, dialled),
            (self.ringing, DeviceState::Ringing),
            (self.held, DeviceState::OnHold),
            (self.in_use, DeviceState::InUse),
        ];
        let states: Vec<DeviceState> = states.iter().filter(|(count, _)| *count > 0).map(|(_, state)| *state).collect();
        DeviceState::of_all(&states)
    }
}

/// The occupancy of every device that has channels, by its name in small letters.
#[derive(Debug, Default)]
pub(super) struct Occupancies(Mutex<HashMap<String, Occupancy>>);

impl Occupancies {
    pub fn of(&self, device: &str) -> Occupancy {
        self.0.lock().get(&device.to_ascii_lowercase()).copied().unwrap_or_default()
    }

    /// A channel does something else than before.
    pub fn change(&self, channel: &str, before: Option<Standing>, now: Standing) {
        let (before, now) = (before.and_then(Standing::state), now.state());
        if before == now {
            return;
        }
        let device = channel.rsplit_once('-').map_or(channel, |(device, _)| device).to_ascii_lowercase();
        let mut all = self.0.lock();
        let occupancy = all.entry(device.clone()).or_default();
        if let Some(before) = before {
            let count = occupancy.of(before);
            *count = count.saturating_sub(1);
        }
        if let Some(now) = now {
            *occupancy.of(now) += 1;
        }
        if occupancy.count() == 0 {
            all.remove(&device);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_what_its_channels_are() {
        let all = Occupancies::default();
        let standing = |phase, is_held| Standing { phase, is_held, is_live: true };
        let [down, ringing, up, held] =
            [(Phase::Down, false), (Phase::Ringing, false), (Phase::Up, false), (Phase::Up, true)]
                .map(|(phase, is_held)| standing(phase, is_held));
        all.change("SIP/Ann-b-00000000", None, down);
        assert_eq!(all.of("sip/ann-B").state(DeviceState::NotInUse), DeviceState::NotInUse);
        assert_eq!(all.of("SIP/ann-b").state(DeviceState::InUse), DeviceState::InUse);
        all.change("SIP/Ann-b-00000000", Some(down), ringing);
        all.change("SIP/Ann-b-00000001", None, up);
        assert_eq!(all.of("SIP/ann-b").state(DeviceState::InUse), DeviceState::RingInUse);
        all.change("SIP/Ann-b-00000000", Some(ringing), Standing { is_live: false, ..ringing });
        all.change("SIP/Ann-b-00000001", Some(up), held);
        assert_eq!(
            (all.of("SIP/ann-b").count(), all.of("SIP/ann-b").state(DeviceState::InUse)),
            (1, DeviceState::OnHold)
        );
        all.change("SIP/Ann-b-00000001", Some(held), Standing { is_live: false, ..held });
        assert_eq!(all.of("SIP/ann-b"), Occupancy::default());
        assert!(all.0.lock().is_empty());
    }
}
