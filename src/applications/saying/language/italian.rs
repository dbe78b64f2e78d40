//! "Centoventitré"; where a vowel is swallowed ("ventuno", "ventotto") the number has a sound of its own.

use super::{Words, split};

pub(super) fn say(number: u64, words: &mut Words) {
    let (millions, rest) = split(number, 1_000_000);
    counted(millions, ["million", "millions"], words);
    let (thousands, rest) = split(rest, 1000);
    counted(thousands, ["thousand", "thousands"], words);
    let (hundreds, below) = split(rest, 100);
    counted(hundreds, ["hundred", "hundred"], words);
    below_hundred(below, words);
}

fn counted(count: u64, [one, many]: [&str; 2], words: &mut Words) {
    match count {
        0 => {}
        1 => words.say(one),
        _ => {
            say(count, words);
            words.say(many);
        }
    }
}

fn below_hundred(number: u64, words: &mut Words) {
    match split(number, 10) {
        (0, 0) => {}
        (2.., unit) if ![0, 1, 8].contains(&unit) => {
            words.say(number - unit);
            words.say(unit);
        }
        _ => words.say(number),
    }
}
