//! "Sto dvacet tři".

use super::{Words, split};

pub(super) fn say(number: u64, words: &mut Words) {
    let mut rest = number;
    for (size, power) in [(1_000_000_000, "E9"), (1_000_000, "E6"), (1000, "E3")] {
        let count = rest / size;
        rest %= size;
        match count {
            0 => {}
            1 => words.say(format_args!("1_{power}")),
            2..=4 => {
                words.with_gender(Some('m'), |words| say(count, words));
                words.say(format_args!("2-4_{power}"));
            }
            _ => {
                say(count, words);
                words.say(format_args!("5_{power}"));
            }
        }
    }
    let (hundreds, below) = split(rest, 100);
    match hundreds {
        0 => {}
        1 => words.say("1sto"),
        2 => words.say("2ste"),
        _ => {
            words.say(hundreds);
            words.say(if hundreds < 5 { "sta" } else { "set" });
        }
    }
    below_hundred(below, words);
}

fn below_hundred(number: u64, words: &mut Words) {
    let (tens, unit) = split(number, 10);
    match (tens, unit) {
        (0, 0) => {}
        (0, 1 | 2) => words.say(format_args!("{unit}{}", words.gender.unwrap_or('w'))),
        (2.., 1..) => {
            words.say(tens * 10);
            below_hundred(unit, words);
        }
        _ => words.say(number),
    }
}
