//! The texts that diagnostics point into.

use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A file in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u16);

/// A stretch of a source, in bytes: `start` inclusive, `end` exclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(file: FileId, start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self { file, start: clamp(start), end: clamp(end.max(start)) }
    }

    /// The part of this span from `start` to `end`, counted from its own start.
    #[must_use]
    pub fn part(self, start: usize, end: usize) -> Self {
        Self::new(self.file, self.start as usize + start, self.start as usize + end)
    }
}

/// One text that was read, with the offsets of its lines.
#[derive(Debug)]
pub struct SourceFile {
    pub path: PathBuf,
    pub text: Arc<str>,
    /// The `#include` line that brought it in, if any.
    pub included_from: Option<Span>,
    line_starts: Vec<u32>,
}

impl SourceFile {
    pub fn new(path: PathBuf, text: impl Into<Arc<str>>, included_from: Option<Span>) -> Self {
        let text = text.into();
        let newlines = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let line_starts =
            std::iter::once(0).chain(newlines.map(|(at, _)| u32::try_from(at + 1).unwrap_or(u32::MAX))).collect();
        Self { path, text, included_from, line_starts }
    }

    /// Line and column of a byte offset, both from 1; the column counts characters.
    pub fn position(&self, offset: u32) -> (usize, usize) {
        let line = self.line_starts.partition_point(|start| *start <= offset).max(1);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0) as usize;
        let column = self.text.get(start..offset as usize).map_or(0, |before| before.chars().count());
        (line, column + 1)
    }

    /// The byte range of a line counted from 1, without its line end.
    pub fn line(&self, number: usize) -> Option<(usize, usize)> {
        let start = *self.line_starts.get(number.checked_sub(1)?)? as usize;
        let end = self.line_starts.get(number).map_or(self.text.len(), |next| (*next as usize).saturating_sub(1));
        Some((start, end))
    }

    pub fn line_count(&self) -> usize {
        self.line_starts.len()
    }
}

/// Every text of one configuration, addressed by [`FileId`].
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<SourceFile>>,
}

impl Sources {
    /// Adds a text. `None` when there are more files than a [`FileId`] can count.
    pub fn add(&mut self, file: SourceFile) -> Option<FileId> {
        let id = FileId(u16::try_from(self.files.len()).ok()?);
        self.files.push(Arc::new(file));
        Some(id)
    }

    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(usize::from(id.0)).map(|file| &**file)
    }

    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// `extensions.conf:12:5`, as compilers write it.
    pub fn location(&self, span: Span) -> String {
        self.get(span.file).map_or_else(String::new, |file| {
            let (line, column) = file.position(span.start);
            format!("{}:{line}:{column}", file.path.display())
        })
    }

    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }
}
