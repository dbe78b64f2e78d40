//! From the syntax tree to the [`Plan`]: names resolved, priorities counted, patterns entered into the matcher.
//!
//! What Asterisk would refuse or drop while loading is refused or dropped here too, with a diagnostic for each.

mod extension;
mod globals;
mod names;
pub mod separators;
mod tables;

use super::amendment::Amendments;
use super::pattern;
use super::plan::{Context, ContextId, General, Include, Plan, Switch, SwitchKind};
use super::syntax::{self, Assignment, Statement, Text};
use super::timing::Timing;
use crate::conf::{Config, Section, is_false, is_true, trim};
use crate::diagnostic::{Diagnostic, Span, codes};
use globals::Globals;
use std::sync::Arc;
use tables::Tables;

/// The most findings kept; a plan with more has one fault in common.
const MOST_DIAGNOSTICS: usize = 10_000;

/// What compiling asks of the rooms that know applications and functions.
pub trait Resolver {
    /// The place of an application in the table of applications, by its name in small letters.
    fn application(&mut self, key: &str) -> Option<usize>;

    /// Calls a function while `[globals]`, extensions and includes are substituted; there is no channel. False when
    /// there is no such function.
    fn function(&mut self, _name: &str, _arguments: &str, _out: &mut String) -> bool {
        false
    }

    /// A global variable that lives on from before the load; false when there is none.
    fn global(&mut self, _name: &str, _out: &mut String) -> bool {
        false
    }
}

/// A resolver that takes every application for known, for tools that only look at the plan.
#[derive(Clone, Copy, Debug, Default)]
pub struct AnyApplication;

impl Resolver for AnyApplication {
    fn application(&mut self, _: &str) -> Option<usize> {
        Some(0)
    }
}

/// Compiles the sections of an `extensions.conf`. Findings are added to `diagnostics`.
pub fn compile(config: &Config, resolver: &mut dyn Resolver, diagnostics: &mut Vec<Diagnostic>) -> Plan {
    compile_amended(config, &Amendments::default(), resolver, diagnostics)
}

/// The same with changes that were made since.
pub fn compile_amended(
    config: &Config,
    amendments: &Amendments,
    resolver: &mut dyn Resolver,
    diagnostics: &mut Vec<Diagnostic>,
) -> Plan {
    let entries = config.sections.iter().flat_map(|section| &section.entries);
    let has_same = entries.into_iter().any(|entry| entry.key.eq_ignore_ascii_case("same"));
    let mut compiler = Compiler {
        globals: Globals::new(resolver),
        tables: Tables::default(),
        plan: Plan::default(),
        has_same,
        amendments: Some(amendments).filter(|amendments| !amendments.is_empty()),
        diagnostics,
    };
    let assignments =
        |name: &'static str| config.all(name).flat_map(|section| &section.entries).map(syntax::assignment);
    compiler.plan.general = general(assignments("general"));
    compiler.plan.globals = assignments("globals").map(|global| compiler.globals.assign(&global)).collect();
    for section in config.sections.iter().filter(|section| syntax::is_context(section)) {
        compiler.context(section);
    }
    // What was taken out of the file may be added again.
    compiler.amendments = None;
    amendments.added.iter().for_each(|section| compiler.context(section));
    compiler.finish()
}

struct Compiler<'a> {
    globals: Globals<'a>,
    tables: Tables,
    plan: Plan,
    /// The plan uses `same =>`.
    has_same: bool,
    /// What is taken out of the lines that are compiled.
    amendments: Option<&'a Amendments>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Compiler<'_> {
    fn report(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Compiles a section line by line; the whole tree of a large file is never held.
    fn context(&mut self, section: &Section) {
        let id = self.open(&section.name, section.span);
        let mut position = extension::Position::default();
        for entry in &section.entries {
            match syntax::statement(entry) {
                Statement::Extension(line) => self.extension(id, &section.name, &line, &mut position),
                Statement::Include(include) => {
                    let value = self.globals.substitute(&include.value.text);
                    let include = self.include(&value, &include);
                    if self.amendments.is_some_and(|all| all.removes_include(&section.name, &include.name)) {
                        continue;
                    }
                    self.in_context(id, |context| context.includes.push(include));
                }
                Statement::Switch(switch) => {
                    let switch = self.switch(&switch);
                    self.in_context(id, |context| context.switches.push(switch));
                }
                Statement::IgnorePattern(number) => {
                    let number: Arc<str> = self.globals.substitute(&number.text).into();
                    if self.amendments.is_some_and(|all| all.removes_ignore_pattern(&section.name, &number)) {
                        continue;
                    }
                    self.in_context(id, |context| context.ignore_patterns.push(number));
                }
                Statement::AutoHints(on) => self.in_context(id, |context| context.autohints = on),
                Statement::Unknown { keyword, .. } => self.unknown(&keyword),
            }
        }
    }

    fn open(&mut self, name: &str, span: Span) -> ContextId {
        if let Some(id) = self.plan.context_id(name) {
            return id;
        }
        let id = ContextId(tables::number(self.plan.contexts.len()));
        let shared: Arc<str> = name.into();
        self.plan.context_ids.insert(shared.clone(), id);
        self.plan.contexts.push(Context {
            name: shared,
            id,
            span,
            extensions: Vec::new(),
            includes: Vec::new(),
            switches: Vec::new(),
            ignore_patterns: Vec::new(),
            autohints: false,
            matcher: Default::default(),
        });
        id
    }

    fn in_context(&mut self, id: ContextId, change: impl FnOnce(&mut Context)) {
        if let Some(context) = self.plan.contexts.get_mut(id.index()) {
            change(context);
        }
    }

    fn include(&mut self, value: &str, tree: &syntax::Include) -> Include {
        let (name, times) = syntax::include(value);
        let times = times.map(|at| &value[at]).filter(|times| !times.is_empty());
        let timing = times.map(|times| {
            let (timing, faults) = Timing::parse(times);
            for fault in faults {
                let bad = Diagnostic::warning(codes::BAD_TIMING, fault.to_string())
                    .at(tree.value.span, "this part of the condition is left out")
                    .help("times are written `8:00-17:00,mon-fri,1-31,jan-dec`, without blanks");
                self.report(bad);
            }
            Box::new(timing)
        });
        Include { name: trim(&value[name]).into(), context: None, timing, span: tree.span }
    }

    fn switch(&mut self, tree: &syntax::Switch) -> Switch {
        let value = match tree.kind {
            SwitchKind::Plain => self.globals.substitute(&tree.value.text),
            SwitchKind::Late | SwitchKind::Evaluated => tree.value.text.clone(),
        };
        let (driver, data) = syntax::switch(&value);
        let driver = &value[driver];
        if !["Loopback", "Realtime"].iter().any(|known| known.eq_ignore_ascii_case(driver)) {
            let is_foreign = ["IAX2", "DUNDi", "Lua"].iter().any(|known| known.eq_ignore_ascii_case(driver));
            let message = match is_foreign {
                true => format!("exten does not have the switch `{driver}` of Asterisk"),
                false => format!("there is no switch `{driver}`"),
            };
            let unknown = Diagnostic::warning(codes::UNKNOWN_SWITCH, message)
                .at(tree.value.span, "this line has no effect")
                .help("`Loopback` and `Realtime` are the switches there are");
            self.report(unknown);
        }
        Switch {
            kind: tree.kind,
            driver: driver.into(),
            data: data.map_or("", |at| &value[at]).into(),
            span: tree.span,
        }
    }

    fn unknown(&mut self, keyword: &Text) {
        let unknown = Diagnostic::warning(codes::UNKNOWN_KEYWORD, format!("unknown keyword `{}`", keyword.text))
            .at(keyword.span, "this line is ignored")
            .help("a context holds `exten`, `same`, `include`, `switch`, `lswitch`, `eswitch`, `ignorepat`");
        self.report(unknown);
    }

    fn finish(mut self) -> Plan {
        self.tables.finish(&mut self.plan);
        let old = separators::mark(&mut self.plan, self.has_same);
        old.into_iter().for_each(|diagnostic| self.report(diagnostic));
        let mut unknown = Vec::new();
        let ids = &self.plan.context_ids;
        for context in &mut self.plan.contexts {
            for include in &mut context.includes {
                include.context = ids.get(&include.name).copied();
                if include.context.is_none() {
                    let message = format!("context `{}` includes `{}`, which is not there", context.name, include.name);
                    unknown.push(
                        Diagnostic::warning(codes::UNKNOWN_INCLUDE, message)
                            .at(include.span, "no context of this name")
                            .help("check the name; case counts"),
                    );
                }
            }
        }
        unknown.into_iter().for_each(|diagnostic| self.report(diagnostic));
        self.plan
    }
}

fn general(settings: impl Iterator<Item = Assignment>) -> General {
    let mut general = General::default();
    for Assignment { name, value } in settings {
        general.spans.push(name.span);
        let value = value.text.as_str();
        general.all.push((name.text.clone(), value.to_owned()));
        let flag = match name.text.to_ascii_lowercase().as_str() {
            "autofallthrough" => &mut general.autofallthrough,
            "clearglobalvars" => &mut general.clearglobalvars,
            "extenpatternmatchnew" => &mut general.extenpatternmatchnew,
            "priorityjumping" => &mut general.priorityjumping,
            "static" => &mut general.is_static,
            "writeprotect" => &mut general.writeprotect,
            "userscontext" => {
                value.clone_into(&mut general.userscontext);
                continue;
            }
            _ => continue,
        };
        *flag = is_true(value) || (*flag && !is_false(value));
    }
    general
}

/// The text of a caller number as Asterisk keeps it: without parentheses, blanks, dashes, and points but the last.
fn shrink_number(number: &str) -> String {
    let (mut depth, mut short) = (0i32, String::with_capacity(number.len()));
    for (at, letter) in number.char_indices() {
        let keep = match letter {
            '[' => {
                depth += 1;
                true
            }
            ']' => {
                depth -= 1;
                true
            }
            '-' => depth != 0,
            '.' => at + 1 == number.len(),
            '(' | ')' | ' ' => false,
            _ => true,
        };
        if keep {
            short.push(letter);
        }
    }
    short
}

/// A name without the blanks outside of a pattern's classes.
fn without_blanks(name: &str) -> String {
    let (is_pattern, mut inside) = (name.starts_with('_'), false);
    let keep = |letter: &char| {
        match letter {
            '[' if is_pattern => inside = true,
            ']' => inside = false,
            _ => {}
        }
        *letter != ' ' || inside
    };
    name.chars().filter(keep).collect()
}

fn describe_pattern(fault: pattern::Fault) -> (crate::diagnostic::Code, &'static str) {
    match fault {
        pattern::Fault::Trailing => (codes::TRAILING_PATTERN, "end the pattern at `.` or `!`"),
        pattern::Fault::OpenClass => (codes::BAD_PATTERN, "write `]` behind the class"),
        pattern::Fault::EmptyClass => (codes::BAD_PATTERN, "name the characters between `[` and `]`"),
        pattern::Fault::BackwardRange => (codes::BAD_PATTERN, "write the lower end of the range first"),
    }
}
