//! `AMD`

use std::time::Duration;

use super::meter::Meter;
use super::playing;
use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets, leading_integer};

/// Tells whether a person or a machine answered, by how long and how fluently it greets.
///
/// What is not given comes from `[general]` of `amd.conf`, the sound file that plays meanwhile from `playback_file`. All times
/// are in milliseconds.
pub static AMD: Application = Application {
    name: "AMD",
    synopsis: "Tells whether a person or a machine answered",
    arguments: &[
        Argument::optional("initialSilence", Kind::Number),
        Argument::optional("greeting", Kind::Number),
        Argument::optional("afterGreetingSilence", Kind::Number),
        Argument::optional("totalAnalysisTime", Kind::Number),
        Argument::optional("minimumWordLength", Kind::Number),
        Argument::optional("betweenWordSilence", Kind::Number),
        Argument::optional("maximumNumberOfWords", Kind::Number),
        Argument::optional("silenceThreshold", Kind::Number),
        Argument::optional("maximumWordLength", Kind::Number),
        Argument::optional("audioFile", Kind::Sounds),
    ],
    options: &[],
    sets: &[
        Sets { variable: "AMDSTATUS", values: &["MACHINE", "HUMAN", "NOTSURE", "HANGUP"] },
        Sets { variable: "AMDCAUSE", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(amd(call, arguments))),
};

/// What the analysis goes by, in the order of the arguments.
const SETTINGS: [(&str, u32); 9] = [
    ("initial_silence", 2500),
    ("greeting", 1500),
    ("after_greeting_silence", 800),
    ("total_analysis_time", 5000),
    ("min_word_length", 100),
    ("between_words_silence", 50),
    ("maximum_number_of_words", 2),
    ("silence_threshold", 256),
    ("maximum_word_length", 5000),
];

/// Hears 20 ms at a time and decides.
#[derive(Clone, Debug)]
struct Analysis {
    settings: [u32; 9],
    total: u32,
    silence: u32,
    voice: u32,
    word: u32,
    words: u32,
    is_in_word: bool,
    has_greeted: bool,
}

/// What it came to: AMDSTATUS and AMDCAUSE.
type Verdict = (&'static str, String);

impl Analysis {
    fn new(settings: [u32; 9]) -> Self {
        Self { settings, total: 0, silence: 0, voice: 0, word: 0, words: 0, is_in_word: true, has_greeted: false }
    }

    fn hear(&mut self, level: u32) -> Option<Verdict> {
        let [initial, greeting, after, longest, least_word, between, most_words, threshold, longest_word] =
            self.settings;
        self.total += 20;
        if self.total >= longest {
            return Some(("NOTSURE", format!("TOOLONG-{}", self.total)));
        }
        if level < threshold {
            self.silence += 20;
            if self.silence >= between {
                (self.is_in_word, self.word) = (false, 0);
            }
            if !self.has_greeted && self.silence >= initial {
                return Some(("MACHINE", format!("INITIALSILENCE-{}-{initial}", self.silence)));
            }
            if self.has_greeted && self.silence >= after {
                return Some(("HUMAN", format!("HUMAN-{}-{after}", self.silence)));
            }
            return None;
        }
        self.silence = 0;
        self.word += 20;
        self.voice += 20;
        if self.word >= least_word && !self.is_in_word {
            self.words += 1;
            self.is_in_word = true;
        }
        if self.word >= longest_word {
            return Some(("MACHINE", format!("MAXWORDLENGTH-{}", self.word)));
        }
        if self.words > most_words {
            return Some(("MACHINE", format!("MAXWORDS-{}-{most_words}", self.words)));
        }
        if self.has_greeted && self.voice >= greeting {
            return Some(("MACHINE", format!("LONGGREETING-{}-{greeting}", self.voice)));
        }
        if self.word >= least_word {
            self.has_greeted = true;
        }
        None
    }
}

async fn amd(call: &mut Call, arguments: Arguments) -> Outcome {
    let path = call.exchange.directories.etc.join("amd.conf");
    let config = path.is_file().then(|| Config::read(&mut Disk::default(), &path, &mut Sources::default()));
    let general = config.as_ref().and_then(|config| config.section("general"));
    let mut settings = SETTINGS.map(|(_, usual)| usual);
    for (at, (slot, (name, _))) in settings.iter_mut().zip(SETTINGS).enumerate() {
        let given = arguments.given(at).or_else(|| general.and_then(|section| section.get(name)));
        let number = given.and_then(leading_integer).and_then(|number| u32::try_from(number).ok());
        *slot = number.filter(|number| *number > 0).unwrap_or(*slot);
    }
    for (name, value) in [("AMDSTATUS", "HANGUP"), ("AMDCAUSE", "")] {
        call.channel.set_variable(name, value);
    }
    call.answer(Duration::ZERO).await;
    let channel = std::sync::Arc::clone(&call.channel);
    let analysing = async move {
        let mut analysis = Analysis::new(settings);
        let mut meter = Meter::new(&channel);
        loop {
            if let Some(verdict) = analysis.hear(meter.next().await) {
                return verdict;
            }
        }
    };
    let configured = || general.and_then(|section| section.get("playback_file"));
    let sound = arguments.given(9).or_else(configured).unwrap_or("").to_owned();
    let playing = async {
        if !sound.is_empty() {
            playing::play(call, &sound).await;
        }
        std::future::pending::<()>().await;
    };
    let (status, cause) = tokio::select! {
        biased;
        verdict = analysing => verdict,
        () = playing => ("NOTSURE", String::new()),
    };
    let mut context = call.context();
    context.set("AMDSTATUS", status);
    context.set("AMDCAUSE", &cause);
    Outcome::Continue
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applications::testing::Trial;

    /// What comes of voice and silence by turns, in milliseconds.
    fn verdict(turns: &[u32]) -> String {
        let mut analysis = Analysis::new(SETTINGS.map(|(_, usual)| usual));
        for (at, length) in turns.iter().enumerate() {
            for _ in 0..length / 20 {
                if let Some((status, cause)) = analysis.hear(if at % 2 == 0 { 0 } else { 1000 }) {
                    return format!("{status} {cause}");
                }
            }
        }
        "nothing".to_owned()
    }

    #[test]
    fn a_short_greeting_is_a_persons() {
        assert_eq!(verdict(&[400, 600, 1000]), "HUMAN HUMAN-800-800");
        assert_eq!(verdict(&[400, 2000]), "MACHINE LONGGREETING-1500-1500");
        assert_eq!(verdict(&[3000]), "MACHINE INITIALSILENCE-2500-2500");
        assert_eq!(verdict(&[100, 200, 100, 200, 100, 200, 100, 200]), "MACHINE MAXWORDS-3-2");
        assert_eq!(verdict(&[0, 60, 200, 60, 200]), "nothing");
        assert_eq!(verdict(&[0, 200, 100, 200, 100, 200, 900]), "HUMAN HUMAN-800-800", "the first follows no silence");
        assert_eq!(verdict(&[2000, 40, 2000]), "nothing", "a click begins the silence anew");
    }

    #[test]
    fn silence_alone_is_a_machine() {
        let told = Trial::of("AMD(1000)").file("amd.conf", "[general]\ntotal_analysis_time=3000\n").run();
        assert_eq!(told.value("AMDSTATUS"), Some("MACHINE"));
        assert_eq!(told.value("AMDCAUSE"), Some("INITIALSILENCE-1000-1000"));
        assert_eq!(Trial::of("AMD(9000,,,200)").run().value("AMDCAUSE"), Some("TOOLONG-200"));
    }
}
