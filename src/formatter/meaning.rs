//! What a file says, its layout left out: the proof that a change of layout changed nothing else.

use std::path::Path;

use crate::conf::{Config, Entry, Memory, Operator, Section};
use crate::diagnostic::{Code, Sources};
use crate::dialplan::syntax;

/// Compared, it tells whether two texts mean the same to a PBX.
#[derive(Debug, PartialEq, Eq)]
pub struct Meaning {
    sections: Vec<(String, Vec<Line>)>,
    /// The codes of what reading finds wrong, in order.
    faults: Vec<Code>,
}

#[derive(Debug, PartialEq, Eq)]
struct Line {
    key: String,
    operator: Operator,
    /// An extension's fields, or the whole value.
    value: Vec<String>,
}

/// What a text says. Files that it includes are left out.
pub fn meaning(text: &str) -> Meaning {
    let path = Path::new("text");
    // What stands in front of the first section belongs to the one that is open where the file is included.
    let text = format!("[]\n{}", text.trim_start_matches('\u{feff}'));
    let config = Config::read(&mut Memory::default().with(path, text), path, &mut Sources::default());
    let sections = config.sections.iter().chain(&config.templates);
    Meaning {
        sections: sections.map(|section| (section.name.clone(), entries(section))).collect(),
        faults: config.diagnostics.iter().map(|found| found.code).collect(),
    }
}

fn entries(section: &Section) -> Vec<Line> {
    let is_context = !section.name.is_empty() && syntax::is_context(section);
    section.entries.iter().map(|entry| line(entry, is_context)).collect()
}

fn line(entry: &Entry, is_context: bool) -> Line {
    let named = entry.key.eq_ignore_ascii_case("exten");
    let value = match syntax::fields(&entry.value, named) {
        (name, priority, Some(call)) if is_context && (named || syntax::is_same(&entry.key)) => {
            [name.unwrap_or(""), priority, call].map(str::to_owned).to_vec()
        }
        _ => vec![entry.value.to_string()],
    };
    Line { key: entry.key.to_string(), operator: entry.operator, value }
}
