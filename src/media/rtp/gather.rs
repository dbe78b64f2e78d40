//! What of the received audio waits until it makes frames.

use super::payload::{Decoder, LARGEST_FRAME};
use crate::media::frame::{Codec, Frame, SAMPLES};

/// A payload longer than this is no audio of ours.
pub(super) const LARGEST_PAYLOAD: usize = 1920;

/// Octets that wait until they make a frame: the far end's packets need not be 20 ms long.
#[derive(Debug)]
pub(super) struct Gathered {
    octets: Vec<u8>,
    /// Those before it are in frames already.
    start: usize,
    codec: Codec,
    /// Timestamp of the octet after the last, at 8 kHz.
    timestamp: u32,
    decoder: Decoder,
}

impl Default for Gathered {
    fn default() -> Gathered {
        Gathered { octets: Vec::new(), start: 0, codec: Codec::Ulaw, timestamp: 0, decoder: Decoder::default() }
    }
}

impl Gathered {
    /// The codec of what is gathered.
    pub(super) fn codec(&self) -> Codec {
        self.codec
    }

    /// Where it ends, in samples at 8 kHz.
    pub(super) fn timestamp(&self) -> u32 {
        self.timestamp
    }

    /// A frame of the stream at 8 kHz.
    pub(super) fn narrowed(&mut self, frame: &Frame) -> Frame {
        self.decoder.narrowed(frame)
    }

    /// Adds a packet's payload.
    pub(super) fn append(&mut self, payload: &[u8]) {
        if self.codec == Codec::Opus {
            let Some(opus) = self.decoder.opus() else { return };
            let before = opus.waiting();
            opus.take(payload);
            let taken = opus.waiting() - before;
            self.timestamp = self.timestamp.wrapping_add(at_8_khz(taken));
            return;
        }
        self.octets.drain(..std::mem::take(&mut self.start));
        if self.octets.len() + payload.len() <= LARGEST_PAYLOAD + LARGEST_FRAME {
            self.octets.extend_from_slice(payload);
        }
        self.timestamp = self.timestamp.wrapping_add(self.duration(payload.len()));
    }

    /// Begins anew at this timestamp.
    pub(super) fn clear(&mut self, codec: Codec, timestamp: u32) {
        self.octets.clear();
        self.start = 0;
        self.codec = codec;
        self.timestamp = timestamp;
        self.decoder.clear();
    }

    /// Makes up the 20 ms before a packet from what it knows of them; false in a codec that knows nothing.
    pub(super) fn recover(&mut self, payload: &[u8]) -> bool {
        self.codec == Codec::Opus && self.decoder.opus().is_some_and(|opus| opus.recover(payload))
    }

    /// How long so many octets last, in samples at 8 kHz.
    fn duration(&self, octets: usize) -> u32 {
        (octets * SAMPLES / self.codec.octets_per_frame()) as u32
    }

    /// The next whole frame and the timestamp of its first sample.
    pub(super) fn next(&mut self) -> Option<(u32, Frame)> {
        if self.codec == Codec::Opus {
            let opus = self.decoder.opus()?;
            let timestamp = self.timestamp.wrapping_sub(at_8_khz(opus.waiting()));
            return Some((timestamp, opus.frame()?));
        }
        let length = self.codec.octets_per_frame();
        let octets = self.octets.get(self.start..self.start + length)?;
        let frame = self.decoder.frame(self.codec, octets)?;
        let timestamp = self.timestamp.wrapping_sub(self.duration(self.octets.len() - self.start));
        self.start += length;
        Some((timestamp, frame))
    }
}

/// How many samples at 8 kHz so many of Opus are.
fn at_8_khz(samples: usize) -> u32 {
    (samples / 6) as u32
}
