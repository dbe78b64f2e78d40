//! A member of a queue: somebody who takes its calls.

use super::settings::number;
use crate::channel::DeviceState;
use crate::conf::is_true;

/// A member of a queue.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// What is dialled, such as `SIP/2001`.
    pub interface: String,
    /// The name in the log; the interface where none is given.
    pub name: String,
    /// The device whose state says whether the member is free.
    pub state_interface: String,
    pub penalty: i32,
    /// Added by the plan, a manager or the console; not by `queues.conf`.
    pub is_dynamic: bool,
    pub is_paused: bool,
    /// Why it is paused.
    pub pause_reason: String,
    /// Since when, in seconds since 1970; 0 for never.
    pub last_pause: i64,
    /// It is called also while its device is in use.
    pub ring_in_use: bool,
    /// Calls taken.
    pub calls: u32,
    /// When the last call ended, in seconds since 1970; 0 for never.
    pub last_call: i64,
    /// When it became a member, in seconds since 1970.
    pub login: i64,
    /// Its own pause between calls in seconds; 0 for that of the queue.
    pub wrapup_time: i64,
    /// It talks with a caller of the queue.
    pub is_in_call: bool,
    /// How many callers of queues ring it at the moment.
    pub ringing: u32,
    /// Its place in the order of the queue.
    pub position: usize,
}

/// What came of pausing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pausing {
    Done,
    /// It was so already.
    Unchanged,
    NotFound,
}

impl Member {
    /// A member without a name of its own.
    pub fn new(interface: &str) -> Self {
        Self {
            interface: interface.to_owned(),
            name: interface.to_owned(),
            state_interface: interface.to_owned(),
            ..Self::default()
        }
    }

    /// Reads a line `interface[,penalty[,name[,state_interface[,ringinuse[,wrapuptime[,paused]]]]]]`.
    pub fn parse(line: &str, ring_in_use: bool) -> Option<Self> {
        let mut fields = line.split(',').map(str::trim);
        let interface = fields.next().filter(|interface| !interface.is_empty())?;
        let mut member = Self { ring_in_use, ..Self::new(interface) };
        let mut given = || fields.next().filter(|field| !field.is_empty());
        if let Some(penalty) = given() {
            member.penalty = i32::try_from(number(penalty)).unwrap_or(0).max(0);
        }
        if let Some(name) = given() {
            name.clone_into(&mut member.name);
        }
        if let Some(device) = given() {
            device.clone_into(&mut member.state_interface);
        }
        if let Some(rings) = given() {
            member.ring_in_use = is_true(rings);
        }
        if let Some(wrapup) = given() {
            member.wrapup_time = number(wrapup).max(0);
        }
        if let Some(paused) = given() {
            member.is_paused = is_true(paused);
        }
        Some(member)
    }

    /// The pause between its calls.
    pub fn wrapup(&self, of_queue: i64) -> i64 {
        if self.wrapup_time > 0 { self.wrapup_time } else { of_queue }
    }

    /// Whether it still works on its last call.
    pub fn is_wrapping_up(&self, of_queue: i64, now: i64) -> bool {
        let wrapup = self.wrapup(of_queue);
        self.last_call > 0 && wrapup > 0 && now - wrapup < self.last_call
    }

    /// Whether it can be called now, with its device in this state.
    pub fn is_available(&self, state: DeviceState, wrapup: i64, now: i64) -> bool {
        let is_free = match state {
            DeviceState::Invalid | DeviceState::Unavailable => false,
            DeviceState::NotInUse | DeviceState::Unknown => self.ring_in_use || self.ringing == 0,
            _ => self.ring_in_use,
        };
        is_free && !self.is_paused && !self.is_wrapping_up(wrapup, now)
    }

    /// Where the reference's table has it, which decides among equals: 37 chains by five characters from the slash on.
    pub(super) fn chain(&self) -> i32 {
        let from_slash = self.interface.find('/').map_or(self.interface.as_str(), |at| &self.interface[at..]);
        let compressed = |byte: u8| match byte {
            0..=31 => 0,
            32..=96 => i32::from(byte) - 32,
            _ => i32::from(byte) - 64,
        };
        let hash = from_slash.bytes().take(5).enumerate().fold(0_i32, |hash, (at, byte)| {
            hash.wrapping_add(compressed(byte).wrapping_shl(u32::try_from(at * 6).unwrap_or(0)))
        });
        hash.wrapping_abs() % 37
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_file() {
        let member = Member::parse("SIP/1,3,Ann,SIP/2,no,7,yes", true).unwrap();
        assert_eq!((member.penalty, member.name.as_str(), member.state_interface.as_str()), (3, "Ann", "SIP/2"));
        assert!(!member.ring_in_use && member.is_paused);
        assert_eq!(member.wrapup(20), 7);
        let bare = Member::parse("SIP/1", true).unwrap();
        assert_eq!((bare.name.as_str(), bare.penalty, bare.ring_in_use), ("SIP/1", 0, true));
        assert_eq!(Member::parse("", true), None);
    }

    #[test]
    fn who_is_free() {
        let member = Member { last_call: 100, ..Member::new("SIP/1") };
        assert!(member.is_available(DeviceState::NotInUse, 0, 105));
        assert!(!member.is_available(DeviceState::NotInUse, 10, 105));
        assert!(member.is_available(DeviceState::NotInUse, 10, 111));
        assert!(!member.is_available(DeviceState::InUse, 0, 105));
        let eager = Member { ring_in_use: true, ..member };
        assert!(eager.is_available(DeviceState::InUse, 0, 105));
        assert!(!eager.is_available(DeviceState::Unavailable, 0, 105));
    }
}
