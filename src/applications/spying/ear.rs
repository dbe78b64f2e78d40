//! The taps of a spy: an ear that keeps what is said and heard, and a voice that joins what is heard.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::channel::Channel;
use crate::channel::tap::{Tap, Way};
use crate::media::frame::SAMPLES;
use crate::media::{Frame, Sink};

/// So many frames wait at most: what the spy does not hear in time is left out.
const LONGEST: usize = 10;

/// After so long without a frame nobody speaks to the party.
const PAUSE: Duration = Duration::from_millis(60);

/// Keeps what is said and heard on a channel, for one listener.
pub struct Ear {
    said: Mutex<VecDeque<Frame>>,
    heard: Mutex<VecDeque<Frame>>,
    /// What the party hears is left out.
    only_said: bool,
}

impl Ear {
    pub fn new(only_said: bool) -> Self {
        Self { said: Mutex::default(), heard: Mutex::default(), only_said }
    }

    /// The next 20 ms of both sides; silence where there is nothing.
    pub fn next(&self) -> Frame {
        let said = self.said.lock().pop_front();
        let heard = self.heard.lock().pop_front();
        match (said, heard) {
            (Some(said), Some(heard)) => sum(&said, &heard),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => Frame::linear([0; SAMPLES]),
        }
    }
}

fn sum(one: &Frame, other: &Frame) -> Frame {
    let (one, other) = (one.samples(), other.samples());
    let mut both = [0; SAMPLES];
    for ((slot, one), other) in both.iter_mut().zip(one.iter()).zip(other.iter()) {
        *slot = one.saturating_add(*other);
    }
    Frame::linear(both)
}

impl Tap for Ear {
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        let queue = match way {
            Way::Said => &self.said,
            Way::Heard if self.only_said => return None,
            Way::Heard => &self.heard,
        };
        let mut queue = queue.lock();
        if queue.len() >= LONGEST {
            queue.pop_front();
        }
        queue.push_back(frame.clone());
        None
    }
}

/// Joins a spy's voice with what the party hears.
pub struct Voice {
    party: Weak<Channel>,
    queue: Mutex<VecDeque<Frame>>,
    last: Mutex<Option<Instant>>,
}

impl Voice {
    pub fn new(party: &Arc<Channel>) -> Self {
        Self { party: Arc::downgrade(party), queue: Mutex::default(), last: Mutex::default() }
    }
}

impl Tap for Voice {
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        if way == Way::Said {
            return None;
        }
        *self.last.lock() = Some(Instant::now());
        let spoken = self.queue.lock().pop_front()?;
        Some(sum(frame, &spoken))
    }
}

impl Sink for Voice {
    fn accept(&self, frame: &Frame) {
        let is_spoken_to = self.last.lock().is_some_and(|last| last.elapsed() < PAUSE);
        if is_spoken_to {
            let mut queue = self.queue.lock();
            if queue.len() >= LONGEST {
                queue.pop_front();
            }
            queue.push_back(frame.clone());
        } else if let Some(party) = self.party.upgrade() {
            // Nothing comes that it could be joined with.
            party.leg().write(frame);
        }
    }
}

/// Speaks to several parties.
pub struct Voices(pub Vec<Arc<Voice>>);

impl Sink for Voices {
    fn accept(&self, frame: &Frame) {
        self.0.iter().for_each(|voice| voice.accept(frame));
    }
}
