//! A jitter buffer: evens out arrival times, puts frames in order, conceals what is missing.

use super::conceal::{self, Concealment};
use crate::media::frame::{Frame, SAMPLES};

const SLOTS: usize = 16;
/// The deepest the buffer holds, in frames: 200 ms.
const DEEPEST: usize = 10;
/// Depth is judged over this many ticks.
const WINDOW: u32 = 100;
/// After this many windows without trouble the target sinks by one.
const CALM_WINDOWS: u32 = 5;

/// Holds frames between their arrival and an even 20 ms beat.
///
/// The depth adapts between nothing and 200 ms: it grows when frames come too late, and shrinks by a frame when it
/// was more than needed for two seconds.
#[derive(Debug)]
pub struct JitterBuffer {
    slots: [Option<Frame>; SLOTS],
    /// Slot and timestamp of the frame to play next.
    head: usize,
    next: Option<u32>,
    buffered: usize,
    playing: bool,
    /// Ticks since the first frame of a talk spurt came.
    waited: usize,
    target: usize,
    gap: u32,
    concealment: Concealment,
    ticks: u32,
    shallowest: usize,
    calm: u32,
    /// Frames that came after their moment.
    pub late: u32,
    /// Frames made up in place of missing ones.
    pub concealed: u32,
}

impl Default for JitterBuffer {
    fn default() -> JitterBuffer {
        JitterBuffer {
            slots: std::array::from_fn(|_| None),
            head: 0,
            next: None,
            buffered: 0,
            playing: false,
            waited: 0,
            target: 1,
            gap: 0,
            concealment: Concealment::default(),
            ticks: 0,
            shallowest: SLOTS,
            calm: 0,
            late: 0,
            concealed: 0,
        }
    }
}

impl JitterBuffer {
    /// Takes a frame whose first sample has this timestamp.
    pub fn insert(&mut self, timestamp: u32, frame: &Frame) {
        let next = *self.next.get_or_insert(timestamp);
        let ahead = (timestamp.wrapping_sub(next) as i32).div_euclid(SAMPLES as i32);
        let place = match ahead {
            0..=9 => ahead as usize,
            -9..=-1 if self.playing => {
                self.late += 1;
                self.trouble();
                return;
            }
            -9..=-1 if self.buffered as i32 - ahead <= DEEPEST as i32 => {
                // Not playing yet: the one that was overtaken becomes the first.
                self.head = (self.head as i32 + ahead).rem_euclid(SLOTS as i32) as usize;
                self.next = Some(timestamp);
                0
            }
            // Too much at once: skip to keep the newest 200 ms.
            10..=20 if self.buffered > 0 => {
                (0..=ahead as usize - DEEPEST).for_each(|_| _ = self.take());
                DEEPEST - 1
            }
            _ => {
                self.restart(timestamp);
                0
            }
        };
        let slot = &mut self.slots[(self.head + place) % SLOTS];
        self.buffered += usize::from(slot.is_none());
        *slot = Some(frame.clone());
    }

    /// The frame for the next 20 ms; nothing while nobody talks.
    pub fn tick(&mut self) -> Option<Frame> {
        if !self.playing {
            if self.buffered == 0 {
                return None;
            }
            self.waited += 1;
            if self.waited <= self.target && self.buffered <= self.target {
                return None;
            }
            self.playing = true;
            self.waited = 0;
        }
        self.shrink();
        if self.buffered == 0 {
            // Not advancing here lets a frame that is only late still be played: the depth grows by itself.
            self.gap += 1;
            if self.gap > conceal::LONGEST {
                self.stop();
                return None;
            }
            return self.conceal();
        }
        if std::mem::take(&mut self.gap) > 0 {
            // Frames go on after a gap: they were late. After the end of a talk spurt none do.
            self.trouble();
        }
        match self.take() {
            Some(frame) => Some(self.concealment.heard(frame)),
            None => self.conceal(),
        }
    }

    /// Whether ticking is of no use until the next insert.
    pub fn is_idle(&self) -> bool {
        !self.playing && self.buffered == 0
    }

    /// Frames held.
    pub fn depth(&self) -> usize {
        self.buffered
    }

    fn conceal(&mut self) -> Option<Frame> {
        self.concealed += 1;
        self.concealment.fill()
    }

    fn take(&mut self) -> Option<Frame> {
        let frame = self.slots[self.head].take();
        self.buffered -= usize::from(frame.is_some());
        self.head = (self.head + 1) % SLOTS;
        self.next = self.next.map(|next| next.wrapping_add(SAMPLES as u32));
        frame
    }

    fn trouble(&mut self) {
        self.target = (self.target + 1).min(DEEPEST);
        self.calm = 0;
    }

    /// Drops a frame when the buffer was deeper than needed for a whole window.
    fn shrink(&mut self) {
        self.shallowest = self.shallowest.min(self.buffered);
        self.ticks += 1;
        if self.ticks < WINDOW {
            return;
        }
        if self.shallowest > self.target {
            let _ = self.take();
        }
        self.calm += 1;
        if self.calm >= CALM_WINDOWS {
            self.target = self.target.saturating_sub(1);
            self.calm = 0;
        }
        self.ticks = 0;
        self.shallowest = SLOTS;
    }

    fn stop(&mut self) {
        self.playing = false;
        self.next = None;
        self.gap = 0;
        self.waited = 0;
        self.concealment.reset();
    }

    fn restart(&mut self, timestamp: u32) {
        self.slots.iter_mut().for_each(|slot| *slot = None);
        self.buffered = 0;
        self.stop();
        self.next = Some(timestamp);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(number: u32) -> Frame {
        Frame::linear([number as i16 + 1; SAMPLES])
    }

    /// Plays frames that arrive at these ticks; 0 stands for nothing, −1 for a concealed frame.
    fn play(arrivals: &[(usize, u32)], ticks: usize) -> Vec<i32> {
        let mut buffer = JitterBuffer::default();
        (0..ticks)
            .map(|tick| {
                for (_, number) in arrivals.iter().filter(|(at, _)| *at == tick) {
                    buffer.insert(number * 160, &frame(*number));
                }
                let before = buffer.concealed;
                match buffer.tick() {
                    None => 0,
                    Some(_) if buffer.concealed > before => -1,
                    // The beginning may be faded in.
                    Some(frame) => i32::from(frame.samples()[SAMPLES - 1]),
                }
            })
            .collect()
    }

    #[test]
    fn an_even_stream_passes_with_one_frame_of_delay() {
        let arrivals: Vec<_> = (0..6).map(|n| (n as usize, n)).collect();
        assert_eq!(play(&arrivals, 6), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn frames_that_overtook_are_put_in_order() {
        assert_eq!(play(&[(0, 0), (1, 2), (1, 1), (2, 4), (3, 3)], 6)[1..], [1, 2, 3, 4, 5]);
        assert_eq!(play(&[(0, 1), (0, 0), (1, 2)], 3), [1, 2, 3], "also before playing began");
    }

    #[test]
    fn a_lost_frame_is_concealed() {
        assert_eq!(play(&[(0, 0), (1, 1), (2, 3), (3, 4)], 5), [0, 1, 2, -1, 4]);
    }

    #[test]
    fn a_late_frame_deepens_the_buffer_and_nothing_is_lost() {
        let heard = play(&[(0, 0), (1, 1), (4, 2), (4, 3), (5, 4), (6, 5)], 9);
        assert_eq!(heard, [0, 1, 2, -1, 3, 4, 5, 6, -1]);
    }

    #[test]
    fn speech_that_ends_falls_silent_and_a_new_spurt_begins_anywhere() {
        let heard = play(&[(0, 0), (1, 1), (20, 700), (21, 701)], 23);
        assert_eq!(heard[..7], [0, 1, 2, -1, -1, -1, 0]);
        assert_eq!(heard[20..], [0, 701, 702]);
    }

    #[test]
    fn depth_is_bounded_and_keeps_the_newest() {
        let mut buffer = JitterBuffer::default();
        for n in 0..60 {
            buffer.insert(n * 160, &frame(n));
            assert!(buffer.depth() <= DEEPEST);
        }
        let heard: Vec<_> = (0..10).filter_map(|_| buffer.tick()).map(|frame| frame.samples()[0]).collect();
        assert_eq!(heard, (51..=60).collect::<Vec<i16>>());
    }

    #[test]
    fn a_deep_buffer_shrinks_on_a_calm_line() {
        let mut buffer = JitterBuffer::default();
        for n in 0..8 {
            buffer.insert(n * 160, &frame(n));
        }
        for n in 8..1500 {
            buffer.tick();
            buffer.insert(n * 160, &frame(n));
        }
        assert!(buffer.depth() <= 2, "{}", buffer.depth());
    }

    #[test]
    fn timestamps_may_wrap() {
        let mut buffer = JitterBuffer::default();
        for n in 0..4u32 {
            buffer.insert(n.wrapping_sub(2).wrapping_mul(160), &frame(n));
        }
        let heard: Vec<_> = (0..4).filter_map(|_| buffer.tick()).map(|frame| frame.samples()[0]).collect();
        assert_eq!(heard, [1, 2, 3, 4]);
    }
}
