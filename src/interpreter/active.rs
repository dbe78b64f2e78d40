//! A plan in service: the compiled dialplan, the feature codes, and the sources that warnings point into.

use jiff::civil::DateTime;

use super::{Application, Clock, Library};
use crate::diagnostic::{Sources, Span};
use crate::dialplan::compile::Resolver;
use crate::dialplan::features::Features;
use crate::dialplan::plan::{Found, Plan, Query, Step, Surroundings};

/// A plan in service. It never changes; a reload makes another.
#[derive(Debug, Default)]
pub struct ActivePlan {
    pub plan: Plan,
    pub features: Features,
    pub sources: Sources,
}

impl ActivePlan {
    /// The application that a step names, if exten has it.
    pub fn application(&self, library: &Library, step: &Step) -> Option<&'static Application> {
        let index = self.plan.application(step).resolved?;
        library.applications.get(index).copied()
    }

    /// Whether a telephone that dials this takes a call of its group (`pickupexten`).
    pub fn is_pickup_code(&self, dialled: &str) -> bool {
        let code = self.features.setting("pickupexten");
        !code.is_empty() && code == dialled
    }

    /// Where a span stands, as `extensions.conf:12:5`.
    pub fn location(&self, span: Span) -> String {
        self.sources.location(span)
    }
}

/// Resolves names to places in a [`Library`]'s list of applications.
impl Resolver for &'static Library {
    fn application(&mut self, key: &str) -> Option<usize> {
        self.application_index(key)
    }
}

/// Questions to a plan at the present moment.
pub struct Lookup<'a> {
    plan: &'a Plan,
    clock: &'a Clock,
}

impl<'a> Lookup<'a> {
    pub fn new(active: &'a ActivePlan, clock: &'a Clock) -> Self {
        Self { plan: &active.plan, clock }
    }

    fn query<'q>(context: &'q str, extension: &'q str, priority: i32, caller: &'q str) -> Query<'q> {
        Query { context, extension, priority, caller }
    }

    /// The step there, wherever a switch leads.
    pub fn find(&self, context: &str, extension: &str, priority: i32, caller: &str) -> Option<Found> {
        self.plan.find(&Self::query(context, extension, priority, caller), &mut Now(self.clock)).ok()
    }

    /// Whether there is such a context.
    pub fn has_context(&self, context: &str) -> bool {
        self.plan.context(context).is_some()
    }

    /// Whether there is such a step.
    pub fn exists(&self, context: &str, extension: &str, priority: i32, caller: &str) -> bool {
        self.plan.exists(&Self::query(context, extension, priority, caller), &mut Now(self.clock))
    }

    /// Whether the number is an extension, or the beginning of one.
    pub fn can_match(&self, context: &str, extension: &str, caller: &str) -> bool {
        self.plan.can_match(&Self::query(context, extension, 1, caller), &mut Now(self.clock))
    }

    /// Whether more digits could make another extension.
    pub fn matches_more(&self, context: &str, extension: &str, caller: &str) -> bool {
        self.plan.matches_more(&Self::query(context, extension, 1, caller), &mut Now(self.clock))
    }

    /// The priority that carries a label.
    pub fn find_label(&self, context: &str, extension: &str, label: &str, caller: &str) -> Option<i32> {
        let query = Self::query(context, extension, 1, caller);
        self.plan.find_label(&query, label, &mut Now(self.clock)).ok().map(|found| found.priority)
    }

    /// What the hint of an extension points at.
    pub fn hint(&self, context: &str, extension: &str) -> Option<String> {
        let found = self.plan.find_hint(context, extension, &mut Now(self.clock)).ok()?;
        Some(self.plan.hint_devices(self.plan.step(found.step)?))
    }
}

/// The clock, as a lookup asks for it.
pub(super) struct Now<'a>(pub &'a Clock);

impl Surroundings for Now<'_> {
    fn now(&mut self, zone: Option<&str>) -> DateTime {
        self.0.local(zone)
    }
}
