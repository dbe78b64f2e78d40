//! A line of the console taken apart, and who sent it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::{Answer, Command};
use crate::interpreter::Exchange;
use crate::management::pbx::Pbx;

/// Someone at a console. Each has its own level of verbosity.
#[derive(Debug)]
pub struct Session {
    verbose: AtomicU32,
    /// A bit for each of [`LEVELS`] that is shown.
    levels: AtomicU32,
    is_muted: AtomicBool,
}

/// The levels of lines that a console may show, by their words.
pub const LEVELS: [&str; 7] = ["DEBUG", "NOTICE", "WARNING", "ERROR", "VERBOSE", "DTMF", "SECURITY"];

/// What a console shows at first: all but keys and who came in.
const USUAL: u32 = 0b1_1111;

impl Default for Session {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Session {
    pub fn new(verbose: u32) -> Self {
        Self { verbose: verbose.into(), levels: USUAL.into(), is_muted: AtomicBool::default() }
    }

    /// Whether a line of this level is shown.
    pub fn shows(&self, level: &str) -> bool {
        let bit = LEVELS.iter().position(|known| *known == level).map_or(0, |at| 1 << at);
        !self.is_muted.load(Ordering::Relaxed) && self.levels.load(Ordering::Relaxed) & bit != 0
    }

    /// Shows lines of this level, or does not; false where there is no such level.
    pub fn set_level(&self, level: &str, is_shown: bool) -> bool {
        let Some(at) = LEVELS.iter().position(|known| *known == level) else { return false };
        match is_shown {
            true => self.levels.fetch_or(1 << at, Ordering::Relaxed),
            false => self.levels.fetch_and(!(1 << at), Ordering::Relaxed),
        };
        true
    }

    /// Shows no lines any more, or shows them again; gives whether none are shown now.
    pub fn toggle_muted(&self) -> bool {
        !self.is_muted.fetch_xor(true, Ordering::Relaxed)
    }

    /// How much of what calls do is shown.
    pub fn verbose(&self) -> u32 {
        self.verbose.load(Ordering::Relaxed)
    }

    pub fn set_verbose(&self, level: u32) {
        self.verbose.store(level, Ordering::Relaxed);
    }
}

/// One command that is to be carried out.
pub struct Request<'a> {
    pub pbx: &'a Pbx,
    pub session: &'a Session,
    pub command: &'static Command,
    /// What stands behind the command's own words.
    pub words: Vec<String>,
}

impl Request<'_> {
    pub fn exchange(&self) -> &Arc<Exchange> {
        &self.pbx.exchange
    }

    /// The word at a place, from 0; empty where there is none.
    pub fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    /// Whether that word stands there, in any case.
    pub fn is(&self, at: usize, word: &str) -> bool {
        self.word(at).eq_ignore_ascii_case(word)
    }

    /// How the command is written.
    pub fn usage(&self) -> Answer {
        Answer::usage(self.command.usage_text())
    }
}

/// A line's words, as Asterisk splits them: blanks separate, double quotes hold together, a backslash takes the next
/// character as it is. `--json` is taken out.
pub(super) fn split(line: &str) -> (Vec<String>, bool) {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut is_quoted = false;
    let mut characters = line.trim().chars();
    while let Some(character) = characters.next() {
        match character {
            '"' => {
                is_quoted = !is_quoted;
                word.get_or_insert_default();
            }
            '\\' => {
                if let Some(next) = characters.next() {
                    word.get_or_insert_default().push(next);
                }
            }
            ' ' | '\t' if !is_quoted => words.extend(word.take()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    let count = words.len();
    words.retain(|word| word != "--json");
    let wants_json = words.len() < count;
    (words, wants_json)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_words_together() {
        let (words, wants_json) = split(r#" database put a "b c" d\"e"" "" --json "#);
        assert_eq!(words, ["database", "put", "a", "b c", "d\"e", ""]);
        assert!(wants_json);
    }
}
