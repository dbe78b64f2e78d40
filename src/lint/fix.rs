//! Applying fixes to texts.

use std::collections::BTreeMap;

use crate::diagnostic::{Applicability, Diagnostic, FileId, Sources, Span};

/// The texts that change by the safe fixes of these findings, with how many fixes each takes. Of fixes that overlap the
/// first is taken.
pub fn fixed(findings: &[Diagnostic], sources: &Sources) -> BTreeMap<FileId, (String, usize)> {
    let fixes = findings.iter().filter_map(|found| found.fix.as_ref());
    let mut taken: Vec<(Span, &str)> = Vec::new();
    let mut counts: BTreeMap<FileId, usize> = BTreeMap::new();
    for fix in fixes.filter(|fix| fix.applicability == Applicability::Safe) {
        let is_free = |span: &Span| !taken.iter().rev().take(64).any(|(other, _)| overlap(*span, *other));
        if fix.edits.iter().all(|(span, _)| is_free(span)) {
            taken.extend(fix.edits.iter().map(|(span, text)| (*span, text.as_str())));
            if let Some((span, _)) = fix.edits.first() {
                *counts.entry(span.file).or_default() += 1;
            }
        }
    }
    taken.sort_by_key(|(span, _)| (span.file, span.start));
    let mut texts = BTreeMap::new();
    for (file, count) in counts {
        let Some(source) = sources.get(file) else { continue };
        let (mut text, mut at) = (String::with_capacity(source.text.len()), 0);
        for (span, replacement) in taken.iter().filter(|(span, _)| span.file == file) {
            text.push_str(source.text.get(at..span.start as usize).unwrap_or(""));
            text.push_str(replacement);
            at = at.max(span.end as usize);
        }
        text.push_str(source.text.get(at..).unwrap_or(""));
        texts.insert(file, (text, count));
    }
    texts
}

/// Two insertions at one place overlap as well: nobody knows which is to come first.
fn overlap(one: Span, other: Span) -> bool {
    one.file == other.file && one.start < other.end.max(other.start + 1) && other.start < one.end.max(one.start + 1)
}
