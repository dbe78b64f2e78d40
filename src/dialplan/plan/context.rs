//! Contexts, their extensions and what they include.

use crate::diagnostic::Span;
use crate::dialplan::matcher::Matcher;
use crate::dialplan::pattern;
use crate::dialplan::timing::Timing;
use std::sync::Arc;

/// A context's number in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContextId(pub(in crate::dialplan) u32);

/// An extension's number in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExtensionId(pub(in crate::dialplan) u32);

impl ContextId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ExtensionId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A context.
#[derive(Clone, Debug)]
pub struct Context {
    pub name: Arc<str>,
    pub id: ContextId,
    /// Where it was opened first.
    pub span: Span,
    /// In the order of the file.
    pub extensions: Vec<ExtensionId>,
    pub includes: Vec<Include>,
    pub switches: Vec<Switch>,
    /// Numbers after which the dial tone goes on.
    pub ignore_patterns: Vec<Arc<str>>,
    /// Every registered device gets a hint.
    pub autohints: bool,
    pub(in crate::dialplan) matcher: Matcher,
}

impl Context {
    /// Whether the dial tone goes on after what was dialled.
    pub fn ignores(&self, dialled: &str) -> bool {
        self.ignore_patterns.iter().any(|number| pattern::takes(number, dialled))
    }
}

/// An extension: a number or pattern, perhaps for certain callers only.
#[derive(Clone, Debug)]
pub struct Extension {
    /// What it matches: blanks and dashes are left out, but for the dashes of a pattern.
    pub name: Box<str>,
    pub(in crate::dialplan) rare: Option<Box<Rare>>,
    pub context: ContextId,
    pub(in crate::dialplan) first_step: u32,
    pub(in crate::dialplan) step_count: u32,
    /// The next extension that matches the same numbers: those with a caller number come before the plain one.
    pub(in crate::dialplan) next: Option<ExtensionId>,
}

/// What few of many extensions have.
#[derive(Clone, Debug)]
pub(in crate::dialplan) struct Rare {
    /// The name as written where it has dashes that are left out of it.
    pub written: Option<Box<str>>,
    /// The caller number or pattern behind `/`.
    pub caller: Option<Box<str>>,
}

impl Extension {
    /// The name as written, blanks left out.
    pub fn written(&self) -> &str {
        self.rare.as_ref().and_then(|rare| rare.written.as_deref()).unwrap_or(&self.name)
    }

    /// The caller number or pattern behind `/`; an empty one asks for calls without a number.
    pub fn caller(&self) -> Option<&str> {
        self.rare.as_ref()?.caller.as_deref()
    }

    /// Whether the name is a pattern.
    pub fn is_pattern(&self) -> bool {
        self.name.starts_with('_')
    }

    /// Whether a call with this caller number may use the extension.
    pub fn admits(&self, caller: &str) -> bool {
        match self.caller() {
            None => true,
            Some(wanted) if caller.is_empty() => wanted.is_empty(),
            Some(wanted) => pattern::takes(wanted, caller),
        }
    }
}

/// `include => context,times,weekdays,days,months`
#[derive(Clone, Debug)]
pub struct Include {
    pub name: Arc<str>,
    /// The context, if there is one of this name.
    pub context: Option<ContextId>,
    pub timing: Option<Box<Timing>>,
    pub span: Span,
}

/// Which of the three statements a switch was written with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SwitchKind {
    /// `switch`: variables were substituted when the plan was loaded.
    Plain,
    /// `lswitch`: the switch itself substitutes.
    Late,
    /// `eswitch`: variables of the channel are substituted at every lookup.
    Evaluated,
}

/// `switch => Loopback/${EXTEN:1}@other`
#[derive(Clone, Debug)]
pub struct Switch {
    pub kind: SwitchKind,
    /// The driver, such as `Loopback`.
    pub driver: Arc<str>,
    pub data: Arc<str>,
    pub span: Span,
}

impl Switch {
    /// Whether it leads to a context that a database brings.
    pub fn is_realtime(&self) -> bool {
        self.driver.eq_ignore_ascii_case("Realtime")
    }

    /// The context, empty for the one that has the switch, and the family of `[context[@family]][/options]`.
    pub fn realtime_place(data: &str) -> (&str, &str) {
        let (place, _) = data.split_once('/').unwrap_or((data, ""));
        let (name, family) = place.split_once('@').unwrap_or((place, ""));
        (name, if family.is_empty() { "extensions" } else { family })
    }
}
