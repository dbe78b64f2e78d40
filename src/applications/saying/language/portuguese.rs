//! "Cento e vinte e três", in Portugal and Brazil.

use super::{Words, split};

const AND: &str = "pt-e";

pub(super) fn say(number: u64, words: &mut Words) {
    let (millions, rest) = split(number, 1_000_000);
    if millions > 0 {
        say(millions, words);
        words.say(if millions == 1 { "1000000" } else { "1000000S" });
        join(rest, words);
    }
    let (thousands, rest) = split(rest, 1000);
    if thousands > 1 {
        say(thousands, words);
    }
    if thousands > 0 {
        words.say("1000");
        join(rest, words);
    }
    let (hundreds, below) = split(rest, 100);
    let female = if words.is('f') { "F" } else { "" };
    match (hundreds, below) {
        (0, _) => {}
        (1, 0) => words.say("100"),
        (1, _) => words.say("100E"),
        _ => {
            words.say(format_args!("{}{female}", hundreds * 100));
            if below > 0 {
                words.say(AND);
            }
        }
    }
    below_hundred(below, words);
}

/// Before what is left where that is one word, or below a hundred.
fn join(rest: u64, words: &mut Words) {
    if rest > 0 && (rest < 100 || rest.is_multiple_of(100)) {
        words.say(AND);
    }
}

fn below_hundred(number: u64, words: &mut Words) {
    let (tens, unit) = split(number, 10);
    match (tens, unit) {
        (0, 0) => {}
        (0, 1 | 2) if words.is('f') => words.say(format_args!("{unit}F")),
        (2.., 1..) => {
            words.say(tens * 10);
            words.say(AND);
            below_hundred(unit, words);
        }
        _ => words.say(number),
    }
}
