//! What is heard in place of a lost packet: the last frame again, fading.

use crate::media::frame::{Codec, Frame};

/// After this many frames a gap is silence.
pub(super) const LONGEST: u32 = 3;

/// Remembers the last frame and fades it.
#[derive(Debug, Default)]
pub(super) struct Concealment {
    last: Option<Frame>,
    run: u32,
}

impl Concealment {
    /// Notes a frame that did arrive.
    pub(super) fn heard(&mut self, frame: &Frame) {
        self.last = Some(frame.clone());
        self.run = 0;
    }

    /// Forgets the past, as after a change of source.
    pub(super) fn reset(&mut self) {
        *self = Concealment::default();
    }

    /// A frame in place of one that is missing; silence after [`LONGEST`] of them.
    pub(super) fn fill(&mut self) -> Option<Frame> {
        let last = self.last.as_ref()?;
        self.run += 1;
        if self.run > LONGEST {
            return Some(Frame::silence(last.codec()));
        }
        let codec: Codec = last.codec();
        Some(last.amplified(0.7f32.powi(self.run as i32)).encode(codec))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_fades_into_silence_in_the_same_codec() {
        let mut concealment = Concealment::default();
        assert!(concealment.fill().is_none());
        concealment.heard(&Frame::linear([10_000; 160]).encode(Codec::Alaw));
        let levels: Vec<f32> = (0..4).map(|_| concealment.fill().unwrap().level()).collect();
        assert!(levels.windows(2).all(|pair| pair[1] < pair[0] - 2.0), "{levels:?}");
        assert_eq!(concealment.fill(), Some(Frame::silence(Codec::Alaw)));
    }
}
