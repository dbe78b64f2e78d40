//! `:` and `=~`: POSIX extended regular expressions.
//!
//! The pattern is translated for the `regex` crate, which also bounds the time a search takes. Of all matches that begin
//! leftmost, POSIX takes the longest, and so does [`find`]. What a group holds within it follows the crate's rule, the first
//! alternative that fits, where POSIX would give each group in turn its longest.

use std::cell::RefCell;
use std::rc::Rc;

use regex::Regex;
use regex_automata::meta;
use regex_automata::{Anchored, Input, MatchKind};

use super::posix;
use super::value::Value;
use super::{Number, Problem};

/// How many compiled patterns a thread keeps.
const KEPT: usize = 32;

/// How much memory one compiled pattern may take.
const MAX_SIZE: usize = 1 << 20;

/// A compiled pattern.
struct Pattern {
    /// Finds where the leftmost match begins.
    first: Regex,
    /// Finds the longest match that begins at a given place.
    longest: meta::Regex,
    /// Finds the groups of a match that reaches to the end of the text; None if there are no groups.
    groups: Option<Regex>,
}

thread_local! {
    static PATTERNS: RefCell<Vec<(String, Rc<Pattern>)>> = const { RefCell::new(Vec::new()) };
}

/// Looks for `pattern` in `text`, for `:` only right at its beginning.
///
/// The result is the first group if it took part, else the length of the match in bytes; without a match it is empty
/// if there is a group in the pattern, else 0.
pub(super) fn find<'a>(text: &str, pattern: &str, at_start: bool, report: &mut dyn FnMut(Problem)) -> Value<'a> {
    let pattern = match compiled(pattern) {
        Ok(pattern) => pattern,
        Err(reason) => {
            report(Problem::BadPattern { reason });
            return Value::Text("".into());
        }
    };
    let found = pattern.first.find(text).map(|found| found.start());
    let Some(start) = found.filter(|&start| !at_start || start == 0) else {
        return if pattern.groups.is_some() { Value::Text("".into()) } else { Value::Number(Number::ZERO) };
    };
    let input = Input::new(text).span(start..text.len()).anchored(Anchored::Yes);
    let end = pattern.longest.search(&input).map_or(start, |found| found.end());
    let groups = pattern.groups.as_ref().and_then(|groups| groups.captures_at(&text[..end], start));
    match groups.and_then(|groups| groups.get(1)) {
        Some(group) => Value::made(group.as_str().to_owned()),
        None => Value::Number(Number::integer(i64::try_from(end - start).unwrap_or(i64::MAX))),
    }
}

/// A POSIX extended regular expression that only says whether there is a match.
///
/// # Errors
/// What is wrong with the expression.
pub fn posix_pattern(pattern: &str, ignores_case: bool) -> Result<Regex, String> {
    let translated = posix::translate(pattern).map_err(|fault| fault.to_string())?;
    let mut builder = regex::RegexBuilder::new(&translated);
    let built = builder.dot_matches_new_line(true).case_insensitive(ignores_case).size_limit(MAX_SIZE).build();
    built.map_err(|error| error.to_string())
}

fn compiled(pattern: &str) -> Result<Rc<Pattern>, String> {
    PATTERNS.with_borrow_mut(|patterns| {
        if let Some(at) = patterns.iter().position(|(text, _)| text == pattern) {
            patterns[..=at].rotate_right(1);
            return Ok(Rc::clone(&patterns[0].1));
        }
        let compiled = Rc::new(compile(pattern)?);
        patterns.truncate(KEPT - 1);
        patterns.insert(0, (pattern.to_owned(), Rc::clone(&compiled)));
        Ok(compiled)
    })
}

fn compile(pattern: &str) -> Result<Pattern, String> {
    let translated = posix::translate(pattern).map_err(|fault| fault.to_string())?;
    let build = |pattern: &str| {
        let built = regex::RegexBuilder::new(pattern).dot_matches_new_line(true).size_limit(MAX_SIZE).build();
        built.map_err(|error| error.to_string())
    };
    let first = build(&translated)?;
    let groups = match first.captures_len() {
        1 => None,
        _ => Some(build(&format!(r"(?:{translated})\z"))?),
    };
    let syntax = regex_automata::util::syntax::Config::new().dot_matches_new_line(true);
    let config = meta::Config::new().match_kind(MatchKind::All).nfa_size_limit(Some(MAX_SIZE));
    let longest = meta::Builder::new().syntax(syntax).configure(config).build(&translated);
    Ok(Pattern { first, longest: longest.map_err(|error| error.to_string())?, groups })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str, pattern: &str) -> String {
        let mut out = String::new();
        find(text, pattern, false, &mut |problem| panic!("{problem}")).write(&mut out);
        out
    }

    #[test]
    fn the_longest_of_the_leftmost_matches_counts() {
        assert_eq!(found("xabcd", "ab|abcd"), "4");
        assert_eq!(found("ab", "a?(ab)?"), "ab");
        assert_eq!(found("abcd", "(a|ab)(c|bcd)(d*)"), "a");
        assert_eq!(found("aXbb", "b*"), "0");
    }

    #[test]
    fn a_match_in_the_middle_knows_where_the_text_begins() {
        assert_eq!(found("ab", "^b|a$|b"), "1");
        assert_eq!(found("ba", "^a"), "0");
    }

    #[test]
    fn bad_patterns_are_told() {
        let mut problems = Vec::new();
        let value = find("a", "(", false, &mut |problem| problems.push(problem));
        assert_eq!(value, Value::Text("".into()));
        assert_eq!(problems.len(), 1);
    }
}
