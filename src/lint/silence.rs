//! Comments that silence a finding: `; exten: allow(unknown-application, X4001)` on its line or the line above.

use crate::diagnostic::{Diagnostic, SourceFile, Sources, codes};

/// Whether a comment at the finding's primary place allows its code.
pub(super) fn is_silenced(found: &Diagnostic, sources: &Sources) -> bool {
    let Some(label) = found.labels.first() else { return false };
    let Some(file) = sources.get(label.span.file) else { return false };
    if !file.text.contains("exten:") {
        return false;
    }
    let (number, _) = file.position(label.span.start);
    let above = line(file, number.saturating_sub(1)).filter(|line| line.trim_start().starts_with(';'));
    [line(file, number), above].into_iter().flatten().any(|line| allows(line, found))
}

fn line(file: &SourceFile, number: usize) -> Option<&str> {
    let (start, end) = file.line(number)?;
    file.text.get(start..end)
}

fn allows(line: &str, found: &Diagnostic) -> bool {
    let comments = line.match_indices(';').map(|(at, _)| line[at + 1..].trim_start());
    let lists = comments.filter_map(|comment| {
        let list = comment.strip_prefix("exten:")?.trim_start().strip_prefix("allow(")?;
        list.split(')').next()
    });
    lists.flat_map(|list| list.split(',')).any(|name| codes::find(name.trim()) == Some(found.code))
}
