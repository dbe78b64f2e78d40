//! Which steps of a plan were reached, for people and for editors.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Sources, Span};
use crate::dialplan::plan::{HINT, Plan};

/// The lines of a plan with the number of times that each was run, by file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    files: BTreeMap<PathBuf, BTreeMap<usize, Step>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Step {
    /// Where in the plan, such as `100@default:2 Playback`.
    name: String,
    runs: u64,
}

impl Coverage {
    /// Adds a run of a plan.
    pub fn add(&mut self, plan: &Plan, sources: &Sources, reached: &[Span]) {
        for context in plan.contexts() {
            for extension in context.extensions.iter().filter_map(|id| plan.extension(*id)) {
                for step in plan.steps(extension).iter().filter(|step| step.priority != HINT) {
                    let Some((file, line)) = place(sources, step.span) else { continue };
                    let name = || {
                        let application = &plan.application(step).name;
                        format!("{}@{}:{} {application}", extension.written(), context.name, step.priority)
                    };
                    let lines = self.files.entry(file).or_default();
                    lines.entry(line).or_insert_with(|| Step { name: name(), runs: 0 });
                }
            }
        }
        for (file, line) in reached.iter().filter_map(|span| place(sources, *span)) {
            if let Some(step) = self.files.get_mut(&file).and_then(|lines| lines.get_mut(&line)) {
                step.runs += 1;
            }
        }
    }

    /// How many steps there are, and how many of them were reached.
    pub fn count(&self) -> (usize, usize) {
        let steps = || self.files.values().flat_map(BTreeMap::values);
        (steps().count(), steps().filter(|step| step.runs > 0).count())
    }

    /// The steps that no story reached, a line each, and how many there are.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (file, lines) in &self.files {
            for (line, step) in lines.iter().filter(|(_, step)| step.runs == 0) {
                // Writing to a String cannot fail.
                let _ = writeln!(text, "{}:{line}: no story reaches {}", shown(file), step.name);
            }
        }
        let (all, reached) = self.count();
        let share = (reached * 100).checked_div(all).unwrap_or(100);
        let _ = writeln!(text, "{reached} of {all} steps are reached ({share} %)");
        text
    }

    /// The same as LCOV's tracefile.
    pub fn lcov(&self) -> String {
        let mut text = String::new();
        for (file, lines) in &self.files {
            let _ = writeln!(text, "TN:\nSF:{}", shown(file));
            for (line, step) in lines {
                let _ = writeln!(text, "DA:{line},{}", step.runs);
            }
            let reached = lines.values().filter(|step| step.runs > 0).count();
            let _ = writeln!(text, "LF:{}\nLH:{reached}\nend_of_record", lines.len());
        }
        text
    }
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}

fn place(sources: &Sources, span: Span) -> Option<(PathBuf, usize)> {
    let file = sources.get(span.file)?;
    Some((file.path.clone(), file.position(span.start).0))
}
