//! Traces kept in the document: holding a run against the one that was accepted, and accepting another.

use std::ops::Range;

/// Where a trace parts from the one that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// The first line that differs, in bytes of the document.
    pub span: Range<usize>,
    /// The lines of both that differ, with `-` for the accepted and `+` for the new ones.
    pub difference: String,
}

/// Compares the trace of a run with the accepted one that stands at `at` of its document; nothing where they agree.
/// Blanks at the ends of lines do not count.
pub fn compare(accepted: &str, at: usize, told: &str) -> Option<Parting> {
    let old: Vec<&str> = accepted.trim_end().lines().map(str::trim_end).collect();
    let new: Vec<&str> = told.trim_end().lines().map(str::trim_end).collect();
    if old == new {
        return None;
    }
    let same = old.iter().zip(&new).take_while(|(one, other)| one == other).count();
    let rest = old.len().min(new.len()) - same;
    let same_end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let lines = |lines: &[&str], mark: char| {
        let changed = lines.iter().take(lines.len() - same_end).skip(same);
        changed.fold(String::new(), |text, line| format!("{text}{mark} {line}\n"))
    };
    let start = at + accepted.split_inclusive('\n').take(same).map(str::len).sum::<usize>();
    let length = accepted.get(start - at..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
    Some(Parting { span: start..start + length, difference: lines(&old, '-') + &lines(&new, '+') })
}

/// The document with other traces in place of those at the ranges, which do not overlap.
pub fn accept(document: &str, traces: &[(Range<usize>, String)]) -> String {
    let mut text = document.to_owned();
    let mut sorted: Vec<_> = traces.iter().collect();
    sorted.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    for (range, trace) in sorted {
        let lines = trace.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n");
        text.replace_range(range.clone(), &lines);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_but_for_blanks_is_equal() {
        assert_eq!(compare("a  \nb\n", 10, "a\nb"), None);
    }

    #[test]
    fn the_first_line_that_differs_is_pointed_at() {
        let parting = compare("a\nb\nc\nd\n", 10, "a\nx\ny\nd\n").unwrap();
        assert_eq!(parting.span, 12..13);
        assert_eq!(parting.difference, "- b\n- c\n+ x\n+ y\n");
    }

    #[test]
    fn lines_that_are_missing_or_too_many_differ() {
        assert_eq!(compare("a\n", 0, "a\na\n").unwrap().difference, "+ a\n");
        assert_eq!(compare("a\na\n", 0, "a\n").unwrap().difference, "- a\n");
    }

    #[test]
    fn accepting_replaces_all_traces() {
        let text = "```trace\n```\nx\n```trace\nold\n```\n";
        let accepted = accept(text, &[(9..9, "one \n".to_owned()), (24..28, "two\n".to_owned())]);
        assert_eq!(accepted, "```trace\none\n```\nx\n```trace\ntwo\n```\n");
    }
}
