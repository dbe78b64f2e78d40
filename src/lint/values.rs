//! What is known about the values of variables without running the plan.

use std::collections::{HashMap, HashSet};

use super::call::{self, Call};
use super::fields;
use super::names;
use super::subject::{Line, Subject};
use super::substitution::{Kind, Substitution, scan};
use crate::interpreter;

pub(super) struct Values {
    /// Every variable that the plan sets, and whether each value it is given is more than nothing.
    set: HashMap<String, bool>,
    /// Variables that the plan sets from their own value alone.
    unbegun: HashSet<String>,
    /// The names of those that it sets, by the same in small letters.
    in_small_letters: HashMap<String, String>,
}

/// Variables that always have a value.
const ALWAYS: [&str; 10] = [
    "EXTEN",
    "CONTEXT",
    "PRIORITY",
    "CHANNEL",
    "UNIQUEID",
    "EPOCH",
    "HANGUPCAUSE",
    "ARGC",
    "SYSTEMSTATUS",
    "DIALSTATUS",
];

/// Functions that always give a value.
const GIVING: [&str; 41] = [
    "ABS",
    "CHANNEL_EXISTS",
    "DB_EXISTS",
    "DB_KEYCOUNT",
    "DEC",
    "DEVICE_STATE",
    "DIALPLAN_EXISTS",
    "DIGIT_SUM",
    "EXISTS",
    "EXTENSION_STATE",
    "FIELDNUM",
    "FIELDQTY",
    "FILE_COUNT_LINE",
    "GLOBAL_EXISTS",
    "GROUP_COUNT",
    "GROUP_MATCH_COUNT",
    "IFMODULE",
    "INC",
    "ISNULL",
    "LEN",
    "LOCK",
    "MATH",
    "MAX",
    "MD5",
    "MEETME_INFO",
    "MIN",
    "QUEUE_MEMBER",
    "QUEUE_EXISTS",
    "QUEUE_WAITING_COUNT",
    "RAND",
    "REGEX",
    "SHA1",
    "STAT",
    "STRFTIME",
    "TRYLOCK",
    "UNLOCK",
    "UUID",
    "VARIABLE_EXISTS",
    "VERSION",
    "BLACKLIST",
    "TIMEOUT",
];

impl Values {
    pub fn new(subject: &Subject<'_>) -> Self {
        let plan = subject.plan;
        let mut values = Self { set: HashMap::new(), unbegun: HashSet::new(), in_small_letters: HashMap::new() };
        for global in &plan.globals {
            values.note(&global.name, !global.value.is_empty());
        }
        for application in plan.applications().iter().filter_map(|used| subject.library.application(&used.key)) {
            for sets in application.sets {
                let gives = !sets.values.is_empty() && !sets.values.contains(&"");
                values.note(sets.variable, gives);
            }
        }
        let is_setting = |key: &str| {
            matches!(key, "set" | "mset" | "exec" | "execif" | "execiftime" | "tryexec" | "setvar")
                || subject.library.application(key).is_some_and(names_variable)
        };
        for line in subject.lines_where(is_setting) {
            for call in call::calls(&line) {
                for assignment in assignments(&line, &call) {
                    let value = line.text.get(assignment.value.clone()).unwrap_or("");
                    let name = plain(line.part(&assignment.name));
                    if value.contains(&format!("${{{name}}}")) && !name.contains('(') {
                        values.unbegun.insert(name.to_owned());
                        continue;
                    }
                    // A room has some number of parties; what is read from a caller may be nothing.
                    let gives = if assignment.is_result { call.key == "meetmecount" } else { gives(value) };
                    values.note(line.part(&assignment.name), gives);
                }
            }
        }
        let set = &values.set;
        values.unbegun.retain(|name| !set.contains_key(name));
        let mut names: Vec<&String> = set.keys().collect();
        names.sort_unstable();
        values.in_small_letters =
            names.into_iter().rev().map(|name| (name.to_ascii_lowercase(), name.clone())).collect();
        values
    }

    fn note(&mut self, name: &str, gives: bool) {
        let known = self.set.entry(plain(name).to_owned()).or_insert(true);
        *known &= gives;
    }

    /// Whether the plan, or an application that it uses, sets a variable.
    pub fn is_set(&self, name: &str) -> bool {
        self.set.contains_key(name) || self.unbegun.contains(name)
    }

    /// The variable that the plan sets and whose name differs in case only; none where Asterisk sets it so itself.
    pub fn in_other_case(&self, name: &str) -> Option<&str> {
        if names::is_set_by_asterisk(name) {
            return None;
        }
        self.in_small_letters.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// Whether the plan sets a variable from its own value alone, so that it is nothing the first time.
    pub fn has_no_beginning(&self, name: &str) -> bool {
        self.unbegun.contains(name)
    }

    /// Whether a substitution is known to be more than nothing.
    pub fn gives(&self, line: &Line<'_>, found: &Substitution) -> bool {
        if found.kind == Kind::Expression {
            return true;
        }
        let name = found.name(line.text);
        if found.arguments(line.text).is_some() {
            return GIVING.contains(&name);
        }
        match found.slice(line.text) {
            None => ALWAYS.contains(&name) || self.set.get(name) == Some(&true),
            Some(slice) => name == "EXTEN" && gives_slice(&line.extension.name, slice),
        }
    }
}

/// Whether a part of an extension's number is more than nothing.
fn gives_slice(extension: &str, slice: &str) -> bool {
    let offset: i64 = slice.split(':').next().and_then(|offset| offset.trim().parse().ok()).unwrap_or(0);
    let length = match crate::dialplan::pattern::Pattern::parse(extension) {
        Some(pattern) => pattern.places.len(),
        None => extension.len(),
    };
    offset < 0 || usize::try_from(offset).is_ok_and(|offset| offset < length)
}

fn names_variable(application: &'static interpreter::Application) -> bool {
    application.arguments.iter().any(|argument| argument.kind == interpreter::Kind::Variable)
}

/// A variable that a call sets.
pub(super) struct Assignment {
    pub name: std::ops::Range<usize>,
    pub value: std::ops::Range<usize>,
    /// The application decides on the value.
    pub is_result: bool,
}

/// The variables that a call sets, as far as their names are known.
pub(super) fn assignments(line: &Line<'_>, call: &Call<'_>) -> Vec<Assignment> {
    let pairs = match call.key.as_str() {
        "set" | "setvar" => vec![call.arguments.clone()],
        "mset" => call.fields.clone(),
        _ => {
            let kinds = call.application.into_iter().flat_map(|application| application.arguments);
            let named = kinds.zip(&call.fields).filter(|(argument, _)| argument.kind == interpreter::Kind::Variable);
            let named = named.filter(|(_, field)| !line.is_dynamic(field));
            return named
                .map(|(_, field)| Assignment { name: field.clone(), value: field.end..field.end, is_result: true })
                .collect();
        }
    };
    let parted = pairs.into_iter().filter_map(|pair| {
        let equals = fields::first_outside(line.text, pair.clone(), b'=')?;
        Some(Assignment { name: pair.start..equals, value: equals + 1..pair.end, is_result: false })
    });
    parted.filter(|assignment| !line.is_dynamic(&assignment.name)).collect()
}

/// The variable that an assignment's left side names.
pub(super) fn plain(name: &str) -> &str {
    let name = name.trim();
    let inner = ["GLOBAL(", "LOCAL("].iter().find_map(|start| name.strip_prefix(start)?.strip_suffix(')'));
    inner.unwrap_or(name).trim_start_matches('_')
}

/// Whether a value as written is more than nothing, whatever its variables hold.
fn gives(value: &str) -> bool {
    let substitutions = scan(value);
    let mut rest = value.to_owned();
    for found in substitutions.iter().rev().filter(|found| found.depth == 0) {
        rest.replace_range(found.at.clone(), "");
    }
    let is_giving = |found: &Substitution| match found.kind {
        Kind::Expression => true,
        Kind::Reference => {
            let name = found.name(value);
            if let Some(arguments) = found.arguments(value) {
                GIVING.contains(&name) || name == "IF" && both_give(value, arguments)
            } else {
                ALWAYS.contains(&name) && found.slice(value).is_none()
            }
        }
    };
    !rest.trim().is_empty() || substitutions.iter().any(|found| found.depth == 0 && is_giving(found))
}

/// Whether both branches of `condition?one:other` are more than nothing.
fn both_give(value: &str, at: std::ops::Range<usize>) -> bool {
    let Some(mark) = fields::first_outside(value, at.clone(), b'?') else { return false };
    let Some(colon) = fields::first(value, mark + 1..at.end, b':') else { return false };
    let branches = [mark + 1..colon, colon + 1..at.end];
    branches.into_iter().all(|branch| value.get(branch).is_some_and(gives))
}
