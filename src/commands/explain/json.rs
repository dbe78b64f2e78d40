//! The same explanation for programs.

use exten::dialplan::explanation::{Explanation, Fate, Skipped, Visit};
use exten::dialplan::plan::{Context, ExtensionId, Found, HINT, Surroundings as _};
use serde_json::{Value, json};

use super::{Asked, Then};

impl Asked<'_> {
    /// All that is told otherwise as text.
    pub(super) fn json(&self, context: &Context) -> (String, bool) {
        let mut then = Then(self.then);
        let mut now = |zone: Option<&str>| then.now(zone);
        let explanation = Explanation::of(&self.active.plan, context, self.number, self.caller, &mut now);
        let found = self.find(context);
        let reached = found.as_ref().map(|found| match found {
            Found::Step(step) => self.reached(step.extension),
            Found::Switched(to) => self.reached(to.found.extension),
        });
        let visits: Vec<Value> = explanation.visits.iter().map(|visit| self.visit(visit)).collect();
        let told = json!({
            "number": self.number,
            "context": &*context.name,
            "caller": self.caller,
            "at": self.then.to_string(),
            "reached": reached,
            "visits": visits,
        });
        (format!("{told:#}\n"), found.is_some())
    }

    fn visit(&self, visit: &Visit) -> Value {
        let candidates: Vec<Value> = visit
            .candidates
            .iter()
            .filter_map(|candidate| {
                let extension = self.active.plan.extension(candidate.extension)?;
                let (fate, why) = match &candidate.fate {
                    Fate::Reached => ("reached", None),
                    Fate::LessSpecific(why) => ("less specific", Some(why)),
                    Fate::Later => ("asked later", None),
                    Fate::OtherCaller => ("for other callers", None),
                    Fate::NoFirstStep => ("no first step", None),
                    Fate::Differs(why) => ("does not take it", Some(why)),
                };
                Some(json!({
                    "extension": extension.written(),
                    "caller": extension.caller(),
                    "fate": fate,
                    "why": why,
                }))
            })
            .collect();
        let skipped: Vec<Value> = visit
            .skipped
            .iter()
            .map(|(include, why)| {
                let why = match why {
                    Skipped::Closed => "closed at this time",
                    Skipped::Missing => "is not there",
                    Skipped::Asked => "was asked already",
                };
                json!({ "include": &*include.name, "why": why })
            })
            .collect();
        let context = self.active.plan.contexts().get(visit.context.index());
        let switches = context.into_iter().flat_map(|context| &context.switches);
        let switches: Vec<String> = switches.map(|switch| format!("{}/{}", switch.driver, switch.data)).collect();
        json!({
            "context": self.name(visit.context),
            "path": visit.path.iter().map(|id| self.name(*id)).collect::<Vec<_>>(),
            "candidates": candidates,
            "skipped": skipped,
            "switches": switches,
        })
    }

    fn reached(&self, id: ExtensionId) -> Value {
        let plan = &self.active.plan;
        let Some(extension) = plan.extension(id) else { return Value::Null };
        let steps = plan.steps(extension).iter().filter(|step| step.priority != HINT);
        let steps: Vec<Value> = steps
            .map(|step| {
                json!({
                    "priority": step.priority,
                    "label": plan.label(step),
                    "application": &*plan.application(step).name,
                    "arguments": step.arguments.text(),
                    "place": self.line(step.span),
                    "holds": self.holds(step),
                })
            })
            .collect();
        json!({ "extension": extension.written(), "context": self.name(extension.context), "steps": steps })
    }
}
