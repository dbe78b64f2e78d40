//! Extensions and their aliases: one extension for every number and caller that are matched alike.

use super::tables::number;
use super::{Compiler, describe_pattern, without_blanks};
use crate::diagnostic::{Diagnostic, Span};
use crate::dialplan::pattern::{Pattern, Place, without_dashes};
use crate::dialplan::plan::{ContextId, Extension, ExtensionId, Rare};
use std::cmp::Ordering;

impl Compiler<'_> {
    /// The extension of a name and caller, made if it is not there yet.
    pub(super) fn name(&mut self, context: ContextId, name: &str, caller: Option<&str>, span: Span) -> ExtensionId {
        let name = without_blanks(name);
        let pattern = Pattern::parse(&name);
        let new = ExtensionId(number(self.plan.extensions.len()));
        if let Some(fault) = pattern.as_ref().and_then(|pattern| pattern.fault)
            && !self.is_known(context, &name)
        {
            let (code, help) = describe_pattern(fault);
            let odd = Diagnostic::warning(code, format!("pattern `{name}`: {fault}")).at(span, "here").help(help);
            self.report(odd);
        }
        let plain = without_dashes(&name);
        let head = self.head(context, &plain, pattern.as_ref());
        if let Some(found) = self.in_chain(head, caller) {
            return found;
        }
        let (before, after) = self.neighbours(head, caller);
        let written = (pattern.is_none() && *plain != *name).then(|| name.as_str().into());
        let is_plain = written.is_none() && caller.is_none();
        self.plan.extensions.push(Extension {
            name: if pattern.is_some() { name.as_str().into() } else { (*plain).into() },
            rare: (!is_plain).then(|| Rare { written, caller: caller.map(Into::into) }.into()),
            context,
            first_step: 0,
            step_count: 0,
            next: after,
        });
        match before.and_then(|id| self.plan.extensions.get_mut(id.index())) {
            Some(before) => before.next = Some(new),
            None => self.set_head(context, &plain, pattern.as_ref(), head, new),
        }
        self.in_context(context, |context| context.extensions.push(new));
        new
    }

    fn is_known(&self, context: ContextId, name: &str) -> bool {
        let context = self.plan.contexts.get(context.index());
        let last = context.and_then(|context| self.plan.extension(*context.extensions.last()?));
        last.is_some_and(|last| *last.name == *name)
    }

    fn head(&mut self, context: ContextId, plain: &str, pattern: Option<&Pattern>) -> Option<ExtensionId> {
        let extensions = &self.plan.extensions;
        let matcher = &mut self.plan.contexts.get_mut(context.index())?.matcher;
        let name_of = |id: u32| extensions.get(id as usize).map_or("", |extension| &*extension.name);
        match pattern {
            Some(pattern) => *matcher.pattern_slot(&pattern.places),
            None => matcher.exact(plain, name_of),
        }
        .map(ExtensionId)
    }

    fn set_head(
        &mut self,
        context: ContextId,
        plain: &str,
        pattern: Option<&Pattern>,
        old: Option<ExtensionId>,
        new: ExtensionId,
    ) {
        let extensions = &self.plan.extensions;
        let Some(context) = self.plan.contexts.get_mut(context.index()) else { return };
        let name_of = |id: u32| extensions.get(id as usize).map_or("", |extension| &*extension.name);
        match (pattern, old) {
            (Some(pattern), _) => *context.matcher.pattern_slot(&pattern.places) = Some(new.0),
            (None, Some(old)) => context.matcher.replace_exact(plain, old.0, new.0),
            (None, None) => context.matcher.insert_exact(plain, new.0, name_of),
        }
    }

    fn chain(&self, head: Option<ExtensionId>) -> impl Iterator<Item = (ExtensionId, &Extension)> {
        let with_id = |id: ExtensionId| self.plan.extension(id).map(|extension| (id, extension));
        std::iter::successors(head.and_then(with_id), move |(_, extension)| extension.next.and_then(with_id))
    }

    fn in_chain(&self, head: Option<ExtensionId>, caller: Option<&str>) -> Option<ExtensionId> {
        self.chain(head).find(|(_, other)| caller_order(other.caller(), caller).is_eq()).map(|(id, _)| id)
    }

    /// Where in its chain an extension for this caller belongs.
    fn neighbours(
        &self,
        head: Option<ExtensionId>,
        caller: Option<&str>,
    ) -> (Option<ExtensionId>, Option<ExtensionId>) {
        let before = |(_, other): &(ExtensionId, &Extension)| caller_order(other.caller(), caller).is_lt();
        let last_before = self.chain(head).take_while(before).last().map(|(id, _)| id);
        let first_behind = self.chain(head).find(|entry| !before(entry)).map(|(id, _)| id);
        (last_before, first_behind)
    }
}

/// Extensions for a caller stand before those for all; exact callers before patterns.
fn caller_order(left: Option<&str>, right: Option<&str>) -> Ordering {
    let places = |number: &str| -> Option<Vec<Place>> { Pattern::parse(number).map(|pattern| pattern.places) };
    match (left, right) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Greater,
        (Some(_), None) => Ordering::Less,
        (Some(left), Some(right)) => match (places(left), places(right)) {
            (None, None) => without_dashes(left).cmp(&without_dashes(right)),
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(left), Some(right)) => pattern_order(&left, &right),
        },
    }
}

/// Position by position; a pattern that ends is behind one that goes on.
fn pattern_order(left: &[Place], right: &[Place]) -> Ordering {
    let differing = left.iter().zip(right).map(|(left, right)| left.cmp(right)).find(|order| order.is_ne());
    differing.unwrap_or_else(|| right.len().cmp(&left.len()))
}
