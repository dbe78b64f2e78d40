//! `exten check`: what is probably not meant in a plan that runs.
//!
//! Reading and compiling tell what Asterisk would refuse or drop. The rules here read the finished
//! [`Plan`](crate::dialplan::Plan) and the declarations of applications and functions, and tell what would go wrong
//! in a call. Each rule is one file in `rules`; its doc comment is its page. [`RULES`] is their index.
//!
//! A finding that a good admin would call wrong is a defect: what is known only in a call is not guessed.

mod beside;
mod call;
mod fields;
pub mod fix;
pub mod names;
mod pages;
mod reach;
mod rule;
mod rules;
mod settings;
mod silence;
mod subject;
mod substitution;
mod target;
#[cfg(test)]
mod tests;
mod values;

pub use beside::Beside;
pub use rule::{Check, Rule};
pub use rules::RULES;
pub use settings::{Level, Settings, SettingsError};
pub use subject::Subject;

use std::num::NonZero;
use std::thread;

use crate::diagnostic::{Code, Diagnostic, Sources, codes};
use crate::dialplan::plan::{Context, Extension, ExtensionId, Step};
use call::Call;
use subject::Line;

/// Findings while rules run.
#[derive(Debug, Default)]
pub struct Findings {
    found: Vec<Diagnostic>,
}

impl Findings {
    /// Takes a finding.
    pub fn tell(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }
}

/// The most findings of one code; a plan with more has one fault in common.
const MOST_OF_A_CODE: usize = 1_000;

/// Runs every rule and adds what they find to what reading the files told, in the order of the files.
///
/// `settings` decides what is told and how much it weighs; comments in the files silence single lines.
pub fn check(subject: &Subject<'_>, told: Vec<Diagnostic>, settings: &Settings) -> Vec<Diagnostic> {
    let mut findings = Findings { found: told };
    // Compiling tells the first use of a name only, and not whether Asterisk has it.
    findings.found.retain(|found| found.code != codes::UNKNOWN_APPLICATION && !is_made_by_a_module(found));
    check_extensions(subject, &mut findings);
    for rule in RULES {
        if let Check::Plan(check) = rule.check {
            check(subject, &mut findings);
        }
    }
    weigh(findings.found, subject.sources, settings)
}

/// A thread of its own looks at no fewer extensions than this.
const FEWEST_OF_A_THREAD: usize = 1_000;

/// Runs the rules that look at one extension at a time, on all cores; what they find stands in the plan's order.
fn check_extensions(subject: &Subject<'_>, findings: &mut Findings) {
    let extensions: Vec<_> = subject.extensions().collect();
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = extensions.len().div_ceil(cores).max(FEWEST_OF_A_THREAD);
    thread::scope(|scope| {
        let look = |part| {
            let mut found = Findings::default();
            for &(context, extension) in part {
                check_extension(subject, context, extension, &mut found);
            }
            found
        };
        let mut parts = extensions.chunks(share);
        let own = parts.next().unwrap_or(&[]);
        let others: Vec<_> = parts.map(|part| scope.spawn(move || look(part))).collect();
        findings.found.extend(look(own).found);
        for other in others {
            match other.join() {
                Ok(found) => findings.found.extend(found.found),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
}

fn check_extension(subject: &Subject<'_>, context: &Context, extension: &Extension, findings: &mut Findings) {
    for line in subject.lines_of(context, extension) {
        let calls = call::calls(&line);
        for rule in RULES {
            match rule.check {
                Check::Line(check) => check(&line, findings),
                Check::Call(check) => calls.iter().for_each(|call| check(&line, call, findings)),
                Check::Reading | Check::Extension(_) | Check::Plan(_) => {}
            }
        }
    }
    for rule in RULES {
        if let Check::Extension(check) = rule.check {
            check(subject, context, extension, findings);
        }
    }
}

/// Applies settings and comments to findings and brings them in order.
pub fn weigh(found: Vec<Diagnostic>, sources: &Sources, settings: &Settings) -> Vec<Diagnostic> {
    let mut told: Vec<Diagnostic> = found.into_iter().filter_map(|found| settings.weigh(found)).collect();
    let mut silence = silence::Silence::new(sources);
    told.retain(|found| !silence.covers(found));
    let place = |found: &Diagnostic| found.labels.first().map(|label| (label.span.file, label.span.start));
    told.sort_by_key(|found| (place(found), found.code));
    told.dedup();
    let mut counts = std::collections::HashMap::<Code, usize>::new();
    told.retain(|found| {
        let count = counts.entry(found.code).or_default();
        *count += 1;
        *count <= MOST_OF_A_CODE
    });
    told
}

/// The rule of a code.
pub fn rule(code: Code) -> Option<&'static Rule> {
    RULES.iter().chain(pages::PAGES).copied().find(|rule| rule.code == code)
}

/// A step that sends calls into an extension.
pub struct Leading<'a> {
    pub context: &'a str,
    pub extension: &'a str,
    pub step: &'a Step,
}

/// The steps of other extensions that send calls into one, as far as that is known without a call.
pub fn leading_to<'a>(subject: &'a Subject<'_>, id: ExtensionId) -> Vec<Leading<'a>> {
    let mut leading = Vec::new();
    for line in subject.lines_where(|key| target::JUMPING.binary_search(&key).is_ok() || key == "macro") {
        let leads = call::calls(&line).iter().any(|call| {
            let macros = call.fields.first().filter(|_| call.key == "macro").and_then(|name| {
                let context = subject.plan.context(&format!("macro-{}", line.part(name)))?;
                subject.plan.matching(context, "s").first().copied()
            });
            let jumps = target::targets(&line, call).into_iter();
            macros == Some(id) || jumps.flat_map(|target| subject.reach().landing(&line, &target)).any(|to| to == id)
        });
        if leads {
            let (context, extension) = (&*line.context.name, line.extension.written());
            leading.push(Leading { context, extension, step: line.step });
        }
    }
    leading
}

/// The page of a code, from its number or name; `None` where there is no such code.
pub fn explain(name: &str) -> Option<String> {
    let rule = rule(codes::find(name)?)?;
    let entry = codes::entry(rule.code)?;
    Some(format!("# {} {}\n\n{}\n\n{}\n", rule.code, entry.name, entry.summary, rule.text().trim()))
}

/// Whether an include that is not there is one that a module of Asterisk fills.
fn is_made_by_a_module(found: &Diagnostic) -> bool {
    found.code == codes::UNKNOWN_INCLUDE && found.message.ends_with("includes `parkedcalls`, which is not there")
}
