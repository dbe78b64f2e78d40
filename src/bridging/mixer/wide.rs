//! One talker at two sample rates.

use crate::media::frame::{Frame, SAMPLES};
use crate::media::resample::Rates;

/// Brings a talker to the rate of its room and to 8 kHz, frame by frame, with the memory of the filters between.
#[derive(Debug, Default)]
pub(super) struct Wide {
    frame: Option<Frame>,
    up: Rates,
    down: Rates,
}

impl Wide {
    /// Takes the next frame; gives it at 8 kHz and keeps it at the room's rate, where that is higher.
    pub fn take(&mut self, voice: &Frame, rate: u32) -> [i16; SAMPLES] {
        self.frame = (rate > 8000).then(|| self.up.bring(voice, rate));
        self.down.bring(voice, 8000).narrow()
    }

    /// The frame at the room's rate.
    pub fn frame(&self) -> Option<&Frame> {
        self.frame.as_ref()
    }
}
