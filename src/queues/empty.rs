//! When a queue counts as empty: `joinempty` and `leavewhenempty`.

use super::Member;
use crate::channel::DeviceState;
use crate::conf::{is_false, is_true};

/// Which members do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Conditions(u16);

const PAUSED: u16 = 1;
const PENALTY: u16 = 2;
const IN_USE: u16 = 4;
const RINGING: u16 = 8;
const UNAVAILABLE: u16 = 16;
const INVALID: u16 = 32;
const UNKNOWN: u16 = 64;
const WRAPUP: u16 = 128;

/// What a caller and its queue say about members.
#[derive(Clone, Copy, Debug, Default)]
pub struct Bounds {
    pub max_penalty: Option<i32>,
    pub min_penalty: Option<i32>,
    pub wrapup: i64,
    /// Seconds since 1970.
    pub now: i64,
}

impl Conditions {
    /// Reads a value. `is_joining` tells `joinempty` from `leavewhenempty`, for which yes and no mean the opposite.
    pub fn parse(value: &str, is_joining: bool) -> Self {
        let mut set = 0;
        for word in value.split(',').map(str::trim) {
            set |= match word.to_ascii_lowercase().as_str() {
                "paused" => PAUSED,
                "penalty" => PENALTY,
                "inuse" => IN_USE,
                "ringing" => RINGING,
                "unavailable" => UNAVAILABLE,
                "invalid" => INVALID,
                "unknown" => UNKNOWN,
                "wrapup" => WRAPUP,
                "loose" => PENALTY | INVALID,
                "strict" => PENALTY | INVALID | PAUSED | UNAVAILABLE,
                word if (is_false(word) && is_joining) || (is_true(word) && !is_joining) => PENALTY | INVALID | PAUSED,
                word if is_false(word) || is_true(word) => return Self(0),
                _ => 0,
            };
        }
        Self(set)
    }

    /// Whether the queue is ever empty.
    pub fn is_set(self) -> bool {
        self.0 != 0
    }

    fn has(self, condition: u16) -> bool {
        self.0 & condition != 0
    }

    /// Whether a queue with these members counts as empty.
    pub fn are_met(self, members: &[(Member, DeviceState)], bounds: &Bounds) -> bool {
        self.is_set() && !members.iter().any(|(member, state)| self.counts(member, *state, bounds))
    }

    fn counts(self, member: &Member, state: DeviceState, bounds: &Bounds) -> bool {
        let is_outside = bounds.max_penalty.is_some_and(|max| member.penalty > max)
            || bounds.min_penalty.is_some_and(|min| member.penalty < min);
        if is_outside && self.has(PENALTY) {
            return false;
        }
        let is_barred = match state {
            DeviceState::Invalid => self.has(INVALID),
            DeviceState::Unavailable => self.has(UNAVAILABLE),
            DeviceState::InUse => self.has(IN_USE),
            DeviceState::Ringing => self.has(RINGING),
            DeviceState::Unknown => self.has(UNKNOWN),
            _ => false,
        };
        let is_paused = member.is_paused && self.has(PAUSED);
        let is_wrapping_up = self.has(WRAPUP) && member.is_wrapping_up(bounds.wrapup, bounds.now);
        !(is_barred || is_paused || is_wrapping_up)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_empty(value: &str, member: &Member, state: DeviceState) -> bool {
        Conditions::parse(value, true).are_met(&[(member.clone(), state)], &Bounds::default())
    }

    #[test]
    fn words_old_and_new() {
        let member = Member::new("SIP/1");
        let paused = Member { is_paused: true, ..member.clone() };
        assert!(!is_empty("yes", &paused, DeviceState::Invalid));
        assert!(is_empty("no", &paused, DeviceState::NotInUse));
        assert!(is_empty("strict", &member, DeviceState::Unavailable));
        assert!(!is_empty("loose", &member, DeviceState::Unavailable));
        assert!(is_empty("inuse,ringing", &member, DeviceState::Ringing));
        assert!(!is_empty("inuse,ringing", &member, DeviceState::NotInUse));
    }

    #[test]
    fn a_queue_without_members_is_empty_by_any_condition() {
        assert!(Conditions::parse("paused", true).are_met(&[], &Bounds::default()));
        assert!(!Conditions::parse("yes", true).are_met(&[], &Bounds::default()));
        assert!(Conditions::parse("yes", false).is_set());
    }
}
