//! `Morsecode`

use std::time::Duration;

use super::music;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run};
use crate::media::tone::Tone;

/// Plays a text in Morse code.
///
/// The variables MORSEDITLEN (80 ms, for a dot) and MORSETONE (800 Hz) say how.
pub static MORSECODE: Application = Application {
    name: "Morsecode",
    synopsis: "Plays a text in Morse code",
    arguments: &[Argument::required("text", Kind::Text)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(morsecode(call, arguments))),
};

/// International Morse code (ITU-R M.1677).
const CODE: &[(char, &str)] = &[
    ('A', ".-"),
    ('B', "-..."),
    ('C', "-.-."),
    ('D', "-.."),
    ('E', "."),
    ('F', "..-."),
    ('G', "--."),
    ('H', "...."),
    ('I', ".."),
    ('J', ".---"),
    ('K', "-.-"),
    ('L', ".-.."),
    ('M', "--"),
    ('N', "-."),
    ('O', "---"),
    ('P', ".--."),
    ('Q', "--.-"),
    ('R', ".-."),
    ('S', "..."),
    ('T', "-"),
    ('U', "..-"),
    ('V', "...-"),
    ('W', ".--"),
    ('X', "-..-"),
    ('Y', "-.--"),
    ('Z', "--.."),
    ('0', "-----"),
    ('1', ".----"),
    ('2', "..---"),
    ('3', "...--"),
    ('4', "....-"),
    ('5', "....."),
    ('6', "-...."),
    ('7', "--..."),
    ('8', "---.."),
    ('9', "----."),
    ('.', ".-.-.-"),
    (',', "--..--"),
    ('?', "..--.."),
    ('/', "-..-."),
    ('-', "-....-"),
    ('=', "-...-"),
    ('+', ".-.-."),
    ('@', ".--.-."),
    (':', "---..."),
];

/// The tone in the notation of `indications.conf`, and how long it lasts.
fn tone(text: &str, dot: u64, frequency: u64) -> (String, u64) {
    let mut parts = Vec::new();
    let mut lasted = 0;
    let mut add = |frequency: u64, length: u64| {
        parts.push(format!("!{frequency}/{length}"));
        lasted += length;
    };
    for letter in text.to_uppercase().chars() {
        match CODE.iter().find(|(known, _)| *known == letter) {
            Some((_, code)) => {
                for mark in code.chars() {
                    add(frequency, if mark == '-' { dot * 3 } else { dot });
                    add(0, dot);
                }
                add(0, dot * 2);
            }
            None => add(0, dot * 4),
        }
    }
    (parts.join(","), lasted)
}

async fn morsecode(call: &mut Call, arguments: Arguments) -> Outcome {
    let variable = |call: &Call, name: &str, usual: u64| {
        let value = call.context().get(name).and_then(|value| value.trim().parse().ok());
        value.filter(|number: &u64| (1..=10_000).contains(number)).unwrap_or(usual)
    };
    let (dot, frequency) = (variable(call, "MORSEDITLEN", 80), variable(call, "MORSETONE", 800));
    let (text, length) = tone(arguments.text(), dot, frequency);
    call.background = None;
    if let Ok(tone) = Tone::parse(&text) {
        let _playing = music::named_sound(&call.channel, "morse", tone);
        tokio::time::sleep(Duration::from_millis(length)).await;
    }
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::testing::Trial;

    #[test]
    fn dots_dashes_and_pauses() {
        assert_eq!(tone("eT", 10, 800).0, "!800/10,!0/10,!0/20,!800/30,!0/10,!0/20");
        let told = Trial::of("Morsecode(SOS)").listen().run();
        assert!(told.heard.iter().any(|sample| sample.unsigned_abs() > 1000) && told.lasted > 2.0);
    }
}
