//! Text from outside that reaches where it can do harm.

use std::collections::HashMap;

use super::*;
use crate::dialplan::pattern::{Pattern, Place};
use crate::dialplan::plan::{Context, Extension};
use crate::lint::call;
use crate::lint::substitution::{Kind, Substitution};
use crate::lint::values;

rule! {
    /// ## What it does
    /// Finds text from outside that reaches the destinations of `Dial`, `Originate` or `Page` unfiltered: `${EXTEN}` where
    /// its pattern ends in `.` or `!`, caller ids, headers of SIP messages, and variables that hold them.
    ///
    /// ## Why is this bad
    /// A SIP phone can dial letters and signs. `100&DAHDI/g1/00900123` in `SIP/${EXTEN}` calls a second number at your
    /// cost.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => _X.,1,Dial(SIP/${EXTEN})
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => _X.,1,Dial(SIP/${FILTER(0-9,${EXTEN})})
    /// ```
    pub DIAL_INJECTION: DIAL_INJECTION, Check::Extension(dial)
}

rule! {
    /// ## What it does
    /// Finds text from outside that reaches a shell unfiltered: through `System`, `TrySystem`, `SHELL()` and the commands
    /// that `MixMonitor` and `Monitor` run.
    ///
    /// ## Why is this bad
    /// A caller named `;reboot` gives a command to your machine. Quotes do not help: a quote ends them.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,System(echo "${CALLERID(name)}" >> /tmp/calls)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,System(echo "${FILTER(A-Za-z0-9,${CALLERID(name)})}" >> /tmp/calls)
    /// ```
    pub SHELL_INJECTION: SHELL_INJECTION, Check::Extension(shell)
}

rule! {
    /// ## What it does
    /// Finds text from outside that decides which application or context runs, which page `CURL` asks for, or what an SQL
    /// statement says.
    ///
    /// ## Why is this bad
    /// The caller chooses what your plan does.
    ///
    /// ## Example
    /// ```conf
    /// [default]
    /// exten => 100,1,Goto(${SIP_HEADER(X-Context)},s,1)
    /// ```
    ///
    /// ## Use instead
    /// ```conf
    /// [default]
    /// exten => 100,1,GotoIf($["${SIP_HEADER(X-Context)}" = "sales"]?sales,s,1)
    /// [sales]
    /// exten => s,1,Answer()
    /// ```
    pub INJECTION: INJECTION, Check::Extension(other)
}

/// Functions whose value comes from outside.
const SOURCES: [&str; 11] = [
    "CALLERID",
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
const OUTSIDE: [&str; 4] = ["SIPURI", "SIPDOMAIN", "SIPUSERAGENT", "SIPCALLID"];

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

/// Text from outside on its way through an extension.
struct Trail<'s, 'a> {
    subject: &'s Subject<'a>,
    /// The variables that hold some, with the place where it came in.
    held: HashMap<String, (Span, String)>,
}

impl Trail<'_, '_> {
    /// The place and the name of text from outside within a part of a line.
    fn source(&self, line: &Line<'_>, at: &Range<usize>) -> Option<(Range<usize>, Span, String)> {
        let least = line.within(at).map(|found| found.depth).min()?;
        line.within(at).filter(|found| found.depth == least).find_map(|found| self.of(line, found))
    }

    fn of(&self, line: &Line<'_>, found: &Substitution) -> Option<(Range<usize>, Span, String)> {
        if found.kind == Kind::Expression || !found.is_closed {
            return None;
        }
        let name = found.name(line.text);
        let here = |what: String| Some((found.at.clone(), line.span(found.at.clone()), what));
        match found.arguments(line.text) {
            Some(arguments) if SOURCES.contains(&name) => {
                // What a phone says about itself, not what the plan asks for.
                let what = line.part(&arguments).to_ascii_lowercase();
                let is_own =
                    name == "CALLERID" && (what.starts_with("pres") || what.contains("plan") || what.contains("ton"));
                if is_own { None } else { here(line.part(&found.at).to_owned()) }
            }
            Some(arguments) if PASSING.contains(&name) => {
                if matches!(name, "CUT" | "SHIFT" | "POP" | "GLOBAL" | "REPLACE" | "STRREPLACE" | "STRBETWEEN") {
                    let variable = line.part(&arguments).split(',').next().unwrap_or("").trim();
                    if let Some((span, what)) = self.held.get(variable) {
                        return Some((found.at.clone(), *span, what.clone()));
                    }
                }
                // What IF asks about does not come through.
                let start = match name {
                    "IF" => fields::first_outside(line.text, arguments.clone(), b'?')
                        .map_or(arguments.start, |mark| mark + 1),
                    _ => arguments.start,
                };
                self.source(line, &(start..arguments.end)).map(|(_, span, what)| (found.at.clone(), span, what))
            }
            Some(_) => None,
            None if name == "EXTEN" => is_open(&line.extension.name, found.slice(line.text)).then(|| {
                (
                    found.at.clone(),
                    line.span(found.at.clone()),
                    format!("{} of `{}`", line.part(&found.at), line.extension.name),
                )
            }),
            None if OUTSIDE.contains(&name) => here(line.part(&found.at).to_owned()),
            None => self.held.get(name).map(|(span, what)| (found.at.clone(), *span, what.clone())),
        }
    }

    fn step(&mut self, line: &Line<'_>, call: &Call<'_>) {
        for assignment in values::assignments(line, call) {
            let name = values::plain(line.part(&assignment.name)).to_owned();
            match self.source(line, &assignment.value).filter(|_| !assignment.is_result) {
                Some((_, span, what)) => self.held.insert(name, (span, what)),
                None => self.held.remove(&name),
            };
        }
    }
}

/// Whether a dialled number, or the part of it, may hold any signs.
fn is_open(extension: &str, slice: Option<&str>) -> bool {
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

/// Whether one of these applications may be called by an extension, or a text of it holds one of these words.
fn concerns(subject: &Subject<'_>, extension: &Extension, applications: &[&str], words: &[&str]) -> bool {
    subject.plan.steps(extension).iter().any(|step| {
        let key = &*subject.plan.application(step).key;
        let is_dynamic = step.arguments.as_literal().is_none();
        is_dynamic
            && (applications.contains(&key)
                || matches!(key, "exec" | "execif" | "execiftime" | "tryexec")
                || words.iter().any(|word| step.arguments.text().contains(word)))
    })
}

/// Walks an extension and asks at each call for the parts of it that are in danger.
fn walk(
    subject: &Subject<'_>,
    context: &Context,
    extension: &Extension,
    dangers: impl Fn(&Line<'_>, &Call<'_>) -> Vec<Range<usize>>,
    mut tell: impl FnMut(&Line<'_>, &Call<'_>, Range<usize>, Span, String),
) {
    let mut trail = Trail { subject, held: HashMap::new() };
    for line in trail.subject.lines_of(context, extension) {
        if line.substitutions.is_empty() {
            for call in call::calls(&line) {
                trail.step(&line, &call);
            }
            continue;
        }
        for call in call::calls(&line) {
            for danger in dangers(&line, &call) {
                if let Some((at, span, what)) = trail.source(&line, &danger) {
                    tell(&line, &call, at, span, what);
                }
            }
            trail.step(&line, &call);
        }
    }
}

fn found(
    code: crate::diagnostic::Code,
    message: String,
    line: &Line<'_>,
    at: Range<usize>,
    source: Span,
    what: &str,
) -> Diagnostic {
    let sink = line.span(at.clone());
    let mut found = Diagnostic::warning(code, message).at(sink, "whatever the caller sends stands here");
    if source != sink {
        found = found.at(source, format!("it comes from {what}"));
    }
    found.help(format!("let through only what is wanted: `${{FILTER(0-9,{})}}`", line.part(&at)))
}

fn dial(subject: &Subject<'_>, context: &Context, extension: &Extension, findings: &mut Findings) {
    const CALLING: [&str; 5] = ["chanisavail", "dial", "originate", "page", "retrydial"];
    if !concerns(subject, extension, &CALLING, &[]) {
        return;
    }
    let dangers = |_: &Line<'_>, call: &Call<'_>| {
        let is_calling = CALLING.contains(&call.key.as_str());
        let index = usize::from(call.key == "retrydial") * 3;
        call.fields.get(index).filter(|_| is_calling).cloned().into_iter().collect()
    };
    walk(subject, context, extension, dangers, |line, call, at, source, what| {
        let message = format!("{what} reaches the destinations of `{}` unfiltered", call.name());
        findings.tell(found(codes::DIAL_INJECTION, message, line, at, source, &what));
    });
}

fn shell(subject: &Subject<'_>, context: &Context, extension: &Extension, findings: &mut Findings) {
    if !concerns(subject, extension, &["system", "trysystem", "mixmonitor", "monitor"], &["SHELL("]) {
        return;
    }
    let dangers = |line: &Line<'_>, call: &Call<'_>| {
        let mut parts: Vec<Range<usize>> = match call.key.as_str() {
            "system" | "trysystem" => vec![call.arguments.clone()],
            "mixmonitor" | "monitor" => call.fields.get(2).cloned().into_iter().collect(),
            _ => Vec::new(),
        };
        if call.name_at.is_none() {
            let shells = line.substitutions.iter().filter(|found| found.name(line.text) == "SHELL");
            parts.extend(shells.filter_map(|found| found.arguments(line.text)));
        }
        parts
    };
    walk(subject, context, extension, dangers, |line, _, at, source, what| {
        let message = format!("{what} reaches a shell unfiltered");
        findings.tell(found(codes::SHELL_INJECTION, message, line, at, source, &what));
    });
}

fn other(subject: &Subject<'_>, context: &Context, extension: &Extension, findings: &mut Findings) {
    let applications = ["mysql", "cbmysql", "goto", "gosub"];
    if !concerns(subject, extension, &applications, &["CURL(", "REALTIME("]) {
        return;
    }
    let dangers = |line: &Line<'_>, call: &Call<'_>| {
        let mut parts: Vec<Range<usize>> = match call.key.as_str() {
            "mysql" | "cbmysql" => vec![call.arguments.clone()],
            "exec" | "tryexec" => {
                let open = fields::first_outside(line.text, call.arguments.clone(), b'(');
                let name = call.arguments.start..open.unwrap_or(call.arguments.end);
                vec![name]
            }

            "goto" | "gosub" if call.fields.len() == 3 => call.fields.first().cloned().into_iter().collect(),
            _ => Vec::new(),
        };
        if call.name_at.is_none() {
            let asking = line.substitutions.iter().filter(|found| matches!(found.name(line.text), "CURL" | "REALTIME"));
            // Behind the question mark of an address a caller id is data, and URIENCODE is advice enough.
            parts.extend(asking.filter_map(|found| found.arguments(line.text)));
        }
        parts
    };
    walk(subject, context, extension, dangers, |line, call, at, source, what| {
        let message = match call.key.as_str() {
            "goto" | "gosub" => format!("{what} decides where the call goes"),
            "exec" | "tryexec" => format!("{what} decides which application runs"),
            "mysql" | "cbmysql" => format!("{what} reaches an SQL statement unfiltered"),
            _ => format!("{what} reaches the address that CURL asks for as it is"),
        };
        let mut found = found(codes::INJECTION, message, line, at.clone(), source, &what);
        if !matches!(call.key.as_str(), "goto" | "gosub" | "exec" | "tryexec" | "mysql" | "cbmysql") {
            found.severity = crate::diagnostic::Severity::Advice;
            found.help = Some(format!("write `${{URIENCODE({})}}`", line.part(&at)));
        }
        findings.tell(found);
    });
}
