//! "Egyszázhuszonhárom": ten and twenty have another form before a unit.

use super::{Words, split};

pub(super) fn say(number: u64, words: &mut Words) {
    let (millions, rest) = split(number, 1_000_000);
    let (thousands, rest) = split(rest, 1000);
    let (hundreds, below) = split(rest, 100);
    for (count, name) in [(millions, "million"), (thousands, "thousand"), (hundreds, "hundred")] {
        if count > 0 {
            say(count, words);
            words.say(name);
        }
    }
    let (tens, unit) = split(below, 10);
    match (tens, unit) {
        (1, 1..) => words.say("10en"),
        (2, 1..) => words.say("20on"),
        (1.., _) => words.say(tens * 10),
        _ => {}
    }
    if unit > 0 {
        words.say(unit);
    }
}
