//! Where configuration texts come from, and a record of everything that was asked for.
//!
//! The record is what the reload watcher needs: a file that was missing, or a wild card that matched
//! nothing, matters as much as a file that was read.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// The most entries a wild card may bring in.
const GLOB_LIMIT: usize = 10_000;

/// Something a configuration depends on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependency {
    /// A file that was read, or would have been had it been there.
    File(PathBuf),
    /// A wild card: a new match changes the configuration.
    Glob(PathBuf),
}

impl Dependency {
    /// The file, or the wild card.
    pub fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::Glob(path) => path,
        }
    }
}

/// A place to read configuration files from.
pub trait Files {
    /// The bytes of a file.
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>>;
    /// The files that a wild card stands for, sorted by name. A path without wild cards stands for itself.
    fn glob(&mut self, pattern: &Path) -> Vec<PathBuf>;
}

/// Files of the operating system.
#[derive(Debug, Default)]
pub struct Disk {
    tried: Vec<Dependency>,
}

impl Disk {
    /// Everything asked for so far, in order.
    pub fn tried(&self) -> &[Dependency] {
        &self.tried
    }
}

impl Files for Disk {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        self.tried.push(Dependency::File(path.to_owned()));
        std::fs::read(path)
    }

    fn glob(&mut self, pattern: &Path) -> Vec<PathBuf> {
        let Some(text) = pattern.to_str().filter(|text| has_wild_card(text)) else {
            return vec![pattern.to_owned()];
        };
        self.tried.push(Dependency::Glob(pattern.to_owned()));
        let mut found: Vec<PathBuf> = Vec::new();
        for alternative in expand_braces(text) {
            let Ok(paths) = glob::glob_with(&alternative, MATCHING) else { continue };
            let mut matched: Vec<PathBuf> = paths.flatten().take(GLOB_LIMIT).collect();
            matched.sort();
            found.append(&mut matched);
        }
        found
    }
}

/// Files held in memory, for tests, the simulator and embedding.
#[derive(Debug, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
    tried: Vec<Dependency>,
}

impl Memory {
    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: impl Into<PathBuf>, contents: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), contents.into());
    }

    /// The same with one more file.
    #[must_use]
    pub fn with(mut self, path: impl Into<PathBuf>, contents: impl Into<Vec<u8>>) -> Self {
        self.insert(path, contents);
        self
    }

    /// Everything asked for so far, in order.
    pub fn tried(&self) -> &[Dependency] {
        &self.tried
    }
}

impl Files for Memory {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        self.tried.push(Dependency::File(path.to_owned()));
        self.files.get(path).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn glob(&mut self, pattern: &Path) -> Vec<PathBuf> {
        let Some(text) = pattern.to_str().filter(|text| has_wild_card(text)) else {
            return vec![pattern.to_owned()];
        };
        self.tried.push(Dependency::Glob(pattern.to_owned()));
        let alternatives = expand_braces(text);
        let patterns = alternatives.iter().filter_map(|alternative| glob::Pattern::new(alternative).ok());
        patterns
            .flat_map(|pattern| self.files.keys().filter(move |path| pattern.matches_path_with(path, MATCHING)))
            .take(GLOB_LIMIT)
            .cloned()
            .collect()
    }
}

const MATCHING: glob::MatchOptions =
    glob::MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };

fn has_wild_card(pattern: &str) -> bool {
    pattern.contains(['*', '?', '[', '{'])
}

/// `a{b,c}d` as `abd` and `acd`, as the shell does it; what does not close stands for itself.
fn expand_braces(pattern: &str) -> Vec<String> {
    let mut done = Vec::new();
    let mut pending = vec![pattern.to_owned()];
    while let Some(text) = pending.pop() {
        let Some((open, close)) = first_brace(&text).filter(|_| pending.len() + done.len() < 256) else {
            done.push(text);
            continue;
        };
        let (before, inside, after) = (&text[..open], &text[open + 1..close], &text[close + 1..]);
        pending.extend(split_alternatives(inside).into_iter().rev().map(|choice| format!("{before}{choice}{after}")));
    }
    done
}

fn first_brace(text: &str) -> Option<(usize, usize)> {
    let open = text.find('{')?;
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some((open, at)),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn split_alternatives(inside: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0usize, 0usize);
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                parts.push(&inside[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&inside[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wild_cards_match_within_a_folder_and_come_sorted() {
        let mut files = Memory::default()
            .with("/etc/b.conf", "")
            .with("/etc/a.conf", "")
            .with("/etc/sub/c.conf", "")
            .with("/etc/.hidden.conf", "");
        let found = files.glob(Path::new("/etc/*.conf"));
        assert_eq!(found, [PathBuf::from("/etc/a.conf"), PathBuf::from("/etc/b.conf")]);
        assert_eq!(files.tried(), [Dependency::Glob("/etc/*.conf".into())]);
    }

    #[test]
    fn braces_stand_for_their_alternatives() {
        assert_eq!(expand_braces("a{b,c{d,e}}f"), ["abf", "acdf", "acef"]);
        assert_eq!(expand_braces("a{b"), ["a{b"]);
    }

    #[test]
    fn a_file_that_is_missing_is_recorded() {
        let mut files = Memory::default();
        assert!(files.read(Path::new("gone.conf")).is_err());
        assert_eq!(files.tried(), [Dependency::File("gone.conf".into())]);
    }
}
