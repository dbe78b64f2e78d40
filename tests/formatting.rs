//! `exten fmt` changes no plan: over all plans of this repository, and over any bytes.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use exten::conf::Memory;
use exten::dialplan::compile::AnyApplication;
use exten::dialplan::plan::Plan;
use exten::formatter::{format, meaning};

const FILE: &str = "extensions.conf";

/// Everything that a compiled plan holds, without the places of it in the file.
fn told(text: &str) -> String {
    let loaded = Plan::load(&mut Memory::default().with(FILE, text), Path::new(FILE), &mut AnyApplication);
    let mut out = String::new();
    let codes: Vec<String> = loaded.diagnostics.iter().map(|found| found.code.to_string()).collect();
    writeln!(out, "{codes:?}").unwrap();
    let Some(plan) = loaded.plan else { return out + "refused" };
    writeln!(out, "{:?}", plan.general.all).unwrap();
    for global in &plan.globals {
        writeln!(out, "{}={}", global.name, global.value).unwrap();
    }
    for context in plan.contexts() {
        writeln!(out, "[{}] {:?} {}", context.name, context.ignore_patterns, context.autohints).unwrap();
        for include in &context.includes {
            writeln!(out, "include {} {:?}", include.name, include.timing).unwrap();
        }
        for switch in &context.switches {
            writeln!(out, "switch {:?} {} {}", switch.kind, switch.driver, switch.data).unwrap();
        }
        for extension in context.extensions.iter().filter_map(|id| plan.extension(*id)) {
            writeln!(out, "{} / {:?}", extension.written(), extension.caller()).unwrap();
            for step in plan.steps(extension) {
                let (name, arguments) = (&plan.application(step).name, step.arguments.text());
                let old = step.has_old_separators;
                writeln!(out, "  {} {:?} {name}({arguments}) {old}", step.priority, plan.label(step)).unwrap();
            }
        }
    }
    out
}

fn check(what: &str, text: &str) {
    let once = format(text);
    assert_eq!(told(&once), told(text), "{what}");
    assert_eq!(meaning(&once), meaning(text), "{what}");
    assert_eq!(format(&once), once, "{what}: formatted twice");
    for line in once.lines().filter(|line| line.trim_start().starts_with(';')) {
        assert!(text.contains(line.trim()), "{what}: {line}");
    }
}

fn own(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

#[test]
fn the_recorded_cases_keep_their_meaning() {
    let mut count = 0;
    for entry in std::fs::read_dir(own("tests/conformance")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "toml") || path.ends_with("deviations.toml") {
            continue;
        }
        let document: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
        for case in document["case"].as_array().unwrap() {
            for (name, text) in case["files"].as_table().unwrap().iter().filter(|(name, _)| name.ends_with(".conf")) {
                check(&format!("{} {name}", case["name"].as_str().unwrap()), text.as_str().unwrap());
                count += 1;
            }
        }
    }
    assert!(count > 1500);
}

#[test]
fn the_example_plans_are_laid_out_so_already() {
    let mut count = 0;
    for entry in std::fs::read_dir(own("dialplans")).unwrap() {
        let path = entry.unwrap().path().join(FILE);
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        check(&path.display().to_string(), &text);
        assert_eq!(format(&text), text, "run `exten fmt {}`", path.display());
        count += 1;
    }
    assert!(count > 3);
}

fn exten(arguments: &[&str], folder: &Path) -> (i32, String) {
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_exten")).args(arguments).current_dir(folder).output();
    let output = command.unwrap();
    (output.status.code().unwrap(), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn the_command_checks_shows_and_writes() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| std::fs::write(folder.path().join(name), text).unwrap();
    write(FILE, b"[a]\nexten=>1,1,NoOp()\n#include \"more.conf\"\n");
    // Latin-1, and kept so.
    write("more.conf", b"[b]\n;\xe9\ninclude=>a\n");
    write("sip.conf", b"[general]\nport=5060\n");
    let read = |name: &str| std::fs::read(folder.path().join(name)).unwrap();

    let (status, told) = exten(&["fmt", "--check", "."], folder.path());
    assert_eq!((status, &*told), (1, "./extensions.conf\n./more.conf\n"));
    let (status, told) = exten(&["fmt", "--diff", FILE], folder.path());
    assert_eq!(status, 0);
    assert!(told.contains("-exten=>1,1,NoOp()\n+exten => 1,1,NoOp()\n"), "{told}");
    let (status, told) = exten(&["fmt", "--stdout", FILE], folder.path());
    assert_eq!((status, &*told), (0, "[a]\nexten => 1,1,NoOp()\n#include \"more.conf\"\n"));
    assert!(read(FILE).starts_with(b"[a]\nexten=>"));

    assert_eq!(exten(&["fmt", "."], folder.path()).0, 0);
    assert_eq!(read("more.conf"), b"[b]\n;\xe9\ninclude => a\n");
    assert_eq!(read("sip.conf"), b"[general]\nport=5060\n");
    assert_eq!(exten(&["fmt", "--check", "."], folder.path()), (0, String::new()));
    assert_eq!(exten(&["fmt", "nowhere"], folder.path()).0, 2);
}
