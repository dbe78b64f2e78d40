//! Text from outside on its way through one extension.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::Span;
use crate::dialplan::pattern::{Pattern, Place};
use crate::lint::call::Call;
use crate::lint::fields;
use crate::lint::subject::{Line, Subject};
use crate::lint::substitution::{Kind, Substitution};
use crate::lint::{names, values};

/// Functions whose value comes from outside.
pub(super) const SOURCES: [&str; 12] = [
    "CALLERID",
    "CHANNEL",
    "SIP_HEADER",
    "PJSIP_HEADER",
    "PJSIP_HEADER_PARAM",
    "CONNECTEDLINE",
    "REDIRECTING",
    "MESSAGE",
    "MESSAGE_DATA",
    "FAXOPT",
    "ENUMLOOKUP",
    "TXTCIDNAME",
];

/// Variables whose value comes from outside.
pub(super) const OUTSIDE: [&str; 5] = ["SIPURI", "SIPDOMAIN", "SIPUSERAGENT", "SIPCALLID", "SIPREFERTOHDR"];

/// Functions that hand on what they are given.
const PASSING: [&str; 20] = [
    "TOUPPER",
    "TOLOWER",
    "TRIM",
    "LTRIM",
    "RTRIM",
    "PASSTHRU",
    "EVAL",
    "URIDECODE",
    "BASE64_DECODE",
    "QUOTE",
    "IF",
    "SPRINTF",
    "STRREPLACE",
    "REPLACE",
    "CUT",
    "GLOBAL",
    "CSV_QUOTE",
    "SHIFT",
    "POP",
    "STRBETWEEN",
];

/// Functions whose first argument is the name of a variable.
const NAMING: [&str; 7] = ["CUT", "SHIFT", "POP", "GLOBAL", "REPLACE", "STRREPLACE", "STRBETWEEN"];

/// How many stations of a way are told.
const MOST_STATIONS: usize = 6;

/// Where text from outside came in, and the way it took from there.
#[derive(Clone)]
pub(in crate::lint) struct Source {
    pub span: Span,
    pub what: Arc<str>,
    pub way: Arc<[(Span, String)]>,
    /// Nobody in the plan sets it: a script or a manager program does, or nobody at all.
    pub is_unset: bool,
}

impl Source {
    /// Text that comes in at a place.
    pub fn at(span: Span, what: String) -> Self {
        Self { span, what: what.into(), way: Arc::from([]), is_unset: false }
    }

    /// The same one station further on.
    pub fn passed(&self, span: Span, station: String) -> Self {
        if self.way.len() >= MOST_STATIONS {
            return self.clone();
        }
        let way = self.way.iter().cloned().chain([(span, station)]).collect();
        Self { way, ..self.clone() }
    }
}

/// The variables that hold text from outside.
pub(in crate::lint) type Held = HashMap<String, Source>;

/// Text from outside on its way through an extension.
pub(super) struct Trail<'s, 'a> {
    pub subject: &'s Subject<'a>,
    pub held: Held,
}

impl Trail<'_, '_> {
    /// The place of text from outside within a part of a line, and where it came from.
    pub fn source(&self, line: &Line<'_>, at: &Range<usize>) -> Option<(Range<usize>, Source)> {
        let least = line.within(at).map(|found| found.depth).min()?;
        line.within(at).filter(|found| found.depth == least).find_map(|found| self.of(line, found))
    }

    fn of(&self, line: &Line<'_>, found: &Substitution) -> Option<(Range<usize>, Source)> {
        if found.kind == Kind::Expression || !found.is_closed {
            return None;
        }
        let name = found.name(line.text);
        let at = found.at.clone();
        let here = |what: String| Some((at.clone(), Source::at(line.span(at.clone()), what)));
        match found.arguments(line.text) {
            Some(arguments) if SOURCES.contains(&name) => {
                // What a phone says about itself, not what the plan asks for.
                let what = line.part(&arguments).to_ascii_lowercase();
                let is_own = match name {
                    "CALLERID" => what.starts_with("pres") || what.contains("plan") || what.contains("ton"),
                    "CHANNEL" => !matches!(what.trim(), "uri" | "from" | "useragent" | "contact"),
                    _ => false,
                };
                if is_own { None } else { here(line.part(&found.at).to_owned()) }
            }
            Some(arguments) if PASSING.contains(&name) => {
                if NAMING.contains(&name) {
                    let variable = line.part(&arguments).split(',').next().unwrap_or("").trim();
                    if let Some(source) = self.held.get(variable) {
                        return Some((at, source.clone()));
                    }
                }
                // What IF asks about does not come through.
                let start = match name {
                    "IF" => fields::first_outside(line.text, arguments.clone(), b'?')
                        .map_or(arguments.start, |mark| mark + 1),
                    _ => arguments.start,
                };
                self.source(line, &(start..arguments.end)).map(|(_, source)| (at, source))
            }
            Some(_) => None,
            None if name == "EXTEN" => is_open(&line.extension.name, found.slice(line.text))
                .then(|| here(format!("{} of `{}`", line.part(&found.at), line.extension.name)))
                .flatten(),
            None if OUTSIDE.contains(&name) => here(line.part(&found.at).to_owned()),
            None => match self.held.get(name) {
                Some(source) => Some((at, source.clone())),
                None => is_set_elsewhere(self.subject, name).then(|| {
                    let what = format!("`${{{name}}}`, which no step of the plan sets,");
                    (at.clone(), Source { is_unset: true, ..Source::at(line.span(at), what) })
                }),
            },
        }
    }

    /// What a call does to the variables.
    pub fn step(&mut self, line: &Line<'_>, call: &Call<'_>) {
        for assignment in values::assignments(line, call) {
            let name = values::plain(line.part(&assignment.name)).to_owned();
            let source = self.source(line, &assignment.value).filter(|_| !assignment.is_result);
            match source.filter(|(_, source)| !source.is_unset) {
                Some((at, source)) => {
                    let source = match line.span(at) {
                        here if here == source.span => source,
                        here => source.passed(here, format!("goes into `{name}`")),
                    };
                    self.held.insert(name, source);
                }
                None => {
                    self.held.remove(&name);
                }
            }
        }
    }
}

/// Whether a variable can only be set by what is not the plan: AGI, the manager, a call file.
fn is_set_elsewhere(subject: &Subject<'_>, name: &str) -> bool {
    let is_word = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_argument = name.strip_prefix("ARG").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
    is_word
        && !is_argument
        && !subject.values().is_set(name)
        && !names::is_set_by_asterisk(name)
        && !subject
            .library
            .applications
            .iter()
            .flat_map(|application| application.sets)
            .any(|sets| sets.variable == name)
        && !subject.endpoints.iter().flat_map(|endpoint| &endpoint.variables).any(|(set, _)| values::plain(set) == name)
        && names::replaced_variable(name).is_none()
}

/// Whether a dialled number, or the part of it, may hold any signs.
pub(super) fn is_open(extension: &str, slice: Option<&str>) -> bool {
    let Some(pattern) = Pattern::parse(extension) else { return false };
    let fixed = pattern.places.iter().position(|place| matches!(place, Place::More | Place::Early));
    let Some(fixed) = fixed else { return false };
    let mut numbers = slice.into_iter().flat_map(|slice| slice.split(':')).map(|number| number.trim().parse::<usize>());
    // A part in front of the open end holds what the pattern allows.
    match (numbers.next(), numbers.next()) {
        (Some(Ok(offset)), Some(Ok(length))) => offset + length > fixed,
        _ => true,
    }
}
