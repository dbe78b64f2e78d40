//! `dialplan show`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::dialplan::pattern;
use crate::dialplan::plan::{Context, Extension, HINT, Plan, Step};
use crate::interpreter::ActivePlan;
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;

pub static SHOW: Command = Command::now(
    "dialplan show",
    "[[extension@]context]",
    "Shows the plan, a context of it, or what an extension does",
    show,
)
.completes(names);

fn names(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    let [word] = words else { return Vec::new() };
    let plan = pbx.exchange.plan();
    let contexts = plan.plan.contexts().iter().map(|context| context.name.to_string());
    match word.split_once('@') {
        Some((extension, _)) => contexts.map(|context| format!("{extension}@{context}")).collect(),
        None => contexts.collect(),
    }
}

fn show(request: &Request<'_>) -> Answer {
    let wanted = match request.words.as_slice() {
        [] => Wanted::default(),
        [place] => Wanted::of(place),
        _ => return request.usage(),
    };
    let active = request.exchange().plan();
    let mut shown = Shown::default();
    match &wanted.context {
        Some(name) if active.plan.context(name).is_none() => {
            return Answer::failure(format!("There is no existence of '{name}' context"));
        }
        Some(name) => shown.add(&active, name, &wanted, 0),
        None => {
            for context in active.plan.contexts() {
                shown.add(&active, &context.name, &Wanted { depth: 0, ..wanted.clone() }, 0);
            }
        }
    }
    match (&wanted.extension, &wanted.context) {
        (Some(extension), Some(context)) if shown.contexts.is_empty() => {
            Answer::failure(format!("There is no existence of {extension}@{context} extension"))
        }
        (Some(extension), None) if shown.contexts.is_empty() => {
            Answer::failure(format!("There is no existence of '{extension}' extension"))
        }
        _ => Answer::of(shown),
    }
}

/// What is to be shown.
#[derive(Clone, Default)]
struct Wanted {
    extension: Option<String>,
    context: Option<String>,
    /// How deep includes are followed.
    depth: usize,
}

/// Includes are followed no deeper than this.
const DEEPEST: usize = 128;

impl Wanted {
    fn of(place: &str) -> Self {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        match place.split_once('@') {
            Some((extension, context)) => Self { extension: given(extension), context: given(context), depth: DEEPEST },
            None => Self { extension: None, context: given(place), depth: 0 },
        }
    }

    fn takes(&self, extension: &Extension) -> bool {
        let Some(wanted) = &self.extension else { return true };
        extension.written() == wanted || pattern::takes(&extension.name, wanted)
    }
}

#[derive(Serialize)]
struct Line {
    priority: i32,
    label: Option<String>,
    /// The application with its arguments, or the devices of a hint.
    does: String,
    place: String,
}

#[derive(Serialize)]
struct Number {
    extension: String,
    caller: Option<String>,
    lines: Vec<Line>,
}

#[derive(Serialize)]
struct Part {
    context: String,
    extensions: Vec<Number>,
    includes: Vec<String>,
    ignore_patterns: Vec<String>,
    switches: Vec<String>,
}

#[derive(Default, Serialize)]
struct Shown {
    contexts: Vec<Part>,
}

impl Shown {
    fn add(&mut self, active: &ActivePlan, name: &str, wanted: &Wanted, depth: usize) {
        let Some(context) = active.plan.context(name) else { return };
        if self.contexts.iter().any(|part| *part.context == *context.name) {
            return;
        }
        let part = part(active, context, wanted);
        if wanted.extension.is_none() || !part.extensions.is_empty() {
            self.contexts.push(part);
        }
        if wanted.extension.is_some() && depth < wanted.depth {
            for include in &context.includes {
                self.add(active, &include.name, wanted, depth + 1);
            }
        }
    }
}

fn part(active: &ActivePlan, context: &Context, wanted: &Wanted) -> Part {
    let plan = &active.plan;
    let extensions = context.extensions.iter().filter_map(|id| plan.extension(*id));
    let extensions = extensions.filter(|extension| wanted.takes(extension)).map(|extension| Number {
        extension: extension.written().to_owned(),
        caller: extension.caller().map(str::to_owned),
        lines: plan.steps(extension).iter().map(|step| line(active, plan, step)).collect(),
    });
    let extensions = extensions.filter(|number| !number.lines.is_empty()).collect();
    if wanted.extension.is_some() {
        let (includes, ignore_patterns, switches) = Default::default();
        return Part { context: context.name.to_string(), extensions, includes, ignore_patterns, switches };
    }
    Part {
        context: context.name.to_string(),
        extensions,
        includes: context.includes.iter().map(|include| include.name.to_string()).collect(),
        ignore_patterns: context.ignore_patterns.iter().map(ToString::to_string).collect(),
        switches: context.switches.iter().map(|switch| format!("{}/{}", switch.driver, switch.data)).collect(),
    }
}

fn line(active: &ActivePlan, plan: &Plan, step: &Step) -> Line {
    let does = match step.priority {
        HINT => plan.hint_devices(step),
        _ => format!("{}({})", plan.application(step).name, step.arguments.text()),
    };
    let place = active.location(step.span);
    let place = place.rsplit_once(':').map_or(place.as_str(), |(line, _column)| line).to_owned();
    let place = place.rsplit('/').next().unwrap_or(&place);
    // What the console added stands in no file.
    let place = if place.starts_with("pbx_config:") { "pbx_config" } else { place }.to_owned();
    Line { priority: step.priority, label: plan.label(step).map(str::to_owned), does, place }
}

impl Display for Shown {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        self.contexts.iter().try_for_each(|part| part.fmt(formatter))?;
        let numbers = || self.contexts.iter().flat_map(|part| &part.extensions);
        let (contexts, extensions) = (self.contexts.len(), numbers().count());
        let priorities: usize = numbers().map(|number| number.lines.len()).sum();
        let of = |count: usize, one: &'static str, many: &'static str| if count == 1 { one } else { many };
        writeln!(
            formatter,
            "-= {extensions} {} ({priorities} {}) in {contexts} {}. =-",
            of(extensions, "extension", "extensions"),
            of(priorities, "priority", "priorities"),
            of(contexts, "context", "contexts")
        )
    }
}

impl Display for Part {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "[ Context '{}' created by 'pbx_config' ]", self.context)?;
        for number in &self.extensions {
            let mut head = match &number.caller {
                Some(caller) => format!("'{}' (CID match '{caller}') =>", number.extension),
                None => format!("'{}' =>", number.extension),
            };
            for (at, line) in number.lines.iter().enumerate() {
                if at > 0 {
                    head = line.label.as_ref().map(|label| format!("   [{label}]")).unwrap_or_default();
                }
                let does = match line.priority {
                    HINT => format!("hint: {}", line.does),
                    priority => format!("{priority}. {}", line.does),
                };
                writeln!(formatter, "  {head:<17} {does:<45} [{}]", line.place)?;
            }
        }
        for include in &self.includes {
            writeln!(formatter, "  Include =>        {:<45} [pbx_config]", format!("'{include}'"))?;
        }
        for pattern in &self.ignore_patterns {
            writeln!(formatter, "  Ignore pattern => {:<45} [pbx_config]", format!("'{pattern}'"))?;
        }
        for switch in &self.switches {
            writeln!(formatter, "  Alt. Switch =>    {:<45} [pbx_config]", format!("'{switch}'"))?;
        }
        writeln!(formatter)
    }
}
