//! GSM 06.10 full rate: 20 ms in 33 octets, or 40 ms in 65 as WAV files have it (`wav49`).

use std::fmt;

use oxideav_gsm::{DecoderState, EncoderState, UnpackedFrame};

use super::frame::SAMPLES;

/// Octets of 20 ms (RFC 3551, section 4.5.8).
pub const OCTETS: usize = 33;
/// Octets of 40 ms in WAV files.
pub const WAV_OCTETS: usize = 65;

/// The way in.
#[derive(Default)]
pub struct Decoder(DecoderState);

impl Decoder {
    /// 20 ms from their octets; nothing where they are no GSM.
    pub fn frame(&mut self, octets: &[u8]) -> Option<[i16; SAMPLES]> {
        let frame = UnpackedFrame::from_gsm_byte_frame(octets).ok()?;
        Some(self.0.decode_frame(&frame))
    }

    /// 40 ms from a block of a WAV file.
    pub fn block(&mut self, octets: &[u8]) -> Option<[[i16; SAMPLES]; 2]> {
        let (first, second) = UnpackedFrame::pair_from_msgsm_block(octets).ok()?;
        Some([self.0.decode_frame(&first), self.0.decode_frame(&second)])
    }
}

/// The way out.
#[derive(Default)]
pub struct Encoder {
    state: EncoderState,
    /// The first half of a WAV file's block.
    half: Option<UnpackedFrame>,
}

impl Encoder {
    /// The octets of 20 ms.
    pub fn frame(&mut self, samples: &[i16; SAMPLES]) -> [u8; OCTETS] {
        self.state.encode_frame(samples).to_gsm_byte_frame()
    }

    /// Whether a block waits for its second frame.
    pub fn is_within_block(&self) -> bool {
        self.half.is_some()
    }

    /// A WAV file's block at every second frame.
    pub fn block(&mut self, samples: &[i16; SAMPLES]) -> Option<[u8; WAV_OCTETS]> {
        let frame = self.state.encode_frame(samples);
        match self.half.take() {
            Some(first) => Some(UnpackedFrame::pair_to_msgsm_block(&first, &frame)),
            None => {
                self.half = Some(frame);
                None
            }
        }
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

    fn tone(number: usize) -> [i16; SAMPLES] {
        let at = |n: usize| (number * SAMPLES + n) as f64 * 440.0 * std::f64::consts::TAU / 8000.0;
        std::array::from_fn(|n| (8000.0 * at(n).sin()) as i16)
    }

    #[test]
    fn a_voice_comes_back_from_frames_and_from_blocks() {
        let (mut frames, mut blocks) = (Encoder::default(), Encoder::default());
        let (mut plain, mut paired) = (Decoder::default(), Decoder::default());
        let (mut heard, mut heard_in_blocks) = (Vec::new(), Vec::new());
        for number in 0..20 {
            let octets = frames.frame(&tone(number));
            assert_eq!(octets[0] >> 4, 0xd, "the mark of a frame");
            heard.extend(plain.frame(&octets).unwrap());
            if let Some(block) = blocks.block(&tone(number)) {
                heard_in_blocks.extend(paired.block(&block).unwrap().concat());
            }
        }
        assert_eq!(heard, heard_in_blocks);
        let level = tone_level(&heard[800..], 440.0, 8000);
        assert!((level + 15.3).abs() < 1.0, "{level}");
    }

    #[test]
    fn any_octets_are_audio_or_nothing() {
        use proptest::prelude::*;
        proptest!(|(octets in prop::collection::vec(any::<u8>(), 0..70), samples in prop::collection::vec(any::<i16>(), SAMPLES))| {
            let mut decoder = Decoder::default();
            let is_frame = octets.len() >= OCTETS && octets[0] >> 4 == 0xd;
            prop_assert!(!is_frame || octets.len() > OCTETS || decoder.frame(&octets).is_some());
            let _ = decoder.block(&octets);
            let _ = Encoder::default().frame(&samples.try_into().unwrap());
        });
    }
}
