//! Voices: every phone of a story has a tone of its own, by which others know it.

use std::sync::Arc;
use std::time::Duration;

use crate::channel::simulated::Party;
use crate::media::dtmf::tone_level;
use crate::media::frame::SAMPLES;
use crate::media::{FRAME, Frame};

/// How loud a voice is.
const AMPLITUDE: f64 = 2500.0;
/// A voice is heard from here on, in dBov; one of full loudness comes at −25.
const HEARD: f32 = -36.0;
/// Anything at all is heard from here on, in dBov.
const AUDIBLE: f32 = -50.0;
/// The highest voice, and the distance to the next: clear of each other, of the tones of telephones, and of music, which
/// has little so high up.
const HIGHEST: f64 = 3329.0;
const DISTANCE: f64 = 37.0;
/// So many voices fit above 500 Hz.
pub const MOST: usize = 77;
/// How long one listens, in frames, and how many of them pass until what is said has arrived.
const LISTENED: usize = 20;
const SETTLING: usize = 8;
const RATE: u32 = 8000;

/// One phone's voice.
#[derive(Clone, Debug)]
pub struct Voice {
    frequency: f64,
    /// The samples said so far, so that one frame goes on where the last one ended.
    said: u32,
}

/// A phone that speaks and listens.
pub struct Speaker {
    pub voice: Voice,
    pub party: Arc<Party>,
    /// Whether it speaks; all listen.
    pub speaks: bool,
}

impl Voice {
    /// The voice of the phone with this number in its story.
    pub fn new(number: usize) -> Self {
        let place = u32::try_from(number % MOST).unwrap_or(0);
        Self { frequency: HIGHEST - DISTANCE * f64::from(place), said: 0 }
    }

    fn next_frame(&mut self) -> Frame {
        let mut samples = [0; SAMPLES];
        for sample in &mut samples {
            let turn = (f64::from(self.said) * self.frequency / f64::from(RATE)).fract();
            *sample = (AMPLITUDE * (std::f64::consts::TAU * turn).sin()) as i16;
            self.said = (self.said + 1) % (RATE * 1000);
        }
        Frame::linear(samples)
    }

    /// Whether what was heard has this voice in it.
    fn is_in(&self, heard: &[i16]) -> bool {
        tone_level(heard, self.frequency, RATE) > HEARD
    }

    /// Speaks alone for a while.
    pub async fn speak(&mut self, party: &Party, length: Duration) {
        let mut ticks = tokio::time::interval(FRAME);
        for _ in 0..length.as_millis() / FRAME.as_millis() {
            ticks.tick().await;
            party.say(&self.next_frame());
        }
    }
}

/// What one speaker heard: the numbers of those whom it heard, and whether there was anything at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Impression {
    pub voices: Vec<usize>,
    pub is_silent: bool,
}

/// Lets all speak and listen for a moment.
pub async fn listen(speakers: &mut [Speaker]) -> Vec<Impression> {
    let mut ticks = tokio::time::interval(FRAME);
    for frame in 0..SETTLING + LISTENED {
        ticks.tick().await;
        if frame == SETTLING {
            speakers.iter().for_each(|speaker| speaker.party.begin_listening());
        }
        for speaker in speakers.iter_mut().filter(|speaker| speaker.speaks) {
            let frame = speaker.voice.next_frame();
            speaker.party.say(&frame);
        }
    }
    ticks.tick().await;
    let heard: Vec<Vec<i16>> = speakers.iter().map(|speaker| speaker.party.heard()).collect();
    let impression = |samples: &Vec<i16>| {
        // Less than a few frames is what is left of something that has ended.
        let is_long = samples.len() >= SAMPLES * LISTENED / 4;
        let voices = speakers.iter().enumerate().filter(|(_, speaker)| is_long && speaker.voice.is_in(samples));
        let is_silent = !is_long || Frame::from_samples(samples).level().max(loudest(samples)) < AUDIBLE;
        Impression { voices: voices.map(|(number, _)| number).collect(), is_silent }
    };
    heard.iter().map(impression).collect()
}

/// The level of the loudest frame.
fn loudest(samples: &[i16]) -> f32 {
    samples.chunks(SAMPLES).map(|chunk| Frame::from_samples(chunk).level()).fold(f32::MIN, f32::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn say(voice: &mut Voice, frames: usize) -> Vec<i16> {
        (0..frames).flat_map(|_| voice.next_frame().samples().to_vec()).collect()
    }

    #[test]
    fn neighbours_are_told_apart() {
        let (mut one, other, last) = (Voice::new(3), Voice::new(4), Voice::new(MOST - 1));
        let said = say(&mut one, LISTENED);
        assert!(one.is_in(&said));
        assert!(!other.is_in(&said));
        assert!(last.frequency < 3400.0);
    }

    #[test]
    fn many_are_heard_at_once() {
        let mut voices: Vec<Voice> = (0..6).map(Voice::new).collect();
        let said: Vec<Vec<i16>> = voices.iter_mut().take(5).map(|voice| say(voice, LISTENED)).collect();
        let mixed: Vec<i16> = (0..said[0].len()).map(|at| said.iter().map(|voice| voice[at]).sum()).collect();
        let heard: Vec<bool> = voices.iter().map(|voice| voice.is_in(&mixed)).collect();
        assert_eq!(heard, [true, true, true, true, true, false]);
    }
}
