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
pub use say::{SAY_ALPHA, SAY_ALPHA_CASE, SAY_DIGITS, SAY_MONEY, SAY_NUMBER, SAY_ORDINAL, SAY_PHONETIC};
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

/// An amount of dollars and cents, 0.05 as "five cents"; nothing for one below zero.
///
/// A figure that the text does not begin with counts as zero, and cents beyond the second figure are cut off.
pub fn money(text: &str, language: Language) -> Vec<String> {
    let text = text.trim();
    if text.starts_with('-') {
        return Vec::new();
    }
    let figures = |text: &str| -> String { text.chars().take_while(char::is_ascii_digit).collect() };
    let whole = figures(text);
    let fraction = text.get(whole.len()..).and_then(|rest| rest.strip_prefix('.')).map(figures).unwrap_or_default();
    let dollars: i64 = whole.parse().unwrap_or(0);
    let cents: i64 = format!("{fraction:0<2}").get(..2).and_then(|cents| cents.parse().ok()).unwrap_or(0);
    let mut words = Vec::new();
    if dollars > 0 {
        words.extend(number(dollars, language));
        // One recording has the word with the "and" behind it.
        words.push(
            match (dollars, cents) {
                (1, 0) => "letters/dollar",
                (1, _) => "letters/dollar_",
                _ => "dollars",
            }
            .to_owned(),
        );
        if cents == 0 {
            return words;
        }
        words.push("and".to_owned());
    }
    words.extend(number(cents, language));
    words.push(if cents == 1 { "cent" } else { "cents" }.to_owned());
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
    fn money_in_dollars_and_cents() {
        let money = |text: &str| said(money(text, Language::English));
        assert_eq!(money("12.345"), "12 dollars and 30 4 cents");
        assert_eq!(
            [money("1"), money("1.01"), money("2.5")],
            ["1 dollar", "1 dollar_ and 1 cent", "2 dollars and 50 cents"]
        );
        assert_eq!([money(".05"), money("0"), money("$5"), money("-1")], ["5 cents", "0 cents", "0 cents", ""]);
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
