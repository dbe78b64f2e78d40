//! Numbers in the words of a language, by the names that its sound files have.

use crate::channel::Channel;

mod chinese;
mod czech;
mod dutch;
mod english;
mod french;
mod german;
mod hungarian;
mod italian;
mod portuguese;
mod scandinavian;
mod slavic;
mod spanish;

pub use slavic::form as slavic_form;

/// A language that numbers are said in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    Chinese,
    Czech,
    Danish,
    Dutch,
    English,
    /// With an "and" after the hundreds.
    BritishEnglish,
    French,
    German,
    Hungarian,
    Italian,
    Norwegian,
    Polish,
    Portuguese,
    Russian,
    Spanish,
}

impl Language {
    /// The language of a channel: `de`, `de_AT`, `pt_BR`. Numbers of languages that are not here are said as in English.
    pub fn of(name: &str) -> Language {
        let general = name.split(['_', '-']).next().unwrap_or(name);
        match general.to_ascii_lowercase().as_str() {
            "en" if name.eq_ignore_ascii_case("en_GB") => Language::BritishEnglish,
            "cs" | "cz" => Language::Czech,
            "da" => Language::Danish,
            "de" => Language::German,
            "es" | "mx" => Language::Spanish,
            "fr" => Language::French,
            "hu" => Language::Hungarian,
            "it" => Language::Italian,
            "nl" => Language::Dutch,
            "no" | "nb" | "nn" => Language::Norwegian,
            "pl" => Language::Polish,
            "pt" => Language::Portuguese,
            "ru" => Language::Russian,
            "zh" => Language::Chinese,
            _ => Language::English,
        }
    }

    /// The language of a channel's party.
    pub fn spoken_to(channel: &Channel) -> Language {
        Language::of(&channel.state().language)
    }

    /// Numbers from here on have no words; their digits are said.
    fn limit(self) -> u64 {
        match self {
            Language::English | Language::BritishEnglish | Language::German | Language::Polish => u64::MAX,
            Language::Chinese | Language::Czech | Language::Spanish => 1_000_000_000_000,
            _ => 1_000_000_000,
        }
    }

    /// A number in words. The gender is that of what is counted: `m`, `f`, `n` or `c`.
    pub fn number(self, number: i64, gender: Option<char>) -> Vec<String> {
        let mut words = Words { said: Vec::new(), gender };
        if number < 0 {
            words.say("minus");
        }
        match number.unsigned_abs() {
            0 => words.say(0),
            long if long >= self.limit() => {
                long.to_string().chars().for_each(|digit| words.say(digit));
            }
            number => self.cardinal(number, &mut words),
        }
        words.said
    }

    fn cardinal(self, number: u64, words: &mut Words) {
        match self {
            Language::Chinese => chinese::say(number, words),
            Language::Czech => czech::say(number, words),
            Language::Danish => scandinavian::danish(number, words),
            Language::Dutch => dutch::say(number, words),
            Language::English => english::american(number, words),
            Language::BritishEnglish => english::british(number, words),
            Language::French => french::say(number, words),
            Language::German => german::say(number, words),
            Language::Hungarian => hungarian::say(number, words),
            Language::Italian => italian::say(number, words),
            Language::Norwegian => scandinavian::norwegian(number, words),
            Language::Polish => slavic::polish(number, words),
            Language::Portuguese => portuguese::say(number, words),
            Language::Russian => slavic::russian(number, words),
            Language::Spanish => spanish::say(number, words),
        }
    }
}

/// What is said so far.
struct Words {
    said: Vec<String>,
    gender: Option<char>,
}

impl Words {
    fn say(&mut self, word: impl std::fmt::Display) {
        self.said.push(format!("digits/{word}"));
    }

    /// Whether what is counted has a gender.
    fn is(&self, gender: char) -> bool {
        self.gender == Some(gender)
    }

    /// Says a part of the number in a gender of its own.
    fn with_gender(&mut self, gender: Option<char>, part: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.gender, gender);
        part(self);
        self.gender = before;
    }
}

/// Splits off what is counted in thousands, millions and so on: how many, and the rest.
fn split(number: u64, size: u64) -> (u64, u64) {
    (number / size, number % size)
}

#[cfg(test)]
mod tests;
