//! What is needed while steps are collected, and gone once the plan stands.

use crate::dialplan::plan::{ApplicationId, ExtensionId, Plan, Step, StepId};
use hashbrown::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;

/// A table index as the plan keeps it. Plans end long before 2^32.
pub(super) fn number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[derive(Default)]
pub(super) struct Tables {
    /// The step that holds each priority.
    pub priorities: HashMap<(ExtensionId, i32), StepId>,
    applications: HashMap<Arc<str>, ApplicationId>,
}

impl Tables {
    pub fn application(&self, name: &str) -> Option<ApplicationId> {
        self.applications.get(name).copied()
    }

    pub fn remember_application(&mut self, name: Arc<str>, id: ApplicationId) {
        self.applications.insert(name, id);
    }

    /// Orders the steps by extension and priority and lets everything point at their new places.
    pub fn finish(&mut self, plan: &mut Plan) {
        let mut order: Vec<u32> = (0..number(plan.steps.len())).collect();
        let key = |step: &Step| (step.extension, step.priority);
        order.sort_by_key(|index| plan.steps.get(*index as usize).map(key));
        let mut places = vec![0u32; order.len()];
        for (new, old) in order.iter().enumerate() {
            if let Some(place) = places.get_mut(*old as usize) {
                *place = number(new);
            }
        }
        plan.steps.sort_by_key(key);
        plan.steps.shrink_to_fit();
        plan.extensions.shrink_to_fit();
        for step in plan.labelled.values_mut() {
            step.0 = places.get(step.index()).copied().unwrap_or(step.0);
        }
        for (index, step) in plan.steps.iter().enumerate() {
            if let Some(extension) = plan.extensions.get_mut(step.extension.index()) {
                if extension.step_count == 0 {
                    extension.first_step = number(index);
                }
                extension.step_count += 1;
            }
        }
        let extensions = &plan.extensions;
        let name_of = |id: u32| extensions.get(id as usize).map_or("", |extension| &*extension.name);
        for context in &mut plan.contexts {
            context.extensions.shrink_to_fit();
            context.matcher.finish(name_of);
        }
    }
}

/// The number of a label; the same text has the same number throughout the plan.
pub(super) fn label(plan: &mut Plan, name: &str) -> u32 {
    if let Some(known) = plan.label_ids.get(name) {
        return *known;
    }
    let shared: Arc<str> = name.into();
    plan.labels.push(shared.clone());
    let id = number(plan.labels.len());
    plan.label_ids.insert(shared, id);
    id
}

/// The form in which a step keeps a label's number.
pub(super) fn label_in_step(id: u32) -> Option<NonZeroU32> {
    NonZeroU32::new(id)
}
