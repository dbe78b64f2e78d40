//! `exten explain`: why a number reaches the extension that it reaches.

mod json;

use std::process::ExitCode;

use exten::channel::caller_id;
use exten::dialplan::explanation::{Explanation, Fate, Skipped, Visit};
use exten::dialplan::plan::Step;
use exten::dialplan::plan::{Context, ContextId, Destination, ExtensionId, Found, HINT, Query, Surroundings};
use exten::dialplan::timing::Timing;
use exten::interpreter::ActivePlan;
use exten::lint::{self, Subject};
use exten::server::{Configuration, LIBRARY};
use jiff::Unit;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Shows which extension a number reaches, and why: the contexts that are asked, the extensions that take the number, and
/// the position that decides between them.
///
/// The exit status is 1 where the number reaches nothing.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    target: super::number::Number,
    /// Which phone dials: its context and number are used. Where the context is named, any number of a caller will do.
    #[arg(long)]
    from: Option<String>,
    /// The local time at which it is dialled, such as 2026-12-24T18:00; now, if none is given.
    #[arg(long)]
    at: Option<DateTime>,
    /// Shows who reaches the extension by this number: the contexts, the phones that have them, and the steps that lead there.
    #[arg(long)]
    reverse: bool,
    /// Prints all of it as JSON.
    #[arg(long, conflicts_with = "reverse")]
    json: bool,
}

/// The moment at which the number is dialled.
struct Then(DateTime);

impl Surroundings for Then {
    fn now(&mut self, zone: Option<&str>) -> DateTime {
        let moved = zone.and_then(|zone| TimeZone::get(zone).ok());
        let moved =
            moved.and_then(|zone| Some(self.0.to_zoned(TimeZone::system()).ok()?.with_time_zone(zone).datetime()));
        moved.unwrap_or(self.0)
    }
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let configuration = Configuration::load(arguments.target.plan());
    super::report::show(arguments.target.plan(), &configuration.diagnostics, &configuration.sources);
    let Some(active) = &configuration.plan else { return ExitCode::from(2) };
    match explain(arguments, &configuration, active) {
        Ok((text, is_reached)) => {
            super::report::print(&text);
            if is_reached { ExitCode::SUCCESS } else { ExitCode::from(1) }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn explain(
    arguments: &Arguments,
    configuration: &Configuration,
    active: &ActivePlan,
) -> Result<(String, bool), String> {
    let written = arguments.target.number();
    let (number, named) = match written.rsplit_once('@') {
        Some((number, context)) => (number, Some(context)),
        None => (written, None),
    };
    let phone = match &arguments.from {
        Some(from) => match configuration.phone(from) {
            None if named.is_none() => {
                let near = lint::names::nearest(from, configuration.endpoints.iter().map(|phone| phone.name.as_str()));
                return Err(format!("there is no phone {from}{}", or_is_it(near)));
            }
            phone => phone,
        },
        None => None,
    };
    let context = named.unwrap_or_else(|| phone.map_or("default", |phone| &phone.context));
    let caller = match phone {
        Some(phone) => {
            phone.caller_id.as_deref().map_or_else(|| phone.name.clone(), |caller| caller_id::parse(caller).1)
        }
        None => arguments.from.clone().unwrap_or_default(),
    };
    let known = active.plan.context(context).ok_or_else(|| {
        let near = lint::names::nearest(context, active.plan.contexts().iter().map(|context| &*context.name));
        format!("there is no context {context}{}", or_is_it(near))
    })?;
    let now = || jiff::Zoned::now().datetime();
    let then = arguments.at.unwrap_or_else(now).round(Unit::Second).unwrap_or_else(|_| now());
    let asked = Asked { active, number, caller: &caller, then };
    Ok(match (arguments.reverse, arguments.json) {
        (true, _) => asked.reverse(configuration, known),
        (false, true) => asked.json(known),
        (false, false) => asked.forward(known),
    })
}

fn or_is_it(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean {near}?"))
}

/// A number that is dialled.
struct Asked<'a> {
    active: &'a ActivePlan,
    number: &'a str,
    caller: &'a str,
    then: DateTime,
}

impl Asked<'_> {
    fn forward(&self, context: &Context) -> (String, bool) {
        let mut then = Then(self.then);
        let mut now = |zone: Option<&str>| then.now(zone);
        let explanation = Explanation::of(&self.active.plan, context, self.number, self.caller, &mut now);
        let mut text = String::new();
        for visit in &explanation.visits {
            self.tell_visit(visit, &mut text);
        }
        let found = self.find(context);
        match &found {
            None => {
                text += &format!("\n{} reaches nothing in [{}]\n", self.number, context.name);
                self.tell_invalid(context, &mut text);
            }
            Some(Found::Step(found)) => self.tell_steps(found.extension, &mut text),
            Some(Found::Switched(to)) => {
                let Destination { context, extension, .. } = &**to;
                text += &format!("\na Loopback switch leads to {extension}@{context}\n");
                self.tell_steps(to.found.extension, &mut text);
            }
        }
        (text, found.is_some())
    }

    /// Where callers come who key the number while the plan waits for one.
    fn tell_invalid(&self, context: &Context, text: &mut String) {
        let query = Query { context: &context.name, extension: "i", priority: 1, caller: self.caller };
        if self.active.plan.find(&query, &mut Then(self.then)).is_ok() {
            *text += "Who keys it while the plan waits for a number comes to `i`; a phone that dials it is refused.\n";
        }
    }

    fn find(&self, context: &Context) -> Option<Found> {
        let query = Query { context: &context.name, extension: self.number, priority: 1, caller: self.caller };
        self.active.plan.find(&query, &mut Then(self.then)).ok()
    }

    fn name(&self, id: ContextId) -> &str {
        self.active.plan.contexts().get(id.index()).map_or("", |context| &context.name)
    }

    fn tell_visit(&self, visit: &Visit, text: &mut String) {
        let path: String = visit.path.iter().map(|id| format!("[{}] includes ", self.name(*id))).collect();
        *text += &format!("{path}[{}]\n", self.name(visit.context));
        for candidate in &visit.candidates {
            let Some(extension) = self.active.plan.extension(candidate.extension) else { continue };
            let caller = extension.caller().map(|caller| format!("/{caller}")).unwrap_or_default();
            let name = format!("{}{caller}", extension.written());
            let (mark, why) = match &candidate.fate {
                Fate::Reached => ("→", "is reached".to_owned()),
                Fate::LessSpecific(why) => ("-", format!("is less specific: {why}")),
                Fate::Later => ("-", "takes it too, but is asked later".to_owned()),
                Fate::OtherCaller => ("-", "is for other callers".to_owned()),
                Fate::NoFirstStep => ("-", "has no first step".to_owned()),
                Fate::Differs(why) => ("x", format!("does not take it: {why}")),
            };
            *text += &format!("  {mark} {name:<16} {why}{}\n", self.place(candidate.extension));
        }
        for (include, why) in &visit.skipped {
            let why = match why {
                Skipped::Closed => {
                    let line = self.active.sources.text(include.span).trim();
                    let times = line.split_once([',', '|']).map_or("", |(_, times)| times);
                    format!("is not open at {} ({})", self.then, times.trim())
                }
                Skipped::Missing => "is not there".to_owned(),
                Skipped::Asked => "was asked already".to_owned(),
            };
            *text += &format!("  - include {:<8} {why}\n", include.name);
        }
        if let Some(context) = self.active.plan.contexts().get(visit.context.index()) {
            for switch in &context.switches {
                *text += &format!("  ? switch {}/{}\n", switch.driver, switch.data);
            }
        }
    }

    /// ` (extensions.conf:12)`
    fn place(&self, id: ExtensionId) -> String {
        let plan = &self.active.plan;
        let step = plan.extension(id).and_then(|extension| plan.steps(extension).first());
        step.map(|step| format!("  ({})", self.line(step.span))).unwrap_or_default()
    }

    fn line(&self, span: exten::diagnostic::Span) -> String {
        let location = self.active.location(span);
        location.rsplit_once(':').map_or_else(|| location.clone(), |(line, _)| line.to_owned())
    }

    fn tell_steps(&self, id: ExtensionId, text: &mut String) {
        let plan = &self.active.plan;
        let Some(extension) = plan.extension(id) else { return };
        *text += &format!("\n{}@{} does:\n", extension.written(), self.name(extension.context));
        for step in plan.steps(extension) {
            if step.priority == HINT {
                *text += &format!("  hint {}\n", plan.application(step).name);
                continue;
            }
            let label = plan.label(step).map(|label| format!("({label})")).unwrap_or_default();
            let application = &plan.application(step).name;
            let holds = match self.holds(step) {
                Some(true) => format!("   holds at {}", self.then),
                Some(false) => format!("   does not hold at {}", self.then),
                None => String::new(),
            };
            *text += &format!("  {}{label} {application}({}){holds}\n", step.priority, step.arguments.text());
        }
    }

    /// Whether the time condition of a step holds, where it has one that is written out.
    fn holds(&self, step: &Step) -> Option<bool> {
        let key = &*self.active.plan.application(step).key;
        let (times, _) = step.arguments.text().split_once('?').filter(|(times, _)| !times.contains('$'))?;
        let timing = matches!(key, "gotoiftime" | "execiftime").then(|| Timing::parse(times).0)?;
        Some(timing.includes(Then(self.then).now(timing.zone())))
    }

    /// Who reaches what the number reaches from a context.
    fn reverse(&self, configuration: &Configuration, context: &Context) -> (String, bool) {
        let Some(found) = self.find(context).map(|found| found.step()) else {
            return (format!("{} reaches nothing in [{}]\n", self.number, context.name), false);
        };
        let plan = &self.active.plan;
        let name = plan.extension(found.extension).map_or("", |extension| extension.written());
        let mut text = format!("{name}@{}{}\n", self.name(found.context), self.place(found.extension));
        for context in plan.contexts() {
            let mut then = Then(self.then);
            let mut now = |zone: Option<&str>| then.now(zone);
            let explanation = Explanation::of(plan, context, self.number, self.caller, &mut now);
            let reaches = self.find(context).is_some_and(|other| other.step().extension == found.extension);
            let visit = explanation.visits.iter().find(|visit| visit.context == found.context);
            let way = match (reaches, visit) {
                (true, Some(visit)) => {
                    let path = visit.path.iter().chain([&visit.context]).map(|id| format!("[{}]", self.name(*id)));
                    path.collect::<Vec<_>>().join(" includes ")
                }
                (true, None) => format!("[{}] by a switch", context.name),
                (false, Some(_)) => format!("[{}] would, but another extension takes the number first", context.name),
                (false, None) if leads_at_other_times(&explanation, found.context) => {
                    format!("[{}] at other times", context.name)
                }
                (false, None) => continue,
            };
            let phones = configuration.endpoints.iter().filter(|phone| *phone.context == *context.name);
            let phones: Vec<&str> = phones.map(|phone| phone.name.as_str()).collect();
            let phones = if phones.is_empty() { "no phone".to_owned() } else { phones.join(", ") };
            text += &format!("  {way}: {phones}\n");
        }
        self.tell_leading(configuration, found.extension, &mut text);
        (text, true)
    }
}

impl Asked<'_> {
    /// The steps elsewhere that send calls into an extension.
    fn tell_leading(&self, configuration: &Configuration, to: ExtensionId, text: &mut String) {
        let Configuration { endpoints, sources, .. } = configuration;
        let subject = Subject::new(&self.active.plan, &self.active.features, endpoints, sources, &LIBRARY);
        for leading in lint::leading_to(&subject, to) {
            let at = format!("{}@{}:{}", leading.extension, leading.context, leading.step.priority);
            let application = &self.active.plan.application(leading.step).name;
            let arguments = leading.step.arguments.text();
            *text += &format!("  {at} {application}({arguments})  ({})\n", self.line(leading.step.span));
        }
    }
}

/// Whether an include that is closed now leads straight to a context.
fn leads_at_other_times(explanation: &Explanation, to: ContextId) -> bool {
    let skipped = explanation.visits.iter().flat_map(|visit| &visit.skipped);
    skipped.into_iter().any(|(include, why)| *why == Skipped::Closed && include.context == Some(to))
}
