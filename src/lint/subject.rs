//! What is checked, and its lines taken apart once for all rules.

use std::ops::Range;
use std::sync::OnceLock;

use super::beside::Beside;
use super::reach::{Jumps, Reach};
use super::rules::Arrivals;
use super::substitution::{self, Substitution};
use super::values::Values;
use crate::diagnostic::{Sources, Span};
use crate::dialplan::features::Features;
use crate::dialplan::plan::{Context, Extension, HINT, Plan, Step};
use crate::interpreter::Library;
use crate::sip::endpoint::Endpoints;

/// A configuration with what is known about it.
pub struct Subject<'a> {
    pub plan: &'a Plan,
    pub features: &'a Features,
    pub endpoints: &'a Endpoints,
    pub sources: &'a Sources,
    pub library: &'a Library,
    /// The files beside the plan.
    pub beside: Beside,
    jumps: OnceLock<Jumps>,
    values: OnceLock<Values>,
    arrivals: OnceLock<Arrivals>,
}

impl<'a> Subject<'a> {
    pub fn new(
        plan: &'a Plan,
        features: &'a Features,
        endpoints: &'a Endpoints,
        sources: &'a Sources,
        library: &'a Library,
    ) -> Self {
        let (jumps, values, arrivals) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
        Self { plan, features, endpoints, sources, library, beside: Beside::default(), jumps, values, arrivals }
    }

    /// Every extension with its context.
    pub(super) fn extensions(&self) -> impl Iterator<Item = (&'a Context, &'a Extension)> {
        let plan = self.plan;
        plan.contexts().iter().flat_map(move |context| {
            context.extensions.iter().filter_map(move |id| Some((context, plan.extension(*id)?)))
        })
    }

    /// The steps whose application, in small letters, is one that is asked for.
    pub(super) fn lines_where(&self, is_wanted: impl Fn(&str) -> bool + Copy) -> impl Iterator<Item = Line<'_>> {
        let plan = self.plan;
        self.extensions().flat_map(move |(context, extension)| {
            let steps = plan.steps(extension).iter().filter(|step| step.priority != HINT);
            let wanted = steps.filter(move |step| is_wanted(&plan.application(step).key));
            wanted.map(move |step| Line::new(self, context, extension, step))
        })
    }

    /// The steps of one extension but its hint.
    pub(super) fn lines_of(&self, context: &'a Context, extension: &'a Extension) -> impl Iterator<Item = Line<'_>> {
        let steps = self.plan.steps(extension).iter().filter(|step| step.priority != HINT);
        steps.map(move |step| Line::new(self, context, extension, step))
    }

    /// Where calls can go.
    pub(super) fn reach(&self) -> Reach<'_> {
        Reach { plan: self.plan, jumps: self.jumps.get_or_init(|| Jumps::new(self)) }
    }

    /// Text from outside that calls bring along from one extension to the next.
    pub(super) fn arrivals(&self) -> &Arrivals {
        self.arrivals.get_or_init(|| Arrivals::new(self))
    }

    /// What is known about the plan's variables.
    pub(super) fn values(&self) -> &Values {
        self.values.get_or_init(|| Values::new(self))
    }
}

/// One step with its text taken apart.
pub struct Line<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) context: &'a Context,
    pub(super) extension: &'a Extension,
    pub(super) step: &'a Step,
    /// The application in small letters.
    pub(super) key: &'a str,
    /// The arguments as written.
    pub(super) text: &'a str,
    /// Every substitution in the text, the outer before the inner.
    pub(super) substitutions: Vec<Substitution>,
}

impl<'a> Line<'a> {
    fn new(subject: &'a Subject<'a>, context: &'a Context, extension: &'a Extension, step: &'a Step) -> Self {
        let text = step.arguments.text();
        let substitutions = substitution::scan(text);
        let key = &*subject.plan.application(step).key;
        Self { subject, context, extension, step, key, text, substitutions }
    }

    /// The place of a part of the text.
    pub(super) fn span(&self, at: Range<usize>) -> Span {
        self.step.arguments_span(at.start, at.end)
    }

    /// A part of the text.
    pub(super) fn part(&self, at: &Range<usize>) -> &'a str {
        self.text.get(at.clone()).unwrap_or("")
    }

    /// Whether anything is substituted in a part of the text.
    pub(super) fn is_dynamic(&self, at: &Range<usize>) -> bool {
        self.substitutions.iter().any(|found| found.at.start < at.end && at.start < found.at.end)
    }

    /// The substitutions within a part of the text.
    pub(super) fn within(&self, at: &Range<usize>) -> impl Iterator<Item = &Substitution> {
        let at = at.clone();
        self.substitutions.iter().filter(move |found| at.start <= found.at.start && found.at.end <= at.end)
    }

    /// The place of the application's name.
    pub(super) fn application_span(&self) -> Span {
        let line = self.subject.sources.text(self.step.span);
        let name = &*self.subject.plan.application(self.step).name;
        let arguments = (self.step.arguments_at.saturating_sub(self.step.span.start) as usize).min(line.len());
        let before = line.get(..arguments).unwrap_or(line);
        let found =
            if self.text.is_empty() { line.rfind(name) } else { before.rfind(name).or_else(|| line.find(name)) };
        found.map_or(self.step.span, |at| self.step.span.part(at, at + name.len()))
    }
}
