//! Where Goto and its relatives lead: `[[context,]extension,]priority`.

use super::{Context, leading_number};
use crate::channel::state::Position;

/// A parsed target; what is left out stays as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    pub context: Option<&'a str>,
    pub extension: Option<&'a str>,
    /// A number, `+n`, `-n`, or a label.
    pub priority: &'a str,
}

impl<'a> Target<'a> {
    /// Splits a target. More than three fields belong to the priority, as in Asterisk.
    pub fn parse(text: &'a str) -> Self {
        let mut fields = text.splitn(3, ',');
        let given = |text: Option<&'a str>| text.filter(|text| !text.is_empty());
        match (fields.next(), fields.next(), fields.next()) {
            (context, extension, Some(priority)) => {
                Self { context: given(context), extension: given(extension), priority }
            }
            (extension, Some(priority), None) => Self { context: None, extension: given(extension), priority },
            (priority, ..) => Self { context: None, extension: None, priority: priority.unwrap_or("") },
        }
    }
}

impl Context<'_> {
    /// The place that a target means from here; `None`, with a warning, where its label does not exist.
    pub fn resolve(&mut self, text: &str) -> Option<Position> {
        let target = Target::parse(text);
        let here = &self.state.position;
        let context = target.context.unwrap_or(&here.context);
        let extension = target.extension.unwrap_or(&here.extension);
        let label = target.priority.trim_start();
        let number = leading_number(label);
        let is_number = label.trim_start_matches(['+', '-']).starts_with(|character: char| character.is_ascii_digit());
        let priority = if is_number {
            let relative = label.starts_with(['+', '-']);
            let base = if relative { f64::from(here.priority) } else { 0.0 };
            let priority = base + number;
            if priority < 1.0 {
                self.warn(&format!("priority `{}` must be a number above 0, or a label", target.priority));
                return None;
            }
            priority as i32
        } else {
            let caller = self.state.caller.number();
            let found = self.lookup().find_label(context, extension, target.priority, caller);
            let Some(priority) = found else {
                self.warn(&format!("there is no label `{}` at {extension}@{context}", target.priority));
                return None;
            };
            priority
        };
        Some(Position::new(context, extension, priority))
    }

    /// Jumps to a target; false, with a warning, where it does not exist.
    pub fn goto(&mut self, text: &str) -> bool {
        match self.resolve(text) {
            Some(position) => {
                self.state.jump(&position.context, &position.extension, position.priority);
                true
            }
            None => false,
        }
    }
}
