//! The Markdown around the stories: which fences are stories, which are configuration files and which are traces.
//!
//! A fence is what CommonMark says: three or more backticks or tildes, an info string, and the same again to close it.

use std::ops::Range;
use std::path::{Path, PathBuf};

/// What a document holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    pub stories: Vec<Passage>,
    /// Configuration files that the document itself gives, by name.
    pub files: Vec<(String, String)>,
}

/// A story in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The heading above it; with a number from the second story under the same heading on.
    pub title: String,
    /// The text of the story, in bytes of the document.
    pub text: Range<usize>,
    /// The text of the trace that belongs to it, where there is one.
    pub trace: Option<Range<usize>>,
}

struct Fence {
    info: String,
    text: Range<usize>,
}

impl Document {
    pub fn read(text: &str) -> Self {
        let mut document = Self::default();
        let (mut heading, mut under_heading) = (String::new(), 0);
        let mut at = 0;
        while let Some(line) = line_at(text, at) {
            if let Some((fence, next)) = fence_at(text, at) {
                let word = fence.info.split_whitespace().next().unwrap_or("");
                match word {
                    "scenario" => {
                        under_heading += 1;
                        let title = match under_heading {
                            1 => heading.clone(),
                            number => format!("{heading} ({number})"),
                        };
                        document.stories.push(Passage { title, text: fence.text, trace: None });
                    }
                    "trace" => {
                        if let Some(story) = document.stories.last_mut().filter(|story| story.trace.is_none()) {
                            story.trace = Some(fence.text);
                        }
                    }
                    name if is_file(name) => {
                        document.files.push((name.to_owned(), text.get(fence.text).unwrap_or("").to_owned()));
                    }
                    _ => {}
                }
                at = next;
                continue;
            }
            if let Some(title) = heading_of(line) {
                title.clone_into(&mut heading);
                under_heading = 0;
            }
            at += line.len();
        }
        document
    }
}

fn is_file(info: &str) -> bool {
    let path = Path::new(info);
    path.extension().is_some_and(|extension| extension == "conf")
        && path.file_stem().is_some()
        && path.components().all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// The line at a byte, with its end.
fn line_at(text: &str, at: usize) -> Option<&str> {
    text.get(at..)?.split_inclusive('\n').next()
}

fn heading_of(line: &str) -> Option<&str> {
    let text = line.trim_start_matches('#');
    let level = line.len() - text.len();
    let title = text.trim().trim_end_matches('#').trim_end();
    ((1..=6).contains(&level) && text.starts_with([' ', '\t'])).then_some(title)
}

/// The fence that begins at a line, and where the line behind it begins.
fn fence_at(text: &str, at: usize) -> Option<(Fence, usize)> {
    let line = line_at(text, at)?;
    let (mark, length, info) = opening(line)?;
    let start = at + line.len();
    let mut end = start;
    while let Some(line) = line_at(text, end) {
        if closes(line, mark, length) {
            return Some((Fence { info: info.to_owned(), text: start..end }, end + line.len()));
        }
        end += line.len();
    }
    Some((Fence { info: info.to_owned(), text: start..end }, end))
}

fn opening(line: &str) -> Option<(char, usize, &str)> {
    let text = line.trim_start_matches(' ');
    let mark = text.chars().next().filter(|mark| matches!(mark, '`' | '~'))?;
    let info = text.trim_start_matches(mark);
    let length = text.len() - info.len();
    (line.len() - text.len() < 4 && length >= 3 && !(mark == '`' && info.contains('`'))).then_some((
        mark,
        length,
        info.trim(),
    ))
}

fn closes(line: &str, mark: char, length: usize) -> bool {
    let text = line.trim();
    text.len() >= length && text.chars().all(|letter| letter == mark)
}

/// The Markdown files at or below a path, sorted, those of hidden folders left out.
pub fn find(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    /// Folders are searched no deeper than this.
    const DEEPEST: usize = 16;
    fn collect(path: &Path, depth: usize, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
        let mut entries: Vec<PathBuf> =
            std::fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
        entries.sort();
        for entry in entries {
            let is_hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if entry.is_dir() && !entry.is_symlink() && !is_hidden && depth < DEEPEST {
                collect(&entry, depth + 1, found)?;
            } else if entry.extension().is_some_and(|extension| extension == "md") && !is_hidden {
                found.push(entry);
            }
        }
        Ok(())
    }
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    collect(path, 0, &mut found)?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# Calls\n\nText.\n\n```extensions.conf\n[default]\n```\n\n## Busy ##\n\n```scenario\n2001 dials 2002\n```\n\n~~~trace\nx\n~~~\n```scenario\nwait 1s\n```\n````\n```scenario\nno story\n```\n````\n";

    #[test]
    fn stories_have_the_title_of_their_heading_and_their_trace() {
        let document = Document::read(TEXT);
        let titles: Vec<&str> = document.stories.iter().map(|story| story.title.as_str()).collect();
        assert_eq!(titles, ["Busy", "Busy (2)"]);
        assert_eq!(&TEXT[document.stories[0].text.clone()], "2001 dials 2002\n");
        assert_eq!(&TEXT[document.stories[0].trace.clone().unwrap()], "x\n");
        assert_eq!(document.stories[1].trace, None);
    }

    #[test]
    fn configuration_files_are_those_with_a_name() {
        let document = Document::read(TEXT);
        assert_eq!(document.files, [("extensions.conf".to_owned(), "[default]\n".to_owned())]);
        assert!(!is_file("../extensions.conf"));
        assert!(!is_file(".conf"));
    }

    #[test]
    fn a_fence_that_never_closes_ends_with_the_document() {
        let document = Document::read("```scenario\nwait 1s");
        assert_eq!(document.stories[0].text, 12..19);
    }
}
