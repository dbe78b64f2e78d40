//! Between the octets of a packet and frames, for codecs with a memory and between sample rates.

use std::fmt;

use audio_codec::Encoder as _;
use audio_codec::g722::{G722Decoder, G722Encoder};

use crate::media::frame::{Codec, Frame, SAMPLES, WIDE_SAMPLES};
use crate::media::resample::Resampler;

/// The octets of the largest frame.
pub(super) const LARGEST_FRAME: usize = 2 * WIDE_SAMPLES;

/// What the receiving side remembers from frame to frame; nothing for G.711.
#[derive(Default)]
pub(super) struct Decoder {
    g722: Option<Box<G722Decoder>>,
    down: Option<Box<Resampler>>,
}

impl Decoder {
    /// 20 ms from their octets.
    pub(super) fn frame(&mut self, codec: Codec, octets: &[u8]) -> Option<Frame> {
        match codec {
            Codec::Ulaw | Codec::Alaw => Frame::from_octets(codec, octets),
            Codec::Linear => Some(Frame::linear(samples(octets))),
            Codec::Linear16 => Some(Frame::wide(samples(octets))),
            Codec::G722 => {
                let decoder = self.g722.get_or_insert_with(Box::default);
                let mut samples = [0; WIDE_SAMPLES];
                decoder.decode_frame_into(octets, &mut samples).ok()?;
                Some(Frame::wide(samples))
            }
        }
    }

    /// The stream at 8 kHz.
    pub(super) fn narrowed(&mut self, frame: &Frame) -> Frame {
        let down = self.down.get_or_insert_with(|| Box::new(Resampler::live(16_000, 8000)));
        Frame::linear(down.convert(&frame.widened()))
    }
}

/// What the sending side remembers from frame to frame; nothing for G.711.
#[derive(Default)]
pub(super) struct Encoder {
    g722: Option<Box<G722Encoder>>,
    up: Option<Box<Resampler>>,
    down: Option<Box<Resampler>>,
}

impl Encoder {
    /// Writes the octets of a frame in the codec of the wire; returns how many they are.
    pub(super) fn write(&mut self, codec: Codec, frame: &Frame, octets: &mut [u8; LARGEST_FRAME]) -> Option<usize> {
        match codec {
            Codec::Ulaw | Codec::Alaw | Codec::Linear => {
                let narrowed;
                let frame = if frame.codec().is_wide() {
                    let down = self.down.get_or_insert_with(|| Box::new(Resampler::live(16_000, 8000)));
                    narrowed = Frame::linear(down.convert(&frame.widened()));
                    &narrowed
                } else {
                    // What was heard at 16 kHz before is no part of this.
                    self.down = None;
                    frame
                };
                let encoded = frame.encode(codec);
                match encoded.octets() {
                    Some(own) => octets.get_mut(..SAMPLES)?.copy_from_slice(own),
                    None => write_samples(&encoded.narrow(), octets),
                }
            }
            Codec::Linear16 => write_samples(&self.widened(frame), octets),
            Codec::G722 => {
                let samples = self.widened(frame);
                let encoder = self.g722.get_or_insert_with(Box::default);
                return encoder.encode_into(&samples, octets).ok();
            }
        }
        Some(codec.octets_per_frame())
    }

    fn widened(&mut self, frame: &Frame) -> [i16; WIDE_SAMPLES] {
        if frame.codec().is_wide() {
            self.up = None;
            return frame.widened();
        }
        let up = self.up.get_or_insert_with(|| Box::new(Resampler::live(8000, 16_000)));
        up.convert(&frame.narrow())
    }
}

/// Samples as L16 has them: the higher octet first (RFC 3551, section 4.5.11).
fn samples<const N: usize>(octets: &[u8]) -> [i16; N] {
    let mut samples = [0; N];
    for (sample, pair) in samples.iter_mut().zip(octets.as_chunks().0) {
        *sample = i16::from_be_bytes(*pair);
    }
    samples
}

fn write_samples(samples: &[i16], octets: &mut [u8]) {
    for (pair, sample) in octets.chunks_exact_mut(2).zip(samples) {
        pair.copy_from_slice(&sample.to_be_bytes());
    }
}

impl fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Decoder")
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Encoder")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::dtmf::tone_level;

    fn tone(rate: f64, hertz: f64, number: usize, n: usize, length: usize) -> i16 {
        (8000.0 * ((number * length + n) as f64 * hertz * std::f64::consts::TAU / rate).sin()) as i16
    }

    /// Ten frames over the wire.
    fn carried(codec: Codec, hertz: f64) -> Vec<i16> {
        let (mut encoder, mut decoder) = (Encoder::default(), Decoder::default());
        let mut heard = Vec::new();
        for number in 0..10 {
            let frame = Frame::wide(std::array::from_fn(|n| tone(16_000.0, hertz, number, n, WIDE_SAMPLES)));
            let mut octets = [0; LARGEST_FRAME];
            let length = encoder.write(codec, &frame, &mut octets).unwrap();
            assert_eq!(length, codec.octets_per_frame());
            heard.extend_from_slice(&decoder.frame(codec, &octets[..length]).unwrap().samples());
        }
        heard
    }

    #[test]
    fn g722_and_l16_carry_what_a_telephone_does_not() {
        let before = 20.0 * (8000.0f32 / 2f32.sqrt() / 32768.0).log10();
        for codec in [Codec::G722, Codec::Linear16] {
            let heard = carried(codec, 5000.0);
            assert!((tone_level(&heard[640..], 5000.0, 16_000) - before).abs() < 1.0, "{codec:?}");
        }
        let heard = carried(Codec::Ulaw, 5000.0);
        assert!(tone_level(&heard[320..], 3000.0, 8000) < before - 40.0, "nor does it come back as another tone");
    }

    #[test]
    fn speech_keeps_its_level_over_every_codec() {
        let before = 20.0 * (8000.0f32 / 2f32.sqrt() / 32768.0).log10();
        for codec in [Codec::Ulaw, Codec::Alaw, Codec::Linear] {
            let level = tone_level(&carried(codec, 1000.0)[320..], 1000.0, 8000);
            assert!((level - before).abs() < 0.5, "{codec:?}: {level}");
        }
    }
}
