//! Where calls can go: what includes what, and which steps something jumps to.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use parking_lot::Mutex;

use super::call;
use super::subject::{Line, Subject};
use super::target::{self, JUMPING, Target};
use crate::dialplan::plan::{Context, ContextId, Extension, ExtensionId, Plan, Query, Surroundings};
use crate::interpreter::whole_integer;

/// Why a target leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    Context,
    Extension,
    Priority,
    /// The label, with another extension of the same name space that has it.
    Label {
        elsewhere: Option<String>,
    },
}

/// A number in a context, as a jump asks for it.
struct Place<'q> {
    context: &'q Context,
    extension: &'q str,
    caller: &'q str,
}

/// What is known about jumps, worked out once.
#[derive(Default)]
pub(super) struct Jumps {
    includers: HashMap<ContextId, Vec<ContextId>>,
    around: Mutex<HashMap<ContextId, Arc<Surrounding>>>,
    /// Steps that a jump names.
    jumped: HashSet<(ExtensionId, i32)>,
    /// Extensions that a jump names.
    entered: HashSet<ExtensionId>,
    /// Priorities that jumps name in extensions known only in a call.
    anywhere: HashSet<i32>,
    /// Extensions that something jumps into at a priority known only in a call.
    open: HashSet<ExtensionId>,
    /// Something jumps to a priority and extension known only in a call.
    is_open: bool,
}

/// What a jump leads to.
enum Noted {
    Step(ExtensionId, i32),
    /// A priority of some extension.
    Anywhere(i32),
    /// Some priority of an extension.
    Open(ExtensionId),
    Everything,
}

/// A plan with its jumps.
#[derive(Clone, Copy)]
pub(super) struct Reach<'r> {
    pub plan: &'r Plan,
    pub jumps: &'r Jumps,
}

/// The contexts in which a jump from a context can end.
struct Surrounding {
    contexts: Vec<ContextId>,
    /// One of them asks a switch, so that anything may be there.
    has_switch: bool,
}

/// Nothing that depends on the time is decided.
struct Anytime;

impl Surroundings for Anytime {
    fn now(&mut self, _: Option<&str>) -> jiff::civil::DateTime {
        jiff::civil::DateTime::constant(2000, 1, 1, 0, 0, 0, 0)
    }
}

impl Jumps {
    pub fn new(subject: &Subject<'_>) -> Self {
        let plan = subject.plan;
        let mut jumps = Self::default();
        for context in plan.contexts() {
            for include in context.includes.iter().filter_map(|include| include.context) {
                jumps.includers.entry(include).or_default().push(context.id);
            }
        }
        for line in subject.lines_where(|key| JUMPING.binary_search(&key).is_ok()) {
            for call in call::calls(&line) {
                for target in target::targets(&line, &call) {
                    let noted = Reach { plan, jumps: &jumps }.note(&line, &target);
                    noted.into_iter().for_each(|noted| jumps.take(noted));
                }
            }
        }
        jumps
    }

    fn take(&mut self, noted: Noted) {
        match noted {
            Noted::Step(extension, priority) => {
                self.jumped.insert((extension, priority));
                self.entered.insert(extension);
            }
            Noted::Anywhere(priority) => {
                self.anywhere.insert(priority);
            }
            Noted::Open(extension) => {
                self.open.insert(extension);
            }
            Noted::Everything => self.is_open = true,
        }
    }

    /// Whether something could jump to a step.
    pub fn is_jumped_to(&self, extension: ExtensionId, priority: i32) -> bool {
        self.is_open
            || self.open.contains(&extension)
            || self.anywhere.contains(&priority)
            || self.jumped.contains(&(extension, priority))
    }

    /// Whether something could jump into an extension.
    pub fn is_entered(&self, extension: ExtensionId) -> bool {
        self.is_open || self.open.contains(&extension) || self.entered.contains(&extension)
    }

    /// Whether something jumps into an extension known only in a call, elsewhere than to its first step.
    pub fn is_entered_anywhere(&self) -> bool {
        self.is_open || self.anywhere.iter().any(|priority| *priority > 1)
    }
}

impl Reach<'_> {
    /// What a target leads to, as far as it is known.
    fn note(self, line: &Line<'_>, target: &Target) -> Vec<Noted> {
        let known = |at: &std::ops::Range<usize>| (!line.is_dynamic(at)).then(|| line.part(at));
        let priority = known(&target.priority);
        let number = priority.and_then(|text| number(text, line.step.priority));
        let context = match &target.context {
            Some(at) => known(at).map(|name| self.plan.context(name)),
            None => Some(Some(line.context)),
        };
        let extension = match &target.extension {
            Some(at) => known(at),
            None => Some(&*line.extension.name),
        };
        let (context, extension) = match (context, extension) {
            (Some(None), _) => return Vec::new(),
            (Some(Some(context)), Some(extension)) => (context, extension),
            _ => match (priority, number) {
                (None, _) => return vec![Noted::Everything],
                (Some(_), Some(number)) => return vec![Noted::Anywhere(number)],
                (Some(_), None) => return Vec::new(),
            },
        };
        let is_own = target.extension.is_none() && target.context.is_none();
        let mut entered = if is_own { vec![line.step.extension] } else { Vec::new() };
        for id in &self.surrounding(context).contexts {
            let context = self.plan.contexts().get(id.index());
            entered.extend(context.into_iter().flat_map(|context| self.extensions(context, extension, is_own)));
        }
        let noted = entered.into_iter().filter_map(|id| match (priority, number) {
            (None, _) => Some(Noted::Open(id)),
            (Some(_), Some(number)) => Some(Noted::Step(id, number)),
            (Some(label), None) => {
                let steps = self.plan.extension(id).map_or(&[][..], |extension| self.plan.steps(extension));
                let labelled = steps.iter().find(|step| self.plan.label(step) == Some(label));
                labelled.map(|step| Noted::Step(id, step.priority))
            }
        });
        noted.collect()
    }

    /// The extensions that a target in another extension leads to, its context and what that includes looked through.
    /// Where the number is the dialled one, those of the same name are meant, or every pattern.
    pub fn landing(self, line: &Line<'_>, target: &Target) -> Vec<ExtensionId> {
        let Some(at) = &target.extension else { return Vec::new() };
        let context = match &target.context {
            Some(at) if line.is_dynamic(at) => None,
            Some(at) => self.plan.context(line.part(at).trim()),
            None => Some(line.context),
        };
        let Some(context) = context else { return Vec::new() };
        let contexts = spread(vec![context.id], |id| {
            let includes = self.plan.contexts().get(id.index()).map(|context| &context.includes);
            includes.into_iter().flatten().filter_map(|include| include.context)
        });
        let contexts = contexts.iter().filter_map(|id| self.plan.contexts().get(id.index()));
        if !line.is_dynamic(at) {
            let found = contexts.map(|context| self.plan.matching(context, line.part(at).trim()));
            return found.flat_map(|found| found.into_iter().next()).take(1).collect();
        }
        let is_same = |id: &&ExtensionId| {
            self.plan.extension(**id).is_some_and(|extension| {
                extension.is_pattern()
                    && (extension.name == line.extension.name || extension.name.ends_with(['.', '!']))
            })
        };
        let is_dialled = line.part(at) == "${EXTEN}";
        let near = contexts.filter(|_| is_dialled).flat_map(|context| context.extensions.iter().filter(is_same));
        near.copied().take(16).collect()
    }

    /// The extensions of a context that a number leads to.
    fn extensions(self, context: &Context, number: &str, own: bool) -> Vec<ExtensionId> {
        if own && number.starts_with('_') {
            return Vec::new();
        }
        self.plan.matching(context, number)
    }

    /// Where a target leads to nothing; `None` where it leads somewhere or nobody can know.
    pub fn lost(self, line: &Line<'_>, target: &Target) -> Option<Lost> {
        let known = |at: &std::ops::Range<usize>| (!line.is_dynamic(at)).then(|| line.part(at));
        let context = match &target.context {
            Some(at) => {
                let name = known(at)?;
                match self.plan.context(name) {
                    Some(context) => context,
                    None => return Some(Lost::Context),
                }
            }
            None => line.context,
        };
        let own = &*line.extension.name;
        let extension = target.extension.as_ref().map_or(Some(own), |at| {
            if line.part(at) == "${EXTEN}" { Some(own).filter(|name| !name.starts_with('_')) } else { known(at) }
        })?;
        let is_own = target.extension.is_none();
        let around = self.surrounding(context);
        if around.has_switch {
            return None;
        }
        let caller = line.extension.caller().filter(|caller| is_own && !caller.starts_with('_')).unwrap_or("");
        let places = |id: &ContextId| {
            let context = self.plan.contexts().get(id.index())?;
            Some(Place { context, extension, caller })
        };
        let priority = known(&target.priority);
        if is_own && own.starts_with('_') {
            return self.lost_in_pattern(line, priority?, &around);
        }
        let places: Vec<_> = around.contexts.iter().filter_map(places).collect();
        let has = |priority: i32| places.iter().any(|place| self.has(place, priority));
        if !places.iter().any(|place| !self.plan.matching(place.context, place.extension).is_empty()) {
            return Some(Lost::Extension);
        }
        let priority = priority?;
        match number(priority, line.step.priority) {
            Some(number) => (!has(number)).then_some(Lost::Priority),
            None => {
                let found = places.iter().any(|place| self.has_label(place, priority));
                (!found).then(|| Lost::Label { elsewhere: self.elsewhere(priority, &around) })
            }
        }
    }

    /// The same within a pattern, whose number could be any that it takes.
    fn lost_in_pattern(self, line: &Line<'_>, priority: &str, around: &Surrounding) -> Option<Lost> {
        let number = number(priority, line.step.priority);
        let has = |extension: &Extension| {
            self.plan.steps(extension).iter().any(|step| match number {
                Some(number) => step.priority == number,
                None => self.plan.label(step) == Some(priority),
            })
        };
        let is_near = |extension: &&Extension| {
            extension.is_pattern() || crate::dialplan::pattern::takes(&line.extension.name, &extension.name)
        };
        if has(line.extension) || self.all(around).filter(is_near).any(has) {
            return None;
        }
        Some(match number {
            Some(_) => Lost::Priority,
            None => Lost::Label { elsewhere: self.elsewhere(priority, around) },
        })
    }

    /// Another extension that has a label.
    fn elsewhere(self, label: &str, around: &Surrounding) -> Option<String> {
        let has =
            |extension: &&Extension| self.plan.steps(extension).iter().any(|step| self.plan.label(step) == Some(label));
        self.all(around).find(has).map(|extension| extension.written().to_owned())
    }

    fn all<'s>(self, around: &'s Surrounding) -> impl Iterator<Item = &'s Extension>
    where
        Self: 's,
    {
        let contexts = around.contexts.iter().filter_map(|id| self.plan.contexts().get(id.index()));
        contexts.flat_map(|context| context.extensions.iter().filter_map(|id| self.plan.extension(*id)))
    }

    fn has(self, place: &Place<'_>, priority: i32) -> bool {
        let steps = |id: &ExtensionId| self.plan.extension(*id).map(|extension| self.plan.steps(extension));
        let matching = self.plan.matching(place.context, place.extension);
        matching.iter().filter_map(steps).any(|steps| steps.iter().any(|step| step.priority == priority))
    }

    fn has_label(self, place: &Place<'_>, label: &str) -> bool {
        let query =
            Query { context: &place.context.name, extension: place.extension, priority: 1, caller: place.caller };
        self.plan.find_label(&query, label, &mut Anytime).is_ok()
            || self.plan.matching(place.context, place.extension).iter().any(|id| {
                let extension = self.plan.extension(*id);
                extension.is_some_and(|extension| {
                    self.plan.steps(extension).iter().any(|step| self.plan.label(step) == Some(label))
                })
            })
    }

    /// The contexts that a jump from one can end in: those it includes and those that include it, since a call stays in
    /// the context it came in by.
    fn surrounding(self, context: &Context) -> Arc<Surrounding> {
        if let Some(known) = self.jumps.around.lock().get(&context.id) {
            return known.clone();
        }
        let including = spread(vec![context.id], |id| self.jumps.includers.get(&id).into_iter().flatten().copied());
        let contexts = spread(including, |id| {
            let includes = self.plan.contexts().get(id.index()).map(|context| &context.includes);
            includes.into_iter().flatten().filter_map(|include| include.context)
        });
        let has_switch = contexts.iter().filter_map(|id| self.plan.contexts().get(id.index())).any(|context| {
            let mut unknown = context.includes.iter().filter(|include| include.context.is_none());
            !context.switches.is_empty() || unknown.any(|include| &*include.name != "parkedcalls")
        });
        let made = Arc::new(Surrounding { contexts, has_switch });
        self.jumps.around.lock().insert(context.id, made.clone());
        made
    }

    /// Whether an extension of the surroundings could take over at a priority.
    pub fn is_supplied(self, context: &Context, extension: &Extension, priority: i32) -> bool {
        let around = self.surrounding(context);
        if around.has_switch {
            return true;
        }
        let others = |other: &&Extension| {
            !std::ptr::eq(*other, extension)
                && (extension.is_pattern() && other.is_pattern()
                    || crate::dialplan::pattern::takes(&other.name, &extension.name))
        };
        self.all(&around)
            .filter(|other| self.plan.steps(other).iter().any(|step| step.priority == priority))
            .any(|other| others(&other))
    }
}

/// The contexts and all that `next` leads to from them.
fn spread<I: Iterator<Item = ContextId>>(
    mut contexts: Vec<ContextId>,
    next: impl Fn(ContextId) -> I,
) -> Vec<ContextId> {
    let mut seen: HashSet<ContextId> = contexts.iter().copied().collect();
    let mut at = 0;
    while let Some(id) = contexts.get(at).copied() {
        at += 1;
        contexts.extend(next(id).filter(|id| seen.insert(*id)));
    }
    contexts
}

/// The number that a priority means, counted from a step; `None` for a label.
pub(super) fn number(text: &str, here: i32) -> Option<i32> {
    match text.as_bytes().first() {
        Some(b'+') => whole_integer(text.get(1..)?).map(|number| here.saturating_add(number)),
        Some(b'-') => whole_integer(text.get(1..)?).map(|number| here.saturating_sub(number)),
        _ => whole_integer(text),
    }
}
