//! Holding what exten did against what the reference did.

use std::fmt;

use super::case::Case;
use super::play::{self, Played};

/// No more lines than these are shown of a case.
const MOST_PARTINGS: usize = 12;

/// Where exten and the reference parted.
#[derive(Debug)]
pub struct Parting {
    channel: String,
    wanted: String,
    found: String,
}

impl fmt::Display for Parting {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "  on {}", self.channel)?;
        writeln!(formatter, "  reference: {}", self.wanted)?;
        write!(formatter, "  exten:     {}", self.found)
    }
}

/// Plays a case; `None` when it took the reference's steps.
pub fn check(case: &Case) -> Option<Parting> {
    let played = match std::panic::catch_unwind(|| play::play(case)) {
        Ok(played) => played,
        Err(_) => return Some(parting("the caller", "a call", "a panic")),
    };
    compare(case, &played)
}

fn parting(channel: &str, wanted: &str, found: &str) -> Parting {
    Parting { channel: channel.to_owned(), wanted: wanted.to_owned(), found: found.to_owned() }
}

fn compare(case: &Case, played: &Played) -> Option<Parting> {
    let own = |text: &str| text.replace("<SCRATCH>", &played.scratch);
    if let Some(parting) = steps("the caller", &own(&case.trace), &played.trace) {
        return Some(parting);
    }
    for (index, wanted) in case.others.iter().enumerate() {
        let found = played.others.get(index).map_or("", String::as_str);
        if let Some(parting) = steps(&format!("other channel {}", index + 1), &own(wanted), found) {
            return Some(parting);
        }
    }
    if let Some(extra) = played.others.get(case.others.len()) {
        return Some(parting("one channel more", "no steps", extra.trim_end()));
    }
    match case.hangup_cause {
        Some(wanted) if played.cause != wanted => {
            Some(parting("the caller", &format!("cause {wanted}"), &format!("cause {}", played.cause)))
        }
        _ => None,
    }
}

fn steps(channel: &str, wanted: &str, found: &str) -> Option<Parting> {
    // An argument may hold line ends, so the texts are matched whole; the lines only show where they part.
    if matches(wanted.trim_end(), found.trim_end()) {
        return None;
    }
    let (mut wanted, mut found) = (wanted.lines(), found.lines());
    let mut partings: Vec<[&str; 2]> = Vec::new();
    loop {
        let pair = [wanted.next(), found.next()];
        if pair == [None, None] {
            break;
        }
        let [one, other] = pair.map(|line| line.unwrap_or("(end)"));
        if !matches(one.trim_end(), other.trim_end()) {
            partings.push([one, other]);
            // Steps that are others altogether say nothing more; only arguments that differ are worth a list.
            if partings.len() == MOST_PARTINGS || step(one) != step(other) {
                break;
            }
        }
    }
    let column = |side: usize| partings.iter().map(|pair| pair[side]).collect::<Vec<_>>().join("\n             ");
    Some(parting(channel, &column(0), &column(1)))
}

/// Where a step is and which application it runs, without the arguments.
fn step(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?))
}

/// Whether a text is as wanted; a placeholder stands for any text.
fn matches(wanted: &str, found: &str) -> bool {
    const PLACEHOLDERS: [&str; 4] = ["<UNIQUEID>", "<CHANNEL>", "<EPOCH>", "<DATE>"];
    let first = PLACEHOLDERS.iter().filter_map(|name| Some((wanted.find(name)?, name.len()))).min();
    let Some((at, length)) = first else { return wanted == found };
    let Some(rest) = found.strip_prefix(&wanted[..at]) else { return false };
    let after = &wanted[at + length..];
    rest.char_indices().map(|(index, _)| index).chain([rest.len()]).any(|index| matches(after, &rest[index..]))
}
