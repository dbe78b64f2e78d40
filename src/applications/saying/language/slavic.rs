//! Polish and Russian: what is counted has a form for one, for two to four, and for more.

use super::{Words, split};

/// Which form a counted noun has: 0 for one, 1 for two to four, 2 for others.
pub fn form(number: i64) -> usize {
    match (number % 10, number % 100) {
        (1, rest) if rest != 11 => 0,
        (2..=4, rest) if !(12..=14).contains(&rest) => 1,
        _ => 2,
    }
}

pub(super) fn russian(number: u64, words: &mut Words) {
    let groups = [
        (1_000_000, None, ["million", "million-a", "millions"]),
        (1000, Some('f'), ["thousand", "thousands-i", "thousands"]),
    ];
    let mut rest = number;
    for (size, gender, names) in groups {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            words.with_gender(gender, |words| russian_below_thousand(count, words));
            words.say(names.get(form(count as i64)).unwrap_or(&""));
        }
    }
    russian_below_thousand(rest, words);
}

fn russian_below_thousand(number: u64, words: &mut Words) {
    let (hundreds, below) = split(number, 100);
    if hundreds > 0 {
        words.say(hundreds * 100);
    }
    let (tens, unit) = split(below, 10);
    match (tens, unit) {
        (0, 0) => {}
        (0, 1 | 2) => match words.gender.filter(|gender| "mfn".contains(*gender)) {
            Some(gender) => words.say(format_args!("{unit}{gender}")),
            None => words.say(unit),
        },
        (2.., 1..) => {
            words.say(tens * 10);
            russian_below_thousand(unit, words);
        }
        _ => words.say(below),
    }
}

pub(super) fn polish(number: u64, words: &mut Words) {
    let mut rest = number;
    for size in [1_000_000_000, 1_000_000, 1000] {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            polish_below_thousand(count, words);
            // Twenty-one is counted as more than one.
            match (count, form(count as i64)) {
                (1, _) => words.say(size),
                (_, 1) => words.say(format_args!("{size}.2")),
                _ => words.say(format_args!("{size}.5")),
            }
        }
    }
    polish_below_thousand(rest, words);
}

/// Of men the words end otherwise.
fn polish_below_thousand(number: u64, words: &mut Words) {
    let of_men = if words.is('m') { "m" } else { "" };
    let (hundreds, below) = split(number, 100);
    if hundreds > 0 {
        words.say(format_args!("{}{of_men}", hundreds * 100));
    }
    let (tens, unit) = split(below, 10);
    match (tens, unit) {
        (0, 0) => {}
        (0, 1) => words.say(1),
        (0, 2) if words.is('f') => words.say("2z"),
        (0, 2..=4) if words.is('m') => words.say(format_args!("{unit}-2m")),
        (2.., 1..) => {
            words.say(format_args!("{}{of_men}", tens * 10));
            polish_below_thousand(unit, words);
        }
        _ => words.say(format_args!("{below}{of_men}")),
    }
}
