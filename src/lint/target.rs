//! Places in the plan that calls are sent to, as lines write them.

use std::ops::Range;

use super::call::Call;
use super::fields;
use super::subject::Line;
use crate::interpreter::Kind;

/// `[[context,]extension,]priority` in a line's text.
#[derive(Clone, Debug)]
pub(super) struct Target {
    pub at: Range<usize>,
    pub context: Option<Range<usize>>,
    pub extension: Option<Range<usize>>,
    pub priority: Range<usize>,
    /// How many fields are written.
    pub count: usize,
}

/// The applications that send calls somewhere, in small letters.
pub(super) const JUMPING: [&str; 12] = [
    "asyncgoto",
    "channelredirect",
    "dial",
    "exec",
    "execif",
    "execiftime",
    "gosub",
    "gosubif",
    "goto",
    "gotoif",
    "gotoiftime",
    "tryexec",
];

/// The targets of a call.
pub(super) fn targets(line: &Line<'_>, call: &Call<'_>) -> Vec<Target> {
    let at = call.arguments.clone();
    match call.key.as_str() {
        _ if at.is_empty() => Vec::new(),
        "goto" => target(line, at, false).into_iter().collect(),
        "gosub" => target(line, at, true).into_iter().collect(),
        "gotoif" | "gotoiftime" => {
            let branches = branches(line, at, fields::first_outside);
            branches.into_iter().filter_map(|branch| target(line, branch, false)).collect()
        }
        "gosubif" => {
            branches(line, at, fields::first).into_iter().filter_map(|branch| target(line, branch, true)).collect()
        }
        "asyncgoto" | "channelredirect" => {
            let start = call.fields.get(1).map(|field| field.start);
            start.and_then(|start| target(line, start..at.end, false)).into_iter().collect()
        }
        "dial" => successors(line, call),
        _ => Vec::new(),
    }
}

/// The texts of `condition?one:other` behind the question mark, empty ones left out.
pub(super) fn branches(
    line: &Line<'_>,
    at: Range<usize>,
    find: impl Fn(&str, Range<usize>, u8) -> Option<usize>,
) -> Vec<Range<usize>> {
    let Some(mark) = fields::first_outside(line.text, at.clone(), b'?') else { return Vec::new() };
    let rest = mark + 1..at.end;
    let branches = match find(line.text, rest.clone(), b':') {
        Some(colon) => vec![rest.start..colon, colon + 1..rest.end],
        None => vec![rest],
    };
    branches.into_iter().filter(|branch| !line.part(branch).trim().is_empty()).collect()
}

/// Where Dial's options `G` and `F` lead: `context^extension^priority`.
fn successors(line: &Line<'_>, call: &Call<'_>) -> Vec<Target> {
    let Some(options) = call.argument(Kind::Options) else { return Vec::new() };
    let found = super::rules::letters(line, options);
    let inner = found.into_iter().filter(|letter| matches!(letter.letter, 'G' | 'F'));
    inner.filter_map(|letter| split_target(line, letter.argument?, b'^', false)).collect()
}

fn target(line: &Line<'_>, at: Range<usize>, is_routine: bool) -> Option<Target> {
    split_target(line, at, b',', is_routine)
}

/// The same with another separator, as the options of `Dial` write it.
pub(super) fn split_target(line: &Line<'_>, at: Range<usize>, separator: u8, is_routine: bool) -> Option<Target> {
    let mut parts = fields::split(line.text, at.clone(), separator);
    if is_routine
        && let Some(last) = parts.last_mut()
        && let Some(open) = fields::first_outside(line.text, last.clone(), b'(')
    {
        last.end = open;
    }
    let count = parts.len();
    let (context, extension, priority) = match parts.as_slice() {
        [] => return None,
        [priority] => (None, None, priority.clone()),
        [extension, priority] => (None, Some(extension.clone()), priority.clone()),
        [context, extension, priority, ..] => (Some(context.clone()), Some(extension.clone()), priority.clone()),
    };
    let filled = |part: &Range<usize>| !part.is_empty();
    Some(Target { at, context: context.filter(filled), extension: extension.filter(filled), priority, count })
}
