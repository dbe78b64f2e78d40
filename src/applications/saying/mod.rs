//! Saying numbers, characters and moments: which sound files make the words, in English, as Asterisk says it.
//!
//! The names are those of the usual core sounds (`digits/7`, `letters/a`, `phonetic/a_p`), so that any voice fits.

pub mod moment;

mod counted;
mod say;
mod say_unix_time;

pub use counted::{SAY_COUNTED_ADJ, SAY_COUNTED_NOUN};
pub use say::{SAY_ALPHA, SAY_ALPHA_CASE, SAY_DIGITS, SAY_NUMBER, SAY_ORDINAL, SAY_PHONETIC};
pub use say_unix_time::{DATE_TIME, SAY_UNIX_TIME};

/// A number in words: 1234 is "one thousand two hundred thirty four".
pub fn number(number: i64) -> Vec<String> {
    let mut words = Vec::new();
    if number < 0 {
        words.push("digits/minus".to_owned());
    }
    say_cardinal(number.unsigned_abs(), &mut words);
    words
}

fn say_cardinal(number: u64, words: &mut Vec<String>) {
    const GROUPS: [(u64, &str); 3] = [(1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand")];
    let mut rest = number;
    for (size, name) in GROUPS {
        if rest >= size {
            say_cardinal(rest / size, words);
            words.push(format!("digits/{name}"));
            rest %= size;
        }
    }
    if rest >= 100 {
        words.push(format!("digits/{}", rest / 100));
        words.push("digits/hundred".to_owned());
        rest %= 100;
    }
    if rest >= 20 {
        words.push(format!("digits/{}", rest / 10 * 10));
        rest %= 10;
    }
    if rest > 0 || number == 0 {
        words.push(format!("digits/{rest}"));
    }
}

/// A number as a place in an order: 21 is "twenty first".
pub fn ordinal(number: i64) -> Vec<String> {
    let mut words = self::number(number);
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
    fn numbers_in_words() {
        assert_eq!(said(number(0)), "0");
        assert_eq!(said(number(17)), "17");
        assert_eq!(said(number(40)), "40");
        assert_eq!(said(number(-105)), "minus 1 hundred 5");
        assert_eq!(said(number(1234)), "1 thousand 2 hundred 30 4");
        assert_eq!(said(number(2_000_021)), "2 million 20 1");
        assert_eq!(said(number(999_000_000_000)), "9 hundred 90 9 billion");
        assert!(number(i64::MIN).len() > 20);
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
