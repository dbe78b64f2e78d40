//! Why a number reaches the extension that it reaches: every context that is asked, every extension that takes the number,
//! and what decides between them.
//!
//! The search itself is [`Plan::find`]; a test holds this account of it against its answers.

use std::cmp::Ordering;
use std::fmt;

use jiff::civil::DateTime;

use super::pattern::{self, Extent, Pattern, Place, Verdict};
use super::plan::{Context, ContextId, Extension, ExtensionId, Include, Plan};

/// How a number was looked for.
#[derive(Clone, Debug, Default)]
pub struct Explanation {
    /// The contexts in the order in which they are asked.
    pub visits: Vec<Visit>,
}

/// A context that is asked.
#[derive(Clone, Debug)]
pub struct Visit {
    pub context: ContextId,
    /// The contexts that lead to it, the one asked for first.
    pub path: Vec<ContextId>,
    /// The extensions that have to do with the number, best first.
    pub candidates: Vec<Candidate>,
    /// The includes that are not followed, and why.
    pub skipped: Vec<(Include, Skipped)>,
}

/// An extension beside a number.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub extension: ExtensionId,
    pub fate: Fate,
}

/// What becomes of an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The number reaches it.
    Reached,
    /// It takes the number too, but another one of its context is more specific.
    LessSpecific(String),
    /// It takes the number too, but its context is asked later.
    Later,
    /// It is for other callers.
    OtherCaller,
    /// It has no first step.
    NoFirstStep,
    /// It does not take the number.
    Differs(String),
}

/// Why an include is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// Its time condition does not hold.
    Closed,
    /// There is no such context.
    Missing,
    /// The context was asked already.
    Asked,
}

/// So many extensions that nearly take the number are named in a context.
const NEAR: usize = 3;
/// As in a lookup.
const MOST_CONTEXTS: usize = 128;

impl Explanation {
    /// Follows a number from a context. `now` gives the time in a zone.
    pub fn of(
        plan: &Plan,
        context: &Context,
        number: &str,
        caller: &str,
        now: &mut dyn FnMut(Option<&str>) -> DateTime,
    ) -> Self {
        let mut walk = Walk { plan, number, caller, now, found: false, explanation: Self::default() };
        walk.visit(context, &mut Vec::new());
        walk.explanation
    }

    /// The extension that the number reaches.
    pub fn reached(&self) -> Option<ExtensionId> {
        let candidates = self.visits.iter().flat_map(|visit| &visit.candidates);
        candidates.into_iter().find(|candidate| candidate.fate == Fate::Reached).map(|candidate| candidate.extension)
    }
}

struct Walk<'a> {
    plan: &'a Plan,
    number: &'a str,
    caller: &'a str,
    now: &'a mut dyn FnMut(Option<&str>) -> DateTime,
    found: bool,
    explanation: Explanation,
}

impl Walk<'_> {
    fn visit(&mut self, context: &Context, path: &mut Vec<ContextId>) {
        if self.explanation.visits.len() >= MOST_CONTEXTS {
            return;
        }
        let at = self.explanation.visits.len();
        let candidates = self.candidates(context);
        let visit = Visit { context: context.id, path: path.clone(), candidates, skipped: Vec::new() };
        self.explanation.visits.push(visit);
        path.push(context.id);
        for include in &context.includes {
            let is_closed = |walk: &mut Self| {
                let timing = include.timing.as_ref();
                timing.is_some_and(|timing| !timing.includes((walk.now)(timing.zone())))
            };
            let target = include.context.and_then(|id| self.plan.contexts().get(id.index()));
            let skipped = match target {
                None => Skipped::Missing,
                Some(_) if is_closed(self) => Skipped::Closed,
                Some(target) if self.explanation.visits.iter().any(|visit| visit.context == target.id) => {
                    Skipped::Asked
                }
                Some(target) => {
                    self.visit(target, path);
                    continue;
                }
            };
            if let Some(visit) = self.explanation.visits.get_mut(at) {
                visit.skipped.push((include.clone(), skipped));
            }
        }
        path.pop();
    }

    /// The extensions of a context that take the number, best first, then those that nearly do.
    fn candidates(&mut self, context: &Context) -> Vec<Candidate> {
        let number = pattern::without_dashes(self.number);
        let extensions = context.extensions.iter().filter_map(|id| Some((*id, self.plan.extension(*id)?)));
        let (mut taking, mut near) = (Vec::new(), Vec::new());
        for (id, extension) in extensions {
            match difference(extension, &number) {
                None => taking.push((id, extension)),
                Some((agreed, why)) if agreed > 0 => near.push((agreed, id, why)),
                Some(_) => {}
            }
        }
        taking.sort_by(|(_, one), (_, other)| order(one, other));
        let mut best: Option<&Extension> = None;
        let mut candidates = Vec::new();
        for (id, extension) in taking {
            let has_first_step = self.plan.steps(extension).iter().any(|step| step.priority == 1);
            let fate = if !extension.admits(self.caller) {
                Fate::OtherCaller
            } else if let Some(best) = best {
                Fate::LessSpecific(comparison(best, extension))
            } else if self.found {
                Fate::Later
            } else if !has_first_step {
                Fate::NoFirstStep
            } else {
                best = Some(extension);
                self.found = true;
                Fate::Reached
            };
            candidates.push(Candidate { extension: id, fate });
        }
        if !self.found {
            near.sort_by_key(|(agreed, ..)| std::cmp::Reverse(*agreed));
            let near = near.into_iter().take(NEAR);
            candidates.extend(near.map(|(_, id, why)| Candidate { extension: id, fate: Fate::Differs(why) }));
        }
        candidates
    }
}

/// The places of a pattern; of a plain number its characters.
fn places(extension: &Extension) -> Vec<Place> {
    match Pattern::parse(&extension.name) {
        Some(pattern) => pattern.places,
        None => extension.name.bytes().map(Place::Literal).collect(),
    }
}

/// Plain numbers first, then patterns from the most specific on, and each for certain callers before the one for all.
fn order(one: &Extension, other: &Extension) -> Ordering {
    let patterns = one.is_pattern().cmp(&other.is_pattern());
    let (left, right) = (places(one), places(other));
    let specific = left.iter().zip(&right).map(|(left, right)| left.cmp(right)).find(|order| order.is_ne());
    // Of two that agree so far, the one that ends comes last.
    let specific = specific.unwrap_or_else(|| right.len().cmp(&left.len()));
    patterns.then(specific).then(other.caller().is_some().cmp(&one.caller().is_some()))
}

/// What makes one extension more specific than another.
fn comparison(best: &Extension, other: &Extension) -> String {
    if !best.is_pattern() && other.is_pattern() {
        return "a number comes before every pattern".to_owned();
    }
    let (left, right) = (places(best), places(other));
    let differing = left.iter().zip(&right).position(|(left, right)| left != right);
    match differing.and_then(|at| Some((at, left.get(at)?, right.get(at)?))) {
        Some((at, left, right)) => {
            format!("at position {} it takes {}, the other only {}", at + 1, Words(right), Words(left))
        }
        None if left.len() == right.len() => "the other one asks for this caller".to_owned(),
        None => "the other one goes on".to_owned(),
    }
}

/// Why an extension does not take a number, and how many characters agree; nothing where it does.
fn difference(extension: &Extension, number: &str) -> Option<(usize, String)> {
    let takes = match Pattern::parse(&extension.name) {
        Some(pattern) => pattern.compare(number.as_bytes(), Extent::Whole) != Verdict::No,
        None => pattern::without_dashes(&extension.name) == number,
    };
    if takes {
        return None;
    }
    let places = places(extension);
    for (at, byte) in number.bytes().enumerate() {
        let takes = match places.get(at) {
            None => return Some((at, format!("it ends behind position {at}"))),
            Some(Place::Literal(literal)) => *literal == byte,
            Some(Place::Set(set)) => set.contains(byte),
            Some(Place::More | Place::Early) => true,
        };
        if let Some(place) = places.get(at).filter(|_| !takes) {
            let why = format!("at position {} it takes {}, not `{}`", at + 1, Words(place), char::from(byte));
            return Some((at, why));
        }
    }
    Some((number.len(), format!("it wants {} more", places.len().saturating_sub(number.len()))))
}

/// What a place takes, in words.
struct Words<'a>(&'a Place);

impl fmt::Display for Words<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Place::Literal(byte) => write!(formatter, "`{}`", char::from(*byte)),
            Place::Set(set) => {
                let members: Vec<u8> = (0..=u8::MAX).filter(|byte| set.contains(*byte)).collect();
                match members.as_slice() {
                    [] => formatter.write_str("nothing"),
                    [first, .., last] if usize::from(last - first) + 1 == members.len() => {
                        write!(formatter, "one of {}-{}", char::from(*first), char::from(*last))
                    }
                    members => {
                        let members: String = members.iter().map(|byte| char::from(*byte)).collect();
                        write!(formatter, "one of {members}")
                    }
                }
            }
            Place::More => formatter.write_str("one or more of anything"),
            Place::Early => formatter.write_str("anything, or nothing"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;
    use crate::dialplan::compile::AnyApplication;
    use crate::dialplan::plan::{Query, Surroundings};

    struct Monday;

    impl Surroundings for Monday {
        fn now(&mut self, _: Option<&str>) -> DateTime {
            jiff::civil::datetime(2026, 3, 2, 9, 0, 0, 0)
        }
    }

    const PLAN: &str = "[users]\ninclude => night,18:00-6:00,*,*,*\ninclude => internal\ninclude => gone\n\
        exten => 1,1,NoOp\n[night]\nexten => _X.,1,NoOp\n\
        [internal]\nexten => _64XX,1,NoOp\nexten => _6XXX,1,NoOp\nexten => 6421/2003,1,NoOp\nexten => _642,1,NoOp\n\
        exten => _6[5-9]XX,1,NoOp\nexten => _X!,1,NoOp\nexten => 7000,2,NoOp\ninclude => last\n[last]\nexten => _.,1,NoOp\n";

    fn plan(text: &str) -> Plan {
        let mut files = Memory::default().with("extensions.conf", text);
        Plan::load(&mut files, std::path::Path::new("extensions.conf"), &mut AnyApplication).plan.unwrap()
    }

    fn explain(plan: &Plan, number: &str, caller: &str) -> Explanation {
        let mut now = |zone: Option<&str>| Monday.now(zone);
        Explanation::of(plan, plan.context("users").unwrap(), number, caller, &mut now)
    }

    fn told(plan: &Plan, explanation: &Explanation) -> Vec<String> {
        let candidates = explanation.visits.iter().flat_map(|visit| &visit.candidates);
        let line = |candidate: &Candidate| {
            let extension = plan.extension(candidate.extension).unwrap();
            match &candidate.fate {
                Fate::LessSpecific(why) | Fate::Differs(why) => format!("{}: {why}", extension.written()),
                fate => format!("{}: {fate:?}", extension.written()),
            }
        };
        candidates.map(line).collect()
    }

    #[test]
    fn the_most_specific_wins_position_by_position() {
        let plan = plan(PLAN);
        insta::assert_snapshot!(told(&plan, &explain(&plan, "6421", "2001")).join("\n"), @r"
        6421: OtherCaller
        _64XX: Reached
        _6XXX: at position 2 it takes one of 0-9, the other only `4`
        _X!: at position 1 it takes one of 0-9, the other only `6`
        _.: Later
        ");
    }

    #[test]
    fn where_nothing_takes_the_number_the_nearest_are_told() {
        let plan = plan("[users]\nexten => _64XX,1,NoOp\nexten => _6,1,NoOp\nexten => _65X,1,NoOp\n");
        insta::assert_snapshot!(told(&plan, &explain(&plan, "642", "")).join("\n"), @r"
        _64XX: it wants 1 more
        _6: it ends behind position 1
        _65X: at position 2 it takes `5`, not `4`
        ");
    }

    #[test]
    fn includes_that_are_not_followed_are_told() {
        let plan = plan(PLAN);
        let explanation = explain(&plan, "1", "");
        let skipped: Vec<_> =
            explanation.visits[0].skipped.iter().map(|(include, why)| (&*include.name, *why)).collect();
        assert_eq!(skipped, [("night", Skipped::Closed), ("gone", Skipped::Missing)]);
    }

    #[test]
    fn it_says_what_the_lookup_does() {
        let plan = plan(PLAN);
        let numbers = ["1", "6421", "642", "6", "65", "6500", "7000", "7", "i", "99", "64-21", "nothing"];
        for number in numbers {
            for caller in ["", "2001", "2003"] {
                let query = Query { context: "users", extension: number, priority: 1, caller };
                let found = plan.find(&query, &mut Monday).ok().map(|found| found.step().extension);
                assert_eq!(explain(&plan, number, caller).reached(), found, "{number} from {caller:?}");
            }
        }
    }
}
