//! The immutable plan that calls walk.
//!
//! A [`Plan`] is compiled once from the files and never changes. What a call asks for is a number in a context at a
//! priority; [`Plan::find`] answers with the step, [`Plan::following`] with the next one where that needs no search.

#[cfg(test)]
pub(crate) mod conformance;
mod context;
mod find;
mod step;
#[cfg(test)]
mod tests;

pub(in crate::dialplan) use context::Rare;
pub use context::{Context, ContextId, Extension, ExtensionId, Include, Switch, SwitchKind};
pub use find::{Destination, Found, Match, Missing, Query, Surroundings};
pub use step::{Application, ApplicationId, HINT, Step, StepId};

use super::amendment::Amendments;
use super::compile::{self, Resolver};
use crate::conf::{Config, Files};
use crate::diagnostic::{Diagnostic, Sources, Span};
use hashbrown::HashMap;
use std::path::Path;
use std::sync::Arc;

/// A variable of `[globals]`, its value already substituted in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Global {
    pub name: Arc<str>,
    pub value: Arc<str>,
    pub span: Span,
}

/// The settings of `[general]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct General {
    /// A call that runs out of steps ends, instead of waiting for digits.
    pub autofallthrough: bool,
    /// Global variables that the file does not set go on a reload.
    pub clearglobalvars: bool,
    /// Asterisk's other matcher. It gives the same answers, so this changes nothing here.
    pub extenpatternmatchnew: bool,
    /// Steps 101 further on after a failure, as before Asterisk 1.2.
    pub priorityjumping: bool,
    pub is_static: bool,
    pub writeprotect: bool,
    /// The context that users.conf fills.
    pub userscontext: String,
    /// Every setting as written, in order.
    pub all: Vec<(String, String)>,
    /// Where the name of each stands.
    pub spans: Vec<Span>,
}

impl Default for General {
    fn default() -> Self {
        Self {
            autofallthrough: true,
            clearglobalvars: false,
            extenpatternmatchnew: false,
            priorityjumping: false,
            is_static: false,
            writeprotect: false,
            userscontext: "default".to_owned(),
            all: Vec::new(),
            spans: Vec::new(),
        }
    }
}

/// A compiled `extensions.conf`.
#[derive(Debug, Default)]
pub struct Plan {
    pub general: General,
    pub globals: Vec<Global>,
    pub(super) contexts: Vec<Context>,
    pub(super) context_ids: HashMap<Arc<str>, ContextId>,
    pub(super) extensions: Vec<Extension>,
    /// Ordered by extension and priority, so that the steps of an extension stand together.
    pub(super) steps: Vec<Step>,
    pub(super) applications: Vec<Application>,
    pub(super) labels: Vec<Arc<str>>,
    pub(super) label_ids: HashMap<Arc<str>, u32>,
    pub(super) labelled: HashMap<(ExtensionId, u32), StepId>,
}

/// What came of loading a plan.
#[derive(Debug)]
pub struct Loaded {
    /// The plan; none when Asterisk would refuse the file.
    pub plan: Option<Plan>,
    /// What there is of a plan that Asterisk would refuse: for those who look for further mistakes in it.
    pub draft: Option<Plan>,
    pub diagnostics: Vec<Diagnostic>,
    pub sources: Sources,
}

impl Plan {
    /// Reads and compiles an `extensions.conf` with everything it includes.
    pub fn load(files: &mut dyn Files, path: &Path, resolver: &mut dyn Resolver) -> Loaded {
        Self::load_with(files, path, None, Amendments::default(), resolver)
    }

    /// The same with extensions that another file brings, such as those of parking lots: its name, and the text that
    /// stands for it; and with changes that were made since.
    pub fn load_with(
        files: &mut dyn Files,
        path: &Path,
        more: Option<(&Path, String)>,
        mut amendments: Amendments,
        resolver: &mut dyn Resolver,
    ) -> Loaded {
        let mut sources = Sources::default();
        let mut config = Config::read(files, path, &mut sources);
        if let Some((name, text)) = more {
            let mut generated = crate::conf::Memory::default().with(name, text);
            config.sections.extend(Config::read(&mut generated, name, &mut sources).sections);
        }
        amendments.write(&mut sources);
        let mut diagnostics = config.diagnostics.clone();
        let plan = compile::compile_amended(&config, &amendments, resolver, &mut diagnostics);
        let (plan, draft) = if config.is_refused() { (None, Some(plan)) } else { (Some(plan), None) };
        Loaded { plan, draft, diagnostics, sources }
    }

    /// A context by its name; case counts.
    pub fn context(&self, name: &str) -> Option<&Context> {
        self.context_id(name).and_then(|id| self.contexts.get(id.index()))
    }

    /// The number of a context in this plan.
    pub fn context_id(&self, name: &str) -> Option<ContextId> {
        self.context_ids.get(name).copied()
    }

    /// The extension of a context that is written so, for every caller or, with `/number`, for one.
    pub fn written(&self, context: &str, name: &str) -> Option<&Extension> {
        let (name, caller) = name.split_once('/').map_or((name, None), |(name, caller)| (name, Some(caller)));
        let extensions = &self.context(context)?.extensions;
        let all = extensions.iter().filter_map(|id| self.extension(*id));
        all.filter(|extension| extension.caller() == caller)
            .find(|extension| extension.written() == name || *extension.name == *name)
    }

    /// Every context, in the order of the file.
    pub fn contexts(&self) -> &[Context] {
        &self.contexts
    }

    /// An extension by its number.
    pub fn extension(&self, id: ExtensionId) -> Option<&Extension> {
        self.extensions.get(id.index())
    }

    /// A step by its number.
    pub fn step(&self, id: StepId) -> Option<&Step> {
        self.steps.get(id.index())
    }

    /// The steps of an extension by ascending priority; a hint comes first.
    pub fn steps(&self, extension: &Extension) -> &[Step] {
        let start = extension.first_step as usize;
        self.steps.get(start..start + extension.step_count as usize).unwrap_or(&[])
    }

    /// The application that a step names.
    pub fn application(&self, step: &Step) -> &Application {
        self.applications.get(step.application.index()).unwrap_or_else(|| Application::none())
    }

    /// Every application the plan names, each spelling once.
    pub fn applications(&self) -> &[Application] {
        &self.applications
    }

    /// The label of a step.
    pub fn label(&self, step: &Step) -> Option<&str> {
        self.labels.get(step.label?.get() as usize - 1).map(|label| &**label)
    }

    /// How many steps the plan has.
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// How many extensions the plan has.
    pub fn extension_count(&self) -> usize {
        self.extensions.len()
    }

    /// Every hint: its context, its extension, the devices as written.
    pub fn hints(&self) -> impl Iterator<Item = (&Context, &Extension, &Step)> {
        self.contexts.iter().flat_map(move |context| {
            context.extensions.iter().filter_map(move |id| {
                let extension = self.extension(*id)?;
                let first = self.steps(extension).first().filter(|step| step.priority == HINT)?;
                Some((context, extension, first))
            })
        })
    }

    /// What a hint points at, such as `SIP/100&Custom:light`: the application's place and its arguments together.
    pub fn hint_devices(&self, step: &Step) -> String {
        let application = self.application(step);
        match step.arguments.text() {
            "" => application.name.to_string(),
            arguments => format!("{}({arguments})", application.name),
        }
    }
}
