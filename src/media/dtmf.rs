//! DTMF in the audio itself: detection by Goertzel filters, after ITU-T Q.23 and Q.24.

use std::f32::consts::TAU;
use std::time::Duration;

use super::frame::{Frame, SILENCE_LEVEL};
use super::tone::{DTMF_COLUMNS, DTMF_DIGITS, DTMF_ROWS};

const RATE: f32 = 8000.0;
/// Samples a decision is made of: 12.75 ms, so that a tone of 40 ms holds two whole blocks.
const BLOCK: usize = 102;
/// The energy a bin sees of a sine of amplitude 1.
const BIN_OF_UNIT: f32 = (BLOCK * BLOCK) as f32 / 4.0;
/// Neither frequency may be quieter than this amplitude, about −35 dBm0.
const QUIETEST: f32 = 400.0;
/// The column may be 4 dB above the row, and the row 8 dB above the column (Q.24).
const TWIST: f32 = 2.51;
const REVERSE_TWIST: f32 = 6.31;
/// A frequency stands out of its group by 8 dB.
const STANDING_OUT: f32 = 6.31;
/// The share of all energy that lies in the two frequencies: voices and music have much besides.
const PURITY: f32 = 0.82;
/// The share that is enough to go on, so that a drop-out of 10 ms does not make two digits of one.
const PURITY_HELD: f32 = 0.5;
/// A key's tones are steady: from one block to the next neither changes by more than 3.5 dB (the first block may be
/// one that the tone does not fill). A voice is on its way.
const STEADY: f32 = 2.25;
/// Blocks that make a digit, and blocks without it that end it.
const HITS: u32 = 2;
const MISSES: u32 = 2;

/// What happens to a digit that a party presses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitEvent {
    /// The key went down.
    Began(char),
    /// The key went up after `duration`.
    Ended {
        /// `0`–`9`, `*`, `#`, `A`–`D`, or `!` for a hook flash.
        digit: char,
        /// How long it was held.
        duration: Duration,
    },
}

/// Listens for digits.
#[derive(Clone, Debug)]
pub struct DtmfDetector {
    /// Of four rows and four columns: the filter coefficients and the last two states.
    coefficients: [f32; 8],
    last: [f32; 8],
    before: [f32; 8],
    energy: f32,
    filled: usize,
    candidate: Option<Heard>,
    hits: u32,
    pressed: Option<char>,
    blocks: u32,
    misses: u32,
}

impl Default for DtmfDetector {
    fn default() -> DtmfDetector {
        DtmfDetector::new()
    }
}

impl DtmfDetector {
    /// A detector that has heard nothing.
    pub fn new() -> DtmfDetector {
        DtmfDetector {
            coefficients: std::array::from_fn(|i| {
                let frequency = if i < 4 { DTMF_ROWS[i] } else { DTMF_COLUMNS[i - 4] };
                2.0 * (TAU * f32::from(frequency) / RATE).cos()
            }),
            last: [0.0; 8],
            before: [0.0; 8],
            energy: 0.0,
            filled: 0,
            candidate: None,
            hits: 0,
            pressed: None,
            blocks: 0,
            misses: 0,
        }
    }

    /// Listens to a frame and tells what happened in it.
    pub fn process(&mut self, frame: &Frame, mut told: impl FnMut(DigitEvent)) {
        for sample in frame.narrow() {
            let sample = f32::from(sample);
            self.energy += sample * sample;
            for bin in 0..8 {
                let next = self.coefficients[bin] * self.last[bin] - self.before[bin] + sample;
                self.before[bin] = self.last[bin];
                self.last[bin] = next;
            }
            self.filled += 1;
            if self.filled == BLOCK {
                self.judge(&mut told);
            }
        }
    }

    /// The digit that sounds now. Its frames are best replaced by silence where digits are passed on as events.
    pub fn pressed(&self) -> Option<char> {
        self.pressed
    }

    /// Whether a digit may be about to begin.
    pub fn suspects(&self) -> bool {
        self.pressed.is_some() || self.candidate.is_some()
    }

    fn judge(&mut self, told: &mut impl FnMut(DigitEvent)) {
        let bins: [f32; 8] = std::array::from_fn(|i| {
            let (last, before) = (self.last[i], self.before[i]);
            last * last + before * before - self.coefficients[i] * last * before
        });
        let energy = self.energy;
        (self.last, self.before, self.energy, self.filled) = ([0.0; 8], [0.0; 8], 0.0, 0);

        if let Some(pressed) = self.pressed {
            self.blocks += 1;
            self.misses = if goes_on(pressed, &bins, energy) { 0 } else { self.misses + 1 };
            if self.misses >= MISSES {
                let blocks = self.blocks - self.misses;
                let duration = Duration::from_micros(u64::from(blocks) * BLOCK as u64 * 125);
                told(DigitEvent::Ended { digit: pressed, duration });
                self.pressed = None;
            }
        }
        let heard = Heard::of(&bins, energy);
        self.hits = match (&heard, &self.candidate) {
            (Some(heard), Some(candidate)) if heard.continues(candidate) => self.hits + 1,
            _ => 1,
        };
        self.candidate = heard;
        if let (Some(heard), None, HITS..) = (heard, self.pressed, self.hits) {
            told(DigitEvent::Began(heard.digit));
            self.pressed = Some(heard.digit);
            self.blocks = self.hits;
            self.misses = 0;
        }
    }
}

/// The two frequencies of a block that sounds like a key.
#[derive(Clone, Copy, Debug)]
struct Heard {
    digit: char,
    row: f32,
    column: f32,
}

impl Heard {
    fn of(bins: &[f32; 8], energy: f32) -> Option<Heard> {
        let (rows, columns) = bins.split_at(4);
        let ((row_place, row), (column_place, column)) = (standing_out(rows)?, standing_out(columns)?);
        let is_loud = row.min(column) > QUIETEST * QUIETEST * BIN_OF_UNIT;
        let is_balanced = column < row * TWIST && row < column * REVERSE_TWIST;
        let is_pure = row + column > PURITY * energy * BLOCK as f32 / 2.0;
        let digit = *DTMF_DIGITS.get(row_place * 4 + column_place)?;
        (is_loud && is_balanced && is_pure).then_some(Heard { digit, row, column })
    }

    fn continues(&self, before: &Heard) -> bool {
        let is_steady = |now: f32, before: f32| now < before * STEADY && before < now * STEADY;
        self.digit == before.digit && is_steady(self.row, before.row) && is_steady(self.column, before.column)
    }
}

/// Whether a pressed key still sounds: less is asked than at its beginning.
fn goes_on(digit: char, bins: &[f32; 8], energy: f32) -> bool {
    let Some(place) = DTMF_DIGITS.iter().position(|known| *known == digit) else { return false };
    let (row, column) = (bins[place / 4], bins[4 + place % 4]);
    let (rows, columns) = bins.split_at(4);
    let is_strongest = rows.iter().all(|other| *other <= row) && columns.iter().all(|other| *other <= column);
    let is_loud = row.min(column) > QUIETEST * QUIETEST * BIN_OF_UNIT / 4.0;
    is_strongest && is_loud && row + column > PURITY_HELD * energy * BLOCK as f32 / 2.0
}

/// The strongest of a group, if no other comes near.
fn standing_out(group: &[f32]) -> Option<(usize, f32)> {
    let (best, energy) = group.iter().copied().enumerate().max_by(|one, other| one.1.total_cmp(&other.1))?;
    let others = group.iter().enumerate().filter(|(index, _)| *index != best);
    others.into_iter().all(|(_, other)| other * STANDING_OUT < energy).then_some((best, energy))
}

/// The level of one frequency in `samples`, in dBov as [`Frame::level`] counts (a full-scale sine is −3).
pub fn tone_level(samples: &[i16], frequency: f64, rate: u32) -> f32 {
    let coefficient = 2.0 * (std::f64::consts::TAU * frequency / f64::from(rate)).cos();
    let (mut last, mut before) = (0.0, 0.0);
    for sample in samples {
        let next = coefficient * last - before + f64::from(*sample);
        before = last;
        last = next;
    }
    let energy = last * last + before * before - coefficient * last * before;
    if samples.is_empty() || energy <= 0.0 {
        return SILENCE_LEVEL;
    }
    let amplitude = 2.0 * energy.sqrt() / samples.len() as f64;
    let level = 20.0 * (amplitude / std::f64::consts::SQRT_2 / 32768.0).log10();
    (level as f32).max(SILENCE_LEVEL)
}

#[cfg(test)]
#[path = "dtmf_tests.rs"]
mod tests;
