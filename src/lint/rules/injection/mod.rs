//! Text from outside that reaches where it can do harm.

mod flow;
mod trail;

use super::*;
use crate::diagnostic::Severity;
use crate::dialplan::plan::{Context, Extension};
use crate::interpreter::Kind;
use crate::lint::call;
use trail::{Source, Trail};

pub(in crate::lint) use flow::Arrivals;

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
    mut tell: impl FnMut(&Line<'_>, &Call<'_>, Range<usize>, &Source),
) {
    let arrivals = subject.arrivals();
    let first = subject.plan.steps(extension).first();
    let held = first.map(|step| arrivals.brought_to(step.extension)).unwrap_or_default();
    let mut trail = Trail { subject, held };
    for line in trail.subject.lines_of(context, extension) {
        for call in call::calls(&line) {
            for danger in dangers(&line, &call) {
                if let Some((at, source)) = trail.source(&line, &danger) {
                    tell(&line, &call, at, &source);
                }
            }
            trail.step(&line, &call);
            arrivals.after(&line, &call, &mut trail.held);
        }
    }
}

fn found(
    code: crate::diagnostic::Code,
    message: String,
    line: &Line<'_>,
    at: Range<usize>,
    source: &Source,
) -> Diagnostic {
    let sink = line.span(at.clone());
    if source.is_unset {
        let mut found = Diagnostic::warning(code, message)
            .at(sink, "whatever a script, a manager program or a call file says")
            .help(format!(
                "let through only what is wanted: `${{FILTER(0-9,{})}}`, or trust who sets it",
                line.part(&at)
            ));
        found.severity = Severity::Advice;
        return found;
    }
    let mut found = Diagnostic::warning(code, message).at(sink, "whatever the caller sends stands here");
    if source.span != sink {
        let begun = source.way.iter().find(|(span, _)| *span == source.span);
        let begun = begun.map_or_else(String::new, |(_, station)| format!(" and {station}"));
        found = found.at(source.span, format!("it comes from {}{begun}", source.what));
    }
    for (span, station) in source.way.iter().filter(|(span, _)| *span != sink && *span != source.span) {
        found = found.at(*span, station.clone());
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
    walk(subject, context, extension, dangers, |line, call, at, source| {
        let what = &source.what;
        let message = format!("{what} reaches the destinations of `{}` unfiltered", call.name());
        findings.tell(found(codes::DIAL_INJECTION, message, line, at, source));
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
    walk(subject, context, extension, dangers, |line, _, at, source| {
        let what = &source.what;
        let message = format!("{what} reaches a shell unfiltered");
        findings.tell(found(codes::SHELL_INJECTION, message, line, at, source));
    });
}

/// What the rule on everything else looks at in a call.
enum Sink {
    Where,
    Application,
    Script,
    Statement,
    /// A function of func_odbc.conf whose statement takes its arguments as they are.
    Function(String),
    Address,
}

impl Sink {
    fn message(&self, what: &str) -> String {
        match self {
            Self::Where => format!("{what} decides where the call goes"),
            Self::Application => format!("{what} decides which application runs"),
            Self::Script => format!("{what} decides which script runs"),
            Self::Statement => format!("{what} reaches an SQL statement unfiltered"),
            Self::Function(name) => format!("{what} reaches the SQL statement of `{name}` unfiltered"),
            Self::Address => format!("{what} reaches the address that CURL asks for as it is"),
        }
    }
}

/// The parts of a call in which text from outside decides too much.
fn sinks(line: &Line<'_>, call: &Call<'_>) -> Vec<(Range<usize>, Sink)> {
    let first = call.fields.first().cloned();
    let mut parts: Vec<(Range<usize>, Sink)> = match call.key.as_str() {
        "mysql" | "cbmysql" => vec![(call.arguments.clone(), Sink::Statement)],
        "exec" | "tryexec" => {
            let open = fields::first_outside(line.text, call.arguments.clone(), b'(');
            vec![(call.arguments.start..open.unwrap_or(call.arguments.end), Sink::Application)]
        }
        "agi" | "deadagi" | "eagi" | "fastagi" => first.into_iter().map(|at| (at, Sink::Script)).collect(),
        "macro" | "macroexclusive" => first.into_iter().map(|at| (at, Sink::Where)).collect(),
        "dial" | "retrydial" | "page" | "followme" => {
            let options = call.argument(Kind::Options).map(|options| letters(line, options)).unwrap_or_default();
            options.into_iter().filter_map(|option| place(line, &option)).map(|at| (at, Sink::Where)).collect()
        }
        "goto" | "gosub" if call.fields.len() >= 3 => first.into_iter().map(|at| (at, Sink::Where)).collect(),
        "channelredirect" | "asyncgoto" if call.fields.len() == 4 => {
            call.fields.get(1).cloned().into_iter().map(|at| (at, Sink::Where)).collect()
        }
        _ => Vec::new(),
    };
    if call.name_at.is_some() {
        return parts;
    }
    for found in &line.substitutions {
        let Some(arguments) = found.arguments(line.text) else { continue };
        match found.name(line.text) {
            // Behind the question mark of an address a caller id is data, and URIENCODE is advice enough.
            "CURL" => parts.push((arguments, Sink::Address)),
            "REALTIME" => parts.push((arguments, Sink::Statement)),
            name if name.starts_with("ODBC_") && is_statement(line, name, &arguments) => {
                parts.push((arguments, Sink::Function(name.to_owned())));
            }
            _ => {}
        }
    }
    // What is written to a function of func_odbc.conf.
    if let Some(name) =
        line.part(&call.arguments).split('(').next().filter(|name| call.key == "set" && name.starts_with("ODBC_"))
        && line.subject.beside.is_raw(name) == Some(true)
    {
        parts.push((call.arguments.clone(), Sink::Function(name.to_owned())));
    }
    parts
}

/// The routine, macro or context that an option of Dial names.
fn place(line: &Line<'_>, option: &Letter) -> Option<Range<usize>> {
    let parts = fields::split(line.text, option.argument.clone()?, b'^');
    let is_place = match option.letter {
        'U' | 'M' => true,
        'b' | 'B' | 'F' | 'G' => parts.len() >= 3,
        _ => false,
    };
    parts.into_iter().next().filter(|_| is_place)
}

/// Whether a function's arguments become a part of a statement as they are: func_odbc.conf says so, or they look like one.
fn is_statement(line: &Line<'_>, name: &str, arguments: &Range<usize>) -> bool {
    const VERBS: [&str; 5] = ["select ", "insert ", "update ", "delete ", "call "];
    line.subject.beside.is_raw(name).unwrap_or_else(|| {
        let text = line.part(arguments).trim_start_matches(['"', '\'', ' ']).to_ascii_lowercase();
        VERBS.iter().any(|verb| text.starts_with(verb))
    })
}

fn other(subject: &Subject<'_>, context: &Context, extension: &Extension, findings: &mut Findings) {
    const APPLICATIONS: [&str; 15] = [
        "agi",
        "asyncgoto",
        "cbmysql",
        "channelredirect",
        "deadagi",
        "dial",
        "eagi",
        "followme",
        "gosub",
        "goto",
        "macro",
        "macroexclusive",
        "mysql",
        "page",
        "retrydial",
    ];
    if !concerns(subject, extension, &APPLICATIONS, &["CURL(", "REALTIME(", "ODBC_"]) {
        return;
    }
    let dangers = |line: &Line<'_>, call: &Call<'_>| sinks(line, call).into_iter().map(|(at, _)| at).collect();
    walk(subject, context, extension, dangers, |line, call, at, source| {
        let holds = |part: &Range<usize>| part.start <= at.start && at.end <= part.end;
        let Some((_, sink)) = sinks(line, call).into_iter().find(|(part, _)| holds(part)) else { return };
        let mut found = found(codes::INJECTION, sink.message(&source.what), line, at.clone(), source);
        match sink {
            Sink::Address => {
                found.severity = Severity::Advice;
                found.help = Some(format!("write `${{URIENCODE({})}}`", line.part(&at)));
            }
            Sink::Function(_) if !source.is_unset => {
                found.help = Some("write `${SQL_ESC(${ARG1})}` in func_odbc.conf, or filter it here".to_owned());
            }
            _ => {}
        }
        findings.tell(found);
    });
}
