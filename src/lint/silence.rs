//! Comments that silence a finding: `; exten: allow(unknown-application, X4001)` on its line or the line above.

use std::collections::HashMap;

use crate::diagnostic::{Diagnostic, FileId, SourceFile, Sources, codes};

/// What begins such a comment, behind its semicolon.
const MARK: &str = "exten:";

/// The comments of all files.
pub(super) struct Silence<'a> {
    sources: &'a Sources,
    /// Whether a file holds any; most hold none, and large ones are searched once.
    marked: HashMap<FileId, bool>,
}

impl<'a> Silence<'a> {
    pub fn new(sources: &'a Sources) -> Self {
        Self { sources, marked: HashMap::new() }
    }

    /// Whether a comment at the finding's primary place allows its code.
    pub fn covers(&mut self, found: &Diagnostic) -> bool {
        let Some(label) = found.labels.first() else { return false };
        let Some(file) = self.sources.get(label.span.file) else { return false };
        if !*self.marked.entry(label.span.file).or_insert_with(|| file.text.contains(MARK)) {
            return false;
        }
        let (number, _) = file.position(label.span.start);
        let above = line(file, number.saturating_sub(1)).filter(|line| line.trim_start().starts_with(';'));
        [line(file, number), above].into_iter().flatten().any(|line| allows(line, found))
    }
}

fn line(file: &SourceFile, number: usize) -> Option<&str> {
    let (start, end) = file.line(number)?;
    file.text.get(start..end)
}

fn allows(line: &str, found: &Diagnostic) -> bool {
    let comments = line.match_indices(';').map(|(at, _)| line[at + 1..].trim_start());
    let lists = comments.filter_map(|comment| {
        let list = comment.strip_prefix(MARK)?.trim_start().strip_prefix("allow(")?;
        list.split(')').next()
    });
    lists.flat_map(|list| list.split(',')).any(|name| codes::find(name.trim()) == Some(found.code))
}
