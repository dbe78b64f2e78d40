//! Changes to a plan in service, as the console and manager programs ask for them (`dialplan add extension` and its
//! like). The plan is compiled anew with them; they are gone with the next reload.

use std::path::Path;

use crate::conf::{Config, Memory, Section};
use crate::diagnostic::Sources;

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Amendment {
    /// A step is added.
    AddStep {
        context: String,
        extension: String,
        priority: String,
        call: String,
    },
    /// The steps of an extension are taken out, or one of them.
    RemoveExtension {
        context: String,
        extension: String,
        priority: Option<i32>,
    },
    AddInclude {
        context: String,
        include: String,
    },
    RemoveInclude {
        context: String,
        include: String,
    },
    AddIgnorePattern {
        context: String,
        pattern: String,
    },
    RemoveIgnorePattern {
        context: String,
        pattern: String,
    },
    /// Something that is in service now stands in the plan as an extension that does nothing; it outlives reloads.
    Register {
        context: String,
        extension: String,
    },
    /// It stands there no more.
    Unregister {
        context: String,
        extension: String,
    },
}

/// All changes since the plan was read, in the order in which they were made.
#[derive(Clone, Debug, Default)]
pub struct Amendments {
    all: Vec<Amendment>,
    /// What is added, as the sections of a file.
    pub(super) added: Vec<Section>,
}

/// The name by which the added lines go in messages.
const SOURCE: &str = "pbx_config";

impl Amendments {
    /// The same changes and one more.
    #[must_use]
    pub fn with(&self, amendment: Amendment) -> Self {
        let mut all = self.all.clone();
        // What was added and is taken out again was never there.
        all.retain(|known| !amendment.undoes(known));
        if !matches!(amendment, Amendment::Unregister { .. }) {
            all.push(amendment);
        }
        Self { all, added: Vec::new() }
    }

    /// What a plan that was read anew keeps of them.
    #[must_use]
    pub fn lasting(&self) -> Self {
        let lasting = self.all.iter().filter(|amendment| matches!(amendment, Amendment::Register { .. }));
        Self { all: lasting.cloned().collect(), added: Vec::new() }
    }

    /// Whether something stands in the plan as this extension.
    pub fn registers(&self, context: &str, extension: &str) -> bool {
        self.all.contains(&Amendment::Register { context: context.to_owned(), extension: extension.to_owned() })
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Makes lines of a file of what is added.
    pub(super) fn write(&mut self, sources: &mut Sources) {
        let mut text = String::new();
        for amendment in &self.all {
            let (context, line) = match amendment {
                Amendment::AddStep { context, extension, priority, call } => {
                    (context, format!("exten => {extension},{priority},{}", call.replace(';', "\\;")))
                }
                Amendment::AddInclude { context, include } => (context, format!("include => {include}")),
                Amendment::AddIgnorePattern { context, pattern } => (context, format!("ignorepat => {pattern}")),
                Amendment::Register { context, extension } => {
                    (context, format!("exten => {},1,NoOp", extension.replace(';', "\\;")))
                }
                _ => continue,
            };
            text.push_str(&format!("[{context}]\n{line}\n"));
        }
        let path = Path::new(SOURCE);
        let mut generated = Memory::default().with(path, text);
        self.added = Config::read(&mut generated, path, sources).sections;
    }

    /// Whether a step of the file is taken out.
    pub(super) fn removes_step(&self, context: &str, extension: &str, priority: i32) -> bool {
        self.all.iter().any(|amendment| match amendment {
            Amendment::RemoveExtension { context: of, extension: gone, priority: at } => {
                of == context && gone == extension && at.is_none_or(|at| at == priority)
            }
            _ => false,
        })
    }

    /// Whether a context of the file includes another no more.
    pub(super) fn removes_include(&self, context: &str, include: &str) -> bool {
        let gone = Amendment::RemoveInclude { context: context.to_owned(), include: include.to_owned() };
        self.all.contains(&gone)
    }

    /// Whether a pattern of the file is ignored no more.
    pub(super) fn removes_ignore_pattern(&self, context: &str, pattern: &str) -> bool {
        let gone = Amendment::RemoveIgnorePattern { context: context.to_owned(), pattern: pattern.to_owned() };
        self.all.contains(&gone)
    }
}

impl Amendment {
    fn undoes(&self, earlier: &Amendment) -> bool {
        match (self, earlier) {
            (
                Amendment::RemoveExtension { context, extension, priority },
                Amendment::AddStep { context: of, extension: known, priority: at, .. },
            ) => {
                let is_there = priority.is_none_or(|priority| at.parse() == Ok(priority));
                context == of && extension == known && is_there
            }
            (Amendment::RemoveInclude { context, include }, Amendment::AddInclude { context: of, include: known }) => {
                context == of && include == known
            }
            (
                Amendment::RemoveIgnorePattern { context, pattern },
                Amendment::AddIgnorePattern { context: of, pattern: known },
            ) => context == of && pattern == known,
            (Amendment::Unregister { context, extension }, Amendment::Register { context: of, extension: known }) => {
                context == of && extension == known
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialplan::Plan;
    use crate::dialplan::compile::AnyApplication;

    const PLAN: &str = "[a]\nexten => 1,1,NoOp(one)\n same => n,NoOp(two)\n same => n,NoOp(three)\ninclude => b\nignorepat => 9\n[b]\nexten => 2,1,NoOp\n";

    /// The steps of an extension, and what its context includes and ignores.
    fn shown(amendments: Amendments, extension: &str) -> String {
        let mut files = Memory::default().with("extensions.conf", PLAN);
        let loaded = Plan::load_with(&mut files, Path::new("extensions.conf"), None, amendments, &mut AnyApplication);
        let plan = loaded.plan.unwrap();
        let steps = plan.written("a", extension).map_or(&[][..], |found| plan.steps(found)).iter();
        let steps: Vec<String> = steps.map(|step| format!("{} {}", step.priority, step.arguments.text())).collect();
        let context = plan.context("a").unwrap();
        let includes: Vec<&str> = context.includes.iter().map(|include| &*include.name).collect();
        format!("{} / {} / {}", steps.join(", "), includes.join(" "), context.ignore_patterns.len())
    }

    fn step(extension: &str, priority: &str, call: &str) -> Amendment {
        let [context, extension, priority, call] = ["a", extension, priority, call].map(str::to_owned);
        Amendment::AddStep { context, extension, priority, call }
    }

    fn gone(extension: &str, priority: Option<i32>) -> Amendment {
        Amendment::RemoveExtension { context: "a".to_owned(), extension: extension.to_owned(), priority }
    }

    #[test]
    fn steps_come_and_go_and_the_others_keep_their_numbers() {
        assert_eq!(shown(Amendments::default(), "1"), "1 one, 2 two, 3 three / b / 1");
        let all = Amendments::default().with(gone("1", Some(2)));
        assert_eq!(shown(all.clone(), "1"), "1 one, 3 three / b / 1");
        let all = all.with(step("1", "2", "NoOp(a;b)"));
        assert_eq!(shown(all.clone(), "1"), "1 one, 2 a;b, 3 three / b / 1");
        assert_eq!(shown(all.with(gone("1", None)), "1"), " / b / 1");
        assert_eq!(shown(Amendments::default().with(step("7", "1", "NoOp(x)")), "7"), "1 x / b / 1");
    }

    #[test]
    fn what_is_added_and_taken_out_again_was_never_there() {
        let all = Amendments::default().with(step("7", "1", "NoOp(x)")).with(gone("7", Some(1)));
        assert_eq!(shown(all, "7"), " / b / 1");
    }

    #[test]
    fn what_is_registered_outlives_a_reload_until_it_is_gone() {
        let of = |extension: &str| (String::from("a"), extension.to_owned());
        let register = |extension: &str| {
            let (context, extension) = of(extension);
            Amendment::Register { context, extension }
        };
        let all = Amendments::default().with(step("8", "1", "NoOp(x)")).with(register("7"));
        let lasting = all.lasting();
        assert_eq!([shown(lasting.clone(), "7"), shown(lasting.clone(), "8")], ["1  / b / 1", " / b / 1"]);
        assert!(lasting.registers("a", "7") && !lasting.registers("a", "8"));
        let (context, extension) = of("7");
        assert!(lasting.with(Amendment::Unregister { context, extension }).is_empty(), "and leaves no trace");
    }

    #[test]
    fn includes_and_patterns_go() {
        let (context, include) = ("a".to_owned(), "b".to_owned());
        let all = Amendments::default().with(Amendment::RemoveInclude { context: context.clone(), include });
        let all = all.with(Amendment::RemoveIgnorePattern { context, pattern: "9".to_owned() });
        assert_eq!(shown(all, "2"), " /  / 0");
    }
}
