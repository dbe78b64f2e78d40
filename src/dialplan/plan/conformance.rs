//! Holds the loading and matching against the recorded cases, without running a step: every step that the
//! reference took has to be what a lookup of its place finds, and literal arguments have to be the same.

use super::{Loaded, Plan, Query, Surroundings};
use crate::conf::Memory;
use crate::dialplan::compile::AnyApplication;
use std::collections::BTreeMap;
use std::path::Path;

#[derive(serde::Deserialize)]
pub(crate) struct Cases {
    #[serde(rename = "case")]
    pub cases: Vec<Case>,
}

#[derive(serde::Deserialize)]
pub(crate) struct Case {
    pub name: String,
    pub callerid: Option<String>,
    pub trace: String,
    pub note: Option<String>,
    pub files: BTreeMap<String, String>,
}

/// The recorded cases of one file.
pub(crate) fn cases(file: &str) -> Vec<Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance").join(file);
    toml::from_str::<Cases>(&std::fs::read_to_string(path).unwrap()).unwrap().cases
}

/// Every file of recorded cases.
pub(crate) const FILES: [&str; 8] = [
    "applications.toml",
    "expressions.toml",
    "flow.toml",
    "functions-logic.toml",
    "functions-text.toml",
    "patterns.toml",
    "structure.toml",
    "substitution.toml",
];

impl Case {
    pub fn files(&self) -> Memory {
        use base64::Engine as _;
        let mut files = Memory::default();
        for (name, text) in &self.files {
            match name.strip_suffix(".b64") {
                Some(name) => {
                    let bytes = base64::engine::general_purpose::STANDARD.decode(text.trim()).unwrap();
                    files.insert(Path::new("/etc/asterisk").join(name), bytes);
                }
                None => files.insert(Path::new("/etc/asterisk").join(name), text.as_str()),
            }
        }
        files
    }

    pub fn load(&self) -> Loaded {
        Plan::load(&mut self.files(), Path::new("/etc/asterisk/extensions.conf"), &mut AnyApplication)
    }

    fn caller(&self) -> &str {
        let id = self.callerid.as_deref().unwrap_or("");
        id.split_once('<').map_or("", |(_, number)| number.trim_end_matches('>'))
    }
}

/// Noon on a Wednesday, without a channel.
pub(crate) struct Noon;

impl Surroundings for Noon {
    fn now(&mut self, _: Option<&str>) -> jiff::civil::DateTime {
        jiff::civil::date(2026, 11, 11).at(12, 0, 0, 0)
    }
}

/// `EXTEN@CONTEXT:PRIORITY Application arguments`
fn step_of(line: &str) -> Option<(&str, &str, i32, &str, &str)> {
    let (place, priority_and_call) = line.split_once(':')?;
    let (extension, context) = place.rsplit_once('@')?;
    let (priority, call) = priority_and_call.split_once(' ').unwrap_or((priority_and_call, ""));
    let (application, arguments) = call.split_once(' ').unwrap_or((call, ""));
    Some((extension, context, priority.parse().ok()?, application, arguments))
}

fn mismatches(case: &Case) -> Vec<String> {
    let loaded = case.load();
    let Some(plan) = &loaded.plan else {
        return if case.trace.trim().is_empty() { Vec::new() } else { vec!["refused".to_owned()] };
    };
    if case.note.as_deref().is_some_and(|note| note.starts_with("The whole file is refused")) {
        return vec!["not refused".to_owned()];
    }
    let mut wrong = Vec::new();
    for line in case.trace.lines() {
        let Some((extension, context, priority, application, arguments)) = step_of(line) else { continue };
        let query = Query { context, extension, priority, caller: case.caller() };
        let Ok(found) = plan.find(&query, &mut Noon) else {
            wrong.push(format!("not found: {line}"));
            continue;
        };
        let step = plan.step(found.step().step).unwrap();
        let name = &plan.application(step).name;
        let literal = step.arguments.as_literal();
        if !name.eq_ignore_ascii_case(application) {
            wrong.push(format!("{name} instead of {line}"));
        } else if literal.is_some_and(|literal| literal != arguments && !arguments.contains(['<', '>'])) {
            wrong.push(format!("arguments {literal:?} instead of {line}"));
        }
    }
    wrong
}

#[test]
fn every_recorded_step_is_found_at_its_place() {
    let mut wrong = Vec::new();
    for file in FILES {
        // Where the call changes its caller number on the way, a lookup with the first one says nothing.
        for case in cases(file).iter().filter(|case| case.name != "caller number changes during the call") {
            wrong.extend(mismatches(case).into_iter().map(|what| format!("{file}: {}: {what}", case.name)));
        }
    }
    assert!(wrong.is_empty(), "{}\n", wrong.join("\n"));
}
