//! Text from outside on its way from one extension to the next: through `Goto`, and as arguments of
//! `Gosub`, `Macro` and what the options of `Dial` run.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::trail::{Held, OUTSIDE, SOURCES, Source, Trail, is_open};
use crate::dialplan::plan::{ExtensionId, Step};
use crate::interpreter::Kind;
use crate::lint::call::{self, Call};
use crate::lint::fields;
use crate::lint::rules::letters;
use crate::lint::subject::{Line, Subject};
use crate::lint::target;

/// What calls bring along into each extension.
#[derive(Default)]
pub(in crate::lint) struct Arrivals {
    held: HashMap<ExtensionId, Held>,
    /// What a routine returns.
    returned: HashMap<ExtensionId, Source>,
}

impl Arrivals {
    pub fn new(subject: &Subject<'_>) -> Self {
        let mut arrivals = Self::default();
        let mut waiting: Vec<ExtensionId> = Vec::new();
        let mut is_waiting: HashSet<ExtensionId> = HashSet::new();
        for context in subject.plan.contexts() {
            for id in &context.extensions {
                let Some(extension) = subject.plan.extension(*id) else { continue };
                let has_open_end = is_open(&extension.name, None);
                if subject.plan.steps(extension).iter().any(|step| may_begin(step, has_open_end)) {
                    waiting.push(*id);
                    is_waiting.insert(*id);
                }
            }
        }
        let mut callers: HashMap<ExtensionId, HashSet<ExtensionId>> = HashMap::new();
        while let Some(id) = waiting.pop() {
            is_waiting.remove(&id);
            let mut changed = Vec::new();
            arrivals.walk(subject, id, &mut callers, &mut changed);
            waiting.extend(changed.into_iter().filter(|id| is_waiting.insert(*id)));
        }
        arrivals
    }

    /// What calls bring along into an extension.
    pub fn brought_to(&self, id: ExtensionId) -> Held {
        self.held.get(&id).cloned().unwrap_or_default()
    }

    /// What a call of a routine leaves in `GOSUB_RETVAL`.
    pub fn after(&self, line: &Line<'_>, call: &Call<'_>, held: &mut Held) {
        if !matches!(call.key.as_str(), "gosub" | "gosubif") {
            return;
        }
        let targets = routines(line, call).into_iter().flat_map(|routine| routine.ids);
        match targets.filter_map(|id| self.returned.get(&id)).next() {
            Some(source) => {
                let station = "comes back in `GOSUB_RETVAL`".to_owned();
                held.insert("GOSUB_RETVAL".to_owned(), source.passed(line.span(call.arguments.clone()), station));
            }
            None => {
                held.remove("GOSUB_RETVAL");
            }
        }
    }

    fn walk(
        &mut self,
        subject: &Subject<'_>,
        id: ExtensionId,
        callers: &mut HashMap<ExtensionId, HashSet<ExtensionId>>,
        changed: &mut Vec<ExtensionId>,
    ) {
        let Some(extension) = subject.plan.extension(id) else { return };
        let Some(context) = subject.plan.contexts().get(extension.context.index()) else { return };
        let mut trail = Trail { subject, held: self.brought_to(id) };
        for line in subject.lines_of(context, extension) {
            for call in call::calls(&line) {
                for routine in routines(&line, &call) {
                    let brought = routine.brings(&line, &trail);
                    for target in routine.ids.iter().filter(|target| **target != id) {
                        if routine.comes_back {
                            callers.entry(*target).or_default().insert(id);
                        }
                        if self.bring(*target, &brought) {
                            changed.push(*target);
                        }
                    }
                }
                if call.key == "return"
                    && let Some((_, source)) = trail.source(&line, &call.arguments).filter(|(_, found)| !found.is_unset)
                    && self.returned.insert(id, source).is_none()
                {
                    changed.extend(callers.get(&id).into_iter().flatten());
                }
                trail.step(&line, &call);
                self.after(&line, &call, &mut trail.held);
            }
        }
    }

    /// Notes what comes into an extension; whether some of it is new.
    fn bring(&mut self, id: ExtensionId, brought: &Held) -> bool {
        if brought.is_empty() {
            return false;
        }
        let held = self.held.entry(id).or_default();
        let before = held.len();
        for (name, source) in brought {
            held.entry(name.clone()).or_insert_with(|| source.clone());
        }
        held.len() > before
    }
}

/// Whether text from outside may come in by a step.
fn may_begin(step: &Step, has_open_end: bool) -> bool {
    let text = step.arguments.text();
    step.arguments.as_literal().is_none()
        && ((has_open_end && text.contains("EXTEN")) || SOURCES.iter().chain(&OUTSIDE).any(|name| text.contains(name)))
}

/// Where a call leads, and what is given along.
struct Routine {
    ids: Vec<ExtensionId>,
    arguments: Vec<Range<usize>>,
    is_macro: bool,
    comes_back: bool,
    /// Another channel runs it, which has none of this one's variables.
    is_elsewhere: bool,
    name: String,
}

impl Routine {
    fn brings(&self, line: &Line<'_>, trail: &Trail<'_, '_>) -> Held {
        // The arguments of the caller are hidden by those of the routine.
        let is_argument = |name: &str| name.strip_prefix("ARG").is_some_and(|rest| rest.parse::<u32>().is_ok());
        let mut held: Held = if self.is_elsewhere { Held::new() } else { trail.held.clone() };
        held.retain(|name, source| !(source.is_unset || self.comes_back && is_argument(name)));
        for (number, at) in self.arguments.iter().enumerate() {
            let Some((at, source)) = trail.source(line, at).filter(|(_, source)| !source.is_unset) else { continue };
            let station = format!("is given to `{}` as `ARG{}`", self.name, number + 1);
            held.insert(format!("ARG{}", number + 1), source.passed(line.span(at), station));
        }
        if self.is_macro && !self.is_elsewhere && is_open(&line.extension.name, None) {
            let at = line.application_span();
            let what = format!("${{EXTEN}} of `{}`", line.extension.name);
            held.insert("MACRO_EXTEN".to_owned(), Source::at(at, what));
        }
        held
    }
}

fn routines(line: &Line<'_>, call: &Call<'_>) -> Vec<Routine> {
    let reach = line.subject.reach();
    match call.key.as_str() {
        "macro" | "macroexclusive" => {
            let Some(name) = call.fields.first().filter(|at| !line.is_dynamic(at)).map(|at| line.part(at).trim())
            else {
                return Vec::new();
            };
            let context = line.subject.plan.context(&format!("macro-{name}"));
            let ids = context.map_or_else(Vec::new, |context| line.subject.plan.matching(context, "s"));
            let arguments = call.fields.iter().skip(1).cloned().collect();
            vec![Routine {
                ids,
                arguments,
                is_macro: true,
                comes_back: true,
                is_elsewhere: false,
                name: format!("macro-{name}"),
            }]
        }
        "gosub" | "gosubif" | "goto" | "gotoif" | "gotoiftime" => {
            let comes_back = call.key.starts_with("gosub");
            let targets = target::targets(line, call).into_iter();
            let routines = targets.map(|target| {
                let open = fields::first_outside(line.text, target.at.clone(), b'(').filter(|_| comes_back);
                let arguments = open.map(|open| {
                    let text = line.part(&(open..target.at.end));
                    let close = text.rfind(')').map_or(target.at.end, |close| open + close);
                    fields::split(line.text, open + 1..close.max(open + 1), b',')
                });
                let name = line.part(&(target.at.start..open.unwrap_or(target.at.end))).to_owned();
                let ids = reach.landing(line, &target);
                let arguments = arguments.unwrap_or_default();
                Routine { ids, arguments, is_macro: false, comes_back, is_elsewhere: false, name }
            });
            routines.collect()
        }
        "dial" | "retrydial" | "page" | "followme" => options(line, call),
        _ => Vec::new(),
    }
}

/// What the options of Dial run: `U`, `b` and `B` a routine and `M` a macro, `G` and `F` the plan from a place on.
fn options(line: &Line<'_>, call: &Call<'_>) -> Vec<Routine> {
    let plan = line.subject.plan;
    let Some(options) = call.argument(Kind::Options) else { return Vec::new() };
    let mut routines = Vec::new();
    for option in letters(line, options) {
        let Some(at) = option.argument else { continue };
        let parts = fields::split(line.text, at.clone(), b'^');
        let Some(first) = parts.first() else { continue };
        let name = line.part(first).trim().to_owned();
        let is_known = !line.is_dynamic(first);
        let (ids, arguments) = match option.letter {
            'U' | 'M' if is_known => {
                let context = if option.letter == 'M' { format!("macro-{name}") } else { name.clone() };
                let ids = plan.context(&context).map_or_else(Vec::new, |context| plan.matching(context, "s"));
                (ids, parts.into_iter().skip(1).collect())
            }
            'b' | 'B' | 'F' | 'G' => {
                let target = target::split_target(line, at.clone(), b'^', matches!(option.letter, 'b' | 'B'));
                let open = fields::first_outside(line.text, at.clone(), b'(');
                let arguments = open.map(|open| fields::split(line.text, open + 1..at.end.max(open + 2) - 1, b'^'));
                let ids = target.map_or_else(Vec::new, |target| line.subject.reach().landing(line, &target));
                (ids, arguments.unwrap_or_default())
            }
            _ => continue,
        };
        routines.push(Routine {
            ids,
            arguments,
            is_macro: option.letter == 'M',
            comes_back: !matches!(option.letter, 'F' | 'G'),
            // Only `G` and `B` are about the channel that dials.
            is_elsewhere: !matches!(option.letter, 'B' | 'G'),
            name: format!("{}({name})", option.letter),
        });
    }
    routines
}
