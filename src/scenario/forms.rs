//! The forms of the lines, and what to tell about a line that has none of them.

use super::parser::Fault;

/// The first word of a form behind its phones, and an example of it.
pub const FORMS: &[(&str, &str)] = &[
    ("dials", "2001 dials 2002"),
    ("answers", "2002 answers"),
    ("does", "2002 does not answer, does not ring, does not hear 2001, does not run 100@default:2"),
    ("is", "2002 is busy, is unreachable, is answered, is hung up with cause 16, is in room 800"),
    ("are", "2001 and 2002 are answered"),
    ("rejects", "2002 rejects with cause 21"),
    ("presses", "2001 presses *0"),
    ("speaks", "2001 speaks for 3s"),
    ("hangs", "2001 hangs up"),
    ("rings", "2002 rings within 5s"),
    ("stops", "2002 stops ringing"),
    ("talks", "2001 talks with 2002"),
    ("hears", "2001 hears 2002 and 2003, hears music, hears the busy tone, hears conf-onlyperson, hears nobody"),
    ("runs", "2001 runs 100@default:1 Answer"),
    ("shows", "2002 shows \"Alice\" <2001>"),
    ("has", "2001 has DIALSTATUS = \"ANSWER\""),
];

/// The first words of the lines that begin with no phone.
const OPENINGS: &[(&str, &str)] = &[
    ("at", "at 2026-12-24 18:00"),
    ("wait", "wait 5s"),
    ("call", "call from +493012345 to 100@from-trunk"),
    ("originate", "originate 2001 to 500@default"),
    ("set", "set COLOUR = \"red\""),
    ("global", "global COLOUR = \"red\""),
    ("room", "room 800 has 3 members"),
    ("the", "the plan warns of \"no such sound\""),
    ("then", "then 100@default:2 Playback hello"),
    ("next", "next 100@default:2 Playback hello"),
    (EVERYBODY, "everybody hangs up"),
];

/// Further forms of lines.
const MORE: &[&str] = &[
    "2001 dials 500@default as \"Ann\" <2001> with COLOUR = red and SIZE = 3",
    "call from +493012345 to 100@from-trunk through provider",
    "2002 answers after 3s",
    "2001, 2002 and 2003 hear each other within 5s",
    "2003 hears only 2001, hears nothing, hears music of class quiet, hears the sound 2001",
    "2001 has CDR(disposition) = \"ANSWERED\"",
    "global DEVICE_STATE(SIP/2001) = INUSE",
    "room 800 is empty",
    "100@default:2 Playback hello...",
];

/// Stands in the place of phones.
const EVERYBODY: &str = "everybody";

/// Where to read on.
pub const ALL: &str = "`exten test --help` shows every form of a line";

/// Every form, a line each, for people.
pub fn list() -> String {
    let examples = OPENINGS.iter().chain(FORMS).map(|(_, example)| example).chain(MORE);
    let lines = examples.map(|example| format!("  {example}\n"));
    lines.chain(["  ; a comment\n".to_owned()]).collect()
}

/// What is wrong with a line in which reading stopped at a byte.
pub(super) fn explain(text: &str, at: usize) -> Fault {
    let start = text.len() - text.trim_start().len();
    let opening = word(text, start);
    if let Some((_, example)) = OPENINGS.iter().find(|(known, _)| *known == opening && opening != EVERYBODY) {
        let rest = text.get(at..).map(str::trim).filter(|rest| !rest.is_empty() && at > start);
        let message = match rest {
            Some(rest) => format!("`{rest}` is not understood behind `{opening}`"),
            None => format!("a line that begins with `{opening}` reads otherwise"),
        };
        let from = if rest.is_some() { skip_blanks(text, at) } else { start };
        return Fault { span: from..text.len(), message, help: format!("for example: {example}") };
    }
    let verb_at = verb(text);
    let found = word(text, verb_at);
    if found.is_empty() {
        let message = format!("`{opening}` does nothing here");
        let help = "a line says what a phone does or is to hear: 2001 dials 2002".to_owned();
        return Fault { span: start..text.len(), message, help };
    }
    let singular =
        |known: &str| known == found || known.strip_suffix('s') == Some(found) || known == format!("{found}s");
    if let Some((_, example)) = FORMS.iter().find(|(known, _)| singular(known)) {
        let at = at.max(verb_at).min(text.len());
        let message = match text.get(at..).map(str::trim_start).filter(|rest| !rest.is_empty() && at > verb_at) {
            Some(rest) => format!("`{rest}` is not understood behind `{found}`"),
            None => format!("this is not how `{found}` is written"),
        };
        let from = if at < text.len() { at } else { verb_at };
        return Fault { span: from..text.len(), message, help: format!("for example: {example}") };
    }
    // A word that is not finished means the one that begins so.
    let changes = |known: &str| if found.len() > 2 && known.starts_with(found) { 0 } else { distance(known, found) };
    let nearest = FORMS.iter().map(|(known, example)| (changes(known), known, example)).min();
    let help = match nearest {
        Some((changes, known, example)) if changes <= 2 => format!("did you mean `{known}`, as in: {example}?"),
        _ => match OPENINGS.iter().map(|(known, example)| (distance(known, opening), known, example)).min() {
            // A phone may well be named by a short word.
            Some((1..=2, known, example)) if opening.len() > 3 => {
                let message = format!("`{opening}` begins no line");
                let help = format!("did you mean `{known}`, as in: {example}?");
                return Fault { span: start..start + opening.len(), message, help };
            }
            _ => {
                let verbs: Vec<&str> = FORMS.iter().map(|(known, _)| *known).collect();
                format!("behind the phones of a line stands one of: {}", verbs.join(", "))
            }
        },
    };
    let message = format!("`{found}` is nothing that a phone does");
    Fault { span: verb_at..verb_at + found.len(), message, help }
}

/// Where the word behind the phones begins.
fn verb(text: &str) -> usize {
    let mut at = text.len() - text.trim_start().len();
    loop {
        let end = at + word(text, at).len();
        let rest = text.get(end..).unwrap_or("");
        let next = end + rest.len() - rest.trim_start().len();
        match (rest.trim_start().as_bytes().first(), word(text, next)) {
            (Some(b','), _) => at = skip_blanks(text, next + 1),
            (_, "and") => at = skip_blanks(text, next + 3),
            _ => return next,
        }
    }
}

fn skip_blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    at + rest.len() - rest.trim_start().len()
}

fn word(text: &str, at: usize) -> &str {
    text.get(at..).and_then(|rest| rest.split([' ', '\t', ',', ';']).next()).unwrap_or("")
}

/// How many letters have to change to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (above, b) in row.iter_mut().skip(1).zip(other.chars()) {
            let changed = diagonal + usize::from(a != b);
            diagonal = *above;
            left = changed.min(diagonal + 1).min(left + 1);
            *above = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parser::read_line;

    #[test]
    fn every_example_reads() {
        for examples in FORMS.iter().chain(OPENINGS).map(|(_, examples)| examples).chain(MORE) {
            let mut phone = "";
            let examples: Vec<&str> =
                if examples.contains("2001, 2002") { vec![examples] } else { examples.split(", ").collect() };
            for example in examples {
                let line = if example.starts_with(char::is_numeric) || phone.is_empty() {
                    phone = example.split(' ').next().unwrap();
                    example.to_owned()
                } else {
                    format!("{phone} {example}")
                };
                assert!(matches!(read_line(&line), Ok(Some(_))), "{line}: {:?}", read_line(&line));
            }
        }
    }

    #[test]
    fn a_word_that_is_nearly_one_is_guessed() {
        let help = |line: &str| read_line(line).unwrap_err().help;
        assert!(help("2001 pres 1").starts_with("did you mean `presses`"));
        assert!(help("2001 dails 500").starts_with("did you mean `dials`"));
        assert!(help("orignate 2001 to 500").starts_with("did you mean `originate`"));
    }

    #[test]
    fn distances() {
        assert_eq!(distance("answers", "ansers"), 1);
        assert_eq!(distance("rings", "rings"), 0);
        assert_eq!(distance("dials", ""), 5);
    }
}
