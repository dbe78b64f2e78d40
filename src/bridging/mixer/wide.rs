//! One talker at two sample rates.

use std::fmt;

use crate::media::frame::{Frame, SAMPLES, WIDE_SAMPLES};
use crate::media::resample::Resampler;

/// Brings a talker to both rates, frame by frame, with the memory of the filters between.
pub(super) struct Wide {
    samples: [i16; WIDE_SAMPLES],
    up: Resampler,
    down: Resampler,
}

impl Default for Wide {
    fn default() -> Self {
        Self { samples: [0; WIDE_SAMPLES], up: Resampler::live(8000, 16_000), down: Resampler::live(16_000, 8000) }
    }
}

impl Wide {
    /// Takes the next frame; gives it at 8 kHz and keeps it at 16 kHz.
    pub fn take(&mut self, voice: &Frame) -> [i16; SAMPLES] {
        if voice.codec().is_wide() {
            self.samples = voice.widened();
            self.down.convert(&self.samples)
        } else {
            let samples = voice.narrow();
            self.samples = self.up.convert(&samples);
            samples
        }
    }

    /// The frame at 16 kHz.
    pub fn samples(&self) -> &[i16; WIDE_SAMPLES] {
        &self.samples
    }
}

impl fmt::Debug for Wide {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Wide")
    }
}
