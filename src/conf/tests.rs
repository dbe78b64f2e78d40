//! What Asterisk refuses, and what of a file is kept.

use super::{Config, Memory, Operator};
use crate::diagnostic::{Code, Severity, Sources, codes};
use std::path::Path;

fn read(files: Memory) -> (Config, Sources) {
    let (mut files, mut sources) = (files, Sources::default());
    (Config::read(&mut files, Path::new("/etc/a.conf"), &mut sources), sources)
}

fn one(text: &str) -> (Config, Sources) {
    read(Memory::default().with("/etc/a.conf", text))
}

fn found(config: &Config) -> Vec<(Code, Severity)> {
    config.diagnostics.iter().map(|diagnostic| (diagnostic.code, diagnostic.severity)).collect()
}

#[test]
fn one_fault_does_not_hide_the_next() {
    let (config, sources) = one("x=1\n[a\n[b](tpl)\n[c](+)\n[d](!\n#include gone.conf\n[e]\nk=v\n");
    let expected = [codes::NO_SECTION, codes::UNCLOSED_SECTION, codes::UNKNOWN_TEMPLATE, codes::UNKNOWN_SECTION]
        .into_iter()
        .chain([codes::UNCLOSED_OPTIONS, codes::INCLUDE_MISSING]);
    assert_eq!(found(&config), expected.map(|code| (code, Severity::Error)).collect::<Vec<_>>());
    assert!(config.is_refused());
    let place = |index: usize| sources.location(config.diagnostics[index].labels[0].span);
    assert_eq!(
        (place(1), place(2), place(5)),
        ("/etc/a.conf:2:1".into(), "/etc/a.conf:3:5".into(), "/etc/a.conf:6:1".into())
    );
    assert_eq!(config.section("e").and_then(|section| section.get("K")), Some("v"));
}

#[test]
fn a_fault_in_an_included_file_loses_only_what_follows_there() {
    let files = Memory::default()
        .with("/etc/a.conf", "[a]\n#include b.conf\nlast=1\n")
        .with("/etc/b.conf", "first=1\n[open\nlost=1\n");
    let (config, _) = read(files);
    assert!(!config.is_refused());
    assert_eq!(found(&config), [(codes::UNCLOSED_SECTION, Severity::Warning)]);
    let keys: Vec<_> = config.sections[0].entries.iter().map(|entry| &*entry.key).collect();
    assert_eq!(keys, ["first", "last"]);
}

#[test]
fn templates_lend_their_lines_and_are_no_sections() {
    let (config, _) = one("[t](!)\na=1\nb=1\n[s](t)\nb=2\nb+=3\n[s](+)\nc => 4\n");
    assert_eq!(config.sections.len(), 1);
    let section = config.section("S").unwrap();
    assert_eq!((section.get("a"), section.get("b"), section.get("c")), (Some("1"), Some("23"), Some("4")));
    assert_eq!(section.entry("c").map(|entry| entry.operator), Some(Operator::Arrow));
    assert_eq!(config.templates[0].name, "t");
}

#[test]
fn spans_point_at_key_and_value() {
    let (config, sources) = one("[a]\r\n  key =  some \\; value ; comment\r\n");
    let entry = &config.sections[0].entries[0];
    assert_eq!(entry.value, "some ; value");
    assert_eq!((sources.text(entry.key_span), sources.text(entry.value_span)), ("key", "some \\; value"));
}

#[test]
fn files_that_include_themselves_many_times_stay_bounded() {
    let line = "#include a.conf\n".repeat(8);
    let (config, _) = one(&format!("[a]\n{line}x=1\n"));
    assert!(config.diagnostics.len() <= 2_000);
}
