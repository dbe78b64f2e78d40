//! Two streams of frames on one line of time: what came when is mixed with what came at the same time.

use std::collections::VecDeque;

use tokio::time::Instant;

use crate::media::frame::SAMPLES;
use crate::media::{FRAME, Frame};

/// A frame may come so many places late, or early, and still has its own place.
const SLACK: u64 = 10;

/// A place of 20 ms: the two sides of the call.
#[derive(Clone, Debug, Default)]
pub struct Place {
    pub said: Option<Frame>,
    pub heard: Option<Frame>,
}

impl Place {
    /// Both together.
    pub fn mixed(&self) -> Frame {
        match (&self.said, &self.heard) {
            (Some(said), Some(heard)) => {
                let (said, heard) = (said.samples(), heard.samples());
                let mut both = [0; SAMPLES];
                for ((slot, one), other) in both.iter_mut().zip(said.iter()).zip(heard.iter()) {
                    *slot = one.saturating_add(*other);
                }
                Frame::linear(both)
            }
            (Some(one), None) | (None, Some(one)) => one.clone(),
            (None, None) => Frame::linear([0; SAMPLES]),
        }
    }
}

/// Puts frames into their places.
#[derive(Debug)]
pub struct Timeline {
    begun: Instant,
    places: VecDeque<Place>,
    /// The number of the first place that is not given out.
    first: u64,
    /// Where the next frame of each side goes, if it comes in time.
    next: [u64; 2],
}

impl Timeline {
    pub fn new() -> Self {
        Self { begun: Instant::now(), places: VecDeque::new(), first: 0, next: [0; 2] }
    }

    /// Takes a frame; gives out the places to which nothing can come any more.
    pub fn push(&mut self, is_said: bool, frame: &Frame, mut out: impl FnMut(&Place)) {
        let now = self.now();
        let next = &mut self.next[usize::from(is_said)];
        // After a pause the stream begins anew at its own time; a burst waits its turn.
        if *next + SLACK < now || *next > now + SLACK {
            *next = now;
        }
        let at = (*next).max(self.first);
        *next = at + 1;
        let index = (at - self.first) as usize;
        while self.places.len() <= index {
            self.places.push_back(Place::default());
        }
        if let Some(place) = self.places.get_mut(index) {
            let side = if is_said { &mut place.said } else { &mut place.heard };
            *side = Some(frame.clone());
        }
        self.give_out(now.saturating_sub(SLACK), &mut out);
    }

    /// Gives out all that there is, up to now.
    pub fn finish(&mut self, mut out: impl FnMut(&Place)) {
        let end = self.now().max(self.first + self.places.len() as u64);
        self.give_out(end, &mut out);
    }

    /// The clock begins anew, as after a pause.
    pub fn skip_to_now(&mut self) {
        self.begun = Instant::now();
        (self.first, self.next) = (0, [0; 2]);
        self.places.clear();
    }

    fn now(&self) -> u64 {
        (self.begun.elapsed().as_millis() / FRAME.as_millis()) as u64
    }

    fn give_out(&mut self, end: u64, out: &mut impl FnMut(&Place)) {
        while self.first < end {
            self.first += 1;
            out(&self.places.pop_front().unwrap_or_default());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_comes_together_is_mixed_and_pauses_keep_their_length() {
        let mut line = Timeline::new();
        let mut out = Vec::new();
        let frame = |level: i16| Frame::linear([level; SAMPLES]);
        for _ in 0..3 {
            line.push(true, &frame(1), |place| out.push(place.mixed().samples()[0]));
            line.push(false, &frame(10), |place| out.push(place.mixed().samples()[0]));
            tokio::time::sleep(FRAME).await;
        }
        tokio::time::sleep(FRAME * 20).await;
        line.push(true, &frame(5), |place| out.push(place.mixed().samples()[0]));
        line.finish(|place| out.push(place.mixed().samples()[0]));
        assert_eq!(out[..4], [11, 11, 11, 0]);
        assert_eq!((out.len(), out[23]), (24, 5));
    }

    #[tokio::test(start_paused = true)]
    async fn a_burst_waits_its_turn() {
        let mut line = Timeline::new();
        let mut out = Vec::new();
        for level in 1..=4 {
            line.push(true, &Frame::linear([level; SAMPLES]), |place| out.push(place.mixed().samples()[0]));
        }
        line.finish(|place| out.push(place.mixed().samples()[0]));
        assert_eq!(out, [1, 2, 3, 4]);
    }
}
