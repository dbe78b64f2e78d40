//! The recorded cases on substitution and expressions, walked without the interpreter.
//!
//! The walker knows `Set`, `MSet` and `NoOp` in straight lines of steps, and a handful of functions. A case that needs
//! more is left to the interpreter's own tests.

use std::collections::HashMap;

use serde::Deserialize;

use super::{Scope, Template, Warning};

#[derive(Deserialize)]
struct Cases {
    case: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    call: String,
    #[serde(default)]
    callerid: String,
    #[serde(default)]
    variables: HashMap<String, String>,
    trace: String,
    files: HashMap<String, String>,
}

/// The variables of one call. A function that the walker does not know leaves its name in `missing`.
#[derive(Default)]
struct Call {
    variables: HashMap<String, String>,
    number: String,
    missing: Option<String>,
}

impl Scope for Call {
    fn variable(&mut self, name: &str, out: &mut String) -> bool {
        self.variables.get(name).map(|value| out.push_str(value)).is_some()
    }

    fn function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool {
        match name {
            "LEN" => out.push_str(&arguments.len().to_string()),
            "TOUPPER" => out.push_str(&arguments.to_ascii_uppercase()),
            "EVAL" => super::expand_text(arguments, self, out),
            "ISNULL" => out.push(if arguments.is_empty() { '1' } else { '0' }),
            "EXISTS" => out.push(if arguments.is_empty() { '0' } else { '1' }),
            "CUT" if arguments == "x,y,1" => {}
            "ENV" if arguments.starts_with("NO_SUCH") => {}
            "CALLERID" if arguments == "num" && !self.missing_caller() => out.push_str(&self.number.clone()),
            "GLOBAL" | "CUT" | "IF" | "CALLERID" | "FIELDQTY" => self.missing = Some(name.to_owned()),
            _ => return false,
        }
        true
    }

    fn warn(&mut self, _: Warning) {}
}

impl Call {
    fn missing_caller(&self) -> bool {
        self.variables.contains_key("CALLERID(num)")
    }

    fn set(&mut self, name: &str, value: &str) {
        let name = name.strip_prefix("__").or_else(|| name.strip_prefix('_')).unwrap_or(name);
        if name == "EXTEN" {
            return;
        }
        if name.contains('(') && !name.starts_with("NOSUCHFUNC") {
            self.missing = Some(name.to_owned());
        }
        self.variables.insert(name.to_owned(), value.to_owned());
    }
}

/// What came of a case.
#[derive(Debug, PartialEq)]
enum Outcome {
    Passed,
    Failed(String),
    /// The first thing that the walker does not know.
    Skipped(String),
}

fn run(case: &Case) -> Outcome {
    let plan = &case.files["extensions.conf"];
    if case.files.len() > 1 || plan.matches("\n[").count() > 0 || plan.contains("[globals]") {
        return Outcome::Skipped("several sections".into());
    }
    let (extension, _) = case.call.split_once('@').unwrap();
    let mut call = Call { variables: HashMap::new(), ..Call::default() };
    call.variables.insert("EXTEN".into(), extension.into());
    call.variables.insert("HANGUPCAUSE".into(), "0".into());
    call.number = case.callerid.split_once('<').map_or("", |(_, rest)| rest.trim_end_matches('>')).into();
    for (name, value) in &case.variables {
        call.set(name, value);
    }
    let mut trace = case.trace.trim_matches('\n').lines();
    for line in plan.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let Some((application, template)) = step(line) else { return Outcome::Skipped(line.into()) };
        let mut arguments = String::new();
        template.expand(&mut call, &mut arguments);
        if let Some(missing) = call.missing {
            return Outcome::Skipped(missing);
        }
        match application {
            "NoOp" => {}
            "Set" => {
                let (name, value) = arguments.split_once('=').unwrap_or((&arguments, ""));
                call.set(name, value);
            }
            "MSet" if !arguments.contains(['"', '\\']) => {
                for (name, value) in arguments.split(',').filter_map(|part| part.split_once('=')) {
                    call.set(name, value);
                }
            }
            other => return Outcome::Skipped(other.into()),
        }
        let expected = trace.next().unwrap_or_default();
        let expected = expected.split_once(' ').map_or("", |(_, step)| step);
        let expected = expected.strip_prefix(application).unwrap_or(expected);
        let expected = expected.strip_prefix(' ').unwrap_or(expected);
        if expected != arguments.trim_end_matches('\n') {
            return Outcome::Failed(format!("{line}\n  expected <{expected}>\n  got      <{arguments}>"));
        }
    }
    Outcome::Passed
}

/// The application and its arguments in a line `exten => pattern,priority,…` or `same => priority,…`.
fn step(line: &str) -> Option<(&str, Template)> {
    let (word, rest) = line.split_once("=>")?;
    let rest = if word.trim() == "exten" { rest.split_once(',')?.1 } else { rest };
    let (_, call) = rest.split_once(',')?;
    let (application, arguments) = call.split_once('(').unwrap_or((call, ""));
    let arguments = arguments.rfind(')').map_or(arguments, |end| &arguments[..end]);
    Some((application.trim(), Template::parse(&arguments.replace("\\;", ";"))))
}

/// Runs the cases of one file; tells how many passed and the names of those left out.
fn walk(file: &str) -> (usize, Vec<String>) {
    let cases: Cases = toml::from_str(file).unwrap();
    let (mut passed, mut skipped, mut failed) = (0, Vec::new(), Vec::new());
    for case in &cases.case {
        match run(case) {
            Outcome::Passed => passed += 1,
            Outcome::Skipped(why) => skipped.push(format!("{}: {why}", case.name)),
            Outcome::Failed(how) => failed.push(format!("{}\n  {how}", case.name)),
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
    (passed, skipped)
}

#[test]
fn recorded_expressions() {
    let (passed, skipped) = walk(include_str!("../../../tests/conformance/expressions.toml"));
    assert!(skipped.len() * 20 < passed, "{passed} passed; left out: {skipped:#?}");
}

#[test]
fn recorded_substitutions() {
    let (passed, skipped) = walk(include_str!("../../../tests/conformance/substitution.toml"));
    assert!(skipped.len() * 3 < passed, "{passed} passed; left out: {skipped:#?}");
}
