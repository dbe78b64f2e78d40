//! Multi-frequency signalling R1 (ITU-T Q.320): each digit is two of six frequencies.

use std::time::Duration;

use super::Frame;
use super::dtmf::tone_level;
use super::tone::Tone;

/// The six frequencies, in Hz.
const FREQUENCIES: [u16; 6] = [700, 900, 1100, 1300, 1500, 1700];

/// The digits and the places of their frequencies; `*` is KP, `#` ST, and `A` to `C` are its variants.
const DIGITS: [(char, [usize; 2]); 15] = [
    ('1', [0, 1]),
    ('2', [0, 2]),
    ('3', [1, 2]),
    ('4', [0, 3]),
    ('5', [1, 3]),
    ('6', [2, 3]),
    ('7', [0, 4]),
    ('8', [1, 4]),
    ('9', [2, 4]),
    ('0', [3, 4]),
    ('*', [2, 5]),
    ('#', [4, 5]),
    ('A', [1, 5]),
    ('B', [3, 5]),
    ('C', [0, 5]),
];

/// One is looked for in pieces of 10 ms, in which the six frequencies stand apart from each other.
const PIECE: usize = 80;
/// So many pieces make a digit.
const LEAST: u32 = 3;
/// What is quieter than this, in dBov, is no signal.
const QUIET: f32 = -38.0;
/// The two frequencies are not further apart than this, and all others are below them by more, in decibels.
const APART: f32 = 8.0;

/// How a digit is written in the notation of tones: `700+900`.
pub fn notation(digit: char) -> Option<String> {
    let (_, places) = DIGITS.iter().find(|(known, _)| *known == digit.to_ascii_uppercase())?;
    let [first, second] = places.map(|place| FREQUENCIES.get(place).copied().unwrap_or_default());
    Some(format!("{first}+{second}"))
}

/// A digit that sounds until it is stopped.
pub fn tone(digit: char) -> Option<Tone> {
    Tone::parse(&notation(digit)?).ok()
}

/// How long a digit sounds usually: KP longest.
pub fn usual_length(digit: char) -> Duration {
    Duration::from_millis(match digit.to_ascii_uppercase() {
        '*' => 120,
        '#' | 'A' | 'B' | 'C' => 65,
        _ => 55,
    })
}

/// Hears digits.
#[derive(Clone, Debug, Default)]
pub struct MfDetector {
    now: Option<char>,
    lasted: u32,
}

impl MfDetector {
    /// Takes 20 ms and tells the digit that has just begun, if one has.
    pub fn process(&mut self, frame: &Frame) -> Option<char> {
        let samples = frame.narrow();
        let mut begun = None;
        for piece in samples.chunks(PIECE) {
            let digit = digit_in(piece);
            self.lasted = if digit == self.now { self.lasted + 1 } else { 1 };
            self.now = digit;
            if self.lasted == LEAST {
                begun = digit.or(begun);
            }
        }
        begun
    }
}

fn digit_in(piece: &[i16]) -> Option<char> {
    let levels = FREQUENCIES.map(|frequency| tone_level(piece, f64::from(frequency), 8000));
    let sounds = |places: &[usize; 2]| {
        let of = |place: &usize| levels.get(*place).copied().unwrap_or(f32::MIN);
        let [first, second] = [of(&places[0]), of(&places[1])];
        let weaker = first.min(second);
        let others = levels.iter().enumerate().filter(|(place, _)| !places.contains(place)).map(|(_, level)| *level);
        weaker > QUIET && (first - second).abs() <= APART && others.fold(f32::MIN, f32::max) < weaker - APART
    };
    DIGITS.iter().find(|(_, places)| sounds(places)).map(|(digit, _)| *digit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::media::tone::ToneGenerator;

    fn heard(notation: &str) -> String {
        let mut tone = ToneGenerator::new(Tone::parse(notation).unwrap());
        let mut detector = MfDetector::default();
        let frames = std::iter::from_fn(|| tone.next_frame()).take(200);
        frames.filter_map(|frame| detector.process(&frame)).collect()
    }

    #[test]
    fn all_digits_are_heard_as_they_are_sent() {
        let digits = "*1234567890ABC#";
        let parts = digits
            .chars()
            .map(|digit| format!("!{}/{},!0/50", notation(digit).unwrap(), usual_length(digit).as_millis()));
        // Not at the beginning of a frame.
        assert_eq!(heard(&format!("!0/7,{}", parts.collect::<Vec<_>>().join(","))), digits);
    }

    #[test]
    fn what_is_no_digit_is_not_heard() {
        assert_eq!(heard("!700/200,!697+1209/200,!440+480/200,!0/50"), "");
        assert_eq!((notation('x'), tone('5').is_some()), (None, true));
    }
}
