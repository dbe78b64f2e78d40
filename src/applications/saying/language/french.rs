//! "Cent vingt-trois", "soixante et onze", "quatre-vingt-dix".

use super::{Words, split};

pub(super) fn say(number: u64, words: &mut Words) {
    let (millions, rest) = split(number, 1_000_000);
    if millions > 0 {
        say(millions, words);
        words.say("million");
    }
    let (thousands, rest) = split(rest, 1000);
    counted(thousands, "thousand", words);
    let (hundreds, below) = split(rest, 100);
    counted(hundreds, "hundred", words);
    below_hundred(below, words);
}

/// One thousand is "mille" alone.
fn counted(count: u64, name: &str, words: &mut Words) {
    if count > 1 {
        say(count, words);
    }
    if count > 0 {
        words.say(name);
    }
}

fn below_hundred(number: u64, words: &mut Words) {
    let (tens, _) = split(number, 10);
    // Seventy and ninety are counted on from sixty and eighty.
    let base = if tens == 7 || tens == 9 { tens - 1 } else { tens };
    let more = number - base * 10;
    match (base, more) {
        (0, 0) => {}
        (0, 1) if words.is('f') => words.say("1F"),
        (..=1, _) => words.say(number),
        (_, 0) => words.say(base * 10),
        _ => {
            words.say(base * 10);
            if base != 8 && (more == 1 || more == 11) {
                words.say("et");
            }
            below_hundred(more, words);
        }
    }
}
