//! What a phone heard: levels of tones, silence and gaps in a recording.
//!
//! Every phone of a test speaks with a tone of its own, a multiple of 50 Hz, so that a listener can tell who is there.

use std::f64::consts::TAU;
use std::fmt;
use std::time::Duration;

/// A tone at this level or above is heard, in decibels below full scale.
const HEARD: f64 = -36.0;
/// A tone below this level is not there.
const ABSENT: f64 = -46.0;
/// A block quieter than this is silence.
const SILENCE: f64 = -50.0;
/// What is measured where nothing is.
const FLOOR: f64 = -120.0;

/// A piece of what a phone heard, 16 bit, one channel.
#[derive(Clone, Default)]
pub struct Recording {
    /// The samples, in order.
    pub samples: Vec<i16>,
    /// Samples a second.
    pub rate: u32,
    /// The time between the two instants it was cut at; zero when it was not cut.
    pub elapsed: Duration,
}

impl Recording {
    /// Reads a WAV file of 16-bit linear samples, of several channels the first, also one that is still being written.
    ///
    /// Returns an empty recording as long as the header is not complete.
    pub fn from_wav(bytes: &[u8]) -> Self {
        let mut recording = Self::default();
        let (mut at, mut channels) = (12, 1);
        while let Some(chunk) = bytes.get(at..at + 8) {
            let length = u32::from_le_bytes([chunk[4], chunk[5], chunk[6], chunk[7]]) as usize;
            match &chunk[..4] {
                b"fmt " if bytes.len() >= at + 24 => {
                    let number = |from: usize| u16::from_le_bytes([bytes[at + from], bytes[at + from + 1]]);
                    assert_eq!((number(8), number(22)), (1, 16), "expected linear, 16 bits");
                    channels = usize::from(number(10)).max(1);
                    recording.rate = u32::from(number(12)) | u32::from(number(14)) << 16;
                }
                b"data" => {
                    // The length in the header is right only once the file is closed.
                    let data = &bytes[at + 8..];
                    recording.samples =
                        data.chunks_exact(2 * channels).map(|block| i16::from_le_bytes([block[0], block[1]])).collect();
                    break;
                }
                _ => {}
            }
            at += 8 + length.next_multiple_of(2);
        }
        recording
    }

    /// How much was heard.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.samples.len() as f64 / f64::from(self.rate.max(1)))
    }

    /// The last part of it, at most `length` long.
    pub fn last(&self, length: Duration) -> Self {
        let wanted = (length.as_secs_f64() * f64::from(self.rate)) as usize;
        let from = self.samples.len().saturating_sub(wanted);
        Self { samples: self.samples[from..].to_vec(), rate: self.rate, elapsed: Duration::ZERO }
    }

    /// Whether every one of these tones is in it nearly all the time.
    pub fn hears(&self, tones: &[u32]) -> bool {
        tones.iter().all(|&tone| {
            let mut levels = self.levels(tone, 100);
            levels.sort_by(f64::total_cmp);
            // One block in ten may be spoilt by a lost packet.
            levels.get(levels.len() / 10).is_some_and(|&level| level >= HEARD)
        })
    }

    /// Whether none of these tones is in it at any time; nothing at all hears nothing.
    pub fn misses(&self, tones: &[u32]) -> bool {
        tones.iter().all(|&tone| self.levels(tone, 100).iter().all(|&level| level < ABSENT))
    }

    /// Whether nothing was heard at any time, be it silence or no packets at all.
    pub fn is_silent(&self) -> bool {
        self.blocks(20).all(|block| rms(block) < SILENCE)
    }

    /// The level of a tone over the whole recording, in decibels below full scale.
    pub fn level(&self, tone: u32) -> f64 {
        goertzel(&self.samples, tone, self.rate)
    }

    /// The level of everything together, in decibels below full scale.
    pub fn loudness(&self) -> f64 {
        rms(&self.samples)
    }

    /// The longest time in one piece that was silent.
    pub fn longest_silence(&self) -> Duration {
        longest_run(20, self.blocks(20).map(|block| rms(block) < SILENCE))
    }

    /// The longest time in one piece in which a tone was missing.
    pub fn longest_gap(&self, tone: u32) -> Duration {
        longest_run(20, self.levels(tone, 20).into_iter().map(|level| level < ABSENT))
    }

    /// How much less was heard than time went by: packets that never came.
    pub fn shortfall(&self) -> Duration {
        self.elapsed.saturating_sub(self.duration())
    }

    /// The largest step from one sample to the next; a click is large, a tone is not.
    pub fn largest_step(&self) -> i32 {
        self.samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap_or(0)
    }

    /// The strongest tones on the 50 Hz grid that tests use, loudest first.
    pub fn strongest(&self, count: usize) -> Vec<(u32, f64)> {
        let mut found: Vec<_> = (300..=3_400).step_by(50).map(|tone| (tone, self.level(tone))).collect();
        found.sort_by(|one, other| other.1.total_cmp(&one.1));
        found.truncate(count);
        found
    }

    /// The level of a tone, block by block.
    fn levels(&self, tone: u32, milliseconds: usize) -> Vec<f64> {
        self.blocks(milliseconds).map(|block| goertzel(block, tone, self.rate)).collect()
    }

    fn blocks(&self, milliseconds: usize) -> impl Iterator<Item = &[i16]> {
        let size = self.rate as usize * milliseconds / 1_000;
        self.samples.chunks_exact(size.max(1))
    }
}

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2?} heard in {:.2?}, {:.0} dB", self.duration(), self.elapsed, self.loudness())?;
        for (tone, level) in self.strongest(4) {
            write!(f, ", {tone} Hz {level:.0} dB")?;
        }
        write!(f, ", longest silence {:?}", self.longest_silence())
    }
}

/// The level of one frequency in a block (Goertzel's algorithm), where a full-scale sine is 0 dB.
fn goertzel(block: &[i16], tone: u32, rate: u32) -> f64 {
    if block.is_empty() {
        return FLOOR;
    }
    let coefficient = 2.0 * (TAU * f64::from(tone) / f64::from(rate)).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for &sample in block {
        (last, before) = (f64::from(sample) + coefficient * last - before, last);
    }
    let power = last * last + before * before - coefficient * last * before;
    decibels(power.max(0.0).sqrt() * 2.0 / block.len() as f64)
}

/// The level of a block, where a full-scale sine is -3 dB.
fn rms(block: &[i16]) -> f64 {
    let squares: f64 = block.iter().map(|&sample| f64::from(sample).powi(2)).sum();
    decibels((squares / block.len().max(1) as f64).sqrt())
}

fn decibels(amplitude: f64) -> f64 {
    (20.0 * (amplitude / 32_768.0).log10()).max(FLOOR)
}

fn longest_run(milliseconds: u64, blocks: impl Iterator<Item = bool>) -> Duration {
    let (mut longest, mut current) = (0, 0);
    for hit in blocks {
        current = if hit { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    Duration::from_millis(longest * milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `seconds` of the given tones, each at a tenth of full scale.
    fn tones(frequencies: &[u32], seconds: f64) -> Recording {
        let samples = (0..(seconds * 8_000.0) as usize).map(|at| {
            let sum: f64 = frequencies.iter().map(|&tone| (TAU * f64::from(tone) * at as f64 / 8_000.0).sin()).sum();
            (sum * 3_276.7) as i16
        });
        Recording { samples: samples.collect(), rate: 8_000, elapsed: Duration::from_secs_f64(seconds) }
    }

    #[test]
    fn two_tones_are_told_apart_from_a_third() {
        let heard = tones(&[600, 700], 1.0);
        assert!(heard.hears(&[600, 700]), "{heard:?}");
        assert!(!heard.hears(&[650]) && heard.misses(&[650, 750]), "{heard:?}");
        assert!((heard.level(600) + 20.0).abs() < 0.5, "{heard:?}");
    }

    #[test]
    fn silence_and_gaps_are_measured() {
        let mut heard = tones(&[600], 1.0);
        heard.samples[3_200..4_800].fill(0);
        assert_eq!(heard.longest_silence(), Duration::from_millis(200));
        assert_eq!(heard.longest_gap(600), Duration::from_millis(200));
        assert!(!heard.hears(&[600]) && !heard.misses(&[600]) && !heard.is_silent());
        assert!(heard.last(Duration::from_millis(300)).hears(&[600]));
        assert!(Recording::default().is_silent());
    }

    #[test]
    fn packets_that_never_came_show_as_a_shortfall() {
        let mut heard = tones(&[600], 1.0);
        heard.elapsed = Duration::from_millis(1_500);
        assert_eq!(heard.shortfall(), Duration::from_millis(500));
    }
}
