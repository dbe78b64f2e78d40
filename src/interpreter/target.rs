//! Where Goto and its relatives lead: `[[context,]extension,]priority`.

use super::Context;
use super::arguments::{split_at_byte, whole_integer};
use crate::channel::state::Position;

/// A parsed target; what is left out stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    pub context: Option<&'a str>,
    pub extension: Option<&'a str>,
    /// A number, `+n`, `-n`, or a label.
    pub priority: &'a str,
}

impl<'a> Target<'a> {
    /// Splits a target. Blanks and quotes belong to the names; what stands behind the priority is not looked at.
    pub fn parse(text: &'a str) -> Self {
        let given = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        let Some((first, rest)) = split_at_byte(text, b',') else {
            return Self { context: None, extension: None, priority: text };
        };
        let Some((second, rest)) = split_at_byte(rest, b',') else {
            return Self { context: None, extension: given(first), priority: rest };
        };
        let priority = split_at_byte(rest, b',').map_or(rest, |(priority, _)| priority);
        Self { context: given(first), extension: given(second), priority }
    }
}

impl Context<'_> {
    /// Goes on 101 priorities further, where there is such a step: how an application told of a failure before Asterisk
    /// 1.2. It does so where an option asks for it, or `priorityjumping` does for the whole plan.
    pub fn jump_after_failure(&mut self, is_asked: bool) {
        if !is_asked && !self.plan.plan.general.priorityjumping {
            return;
        }
        let priority = self.state.position.priority + 101;
        let Position { context, extension, .. } = self.state.position.clone();
        let caller = self.state.caller.number().to_owned();
        if self.lookup().exists(&context, &extension, priority, &caller) {
            self.state.jump_within(priority);
        }
    }

    /// The place that a target means from here; `None`, with a warning, where its label does not exist.
    pub fn resolve(&mut self, text: &str) -> Option<Position> {
        let target = Target::parse(text);
        let priority = self.priority_of(&target)?;
        // Who asks need not go there.
        self.landed = None;
        let here = &self.state.position;
        let context = target.context.unwrap_or(&here.context);
        Some(Position::new(context, target.extension.unwrap_or(&here.extension), priority))
    }

    /// Jumps to a target; false, with a warning, where its label does not exist.
    pub fn goto(&mut self, text: &str) -> bool {
        let target = Target::parse(text);
        let Some(priority) = self.priority_of(&target) else { return false };
        let position = &mut self.state.position;
        if let Some(context) = target.context {
            context.clone_into(&mut position.context);
        }
        if let Some(extension) = target.extension {
            extension.clone_into(&mut position.extension);
        }
        self.state.jump_within(priority);
        true
    }

    /// The priority that a target means. A number need not exist; a negative one stands for the next step.
    fn priority_of(&mut self, target: &Target<'_>) -> Option<i32> {
        let here = &self.state.position;
        let (sign, number) = match target.priority.as_bytes().first() {
            Some(b'+') => (1, target.priority.get(1..)),
            Some(b'-') => (-1, target.priority.get(1..)),
            _ => (0, Some(target.priority)),
        };
        let beside = self.step.filter(|_| target.context.is_none() && target.extension.is_none());
        if let Some(number) = number.and_then(whole_integer) {
            let priority = if sign == 0 { number } else { here.priority.saturating_add(number.saturating_mul(sign)) };
            let priority = if priority < 0 { here.priority.saturating_add(1) } else { priority };
            self.landed = beside.and_then(|step| self.plan.plan.beside(&step, priority));
            return Some(priority);
        }
        // A label behind a sign is looked for without it.
        let label = number.unwrap_or(target.priority);
        self.landed = beside.and_then(|step| self.plan.plan.label_beside(&step, label));
        if let Some(landed) = self.landed {
            return Some(landed.priority);
        }
        let context = target.context.unwrap_or(&here.context);
        let extension = target.extension.unwrap_or(&here.extension);
        let found = self.lookup().find_label(context, extension, label, self.state.caller.number());
        if found.is_none() {
            self.warn(&format!("there is no label `{label}` at {extension}@{context}"));
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_to_three_fields() {
        let target = |text| {
            let target = Target::parse(text);
            (target.context, target.extension, target.priority)
        };
        assert_eq!(target("4"), (None, None, "4"));
        assert_eq!(target("200,1"), (None, Some("200"), "1"));
        assert_eq!(target("sub,s,lab"), (Some("sub"), Some("s"), "lab"));
        assert_eq!(target(",200,1"), (None, Some("200"), "1"));
        assert_eq!(target("sub, s,1,rest"), (Some("sub"), Some(" s"), "1"));
    }
}
