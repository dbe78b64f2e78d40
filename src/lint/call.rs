//! The application calls of a line: its own, and those inside `ExecIf` and its like.

use std::ops::Range;

use super::fields;
use super::subject::Line;
use crate::interpreter::{self, Kind};

/// One call of an application.
pub struct Call<'a> {
    /// The application in small letters.
    pub(super) key: String,
    /// Its name in the line's text; none for the line's own.
    pub(super) name_at: Option<Range<usize>>,
    /// Its arguments in the line's text.
    pub(super) arguments: Range<usize>,
    /// The arguments split at their commas or old bars; none where there is no text.
    pub(super) fields: Vec<Range<usize>>,
    pub(super) application: Option<&'a interpreter::Application>,
}

impl<'a> Call<'a> {
    fn new(line: &Line<'a>, key: &str, name_at: Option<Range<usize>>, arguments: Range<usize>) -> Self {
        let separator = if line.step.has_old_separators && name_at.is_none() { b'|' } else { b',' };
        let fields =
            if arguments.is_empty() { Vec::new() } else { fields::split(line.text, arguments.clone(), separator) };
        let application = line.subject.library.application(key);
        Self { key: key.to_owned(), name_at, arguments, fields, application }
    }

    /// The name as a message writes it.
    pub(super) fn name(&self) -> &str {
        self.application.map_or(&self.key, |application| application.name)
    }

    /// The field that is the argument of this kind, the first where there are several.
    pub(super) fn argument(&self, kind: Kind) -> Option<&Range<usize>> {
        let index = self.application?.arguments.iter().position(|argument| argument.kind == kind)?;
        self.fields.get(index)
    }
}

/// Every call of a line, its own first.
pub(super) fn calls<'a>(line: &Line<'a>) -> Vec<Call<'a>> {
    let mut calls = vec![Call::new(line, line.key, None, 0..line.text.len())];
    let mut next = 0;
    while let Some(call) = calls.get(next) {
        let inner = nested(line, &call.key, call.arguments.clone());
        calls.extend(inner);
        next += 1;
        if next > 8 {
            break;
        }
    }
    calls
}

fn nested<'a>(line: &Line<'a>, key: &str, arguments: Range<usize>) -> Vec<Call<'a>> {
    let branches = match key {
        "exec" | "tryexec" => vec![arguments],
        "execif" | "execiftime" => {
            let Some(mark) = fields::first_outside(line.text, arguments.clone(), b'?') else { return Vec::new() };
            let branches = mark + 1..arguments.end;
            match fields::first(line.text, branches.clone(), b':').filter(|_| key == "execif") {
                Some(colon) => vec![branches.start..colon, colon + 1..branches.end],
                None => vec![branches],
            }
        }
        _ => return Vec::new(),
    };
    branches.into_iter().filter_map(|branch| read(line, fields::trim(line.text, branch))).collect()
}

/// Reads `Application(arguments)`; none where the name is known only in a call.
fn read<'a>(line: &Line<'a>, at: Range<usize>) -> Option<Call<'a>> {
    let text = line.part(&at);
    let open = text.find('(');
    let name = text.get(..open.unwrap_or(text.len()))?;
    let name_at = fields::trim(line.text, at.start..at.start + name.len());
    if name.contains('$') || name_at.is_empty() {
        return None;
    }
    let arguments = match open {
        Some(open) => {
            let start = at.start + open + 1;
            let end = text.rfind(')').map_or(at.end, |close| at.start + close);
            start..end.max(start)
        }
        None => at.end..at.end,
    };
    let key = line.part(&name_at).to_ascii_lowercase();
    Some(Call::new(line, &key, Some(name_at), arguments))
}
