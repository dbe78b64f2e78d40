//! One step of a plan and the application it names.

use super::ExtensionId;
use crate::diagnostic::Span;
use crate::dialplan::template::Template;
use std::num::NonZeroU32;
use std::sync::{Arc, LazyLock};

/// The priority under which an extension's hint is kept.
pub const HINT: i32 = -1;

/// A step's number in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepId(pub(in crate::dialplan) u32);

/// An application's number in its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ApplicationId(pub(in crate::dialplan) u32);

impl StepId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl ApplicationId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// `exten => 100,2(label),Application(arguments)`
#[derive(Clone, Debug)]
pub struct Step {
    /// From 1 on; [`HINT`] for a hint.
    pub priority: i32,
    pub application: ApplicationId,
    pub extension: ExtensionId,
    pub(in crate::dialplan) label: Option<NonZeroU32>,
    pub arguments: Template,
    /// The whole line.
    pub span: Span,
    /// Where the arguments begin in the file, to place what a run finds wrong in them.
    pub arguments_at: u32,
    /// The arguments are written with `|` between them, as before Asterisk 1.6; see
    /// [`crate::dialplan::compile::separators`].
    pub has_old_separators: bool,
}

impl Step {
    /// The place of a part of the arguments, in bytes of their text.
    pub fn arguments_span(&self, start: usize, end: usize) -> Span {
        let at = |offset: usize| {
            (self.arguments_at as usize + offset).clamp(self.span.start as usize, self.span.end as usize)
        };
        Span::new(self.span.file, at(start), at(end))
    }
}

/// An application as a plan names it.
#[derive(Clone, Debug)]
pub struct Application {
    /// As written.
    pub name: Arc<str>,
    /// In small letters.
    pub key: Arc<str>,
    /// What the resolver made of the key: an index into the table of applications. `None`: there is none of this name.
    pub resolved: Option<usize>,
}

static NONE: LazyLock<Application> =
    LazyLock::new(|| Application { name: Arc::from(""), key: Arc::from(""), resolved: None });

impl Application {
    pub(super) fn none() -> &'static Self {
        &NONE
    }
}
