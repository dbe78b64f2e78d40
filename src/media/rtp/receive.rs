//! The receiving side's bookkeeping: order, loss and jitter of one source (RFC 3550, appendix A).

use std::time::Duration;

/// A leap forward larger than this is a new beginning, not loss.
const LARGEST_DROPOUT: u16 = 3000;
/// A packet up to this far behind is late; farther behind it is a new beginning.
const LARGEST_MISORDER: u16 = 100;

/// Where a packet stands in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// The next one, after `lost` that did not come (yet).
    Next { lost: u16 },
    /// The first of a stream: of another source, or after a leap.
    First,
    /// One that was overtaken.
    Late,
    /// One that was there already, or an isolated stray.
    Discard,
}

/// Follows the packets of one source.
#[derive(Debug, Default)]
pub(super) struct Stream {
    ssrc: Option<u32>,
    highest: u16,
    /// Times the sequence number wrapped, in the upper 16 bits.
    cycles: u32,
    first: u32,
    /// Bit `n`: the packet `n` before the highest arrived.
    arrived: u64,
    /// The packet after a leap, which is believed when the next one follows it.
    leapt_to: Option<u16>,
    received: u32,
    transit: Option<u32>,
    /// Interarrival jitter times 16, in samples.
    jitter: u32,
    expected_before: u32,
    received_before: u32,
}

impl Stream {
    /// Takes the numbers of a packet.
    pub(super) fn accept(&mut self, ssrc: u32, sequence: u16) -> Order {
        if self.ssrc != Some(ssrc) {
            self.restart(ssrc, sequence);
            return Order::First;
        }
        let ahead = sequence.wrapping_sub(self.highest);
        if ahead == 0 {
            return Order::Discard;
        }
        if ahead < LARGEST_DROPOUT {
            if sequence < self.highest {
                self.cycles = self.cycles.wrapping_add(1 << 16);
            }
            self.highest = sequence;
            self.arrived = self.arrived.checked_shl(u32::from(ahead)).unwrap_or(0) | 1;
            self.received = self.received.wrapping_add(1);
            self.leapt_to = None;
            return Order::Next { lost: ahead - 1 };
        }
        let behind = self.highest.wrapping_sub(sequence);
        if behind <= LARGEST_MISORDER {
            let bit = 1u64.checked_shl(u32::from(behind)).unwrap_or(0);
            if self.arrived & bit != 0 {
                return Order::Discard;
            }
            self.arrived |= bit;
            self.received = self.received.wrapping_add(1);
            return Order::Late;
        }
        if self.leapt_to == Some(sequence) {
            self.restart(ssrc, sequence);
            return Order::First;
        }
        self.leapt_to = Some(sequence.wrapping_add(1));
        Order::Discard
    }

    /// Takes the time of an audio packet, for the jitter. `now` is our clock.
    pub(super) fn measure(&mut self, now: Duration, timestamp: u32) {
        let arrival = (now.as_micros() * 8 / 1000) as u32;
        let transit = arrival.wrapping_sub(timestamp);
        if let Some(before) = self.transit.replace(transit) {
            let difference = (transit.wrapping_sub(before) as i32).unsigned_abs();
            // A leap of the timestamps is no jitter.
            if difference < 8000 {
                self.jitter = self.jitter + difference - ((self.jitter + 8) >> 4);
            }
        }
    }

    pub(super) fn ssrc(&self) -> Option<u32> {
        self.ssrc
    }

    /// Interarrival jitter in samples.
    pub(super) fn jitter(&self) -> u32 {
        self.jitter >> 4
    }

    /// Packets taken.
    pub(super) fn received(&self) -> u32 {
        self.received
    }

    /// The highest sequence number with the wraps above it.
    pub(super) fn extended_highest(&self) -> u32 {
        self.cycles | u32::from(self.highest)
    }

    /// Packets lost so far; duplicates never make it negative here.
    pub(super) fn lost(&self) -> u32 {
        self.expected().saturating_sub(self.received)
    }

    /// The share lost since this was last asked, in 1/256.
    pub(super) fn fraction_lost(&mut self) -> u8 {
        let expected = self.expected();
        let expected_now = expected.wrapping_sub(self.expected_before);
        let received_now = self.received.wrapping_sub(self.received_before);
        self.expected_before = expected;
        self.received_before = self.received;
        let lost = expected_now.saturating_sub(received_now);
        if expected_now == 0 { 0 } else { (u64::from(lost) * 256 / u64::from(expected_now)).min(255) as u8 }
    }

    fn expected(&self) -> u32 {
        if self.ssrc.is_none() { 0 } else { self.extended_highest().wrapping_sub(self.first).wrapping_add(1) }
    }

    fn restart(&mut self, ssrc: u32, sequence: u16) {
        *self = Stream {
            ssrc: Some(ssrc),
            highest: sequence,
            first: u32::from(sequence),
            arrived: 1,
            received: 1,
            ..Stream::default()
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_told_over_the_wrap() {
        let mut stream = Stream::default();
        assert_eq!(stream.accept(1, 65534), Order::First);
        assert_eq!(stream.accept(1, 65535), Order::Next { lost: 0 });
        assert_eq!(stream.accept(1, 2), Order::Next { lost: 2 });
        assert_eq!(stream.accept(1, 0), Order::Late);
        assert_eq!(stream.accept(1, 0), Order::Discard);
        assert_eq!(stream.accept(1, 2), Order::Discard);
        assert_eq!((stream.received, stream.lost(), stream.extended_highest()), (4, 1, 0x1_0002));
    }

    #[test]
    fn a_leap_is_believed_at_the_second_packet() {
        let mut stream = Stream::default();
        stream.accept(1, 10);
        assert_eq!(stream.accept(1, 30000), Order::Discard);
        assert_eq!(stream.accept(1, 11), Order::Next { lost: 0 });
        assert_eq!(stream.accept(1, 40000), Order::Discard);
        assert_eq!(stream.accept(1, 40001), Order::First);
        assert_eq!(stream.lost(), 0);
    }

    #[test]
    fn another_ssrc_is_another_stream() {
        let mut stream = Stream::default();
        stream.accept(1, 10);
        stream.accept(1, 20);
        assert_eq!(stream.accept(2, 15), Order::First);
        assert_eq!((stream.ssrc(), stream.lost()), (Some(2), 0));
    }

    #[test]
    fn loss_is_reported_by_interval() {
        let mut stream = Stream::default();
        for sequence in (0..100).filter(|sequence| sequence % 4 != 3) {
            stream.accept(1, sequence);
        }
        stream.accept(1, 100);
        assert_eq!(stream.fraction_lost(), (25 * 256 / 101) as u8);
        stream.accept(1, 101);
        assert_eq!((stream.fraction_lost(), stream.lost()), (0, 25));
    }

    #[test]
    fn even_arrival_has_no_jitter_and_uneven_has() {
        let (mut even, mut uneven) = (Stream::default(), Stream::default());
        for i in 0..200u32 {
            even.measure(Duration::from_millis(u64::from(i) * 20), i * 160);
            uneven.measure(Duration::from_millis(u64::from(i) * 20 + u64::from(i % 2) * 10), i * 160);
        }
        assert_eq!(even.jitter(), 0);
        assert!((70..=81).contains(&uneven.jitter()), "10 ms are 80 samples: {}", uneven.jitter());
    }
}
