//! Looking up steps: the own context, then its switches, then its includes, depth first.

use super::{Context, ContextId, Extension, ExtensionId, HINT, Plan, Step, StepId, SwitchKind};
use crate::dialplan::pattern::{self, Extent, Verdict};
use crate::dialplan::template::{self, Scope, Warning};
use std::ops::ControlFlow;

/// How many contexts one lookup goes through.
const MOST_CONTEXTS: usize = 128;
/// How many Loopback switches one lookup follows one behind the other.
const DEEPEST_LOOPBACK: usize = 16;
/// How many Loopback switches one lookup follows in all: several that lead back to their own context multiply.
const MOST_LOOPBACKS: usize = 500;

/// Up to so many steps are looked through for a label; in more it is faster to ask the table of labels.
const FEW_STEPS: u32 = 16;

/// What a call asks for.
#[derive(Clone, Copy, Debug)]
pub struct Query<'a> {
    pub context: &'a str,
    /// What was dialled, or jumped to.
    pub extension: &'a str,
    pub priority: i32,
    /// The caller's number; empty if there is none.
    pub caller: &'a str,
}

/// What a lookup has to know that is no part of the plan.
pub trait Surroundings {
    /// The date and time of day, in a named zone or the server's own.
    fn now(&mut self, zone: Option<&str>) -> jiff::civil::DateTime;
    /// The variables of the channel, for `eswitch`.
    fn scope(&mut self) -> Option<&mut dyn Scope> {
        None
    }
}

/// A step that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub step: StepId,
    pub extension: ExtensionId,
    /// The context it stands in: the one asked for or one that it includes.
    pub context: ContextId,
    pub priority: i32,
    /// Nothing more specific, nothing timed and no switch was passed on the way: the next priority of the same
    /// extension is what a new lookup would find, whoever calls.
    pub(super) settled: bool,
    /// The number asked for is the extension itself, and stands in the context asked for.
    pub(super) own: bool,
}

/// A place that a Loopback switch leads to. A call that takes the step continues there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destination {
    pub context: String,
    pub extension: String,
    pub priority: i32,
    pub found: Match,
}

/// Where a lookup ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Step(Match),
    Switched(Box<Destination>),
}

impl Found {
    /// The step, wherever it stands.
    pub fn step(&self) -> Match {
        match self {
            Self::Step(found) => *found,
            Self::Switched(destination) => destination.found,
        }
    }
}

/// Why a lookup found nothing; the furthest that any context came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Missing {
    #[error("there is no such context")]
    Context,
    #[error("no extension matches")]
    Extension,
    #[error("the extension has no such priority")]
    Priority,
    #[error("the extension has no such label")]
    Label,
}

#[derive(Clone, Copy)]
enum Target<'a> {
    Priority(i32),
    Label(&'a str),
}

/// The Loopback switches that a lookup followed.
#[derive(Default)]
struct Loopbacks {
    depth: usize,
    total: usize,
}

struct Search<'a, 's> {
    plan: &'a Plan,
    extension: &'a str,
    caller: &'a str,
    target: Target<'a>,
    extent: Extent,
    surroundings: &'s mut dyn Surroundings,
    visited: Vec<ContextId>,
    missing: Missing,
    settled: bool,
    loopbacks: &'s mut Loopbacks,
    /// A Loopback switch took over; nothing further is looked at.
    switched: Option<Destination>,
}

impl Plan {
    /// The step of a number at a priority.
    pub fn find(&self, query: &Query<'_>, surroundings: &mut dyn Surroundings) -> Result<Found, Missing> {
        self.search(query, Target::Priority(query.priority), Extent::Whole, surroundings)
    }

    /// The step that follows one that was found, if no search is needed; otherwise ask [`Plan::find`].
    pub fn following(&self, found: &Match) -> Option<Match> {
        let next = found.priority.checked_add(1).filter(|_| found.settled)?;
        let step = StepId(found.step.0.checked_add(1)?);
        self.step(step).filter(|step| step.extension == found.extension && step.priority == next)?;
        Some(Match { step, priority: next, ..*found })
    }

    /// The step at another priority of an extension in which one was found, if no search is needed: that is, where the
    /// number asked for is the extension itself, in the context itself. Otherwise ask [`Plan::find`].
    pub fn within(&self, found: &Match, query: &Query<'_>) -> Option<Match> {
        let context = self.contexts.get(found.context.index())?;
        let extension = self.extension(found.extension)?;
        let is_same = *context.name == *query.context && *extension.name == *query.extension;
        self.beside(&Match { own: is_same, ..*found }, query.priority)
    }

    /// The step at another priority for the same number in the same context, under the same conditions.
    pub fn beside(&self, found: &Match, priority: i32) -> Option<Match> {
        self.target_beside(found, Target::Priority(priority))
    }

    /// The step with a label for the same number in the same context, under the same conditions. Otherwise ask
    /// [`Plan::find_label`].
    pub fn label_beside(&self, found: &Match, label: &str) -> Option<Match> {
        self.target_beside(found, Target::Label(label))
    }

    fn target_beside(&self, found: &Match, target: Target<'_>) -> Option<Match> {
        let extension = self.extension(found.extension).filter(|_| found.settled && found.own)?;
        let (id, step) = self.target(found.extension, extension, target)?;
        Some(Match { step: id, priority: step.priority, ..*found })
    }

    /// Whether the number is there at the priority.
    pub fn exists(&self, query: &Query<'_>, surroundings: &mut dyn Surroundings) -> bool {
        self.find(query, surroundings).is_ok()
    }

    /// Whether the number is there, or a longer one that begins with it.
    pub fn can_match(&self, query: &Query<'_>, surroundings: &mut dyn Surroundings) -> bool {
        self.search(query, Target::Priority(query.priority), Extent::Beginning, surroundings).is_ok()
    }

    /// Whether a longer number that begins with it is there, so that it is worth waiting for digits.
    pub fn matches_more(&self, query: &Query<'_>, surroundings: &mut dyn Surroundings) -> bool {
        self.search(query, Target::Priority(query.priority), Extent::More, surroundings).is_ok()
    }

    /// The step of a number that carries a label; the priority of the query does not count.
    pub fn find_label(
        &self,
        query: &Query<'_>,
        label: &str,
        surroundings: &mut dyn Surroundings,
    ) -> Result<Match, Missing> {
        self.search(query, Target::Label(label), Extent::Whole, surroundings).map(|found| found.step())
    }

    /// The extensions of a context that take a number, whoever calls, the most specific first.
    pub fn matching(&self, context: &Context, number: &str) -> Vec<ExtensionId> {
        let mut found = Vec::new();
        let name_of = |id: u32| self.name_of(id);
        let _ = context.matcher.visit::<()>(number, Extent::Whole, name_of, |head, _| {
            let chain = |id: &ExtensionId| self.extension(*id).and_then(|extension| extension.next);
            found.extend(std::iter::successors(Some(ExtensionId(head)), chain));
            ControlFlow::Continue(())
        });
        found
    }

    /// The step of the hint of a number.
    pub fn find_hint(
        &self,
        context: &str,
        extension: &str,
        surroundings: &mut dyn Surroundings,
    ) -> Result<Match, Missing> {
        let query = Query { context, extension, priority: HINT, caller: "" };
        self.find(&query, surroundings).map(|found| found.step())
    }

    fn search(
        &self,
        query: &Query<'_>,
        target: Target<'_>,
        extent: Extent,
        surroundings: &mut dyn Surroundings,
    ) -> Result<Found, Missing> {
        self.search_behind(query, target, extent, surroundings, &mut Loopbacks::default())
    }

    /// Searches where Loopback switches led.
    fn search_behind(
        &self,
        query: &Query<'_>,
        target: Target<'_>,
        extent: Extent,
        surroundings: &mut dyn Surroundings,
        loopbacks: &mut Loopbacks,
    ) -> Result<Found, Missing> {
        let context = self.context(query.context).ok_or(Missing::Context)?;
        let mut search = Search {
            plan: self,
            extension: query.extension,
            caller: query.caller,
            target,
            extent,
            surroundings,
            visited: Vec::new(),
            missing: Missing::Extension,
            settled: true,
            loopbacks,
            switched: None,
        };
        match search.context(context) {
            Some(found) => Ok(Found::Step(found)),
            None => match search.switched {
                Some(destination) => Ok(Found::Switched(Box::new(destination))),
                None => Err(search.missing),
            },
        }
    }

    fn name_of(&self, id: u32) -> &str {
        self.extensions.get(id as usize).map_or("", |extension| &extension.name)
    }

    /// The step of one extension that a lookup wants.
    fn target(&self, id: ExtensionId, extension: &Extension, target: Target<'_>) -> Option<(StepId, &Step)> {
        match target {
            Target::Label(label) if extension.step_count <= FEW_STEPS => {
                let steps = self.steps(extension);
                let index = steps.iter().position(|step| self.label(step) == Some(label))?;
                let number = extension.first_step.checked_add(u32::try_from(index).ok()?)?;
                Some((StepId(number), steps.get(index)?))
            }
            Target::Label(label) => {
                let label = self.label_ids.get(label)?;
                let step = *self.labelled.get(&(id, *label))?;
                Some((step, self.step(step)?))
            }
            Target::Priority(priority) => {
                let steps = self.steps(extension);
                // Most extensions count 1, 2, 3 without a gap.
                let guess = usize::try_from(priority.wrapping_sub(1)).unwrap_or(usize::MAX);
                let index = match steps.get(guess) {
                    Some(step) if step.priority == priority => guess,
                    _ => steps.binary_search_by_key(&priority, |step| step.priority).ok()?,
                };
                let number = extension.first_step.checked_add(u32::try_from(index).ok()?)?;
                Some((StepId(number), steps.get(index)?))
            }
        }
    }
}

impl<'a> Search<'a, '_> {
    fn context(&mut self, context: &'a Context) -> Option<Match> {
        if self.visited.len() >= MOST_CONTEXTS || self.visited.contains(&context.id) {
            return None;
        }
        match self.own(context) {
            ControlFlow::Break(Some(found)) => return Some(found),
            // A pattern that ends in `!` settles that no further digit is worth waiting for.
            ControlFlow::Break(None) => return None,
            ControlFlow::Continue(()) => {}
        }
        for switch in &context.switches {
            self.settled = false;
            if switch.is_realtime() {
                let found = self.realtime(context, switch);
                if found.is_some() {
                    return found;
                }
            } else if self.switch(context, switch) {
                return None;
            }
        }
        self.visited.push(context.id);
        for include in &context.includes {
            if let Some(timing) = &include.timing {
                self.settled = false;
                let now = self.surroundings.now(timing.zone());
                if !timing.includes(now) {
                    continue;
                }
            }
            let Some(target) = include.context.and_then(|id| self.plan.contexts.get(id.index())) else { continue };
            let found = self.context(target);
            if found.is_some() || self.switched.is_some() {
                return found;
            }
        }
        None
    }

    fn own(&mut self, context: &Context) -> ControlFlow<Option<Match>> {
        let plan = self.plan;
        let (caller, target, extent) = (self.caller, self.target, self.extent);
        let (number, is_first) = (self.extension, self.visited.is_empty());
        let (missing, settled) = (&mut self.missing, &mut self.settled);
        context.matcher.visit(
            self.extension,
            extent,
            |id| plan.name_of(id),
            |head, verdict| {
                let mut next = Some(ExtensionId(head));
                while let Some((id, extension)) = next.and_then(|id| Some((id, plan.extension(id)?))) {
                    next = extension.next;
                    if !extension.admits(caller) {
                        *settled = false;
                        continue;
                    }
                    if verdict == Verdict::Early && extent == Extent::More {
                        return ControlFlow::Break(None);
                    }
                    *missing = (*missing).max(match target {
                        Target::Priority(_) => Missing::Priority,
                        Target::Label(_) => Missing::Label,
                    });
                    if let Some((step_id, step)) = plan.target(id, extension, target) {
                        let settled = *settled && extension.caller().is_none();
                        let priority = step.priority;
                        let own = is_first && *extension.name == *number;
                        let context = context.id;
                        let found = Match { step: step_id, extension: id, context, priority, settled, own };
                        return ControlFlow::Break(Some(found));
                    }
                    *settled = false;
                }
                ControlFlow::Continue(())
            },
        )
    }

    /// Looks into the context that a database brought for `Realtime/context@family`.
    fn realtime(&mut self, context: &Context, switch: &super::Switch) -> Option<Match> {
        let mut evaluated = String::new();
        let data = match self.surroundings.scope().filter(|_| switch.kind != SwitchKind::Plain) {
            Some(scope) => {
                template::expand_text(&switch.data, scope, &mut evaluated);
                &*evaluated
            }
            None => &switch.data,
        };
        let (name, family) = super::Switch::realtime_place(data);
        let name = if name.is_empty() { &*context.name } else { name };
        let target = self.plan.context(&format!("{name}@{family}"))?;
        self.visited.push(context.id);
        self.context(target)
    }

    /// Asks a switch; true when it takes the number.
    fn switch(&mut self, context: &Context, switch: &super::Switch) -> bool {
        let Target::Priority(priority) = self.target else { return false };
        if !switch.driver.eq_ignore_ascii_case("Loopback") {
            return false;
        }
        if self.loopbacks.depth >= DEEPEST_LOOPBACK || self.loopbacks.total >= MOST_LOOPBACKS {
            return false;
        }
        let mut evaluated = String::new();
        let data = match self.surroundings.scope().filter(|_| switch.kind == SwitchKind::Evaluated) {
            Some(scope) => {
                template::expand_text(&switch.data, scope, &mut evaluated);
                &*evaluated
            }
            None => &switch.data,
        };
        let mut scope = LoopbackScope { extension: self.extension, context: &context.name, priority };
        let mut text = String::new();
        template::expand_text(data, &mut scope, &mut text);
        let (target, extra) = text.split_once('/').map_or((&*text, None), |(target, extra)| (target, Some(extra)));
        let (extension, rest) = target.split_once('@').unwrap_or((target, ""));
        let (name, number) = rest.split_once(':').unwrap_or((rest, ""));
        let extension = if extension.is_empty() { self.extension } else { extension };
        let name = if name.is_empty() { &*context.name } else { name };
        let priority = if number.is_empty() { priority } else { number.parse().unwrap_or(priority) };
        if extra.is_some_and(|extra| !extra.is_empty() && !pattern::takes(extra, self.extension)) {
            return false;
        }
        let query = Query { context: name, extension, priority, caller: self.caller };
        let target = Target::Priority(priority);
        self.loopbacks.depth += 1;
        self.loopbacks.total += 1;
        let found = self.plan.search_behind(&query, target, self.extent, self.surroundings, self.loopbacks);
        self.loopbacks.depth -= 1;
        self.switched = match found {
            Err(_) => return false,
            Ok(Found::Switched(destination)) => Some(*destination),
            Ok(Found::Step(found)) => Some(Destination {
                context: name.to_owned(),
                extension: extension.to_owned(),
                priority,
                found: Match { settled: false, own: false, ..found },
            }),
        };
        true
    }
}

/// The three variables that Loopback knows.
struct LoopbackScope<'a> {
    extension: &'a str,
    context: &'a str,
    priority: i32,
}

impl Scope for LoopbackScope<'_> {
    fn variable(&mut self, name: &str, out: &mut String) -> bool {
        match name {
            "EXTEN" => out.push_str(self.extension),
            "CONTEXT" => out.push_str(self.context),
            "PRIORITY" => out.push_str(&self.priority.to_string()),
            _ => return false,
        }
        true
    }

    fn function(&mut self, _: &str, _: &str, _: &mut String) -> bool {
        false
    }

    fn warn(&mut self, _: Warning) {}
}
