//! Where Goto and its relatives lead: `[[context,]extension,]priority`.

use super::Context;
use super::arguments::whole_integer;
use crate::channel::state::Position;
use crate::dialplan::plan::Query;

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
        let mut fields = text.split(',');
        let given = |text: &'a str| Some(text).filter(|text| !text.is_empty());
        let first = fields.next().unwrap_or("");
        match (fields.next(), fields.next()) {
            (Some(second), Some(priority)) => Self { context: given(first), extension: given(second), priority },
            (Some(priority), None) => Self { context: None, extension: given(first), priority },
            _ => Self { context: None, extension: None, priority: first },
        }
    }
}

impl Context<'_> {
    /// The place that a target means from here; `None`, with a warning, where its label does not exist.
    pub fn resolve(&mut self, text: &str) -> Option<Position> {
        let target = Target::parse(text);
        let priority = self.priority_of(&target)?;
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

    /// The priority of a label in the extension whose step runs, if that is the one meant.
    fn label_nearby(&self, context: &str, extension: &str, label: &str) -> Option<i32> {
        let query = Query { context, extension, priority: 1, caller: "" };
        self.plan.plan.label_within(&self.step?, &query, label).map(|found| found.priority)
    }

    /// The priority that a target means. A number need not exist; a negative one stands for the next step.
    fn priority_of(&mut self, target: &Target<'_>) -> Option<i32> {
        let here = &self.state.position;
        let (sign, number) = match target.priority.as_bytes().first() {
            Some(b'+') => (1, target.priority.get(1..)),
            Some(b'-') => (-1, target.priority.get(1..)),
            _ => (0, Some(target.priority)),
        };
        if let Some(number) = number.and_then(whole_integer) {
            let priority = if sign == 0 { number } else { here.priority.saturating_add(number.saturating_mul(sign)) };
            return Some(if priority < 0 { here.priority.saturating_add(1) } else { priority });
        }
        let context = target.context.unwrap_or(&here.context);
        let extension = target.extension.unwrap_or(&here.extension);
        // A label behind a sign is looked for without it.
        let label = number.unwrap_or(target.priority);
        let found = self
            .label_nearby(context, extension, label)
            .or_else(|| self.lookup().find_label(context, extension, label, self.state.caller.number()));
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
