//! Tones in the notation of `indications.conf`: `425/480,0/480`, `350+440`, `!950/330,!1400/330,!1800/330,0`.
//!
//! A tone is a list of parts, separated by commas, each a frequency in Hz and a length in milliseconds:
//! `f`, `f1+f2` (a sum), `f1*f2` (`f1` modulated by `f2`), `M69` (a MIDI note), and `/ms`. A part without a
//! length lasts for ever. When the list ends it repeats from the first part without `!`; a tone of `!` parts ends.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use thiserror::Error;

use super::frame::{Frame, SAMPLES};

const RATE: u32 = 8000;

/// The amplitude of each frequency of a signalling tone, about −13 dBm0.
pub const TONE_AMPLITUDE: i16 = 7219;

/// The amplitude of the test tone of one milliwatt, 0 dBm0.
pub const MILLIWATT_AMPLITUDE: i16 = 23255;

/// The digits DTMF has, in the order of the keypad's rows.
pub const DTMF_DIGITS: [char; 16] = ['1', '2', '3', 'A', '4', '5', '6', 'B', '7', '8', '9', 'C', '*', '0', '#', 'D'];
/// The frequencies of the keypad's rows, in Hz (ITU-T Q.23).
pub const DTMF_ROWS: [u16; 4] = [697, 770, 852, 941];
/// The frequencies of the keypad's columns, in Hz (ITU-T Q.23).
pub const DTMF_COLUMNS: [u16; 4] = [1209, 1336, 1477, 1633];

/// A tone: what is heard, part by part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tone {
    parts: Vec<Part>,
    amplitude: i16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    first: u16,
    second: u16,
    modulated: bool,
    once: bool,
    /// Nothing means for ever.
    samples: Option<u64>,
}

/// Why a text is no tone.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ToneError {
    /// There is no part at all.
    #[error("a tone needs at least one part, such as `425/500`")]
    Empty,
    /// A part is not in the notation.
    #[error("`{0}` is no part of a tone: write a frequency in Hz and a length in ms, such as `425/500`, `350+440/500`")]
    Part(String),
    /// A frequency cannot be played at 8 kHz.
    #[error("{0} Hz cannot be played at 8 kHz: a tone is below 4000 Hz")]
    Frequency(u32),
}

impl Tone {
    /// Reads a tone.
    pub fn parse(text: &str) -> Result<Tone, ToneError> {
        let parts = text.split([',', '|']).map(str::trim).filter(|part| !part.is_empty());
        let parts = parts.map(Part::parse).collect::<Result<Vec<_>, _>>()?;
        if parts.is_empty() {
            return Err(ToneError::Empty);
        }
        Ok(Tone { parts, amplitude: TONE_AMPLITUDE })
    }

    /// Silence for ever.
    pub fn silence() -> Tone {
        Tone { parts: vec![Part::steady(0, 0, None)], amplitude: 0 }
    }

    /// The test tone of `Milliwatt()`: 1004 Hz at 0 dBm0.
    pub fn milliwatt() -> Tone {
        Tone { parts: vec![Part::steady(1004, 0, None)], amplitude: MILLIWATT_AMPLITUDE }
    }

    /// One DTMF digit, followed by nothing. Nothing for a character that is no digit; `a` to `d` count as `A` to `D`.
    pub fn dtmf(digit: char, length: Duration) -> Option<Tone> {
        let (row, column) = dtmf_frequencies(digit)?;
        let part = Part { once: true, ..Part::steady(row, column, Some(samples_in(length.as_millis() as u64))) };
        Some(Tone { parts: vec![part], amplitude: TONE_AMPLITUDE })
    }

    /// The same tone with another amplitude for each frequency.
    pub fn with_amplitude(self, amplitude: i16) -> Tone {
        Tone { amplitude, ..self }
    }

    /// Whether it ends by itself.
    pub fn ends(&self) -> bool {
        self.parts.iter().all(|part| part.once && part.samples.is_some())
    }
}

/// The row and column frequency of a DTMF digit, in Hz.
pub fn dtmf_frequencies(digit: char) -> Option<(u16, u16)> {
    let place = DTMF_DIGITS.iter().position(|known| *known == digit.to_ascii_uppercase())?;
    Some((DTMF_ROWS[place / 4], DTMF_COLUMNS[place % 4]))
}

impl Part {
    fn steady(first: u16, second: u16, samples: Option<u64>) -> Part {
        Part { first, second, modulated: false, once: false, samples }
    }

    fn parse(text: &str) -> Result<Part, ToneError> {
        let invalid = || ToneError::Part(text.to_owned());
        let (once, rest) = match text.strip_prefix('!') {
            Some(rest) => (true, rest.trim_start()),
            None => (false, text),
        };
        let (pitch, length) = match rest.split_once('/') {
            Some((pitch, length)) => (pitch, length.trim().parse::<u32>().map_err(|_| invalid())?),
            None => (rest, 0),
        };
        let (first, second, modulated) = match pitch.split_once(['+', '*']) {
            Some((first, second)) => (first, second, pitch.contains('*')),
            None => (pitch, "0", false),
        };
        let frequency = |text: &str| -> Result<u16, ToneError> {
            let text = text.trim();
            let hertz = match text.strip_prefix('M') {
                Some(note) => midi_frequency(note.parse().map_err(|_| invalid())?),
                None => text.parse().map_err(|_| invalid())?,
            };
            if hertz < RATE / 2 { Ok(hertz as u16) } else { Err(ToneError::Frequency(hertz)) }
        };
        let samples = (length > 0).then(|| samples_in(u64::from(length)));
        Ok(Part { first: frequency(first)?, second: frequency(second)?, modulated, once, samples })
    }
}

fn samples_in(milliseconds: u64) -> u64 {
    milliseconds * u64::from(RATE) / 1000
}

fn midi_frequency(note: u8) -> u32 {
    (440.0 * 2f64.powf((f64::from(note) - 69.0) / 12.0)).round() as u32
}

/// Plays a [`Tone`], frame by frame.
#[derive(Clone, Debug)]
pub struct ToneGenerator {
    tone: Arc<Tone>,
    /// Index of the part being played; beyond the last when the tone has ended.
    part: usize,
    /// Samples played of it.
    played: u64,
    first: Oscillator,
    second: Oscillator,
}

impl ToneGenerator {
    /// Starts a tone from its beginning.
    pub fn new(tone: impl Into<Arc<Tone>>) -> ToneGenerator {
        let mut generator = ToneGenerator {
            tone: tone.into(),
            part: 0,
            played: 0,
            first: Oscillator::new(0),
            second: Oscillator::new(0),
        };
        generator.begin(0);
        generator
    }

    /// The next 20 ms, linear; nothing when the tone has ended. The last frame is filled up with silence.
    pub fn next_frame(&mut self) -> Option<Frame> {
        self.settle()?;
        let mut samples = [0; SAMPLES];
        for sample in &mut samples {
            match self.next_sample() {
                Some(next) => *sample = next,
                None => break,
            }
        }
        Some(Frame::linear(samples))
    }

    /// The next sample; nothing when the tone has ended.
    pub fn next_sample(&mut self) -> Option<i16> {
        let part = self.settle()?;
        self.played += 1;
        let amplitude = f32::from(self.tone.amplitude);
        let (first, second) = (self.first.next(), self.second.next());
        let wave = if part.modulated { first * (1.0 + 0.9 * second) / 1.9 } else { first + second };
        Some((amplitude * wave).clamp(-32768.0, 32767.0) as i16)
    }

    /// Leaves the parts that are over and says which one plays.
    fn settle(&mut self) -> Option<Part> {
        // Bounded, for a tone whose parts are all shorter than a sample.
        for _ in 0..=self.tone.parts.len() {
            let part = self.current()?;
            if part.samples.is_none_or(|samples| self.played < samples) {
                return Some(part);
            }
            self.advance();
        }
        None
    }

    fn current(&self) -> Option<Part> {
        self.tone.parts.get(self.part).copied()
    }

    fn advance(&mut self) {
        let next = if self.part + 1 < self.tone.parts.len() {
            self.part + 1
        } else {
            self.tone.parts.iter().position(|part| !part.once).unwrap_or(self.tone.parts.len())
        };
        self.begin(next);
    }

    fn begin(&mut self, part: usize) {
        self.part = part;
        self.played = 0;
        if let Some(part) = self.current() {
            self.first = Oscillator::new(part.first);
            self.second = Oscillator::new(part.second);
        }
    }
}

/// A sine by phase accumulation. At 0 Hz it is silent.
#[derive(Clone, Copy, Debug)]
struct Oscillator {
    phase: u32,
    step: u32,
}

const WAVE_BITS: u32 = 10;

/// One period of a sine and its first point again, so that interpolation needs no wrap.
static WAVE: LazyLock<[f32; (1 << WAVE_BITS) + 1]> = LazyLock::new(|| {
    std::array::from_fn(|i| (i as f64 / f64::from(1u32 << WAVE_BITS) * std::f64::consts::TAU).sin() as f32)
});

impl Oscillator {
    fn new(hertz: u16) -> Oscillator {
        Oscillator { phase: 0, step: ((u64::from(hertz) << 32) / u64::from(RATE)) as u32 }
    }

    fn next(&mut self) -> f32 {
        let index = (self.phase >> (32 - WAVE_BITS)) as usize;
        let fraction = (self.phase << WAVE_BITS) as f32 / 4_294_967_296.0;
        self.phase = self.phase.wrapping_add(self.step);
        WAVE[index] + (WAVE[index + 1] - WAVE[index]) * fraction
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn play(text: &str, frames: usize) -> Vec<i16> {
        let mut generator = ToneGenerator::new(Tone::parse(text).unwrap());
        std::iter::from_fn(|| generator.next_frame()).take(frames).flat_map(|frame| frame.samples().to_vec()).collect()
    }

    fn is_sounding(samples: &[i16]) -> bool {
        samples.iter().any(|sample| sample.unsigned_abs() > 1000)
    }

    #[test]
    fn a_cadence_repeats() {
        let samples = play("425/480,0/480", 100);
        for (i, period) in samples.chunks(480 * 8).enumerate().take(4) {
            assert_eq!(is_sounding(period), i % 2 == 0, "period {i}");
        }
    }

    #[test]
    fn exclamation_parts_play_once() {
        let samples = play("!950/100,!0/100,425/100,0/100", 40);
        let heard: Vec<bool> = samples.chunks(800).map(is_sounding).collect();
        assert_eq!(heard, [true, false, true, false, true, false, true, false]);
        let crossings = |samples: &[i16]| samples.windows(2).filter(|pair| pair[0] < 0 && pair[1] >= 0).count();
        assert!(crossings(&samples[..800]) > 90, "the first part is 950 Hz");
        assert!(crossings(&samples[3200..4000]) < 45, "the repeated part is 425 Hz");
    }

    #[test]
    fn a_tone_of_exclamation_parts_ends() {
        let tone = Tone::parse("!950/330,!1400/330,!1800/330").unwrap();
        assert!(tone.ends());
        let mut generator = ToneGenerator::new(tone);
        assert_eq!(std::iter::from_fn(|| generator.next_frame()).take(100).count(), 50);
        assert!(generator.next_frame().is_none());
    }

    #[test]
    fn a_part_without_length_lasts() {
        let samples = play("350+440", 500);
        assert_eq!(samples.len(), 500 * SAMPLES);
        assert!(is_sounding(&samples[499 * SAMPLES..]));
    }

    #[test]
    fn frequency_and_amplitude_are_exact() {
        let samples = play("1000", 50);
        let expected = |n: usize| f64::from(TONE_AMPLITUDE) * (n as f64 * std::f64::consts::TAU / 8.0).sin();
        for (n, sample) in samples.iter().enumerate() {
            assert!((f64::from(*sample) - expected(n)).abs() <= 1.5, "sample {n}");
        }
    }

    #[test]
    fn modulation_swells() {
        let samples = play("400*20/1000", 50);
        let peak = |from: usize| samples[from..from + 40].iter().map(|sample| sample.unsigned_abs()).max().unwrap();
        assert!(peak(80) > 6 * peak(280), "loud and quiet half a period of 20 Hz apart: {} {}", peak(80), peak(280));
    }

    #[test]
    fn midi_notes_are_frequencies() {
        assert_eq!(Tone::parse("M69/100"), Tone::parse("440/100"));
        assert_eq!(Tone::parse("M69+M57"), Tone::parse("440+220"));
    }

    #[test]
    fn bad_tones_say_what_is_wrong() {
        assert_eq!(Tone::parse(" , "), Err(ToneError::Empty));
        assert_eq!(Tone::parse("425/480,loud"), Err(ToneError::Part("loud".into())));
        assert_eq!(Tone::parse("9000"), Err(ToneError::Frequency(9000)));
        assert_eq!(Tone::parse("M255"), Err(ToneError::Frequency(20_390_018)));
    }

    #[test]
    fn dtmf_knows_sixteen_digits() {
        assert_eq!(dtmf_frequencies('5'), Some((770, 1336)));
        assert_eq!(dtmf_frequencies('#'), Some((941, 1477)));
        assert_eq!(dtmf_frequencies('d'), Some((941, 1633)));
        assert_eq!(dtmf_frequencies('x'), None);
        let mut generator = ToneGenerator::new(Tone::dtmf('1', Duration::from_millis(100)).unwrap());
        assert_eq!(std::iter::from_fn(|| generator.next_frame()).count(), 5);
    }

    #[test]
    fn parts_shorter_than_a_sample_do_not_hang() {
        let tone = Tone { parts: vec![Part::steady(425, 0, Some(0))], amplitude: 1 };
        assert_eq!(ToneGenerator::new(tone).next_sample(), None);
    }
}
