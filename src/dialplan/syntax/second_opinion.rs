//! Holds the line splitter against the grammar of the whole file, over every recorded case.

use super::notation::{Grammar, Rule};
use crate::conf::{Config, Memory, trim};
use crate::diagnostic::{FileId, Sources};
use crate::dialplan::plan::conformance::{FILES, cases};
use pest::Parser as _;
use std::collections::BTreeMap;
use std::path::Path;

/// Keys and values as the splitter reads them, in the order of the file.
fn split(text: &str) -> Vec<(String, String)> {
    let mut files = Memory::default().with("a.conf", text);
    let config = Config::read(&mut files, Path::new("a.conf"), &mut Sources::default());
    let sections = config.sections.iter().chain(&config.templates);
    let entries = sections.flat_map(|section| &section.entries).filter(|entry| entry.span.file == FileId(0));
    // A template's line stands in every section that builds on it.
    let by_place: BTreeMap<u32, _> =
        entries.map(|entry| (entry.span.start, (entry.key.to_string(), entry.value.to_string()))).collect();
    by_place.into_values().collect()
}

/// The same as the grammar reads them.
fn parse(text: &str) -> Vec<(String, String)> {
    let file = Grammar::parse(Rule::file, text).unwrap().next().unwrap();
    let assignments = file.into_inner().filter(|pair| pair.as_rule() == Rule::assignment);
    let clean = |text: &str| trim(text).replace("\\;", ";");
    let both = assignments.map(|pair| {
        let mut inner = pair.into_inner();
        (clean(inner.next().unwrap().as_str()), clean(inner.next().unwrap().as_str()))
    });
    both.filter(|(key, _)| !key.is_empty()).collect()
}

#[test]
fn the_splitter_and_the_grammar_read_the_same_lines() {
    let mut compared = 0;
    for case in FILES.iter().flat_map(|file| cases(file)) {
        for (name, text) in case.files.iter().filter(|(name, _)| name.ends_with(".conf")) {
            // Block comments, additions and escaped keys are the splitter's alone; lines without a section are a fault.
            let lines = || text.lines().map(str::trim_start);
            let alone = [";--", "--;", "+="].iter().any(|mark| text.contains(mark));
            let first = lines().find(|line| !line.is_empty() && !line.starts_with([';', '#']));
            if alone || lines().any(|line| line.starts_with('\\')) || !first.is_some_and(|line| line.starts_with('[')) {
                continue;
            }
            assert_eq!(split(text), parse(text), "{}: {name}", case.name);
            compared += 1;
        }
    }
    assert!(compared > 500, "only {compared} files were compared");
}
