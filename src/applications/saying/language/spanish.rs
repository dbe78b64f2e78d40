//! "Ciento veintitrés".

use super::{Words, split};

pub(super) fn say(number: u64, words: &mut Words) {
    let (millions, rest) = split(number, 1_000_000);
    match millions {
        0 => {}
        1 => {
            words.say("1M");
            words.say("million");
        }
        _ => {
            say(millions, words);
            words.say("millions");
        }
    }
    let (thousands, rest) = split(rest, 1000);
    if thousands > 1 {
        say(thousands, words);
    }
    if thousands > 0 {
        words.say("thousand");
    }
    let (hundreds, below) = split(rest, 100);
    match (hundreds, below) {
        (0, _) => {}
        (1, 1..) => words.say("100-and"),
        _ => words.say(hundreds * 100),
    }
    below_hundred(below, words);
}

fn below_hundred(number: u64, words: &mut Words) {
    let (tens, unit) = split(number, 10);
    match (tens, unit) {
        (0, 0) => {}
        (0, 1) if words.is('f') => words.say("1F"),
        (0, 1) if words.is('m') => words.say("1M"),
        (3.., 1..) => {
            words.say(tens * 10);
            words.say("and");
            below_hundred(unit, words);
        }
        _ => words.say(number),
    }
}
