//! Packets that go from one party to another as they came, where both have a codec that frames do not hold.

use super::receive::Order;
use crate::media::frame::{Codec, Frame, Packet};

/// The longest packet, in samples at 8 kHz: 120 ms.
const LONGEST: u32 = 960;

/// Hands packets on.
#[derive(Debug, Default)]
pub(super) struct Passing {
    pub(super) is_on: bool,
    waiting: Option<Frame>,
    /// The timestamp after the last packet, at 8 kHz.
    next: u32,
}

impl Passing {
    pub(super) fn begin_or_end(&mut self, is_on: bool) {
        *self = Passing { is_on, ..Passing::default() };
    }

    /// Takes a packet, and how much before it was lost.
    pub(super) fn accept(&mut self, order: Order, codec: Codec, timestamp: u32, payload: &[u8]) {
        let gap = timestamp.wrapping_sub(self.next);
        // A gap that lost packets cannot have filled is a leap.
        let (lost, gap) = match order {
            Order::Next { lost } if gap <= u32::from(lost) * LONGEST => (lost, gap),
            _ => (0, 0),
        };
        self.next = timestamp.wrapping_add(codec.duration(payload));
        self.waiting = Some(Frame::coded(Packet { codec, octets: payload.into(), lost, gap }));
    }

    /// What was taken, once.
    pub(super) fn frame(&mut self) -> Option<Frame> {
        self.waiting.take()
    }
}
