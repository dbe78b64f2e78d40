//! Mandarin: counted in groups of ten thousand (`wan`, `yi`), with a zero where a place is left out.

use super::{Words, split};

pub(super) fn say(number: u64, words: &mut Words) {
    let (myriads, rest) = split(number, 100_000_000);
    if myriads > 0 {
        say(myriads, words);
        words.say("yi");
        zero_below(10_000_000, rest, words);
    }
    let (myriads, rest) = split(rest, 10_000);
    if myriads > 0 {
        say(myriads, words);
        words.say("wan");
        zero_below(1000, rest, words);
    }
    let (thousands, rest) = split(rest, 1000);
    if thousands > 0 {
        words.say(thousands);
        words.say("thousand");
        zero_below(100, rest, words);
    }
    let (hundreds, below) = split(rest, 100);
    if hundreds > 0 {
        words.say(hundreds);
        words.say("hundred");
        zero_below(10, below, words);
    }
    let (tens, unit) = split(below, 10);
    if tens > 0 {
        words.say(tens * 10);
    }
    if unit > 0 {
        words.say(unit);
    }
}

fn zero_below(size: u64, rest: u64, words: &mut Words) {
    if rest > 0 && rest < size {
        words.say(0);
    }
}
