//! Taking the noise out of a voice, by the noise suppression of WebRTC.

use std::fmt;

use sonora_ns::config::{NS_FRAME_SIZE, SuppressionLevel};
use sonora_ns::noise_suppressor::NoiseSuppressor;

use super::frame::{Frame, WIDE_SAMPLES};
use super::resample::Rates;

/// Takes the noise out of one party's frames, by up to 18 dB. It learns what is noise within a second or two. A voice
/// comes 12 ms later at 8 kHz, 6 ms at 16 kHz.
pub struct Denoiser {
    suppressor: Box<NoiseSuppressor>,
    is_wide: bool,
    rates: Rates,
}

impl Default for Denoiser {
    fn default() -> Self {
        Self { suppressor: suppressor(), is_wide: false, rates: Rates::default() }
    }
}

fn suppressor() -> Box<NoiseSuppressor> {
    Box::new(NoiseSuppressor::with_level(SuppressionLevel::K18dB))
}

impl Denoiser {
    /// The frame without noise: at 8 kHz, or at 16 kHz where it had more.
    pub fn clean(&mut self, frame: &Frame) -> Frame {
        if frame.codec().is_wide() != self.is_wide {
            *self = Self { suppressor: suppressor(), is_wide: frame.codec().is_wide(), rates: Rates::default() };
        }
        if self.is_wide {
            let mut samples: [i16; WIDE_SAMPLES] = self.rates.bring(frame, 16_000).widened();
            self.pass(&mut samples);
            Frame::wide(samples)
        } else {
            let mut samples = frame.narrow();
            self.pass(&mut samples);
            Frame::linear(samples)
        }
    }

    fn pass(&mut self, samples: &mut [i16]) {
        for block in samples.as_chunks_mut::<NS_FRAME_SIZE>().0 {
            let mut voice = block.map(f32::from);
            self.suppressor.analyze(&voice);
            self.suppressor.process(&mut voice);
            *block = voice.map(|sample| sample.round().clamp(-32768.0, 32767.0) as i16);
        }
    }
}

impl fmt::Debug for Denoiser {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Denoiser")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::frame::SAMPLES;

    /// How much softer three seconds of hiss, and of a voice-like buzz in it that comes and goes, come out, in dB.
    fn softer<const N: usize>(frame: impl Fn([i16; N]) -> Frame) -> [f32; 2] {
        let (mut denoiser, mut seed) = (Denoiser::default(), 1u32);
        let mut softer = [0.0; 2];
        for number in 0..300 {
            let talks = number / 10 % 2 == 1;
            let noisy = frame(std::array::from_fn(|n| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let hiss = (seed >> 24) as i16 - 128;
                let pulse = if talks && (number * N + n) % 66 < 8 { 9000 } else { 0 };
                hiss + pulse
            }));
            let clean = denoiser.clean(&noisy);
            if number > 200 && number % 10 == 5 {
                softer[usize::from(talks)] = noisy.level() - clean.level();
            }
        }
        softer
    }

    #[test]
    fn hiss_is_taken_out_at_either_rate_and_the_voice_stays() {
        for [hiss, voice] in [softer::<SAMPLES>(Frame::linear), softer::<WIDE_SAMPLES>(Frame::wide)] {
            assert!(hiss > 10.0 && voice < 2.0, "{hiss} {voice}");
        }
    }

    #[test]
    fn silence_stays_silence_and_frames_their_rate() {
        let mut denoiser = Denoiser::default();
        for frame in [Frame::linear([0; SAMPLES]), Frame::wide([0; WIDE_SAMPLES]), Frame::linear([0; SAMPLES])] {
            assert_eq!(denoiser.clean(&frame), frame);
        }
    }
}
