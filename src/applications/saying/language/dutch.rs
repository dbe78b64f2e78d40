//! "Honderddrieëntwintig"; from 1,100 to 9,999 hundreds are counted: "twaalfhonderd".

use super::{Words, split};

pub(super) fn say(number: u64, words: &mut Words) {
    let (millions, rest) = split(number, 1_000_000);
    if millions > 0 {
        say(millions, words);
        words.say("million");
    }
    let in_hundreds = (1100..10_000).contains(&rest);
    let (thousands, rest) = if in_hundreds { (0, rest) } else { split(rest, 1000) };
    counted(thousands, "thousand", words);
    let (hundreds, below) = split(rest, 100);
    counted(hundreds, "hundred", words);
    let (tens, unit) = split(below, 10);
    match (tens, unit) {
        (0, 0) => {}
        (2.., 1..) => {
            words.say(unit);
            words.say("nl-en");
            words.say(tens * 10);
        }
        _ => words.say(below),
    }
}

/// One thousand is "duizend" alone.
fn counted(count: u64, name: &str, words: &mut Words) {
    if count > 1 {
        say(count, words);
    }
    if count > 0 {
        words.say(name);
    }
}
