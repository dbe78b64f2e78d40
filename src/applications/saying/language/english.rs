//! "One hundred (and) twenty three".

use super::{Words, split};

const GROUPS: [(u64, &str); 3] = [(1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand")];

pub(super) fn american(number: u64, words: &mut Words) {
    say(number, words, false);
}

pub(super) fn british(number: u64, words: &mut Words) {
    say(number, words, true);
}

fn say(number: u64, words: &mut Words, has_and: bool) {
    let mut rest = number;
    for (size, name) in GROUPS {
        if rest >= size {
            say(rest / size, words, has_and);
            words.say(name);
            rest %= size;
        }
    }
    let (hundreds, below) = split(rest, 100);
    if hundreds > 0 {
        words.say(hundreds);
        words.say("hundred");
    }
    if has_and && below > 0 && number > below {
        words.said.push("vm-and".to_owned());
    }
    below_hundred(below, words);
}

fn below_hundred(number: u64, words: &mut Words) {
    let (tens, unit) = split(number, 10);
    match (tens, unit) {
        (0, 0) => {}
        (2.., 0) => words.say(number),
        (2.., _) => {
            words.say(tens * 10);
            words.say(unit);
        }
        _ => words.say(number),
    }
}
