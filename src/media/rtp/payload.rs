//! Between the octets of a packet and frames, for codecs with a memory and between sample rates.

use std::fmt;

use audio_codec::Encoder as _;
use audio_codec::g722::{G722Decoder, G722Encoder};

use crate::media::frame::{Codec, Frame, SAMPLES, WIDE_SAMPLES};
use crate::media::resample::Rates;
use crate::media::{gsm, opus};

/// The octets of the largest frame: linear at 48 kHz.
pub(super) const LARGEST_FRAME: usize = 1920;

/// What the receiving side remembers from frame to frame; nothing for G.711.
#[derive(Default)]
pub(super) struct Decoder {
    gsm: Option<Box<gsm::Decoder>>,
    g722: Option<Box<G722Decoder>>,
    opus: Option<Box<opus::Decoder>>,
    down: Rates,
}

impl Decoder {
    /// 20 ms from their octets, in a codec whose frames have so many.
    pub(super) fn frame(&mut self, codec: Codec, octets: &[u8]) -> Option<Frame> {
        match codec {
            Codec::Ulaw | Codec::Alaw => Frame::from_octets(codec, octets),
            Codec::Gsm => self.gsm.get_or_insert_with(Box::default).frame(octets).map(Frame::linear),
            Codec::G722 => {
                let decoder = self.g722.get_or_insert_with(Box::default);
                let mut samples = [0; WIDE_SAMPLES];
                decoder.decode_frame_into(octets, &mut samples).ok()?;
                Some(Frame::wide(samples))
            }
            Codec::Opus => None,
            opaque if opaque.is_opaque() => None,
            linear => {
                let mut samples = [0; LARGEST_FRAME / 2];
                let samples = samples.get_mut(..linear.samples_per_frame())?;
                read_samples(octets, samples);
                Some(Frame::at_rate(linear.sample_rate(), samples))
            }
        }
    }

    /// Where packets of Opus go, which tell their length themselves.
    pub(super) fn opus(&mut self) -> Option<&mut opus::Decoder> {
        if self.opus.is_none() {
            self.opus = opus::Decoder::new().map(Box::new);
        }
        self.opus.as_deref_mut()
    }

    /// Forgets what waits for its turn.
    pub(super) fn clear(&mut self) {
        if let Some(opus) = &mut self.opus {
            opus.clear();
        }
    }

    /// The stream at 8 kHz.
    pub(super) fn narrowed(&mut self, frame: &Frame) -> Frame {
        self.down.bring(frame, 8000)
    }
}

/// What the sending side remembers from frame to frame; nothing for G.711.
#[derive(Default)]
pub(super) struct Encoder {
    gsm: Option<Box<gsm::Encoder>>,
    g722: Option<Box<G722Encoder>>,
    opus: Option<Box<opus::Encoder>>,
    wishes: opus::Wishes,
    rates: Rates,
}

impl Encoder {
    /// What the far end wants of Opus.
    pub(super) fn set_wishes(&mut self, wishes: opus::Wishes) {
        if std::mem::replace(&mut self.wishes, wishes) != wishes {
            self.opus = None;
        }
    }

    /// Writes the octets of a frame in the codec of the wire; returns how many they are.
    pub(super) fn write(&mut self, codec: Codec, frame: &Frame, octets: &mut [u8; LARGEST_FRAME]) -> Option<usize> {
        if codec == Codec::Opus {
            if self.opus.as_ref().is_none_or(|encoder| !encoder.fits(frame)) {
                self.opus = opus::Encoder::new(self.wishes, frame).map(Box::new);
            }
            return self.opus.as_mut()?.write(frame, octets);
        }
        if codec.is_opaque() || frame.packet().is_some() {
            return None;
        }
        let frame = self.rates.bring(frame, codec.sample_rate());
        match codec {
            Codec::Ulaw | Codec::Alaw => {
                octets.get_mut(..SAMPLES)?.copy_from_slice(frame.encode(codec).octets()?);
            }
            Codec::Gsm => {
                let encoder = self.gsm.get_or_insert_with(Box::default);
                octets.get_mut(..gsm::OCTETS)?.copy_from_slice(&encoder.frame(&frame.narrow()));
            }
            Codec::G722 => {
                let encoder = self.g722.get_or_insert_with(Box::default);
                return encoder.encode_into(&frame.samples(), octets).ok();
            }
            _ => write_samples(&frame.samples(), octets),
        }
        Some(codec.octets_per_frame())
    }
}

/// Samples as L16 has them: the higher octet first (RFC 3551, section 4.5.11).
fn read_samples(octets: &[u8], samples: &mut [i16]) {
    for (sample, pair) in samples.iter_mut().zip(octets.as_chunks().0) {
        *sample = i16::from_be_bytes(*pair);
    }
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
    fn linear_goes_over_the_wire_at_every_rate() {
        let linear = Codec::ALL.into_iter().filter(|codec| codec.is_linear());
        for codec in linear {
            let heard = carried(codec, 1000.0);
            assert_eq!(heard.len(), 10 * codec.samples_per_frame());
            let level = tone_level(&heard[heard.len() / 2..], 1000.0, codec.sample_rate());
            assert!((level + 15.3).abs() < 0.5, "{codec:?}: {level}");
        }
    }

    #[test]
    fn speech_keeps_its_level_over_every_codec() {
        let before = 20.0 * (8000.0f32 / 2f32.sqrt() / 32768.0).log10();
        for codec in [Codec::Ulaw, Codec::Alaw, Codec::Gsm, Codec::Linear] {
            let level = tone_level(&carried(codec, 1000.0)[320..], 1000.0, 8000);
            assert!((level - before).abs() < 0.8, "{codec:?}: {level}");
        }
    }
}
