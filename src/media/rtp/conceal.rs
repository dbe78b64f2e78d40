//! What is heard in place of lost packets: the last pitch period again and again, fading, in the manner of ITU-T G.711
//! Appendix I, without its delay.

use crate::media::frame::{Codec, Frame};

/// After this many frames a gap is silence.
pub(super) const LONGEST: u32 = 3;
/// So many frames are remembered: the longest period, and 10 ms to compare with what was before.
const REMEMBERED: usize = 2;
/// The pitch of voices, in Hz.
const HIGHEST_PITCH: usize = 200;
const LOWEST_PITCH: usize = 66;
/// The sound begins to fade after 10 ms, and has faded 50 ms later.
const FADE_AFTER: f32 = 0.010;
const FADE_FOR: f32 = 0.050;
/// So long a frame that did arrive is faded in after a gap, as a share of a second: 5 ms.
const RETURN: usize = 200;

/// Remembers the last frames and goes on with them.
#[derive(Debug, Default)]
pub(super) struct Concealment {
    recent: [Option<Frame>; REMEMBERED],
    /// Where the last of them is.
    last: usize,
    /// Frames made up since the last that arrived.
    run: u32,
    period: Period,
}

/// A pitch period whose end leads smoothly into its beginning.
#[derive(Debug, Default)]
struct Period {
    samples: Vec<f32>,
    rate: usize,
    /// Samples given since the gap began.
    given: usize,
}

impl Concealment {
    /// Takes a frame that did arrive, and gives what is to be heard: the same, faded in after a gap.
    pub(super) fn heard(&mut self, frame: Frame) -> Frame {
        let gap = std::mem::take(&mut self.run);
        let frame = if (1..=LONGEST).contains(&gap) { self.period.lead_back(&frame) } else { frame };
        self.last = (self.last + 1) % REMEMBERED;
        self.recent[self.last] = Some(frame.clone());
        frame
    }

    /// Forgets the past, as after a change of source.
    pub(super) fn reset(&mut self) {
        *self = Concealment::default();
    }

    /// A frame in place of one that is missing; silence after [`LONGEST`] of them.
    pub(super) fn fill(&mut self) -> Option<Frame> {
        let codec = self.recent[self.last].as_ref()?.codec();
        self.run += 1;
        if self.run > LONGEST {
            return Some(Frame::silence(codec));
        }
        if self.run == 1 {
            let mut history = Vec::new();
            let (newer, older) = self.recent.split_at(self.last + 1);
            for frame in older.iter().chain(newer).flatten().filter(|frame| frame.codec() == codec) {
                history.extend(frame.samples().iter().map(|sample| f32::from(*sample)));
            }
            self.period = Period::last_of(&history, codec.sample_rate() as usize);
        }
        Some(self.period.frame(codec))
    }
}

impl Period {
    /// The period with which a sound ends.
    fn last_of(history: &[f32], rate: usize) -> Period {
        let length = pitch(history, rate);
        let end = history.len();
        let mut samples: Vec<f32> = history[end - length..].to_vec();
        // The last quarter passes into what came before the period, which is what its beginning follows.
        let quarter = (length / 4).min(end - length);
        let before = &history[end - length - quarter..end - length];
        for (at, (sample, earlier)) in samples[length - quarter..].iter_mut().zip(before).enumerate() {
            let share = (at + 1) as f32 / quarter as f32;
            *sample += (earlier - *sample) * share;
        }
        Period { samples, rate, given: 0 }
    }

    fn next(&mut self) -> f32 {
        let sample = self.samples.get(self.given % self.samples.len().max(1)).copied().unwrap_or(0.0);
        let since = self.given as f32 / self.rate.max(1) as f32;
        self.given += 1;
        sample * (1.0 - (since - FADE_AFTER) / FADE_FOR).clamp(0.0, 1.0)
    }

    fn frame(&mut self, codec: Codec) -> Frame {
        let samples: Vec<i16> = (0..codec.samples_per_frame()).map(|_| self.next().round() as i16).collect();
        in_codec(&samples, codec)
    }

    /// Passes from the made up sound into the frame that follows it.
    fn lead_back(&mut self, frame: &Frame) -> Frame {
        let codec = frame.codec();
        if codec.sample_rate() as usize != self.rate {
            return frame.clone();
        }
        let mut samples = frame.samples().to_vec();
        let length = self.rate / RETURN;
        for (at, sample) in samples.iter_mut().take(length).enumerate() {
            let (own, share) = (f32::from(*sample), (at + 1) as f32 / length as f32);
            *sample = (self.next() * (1.0 - share) + own * share).round() as i16;
        }
        in_codec(&samples, codec)
    }
}

/// The length of the period that a sound ends with: the distance at which its last 10 ms are most like what was before.
fn pitch(history: &[f32], rate: usize) -> usize {
    let (shortest, window) = (rate / HIGHEST_PITCH, rate / 100);
    let longest = (rate / LOWEST_PITCH).min(history.len().saturating_sub(window));
    let end = history.len();
    let last = &history[end.saturating_sub(window)..];
    let likeness = |distance: usize| {
        let before = &history[end - window - distance..end - distance];
        let product: f32 = last.iter().zip(before).map(|(one, other)| one * other).sum();
        let energy: f32 = before.iter().map(|sample| sample * sample).sum();
        product / energy.max(1.0).sqrt()
    };
    let alike = (shortest..=longest).map(|distance| (likeness(distance), distance));
    alike.max_by(|(one, _), (other, _)| one.total_cmp(other)).map_or(shortest, |(_, distance)| distance)
}

fn in_codec(samples: &[i16], codec: Codec) -> Frame {
    Frame::at_rate(codec.sample_rate(), samples).encode(codec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::dtmf::tone_level;
    use crate::media::frame::{SAMPLES, WIDE_SAMPLES};

    /// A tone of 8 kHz in µ-law, frame by frame.
    fn tone(hertz: f32, number: usize) -> Frame {
        let at = |n: usize| 8000.0 * ((number * SAMPLES + n) as f32 * hertz * std::f32::consts::TAU / 8000.0).sin();
        Frame::linear(std::array::from_fn(|n| at(n) as i16)).encode(Codec::Ulaw)
    }

    fn steepest(samples: &[i16]) -> i32 {
        samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap()
    }

    #[test]
    fn a_gap_goes_on_with_the_tone_and_nobody_hears_a_click() {
        for hertz in [110.0, 150.0, 187.0, 250.0, 440.0] {
            let mut concealment = Concealment::default();
            let mut heard = Vec::new();
            for number in 0..10 {
                let frame =
                    if number % 4 == 3 { concealment.fill() } else { Some(concealment.heard(tone(hertz, number))) };
                heard.extend_from_slice(&frame.unwrap().samples());
            }
            let clean: Vec<i16> = (0..10).flat_map(|number| tone(hertz, number).samples().to_vec()).collect();
            let (before, after) = (tone_level(&clean, hertz.into(), 8000), tone_level(&heard, hertz.into(), 8000));
            assert!((before - after).abs() < 1.5, "{hertz}: {before} {after}");
            assert!(steepest(&heard) < 2 * steepest(&clean), "{hertz}: {} {}", steepest(&heard), steepest(&clean));
        }
    }

    #[test]
    fn a_long_gap_fades_into_silence_in_the_same_codec() {
        let mut concealment = Concealment::default();
        assert!(concealment.fill().is_none());
        (0..3).for_each(|number| _ = concealment.heard(tone(200.0, number).encode(Codec::Alaw)));
        let levels: Vec<f32> = (0..4).map(|_| concealment.fill().unwrap().level()).collect();
        assert!(levels.windows(2).all(|pair| pair[1] < pair[0] - 1.0), "{levels:?}");
        assert_eq!(concealment.fill(), Some(Frame::silence(Codec::Alaw)));
    }

    #[test]
    fn wide_frames_are_concealed_as_such_and_any_history_will_do() {
        for first in [Frame::wide([700; WIDE_SAMPLES]), Frame::wide([0; WIDE_SAMPLES]), Frame::silence(Codec::Ulaw)] {
            let mut concealment = Concealment::default();
            let codec = first.codec();
            concealment.heard(first);
            assert_eq!(concealment.fill().unwrap().codec(), codec);
            concealment.heard(Frame::silence(Codec::Alaw));
            assert_eq!(concealment.fill().unwrap().codec(), Codec::Alaw);
        }
    }
}
