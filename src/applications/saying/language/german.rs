//! "Einhundertdreiundzwanzig": the unit comes before the ten.

use super::{Words, split};

pub(super) fn say(number: u64, words: &mut Words) {
    let (milliards, rest) = split(number, 1_000_000_000);
    large(milliards, ["milliard", "milliards"], words);
    let (millions, rest) = split(rest, 1_000_000);
    large(millions, ["million", "millions"], words);
    let (thousands, rest) = split(rest, 1000);
    match thousands {
        0 => {}
        1 => {
            // Alone it is "tausend", and "eintausend" with more.
            if number != 1000 {
                words.say("1N");
            }
            words.say("thousand");
        }
        _ => {
            say(thousands, words);
            words.say("thousand");
        }
    }
    let (hundreds, below) = split(rest, 100);
    if hundreds == 1 {
        if number != 100 {
            words.say("1N");
        }
        words.say("hundred");
    } else if hundreds > 1 {
        words.say(hundreds);
        words.say("hundred");
    }
    below_hundred(below, words);
}

fn large(count: u64, [one, many]: [&str; 2], words: &mut Words) {
    match count {
        0 => {}
        1 => {
            words.say("1F");
            words.say(one);
        }
        _ => {
            say(count, words);
            words.say(many);
        }
    }
}

fn below_hundred(number: u64, words: &mut Words) {
    let (tens, unit) = split(number, 10);
    match (tens, unit) {
        (0, 0) => {}
        (0, 1) if words.is('f') => words.say("1F"),
        (0, 1) if words.is('n') => words.say("1N"),
        (2.., 1..) => {
            words.say(format_args!("{unit}-and"));
            words.say(tens * 10);
        }
        _ => words.say(number),
    }
}
