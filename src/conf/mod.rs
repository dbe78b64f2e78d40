//! The `.conf` format that all configuration files share: sections, templates, `key = value` lines,
//! `#include`, comments.
//!
//! Reading never fails. What Asterisk would refuse becomes an error in [`Config::diagnostics`] and
//! [`Config::is_refused`] answers true; the rest of the file is read on, so that one fault does not hide the next.

mod directories;
mod files;
mod lines;
mod reader;
#[cfg(test)]
mod tests;
mod text;

pub use directories::Directories;
pub use files::{Dependency, Disk, Files, Memory};
pub use lines::{LONGEST_LINE, Line, Lines, RawLine, is_blank, trim};
pub use text::Text;

use crate::diagnostic::{Diagnostic, Severity, Sources, Span};
use std::path::Path;

/// Which sign stands between a key and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `key = value`
    Equals,
    /// `key => value`
    Arrow,
    /// `key += value`: appended to the last value of that key.
    Append,
}

/// One `key = value` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub key: Text,
    pub value: Text,
    pub operator: Operator,
    /// The whole line.
    pub span: Span,
    pub key_span: Span,
    pub value_span: Span,
    /// Whether the value stands in the file byte for byte: no escaped semicolon, no block comment inside it.
    pub is_verbatim: bool,
}

impl Entry {
    /// The place of `start..end` of the value; the whole value where the text was altered in reading.
    pub fn part(&self, start: usize, end: usize) -> Span {
        if self.is_verbatim { self.value_span.part(start, end) } else { self.value_span }
    }
}

/// One section with its templates applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub name: String,
    /// The name between the brackets.
    pub span: Span,
    pub entries: Vec<Entry>,
    /// The sections whose lines it began with, as they are called.
    pub bases: Vec<String>,
    /// Its place among all sections and templates.
    pub number: usize,
    is_template: bool,
}

impl Section {
    fn new(name: &str, span: Span) -> Self {
        let (entries, bases) = (Vec::new(), Vec::new());
        Self { name: name.to_owned(), span, entries, bases, number: 0, is_template: false }
    }

    pub fn is_template(&self) -> bool {
        self.is_template
    }

    /// The value of a key without regard to case; the last one wins.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.entry(key).map(|entry| entry.value.as_str())
    }

    /// The last entry of a key, without regard to case.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().rev().find(|entry| entry.key.eq_ignore_ascii_case(key))
    }

    /// Every entry of a key in order, without regard to case.
    pub fn all<'a>(&'a self, key: &'a str) -> impl DoubleEndedIterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.key.eq_ignore_ascii_case(key))
    }
}

/// A configuration file with everything it includes.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The sections in their order. One that is opened twice stands here twice; `(+)` adds to the first instead.
    pub sections: Vec<Section>,
    /// The sections marked `(!)`: they lend their lines to others and are nothing by themselves.
    pub templates: Vec<Section>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Config {
    /// Reads a file. Includes are looked for in the folder of `path`.
    pub fn read(files: &mut dyn Files, path: &Path, sources: &mut Sources) -> Config {
        reader::Reader::new(files, path, sources).read(path)
    }

    /// Sections and templates, in the order in which they are written.
    pub fn in_order(&self) -> Vec<&Section> {
        let mut all: Vec<&Section> = self.templates.iter().chain(&self.sections).collect();
        all.sort_by_key(|section| section.number);
        all
    }

    /// The first section of a name, without regard to case.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name.eq_ignore_ascii_case(name))
    }

    /// Every section of a name in order, without regard to case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Section> {
        self.sections.iter().filter(move |section| section.name.eq_ignore_ascii_case(name))
    }

    /// Whether Asterisk would refuse the file whole.
    pub fn is_refused(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }
}

/// Whether a setting means yes, as all files understand it.
pub fn is_true(value: &str) -> bool {
    ["yes", "true", "y", "t", "1", "on"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Whether a setting means no; what is neither leaves the default in place.
pub fn is_false(value: &str) -> bool {
    ["no", "false", "n", "f", "0", "off"].iter().any(|word| value.eq_ignore_ascii_case(word))
}
