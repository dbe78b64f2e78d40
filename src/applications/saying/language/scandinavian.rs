//! Danish ("et hundrede og treogtyve") and Norwegian ("ett hundre og tjuetre").

use super::{Words, split};

pub(super) fn danish(number: u64, words: &mut Words) {
    say(number, words, danish_below_hundred, "millions");
}

pub(super) fn norwegian(number: u64, words: &mut Words) {
    say(number, words, norwegian_below_hundred, "million");
}

fn say(number: u64, words: &mut Words, below_hundred: fn(u64, &mut Words), millions: &str) {
    let (count, rest) = split(number, 1_000_000);
    if count > 0 {
        words.with_gender(None, |words| say(count, words, below_hundred, millions));
        words.say(if count == 1 { "million" } else { millions });
    }
    let (thousands, rest) = split(rest, 1000);
    if thousands > 0 {
        words.with_gender(Some('n'), |words| say(thousands, words, below_hundred, millions));
        words.say("thousand");
    }
    let (hundreds, below) = split(rest, 100);
    if hundreds > 0 {
        match hundreds {
            1 => words.say("1N"),
            _ => words.say(hundreds),
        }
        words.say("hundred");
    }
    if below > 0 {
        if number > below {
            words.say("and");
        }
        below_hundred(below, words);
    }
}

fn danish_below_hundred(number: u64, words: &mut Words) {
    let (tens, unit) = split(number, 10);
    match (tens, unit) {
        (0, 1) if words.is('n') => words.say("1N"),
        (2.., 1..) => {
            words.say(format_args!("{unit}-and"));
            words.say(tens * 10);
        }
        _ => words.say(number),
    }
}

fn norwegian_below_hundred(number: u64, words: &mut Words) {
    let (tens, unit) = split(number, 10);
    match (tens, unit) {
        (0, 1) if words.is('n') => words.say("1N"),
        (2.., 1..) => {
            words.say(tens * 10);
            norwegian_below_hundred(unit, words);
        }
        _ => words.say(number),
    }
}
