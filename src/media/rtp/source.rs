//! Where a party's packets may come from.
//!
//! The address in SDP is often not the one packets come from (NAT), so the true one is learned; and once learned it is
//! kept, so that nobody who sprays packets at our ports takes over a call.

use std::net::SocketAddr;
use std::time::Duration;

/// A source may be replaced when it was silent for this long.
pub(super) const ABANDONED: Duration = Duration::from_secs(5);

/// Decides which source is the party.
#[derive(Debug)]
pub(super) struct SourceLock {
    /// Packets a newcomer must send in sequence (`probation` in `rtp.conf`); nothing if every source is welcome
    /// (`strictrtp=no`).
    probation: Option<u32>,
    announced: Option<SocketAddr>,
    locked: Option<Locked>,
    candidate: Option<Candidate>,
}

#[derive(Debug)]
struct Locked {
    address: SocketAddr,
    seen: Duration,
}

#[derive(Debug)]
struct Candidate {
    address: SocketAddr,
    ssrc: u32,
    sequence: u16,
    in_sequence: u32,
}

impl SourceLock {
    pub(super) fn new(probation: Option<u32>) -> SourceLock {
        SourceLock { probation, announced: None, locked: None, candidate: None }
    }

    /// Takes the address signalled in SDP. A new one opens the lock.
    pub(super) fn announce(&mut self, address: SocketAddr) {
        if self.announced != Some(address) {
            self.announced = Some(address);
            self.locked = None;
            self.candidate = None;
        }
    }

    /// The address the party was proven to send from.
    pub(super) fn learned(&self) -> Option<SocketAddr> {
        self.locked.as_ref().map(|locked| locked.address)
    }

    /// The only address that is heard until it falls silent: the one that was announced and is the party's.
    pub(super) fn only(&self) -> Option<SocketAddr> {
        self.announced.filter(|announced| self.probation.is_some() && self.learned() == Some(*announced))
    }

    /// Whether a packet from `from` is the party's.
    pub(super) fn admit(&mut self, now: Duration, from: SocketAddr, ssrc: u32, sequence: u16) -> bool {
        let Some(probation) = self.probation else {
            self.locked = Some(Locked { address: from, seen: now });
            return true;
        };
        if let Some(locked) = &mut self.locked {
            if locked.address == from {
                locked.seen = now;
                self.candidate = None;
                return true;
            }
            if now.saturating_sub(locked.seen) < ABANDONED && self.announced != Some(from) {
                return false;
            }
        }
        // The announced address is proven by the signalling.
        if self.announced == Some(from) || self.passes_probation(probation, from, ssrc, sequence) {
            self.locked = Some(Locked { address: from, seen: now });
            self.candidate = None;
            return true;
        }
        // Before anyone is proven the first comer is heard (its first syllable matters behind NAT), not yet sent to.
        self.locked.is_none() && self.candidate.as_ref().is_some_and(|candidate| candidate.address == from)
    }

    fn passes_probation(&mut self, probation: u32, from: SocketAddr, ssrc: u32, sequence: u16) -> bool {
        match &mut self.candidate {
            Some(candidate) if candidate.address == from && candidate.ssrc == ssrc => {
                let follows = sequence == candidate.sequence.wrapping_add(1);
                candidate.in_sequence = if follows { candidate.in_sequence + 1 } else { 1 };
                candidate.sequence = sequence;
                candidate.in_sequence >= probation
            }
            // A second newcomer waits until the first is proven or breaks its sequence.
            Some(candidate) if candidate.address != from && candidate.in_sequence > 1 => {
                candidate.in_sequence -= 1;
                false
            }
            _ => {
                self.candidate = Some(Candidate { address: from, ssrc, sequence, in_sequence: 1 });
                probation <= 1
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(port: u16) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], port))
    }

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn the_announced_address_is_the_party_at_once() {
        let mut lock = SourceLock::new(Some(4));
        lock.announce(address(4000));
        assert!(lock.admit(MS, address(4000), 1, 1));
        assert_eq!((lock.learned(), lock.only()), (Some(address(4000)), Some(address(4000))));
        assert!(!lock.admit(MS, address(6666), 2, 1));
    }

    #[test]
    fn behind_nat_the_true_address_is_learned_after_probation_and_heard_before() {
        let mut lock = SourceLock::new(Some(4));
        lock.announce(address(4000));
        for sequence in 1..=3 {
            assert!(lock.admit(MS, address(5000), 1, sequence));
            assert_eq!(lock.learned(), None);
        }
        assert!(lock.admit(MS, address(5000), 1, 4));
        assert_eq!(lock.learned(), Some(address(5000)));
    }

    #[test]
    fn a_sprayer_cannot_take_over_a_live_call() {
        let mut lock = SourceLock::new(Some(4));
        lock.announce(address(4000));
        for sequence in 1..=10 {
            lock.admit(u32::from(sequence) * 20 * MS, address(4000), 1, sequence);
        }
        for sequence in 1..100 {
            assert!(!lock.admit(250 * MS, address(6666), 1, 10 + sequence));
        }
        assert_eq!(lock.learned(), Some(address(4000)));
    }

    #[test]
    fn the_announced_address_takes_the_call_back() {
        let mut lock = SourceLock::new(Some(4));
        lock.announce(address(4000));
        (1..=4).for_each(|sequence| {
            lock.admit(MS, address(6666), 9, sequence);
        });
        assert_eq!((lock.learned(), lock.only()), (Some(address(6666)), None));
        assert!(lock.admit(2 * MS, address(4000), 1, 1));
        assert!(!lock.admit(3 * MS, address(6666), 9, 5));
    }

    #[test]
    fn a_party_that_moved_is_found_again_after_silence() {
        let mut lock = SourceLock::new(Some(2));
        lock.announce(address(4000));
        lock.admit(MS, address(4000), 1, 1);
        assert!(!lock.admit(4000 * MS, address(5000), 1, 2));
        assert!(!lock.admit(5002 * MS, address(5000), 1, 3));
        assert!(lock.admit(5022 * MS, address(5000), 1, 4));
        assert_eq!(lock.learned(), Some(address(5000)));
    }

    #[test]
    fn a_new_announcement_opens_the_lock() {
        let mut lock = SourceLock::new(Some(4));
        lock.announce(address(4000));
        lock.admit(MS, address(4000), 1, 1);
        lock.announce(address(7000));
        assert!(lock.admit(2 * MS, address(7000), 1, 1));
        assert!(!lock.admit(2 * MS, address(4000), 1, 2));
    }

    #[test]
    fn without_the_lock_the_last_source_is_the_party() {
        let mut lock = SourceLock::new(None);
        assert!(lock.admit(MS, address(1), 1, 1));
        assert!(lock.admit(MS, address(2), 1, 1));
        assert_eq!(lock.learned(), Some(address(2)));
    }
}
