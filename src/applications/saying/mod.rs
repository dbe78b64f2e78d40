//! Saying numbers, characters and moments: which sound files make the words in the language of a channel.
//!
//! The names are those of the usual core sounds (`digits/7`, `letters/a`, `phonetic/a_p`), so that any voice fits.

mod counted;
mod language;
pub mod moment;
mod say;
mod say_unix_time;

pub use counted::{SAY_COUNTED_ADJ, SAY_COUNTED_NOUN};
pub use language::Language;
pub use say::{SAY_ALPHA, SAY_ALPHA_CASE, SAY_DIGITS, SAY_NUMBER, SAY_ORDINAL, SAY_PHONETIC};
pub use say_unix_time::{DATE_TIME, SAY_UNIX_TIME};

/// A number in words: 1234 is "one thousand two hundred thirty four".
pub fn number(number: i64, language: Language) -> Vec<String> {
    language.number(number, None)
}

/// A number as a place in an order, which is said in English: 21 is "twenty first".
pub fn ordinal(number: i64) -> Vec<String> {
    let mut words = self::number(number, Language::English);
    if let Some(last) = words.last_mut()
        && let Some(word) = last.strip_prefix("digits/")
    {
        *last = format!("digits/h-{word}");
    }
    words
}

/// Digit by digit, with `*`, `#` and `-`. Other characters are left out.
pub fn digits(text: &str) -> Vec<String> {
    let word = |character| match character {
        '*' => Some("digits/star".to_owned()),
        '#' => Some("digits/pound".to_owned()),
        '-' => Some("digits/minus".to_owned()),
        '0'..='9' => Some(format!("digits/{character}")),
        _ => None,
    };
    text.chars().filter_map(word).collect()
}

/// Character by character.
pub fn characters(text: &str) -> Vec<String> {
    text.chars().map(|character| named(character).unwrap_or_else(|| letter(character))).collect()
}

/// Character by character, letters by the radio alphabet: "alpha", "bravo".
pub fn phonetic(text: &str) -> Vec<String> {
    let word = |character: char| match named(character) {
        Some(word) => word,
        None if character.is_ascii_alphabetic() => format!("phonetic/{}_p", character.to_ascii_lowercase()),
        None => letter(character),
    };
    text.chars().map(word).collect()
}

/// The characters that have a name of their own.
fn named(character: char) -> Option<String> {
    let word = match character {
        '0'..='9' => return Some(format!("digits/{character}")),
        '*' => "digits/star",
        '#' => "digits/pound",
        '!' => "letters/exclaimation-point",
        '@' => "letters/at",
        '$' => "letters/dollar",
        '-' => "letters/dash",
        '.' => "letters/dot",
        '=' => "letters/equals",
        '+' => "letters/plus",
        '/' => "letters/slash",
        ' ' => "letters/space",
        _ => return None,
    };
    Some(word.to_owned())
}

fn letter(character: char) -> String {
    if character.is_ascii_alphabetic() {
        format!("letters/{}", character.to_ascii_lowercase())
    } else {
        format!("letters/ascii{}", u32::from(character))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(words: Vec<String>) -> String {
        let bare = |word: &String| word.rsplit('/').next().unwrap_or_default().to_owned();
        words.iter().map(bare).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn ordinals_change_the_last_word_only() {
        assert_eq!(ordinal(1), ["digits/h-1"]);
        assert_eq!(ordinal(20), ["digits/h-20"]);
        assert_eq!(ordinal(31), ["digits/30", "digits/h-1"]);
        assert_eq!(said(ordinal(100)), "1 h-hundred");
    }

    #[test]
    fn digits_leave_out_what_is_none() {
        assert_eq!(digits("4x*#-2"), ["digits/4", "digits/star", "digits/pound", "digits/minus", "digits/2"]);
    }

    #[test]
    fn letters_and_signs() {
        assert_eq!(characters("aB9@_"), ["letters/a", "letters/b", "digits/9", "letters/at", "letters/ascii95"]);
        assert_eq!(phonetic("aB9."), ["phonetic/a_p", "phonetic/b_p", "digits/9", "letters/dot"]);
    }
}
