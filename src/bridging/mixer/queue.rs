//! The frames of one talker that wait for their tick.

use crate::media::frame::Frame;

/// 200 ms: what is older is of no use to a conversation.
const CAPACITY: usize = 10;
/// A talk spurt begins to play when this many frames wait, so that late ones do not tear it: 40 ms.
const TARGET: usize = 2;
/// The depth is judged over this many ticks.
const WINDOW: u32 = 50;

/// A small jitter queue. It delays a talk spurt's beginning and never cuts it.
#[derive(Debug)]
pub(super) struct Queue {
    frames: [Option<Frame>; CAPACITY],
    head: usize,
    length: usize,
    playing: bool,
    waited: usize,
    ticks: u32,
    shallowest: usize,
    /// Whether frames may be dropped to catch up with a live talker.
    live: bool,
}

impl Queue {
    pub(super) fn new(live: bool) -> Queue {
        Queue {
            frames: std::array::from_fn(|_| None),
            head: 0,
            length: 0,
            playing: false,
            waited: 0,
            ticks: 0,
            shallowest: CAPACITY,
            live,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Whether it neither plays nor waits to.
    pub(super) fn is_idle(&self) -> bool {
        self.length == 0 && !self.playing
    }

    /// Adds a frame; when 200 ms wait, the oldest gives way.
    pub(super) fn push(&mut self, frame: &Frame) {
        if self.length == CAPACITY {
            self.drop_oldest();
        }
        self.frames[(self.head + self.length) % CAPACITY] = Some(frame.clone());
        self.length += 1;
    }

    /// The frame of this tick.
    pub(super) fn pop(&mut self) -> Option<Frame> {
        if !self.playing {
            if self.length == 0 {
                return None;
            }
            self.waited += 1;
            // A word of one frame must not wait for ever.
            if self.length < TARGET && self.waited < TARGET {
                return None;
            }
            self.playing = true;
            self.waited = 0;
        }
        self.catch_up();
        if self.length == 0 {
            self.playing = false;
            return None;
        }
        let frame = self.frames[self.head].take();
        self.head = (self.head + 1) % CAPACITY;
        self.length -= 1;
        frame
    }

    pub(super) fn clear(&mut self) {
        *self = Queue::new(self.live);
    }

    /// Drops a frame if more waited than needed for a whole second: the talker's clock is faster than ours, or a
    /// burst came.
    fn catch_up(&mut self) {
        self.shallowest = self.shallowest.min(self.length);
        self.ticks += 1;
        if self.ticks < WINDOW {
            return;
        }
        if self.live && self.shallowest > TARGET {
            self.drop_oldest();
        }
        self.ticks = 0;
        self.shallowest = CAPACITY;
    }

    fn drop_oldest(&mut self) {
        self.frames[self.head] = None;
        self.head = (self.head + 1) % CAPACITY;
        self.length -= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: i16) -> Frame {
        Frame::linear([number; 160])
    }

    fn number(frame: Option<Frame>) -> i16 {
        frame.map_or(0, |frame| frame.samples()[0])
    }

    #[test]
    fn a_spurt_waits_for_its_second_frame_and_loses_nothing() {
        let mut queue = Queue::new(true);
        queue.push(&frame(1));
        assert_eq!(number(queue.pop()), 0);
        queue.push(&frame(2));
        assert_eq!(number(queue.pop()), 1);
        // The third is 20 ms late and finds the queue not empty.
        assert_eq!(number(queue.pop()), 2);
        queue.push(&frame(3));
        queue.push(&frame(4));
        assert_eq!((number(queue.pop()), number(queue.pop())), (3, 4));
    }

    #[test]
    fn a_single_frame_is_played() {
        let mut queue = Queue::new(true);
        queue.push(&frame(1));
        let heard: Vec<i16> = (0..4).map(|_| number(queue.pop())).collect();
        assert_eq!(heard, [0, 1, 0, 0]);
        assert!(queue.is_idle());
    }

    #[test]
    fn a_burst_keeps_the_newest_200_ms() {
        let mut queue = Queue::new(true);
        (1..=25).for_each(|n| queue.push(&frame(n)));
        assert_eq!((queue.len(), number(queue.pop())), (10, 16));
    }

    #[test]
    fn a_fast_talker_is_caught_up_with_but_an_announcement_is_not_shortened() {
        let depth_after = |live: bool| {
            let mut queue = Queue::new(live);
            (0..8).for_each(|n| queue.push(&frame(n)));
            for n in 0..1000 {
                queue.pop();
                queue.push(&frame(n));
            }
            queue.len()
        };
        assert_eq!(depth_after(true), TARGET);
        assert_eq!(depth_after(false), 8);
    }
}
