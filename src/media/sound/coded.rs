//! Samples from the octets of a file, and back, in every encoding.

use audio_codec::Encoder as _;
use audio_codec::g722::{G722Decoder, G722Encoder};

use super::{Encoding, Form};
use crate::media::frame::{Codec, Frame};
use crate::media::{g711, gsm};

/// What reading remembers from block to block; nothing where each sample stands by itself.
#[derive(Default)]
pub(super) struct Decoder {
    gsm: Option<Box<gsm::Decoder>>,
    g722: Option<Box<G722Decoder>>,
}

impl Decoder {
    /// Adds the samples of whole blocks, of several channels their mean.
    pub(super) fn decode(&mut self, form: Form, octets: &[u8], samples: &mut Vec<i16>) {
        match form.encoding {
            Encoding::Gsm => {
                let decoder = self.gsm.get_or_insert_with(Box::default);
                // What is no GSM is passed over.
                octets
                    .chunks_exact(gsm::OCTETS)
                    .filter_map(|block| decoder.frame(block))
                    .for_each(|it| samples.extend(it));
            }
            Encoding::GsmInWav => {
                let decoder = self.gsm.get_or_insert_with(Box::default);
                let blocks = octets.chunks_exact(gsm::WAV_OCTETS).filter_map(|block| decoder.block(block));
                blocks.flatten().for_each(|frame| samples.extend(frame));
            }
            Encoding::G722 => {
                let decoder = self.g722.get_or_insert_with(Box::default);
                let start = samples.len();
                samples.resize(start + 2 * octets.len(), 0);
                let decoded = decoder.decode_frame_into(octets, samples.get_mut(start..).unwrap_or_default());
                samples.truncate(start + decoded.unwrap_or(0));
            }
            encoding => samples.extend(octets.chunks_exact(form.block()).map(|block| mono(encoding, block))),
        }
    }
}

/// What writing remembers.
#[derive(Default)]
pub(super) struct Encoder {
    gsm: Option<Box<gsm::Encoder>>,
    g722: Option<Box<G722Encoder>>,
}

impl Encoder {
    /// Whether a block waits for its other half.
    pub(super) fn is_within_block(&self) -> bool {
        self.gsm.as_ref().is_some_and(|encoder| encoder.is_within_block())
    }

    /// The octets that a frame adds to a file, whose rate it has; none while a block is not full.
    pub(super) fn encode(&mut self, encoding: Encoding, frame: &Frame) -> Vec<u8> {
        let narrow = |codec| frame.encode(codec).octets().unwrap_or_default().to_vec();
        match encoding {
            Encoding::Ulaw => narrow(Codec::Ulaw),
            Encoding::Alaw => narrow(Codec::Alaw),
            Encoding::Linear | Encoding::Linear8 => {
                frame.samples().iter().flat_map(|sample| sample.to_le_bytes()).collect()
            }
            Encoding::Gsm => self.gsm.get_or_insert_with(Box::default).frame(&frame.narrow()).to_vec(),
            Encoding::GsmInWav => {
                let block = self.gsm.get_or_insert_with(Box::default).block(&frame.narrow());
                block.map_or_else(Vec::new, |block| block.to_vec())
            }
            Encoding::G722 => {
                let mut octets = vec![0; Codec::G722.octets_per_frame()];
                let encoder = self.g722.get_or_insert_with(Box::default);
                let length = encoder.encode_into(&frame.samples(), &mut octets).unwrap_or(0);
                octets.truncate(length);
                octets
            }
        }
    }
}

impl std::fmt::Debug for Decoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Decoder")
    }
}

impl std::fmt::Debug for Encoder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Encoder")
    }
}

/// The mean of the channels of one sample.
fn mono(encoding: Encoding, block: &[u8]) -> i16 {
    let channels = block.chunks_exact(encoding.octets());
    let count = channels.len().max(1) as i32;
    let sum: i32 = channels
        .map(|octets| match (encoding, octets) {
            (Encoding::Ulaw, [code, ..]) => i32::from(g711::ulaw_decode(*code)),
            (Encoding::Alaw, [code, ..]) => i32::from(g711::alaw_decode(*code)),
            (Encoding::Linear8, [value, ..]) => (i32::from(*value) - 128) << 8,
            (_, [low, high, ..]) => i32::from(i16::from_le_bytes([*low, *high])),
            _ => 0,
        })
        .sum();
    (sum / count) as i16
}
