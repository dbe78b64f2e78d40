//! What a computing step sees: its channel, the plan, the globals; and the substitution of `${}` over them.

use std::fmt::Write as _;
use std::sync::Arc;

use parking_lot::MutexGuard;

use super::active::{ActivePlan, Lookup};
use super::{Application, Exchange, Function, FunctionError, Outcome};
use crate::channel::record::Finished;
use crate::channel::{Channel, Happening, State, Variables};
use crate::diagnostic::Span;
use crate::dialplan::plan::Match;
use crate::dialplan::template::{self, Scope, Warning};

/// A computing step's surroundings. The channel's state is locked for as long as this lives.
pub struct Context<'a> {
    pub exchange: &'a Arc<Exchange>,
    pub plan: &'a Arc<ActivePlan>,
    /// None while globals are read: there is no call then.
    pub channel: Option<&'a Arc<Channel>>,
    /// What the dialplan knows about the channel.
    pub state: StateGuard<'a>,
    /// A closed call record that is read in place of the channel's own.
    pub record: Option<&'a Finished>,
    /// The step that runs, for warnings.
    pub span: Option<Span>,
    /// How that step was found, for the number and context of the position: often a jump needs no search then.
    pub(super) step: Option<Match>,
    /// Where the step's jump leads, if that was found near it: the next search is then none.
    pub(super) landed: Option<Match>,
    /// The application that takes the place of the one that runs, and its arguments.
    pub(super) handed_over: Option<(&'static Application, String)>,
}

/// The state that a [`Context`] works on: a channel's, or a passing one of its own.
pub enum StateGuard<'a> {
    Channel(MutexGuard<'a, State>),
    Passing(Box<State>),
}

impl std::ops::Deref for StateGuard<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        match self {
            StateGuard::Channel(guard) => guard,
            StateGuard::Passing(state) => state,
        }
    }
}

impl std::ops::DerefMut for StateGuard<'_> {
    fn deref_mut(&mut self) -> &mut State {
        match self {
            StateGuard::Channel(guard) => guard,
            StateGuard::Passing(state) => state,
        }
    }
}

impl<'a> Context<'a> {
    pub fn new(exchange: &'a Arc<Exchange>, plan: &'a Arc<ActivePlan>, channel: &'a Arc<Channel>) -> Self {
        Self::around(exchange, plan, Some(channel), StateGuard::Channel(channel.state()))
    }

    /// The surroundings of nobody's call: globals, and functions that need no channel.
    pub fn without_channel(exchange: &'a Arc<Exchange>, plan: &'a Arc<ActivePlan>) -> Self {
        let state = State::new(tokio::time::Instant::now());
        Self::around(exchange, plan, None, StateGuard::Passing(Box::new(state)))
    }

    fn around(
        exchange: &'a Arc<Exchange>,
        plan: &'a Arc<ActivePlan>,
        channel: Option<&'a Arc<Channel>>,
        state: StateGuard<'a>,
    ) -> Self {
        Self { exchange, plan, channel, state, record: None, span: None, step: None, landed: None, handed_over: None }
    }

    /// Lets an application run in place of the present one, which returns what this gives.
    pub fn hand_over(&mut self, application: &'static Application, arguments: &str) -> Outcome {
        self.handed_over = Some((application, arguments.to_owned()));
        Outcome::Execute
    }

    /// Substitutes `${}` and `$[]` in a text of the run time.
    pub fn expand(&mut self, text: &str) -> String {
        let mut out = String::new();
        template::expand_text(text, self, &mut out);
        out
    }

    /// What `${name}` gives, where a name may also be a function with its arguments; empty if it is not set.
    pub fn value_of(&mut self, name: &str) -> String {
        self.expand(&format!("${{{name}}}"))
    }

    /// Questions to the plan at this moment.
    pub fn lookup(&self) -> Lookup<'a> {
        Lookup::new(self.plan, &self.exchange.clock)
    }

    /// The value of a variable as `${name}` gives it, if it is set.
    pub fn get(&mut self, name: &str) -> Option<String> {
        let mut out = String::new();
        self.variable(name, &mut out).then_some(out)
    }

    /// Sets a channel variable, or writes a function where the name has parentheses.
    pub fn set(&mut self, name: &str, value: &str) {
        if name.ends_with(')')
            && let Some((function, arguments)) = name.split_once('(')
        {
            let arguments = arguments.strip_suffix(')').unwrap_or(arguments).to_owned();
            let function = function.to_owned();
            self.write_function(&function, &arguments, value);
            return;
        }
        self.state.variables.set(name, value);
        self.announce_variable(name, value);
    }

    /// Removes a channel variable, and says so where it had a value.
    pub fn unset(&mut self, name: &str) {
        let had_value = self.state.variables.get(name).is_some_and(|value| !value.is_empty());
        self.state.variables.remove(name);
        if had_value {
            self.announce_variable(name, "");
        }
    }

    /// Sets a global variable.
    pub fn set_global(&mut self, name: &str, value: &str) {
        self.exchange.globals.lock().set(name, value);
        if self.exchange.channels.is_observed() {
            self.exchange.channels.publish(&Happening::VariableSet { channel: None, name, value });
        }
    }

    /// Tells observers of what happened to the channel, whose state is locked here.
    pub fn publish(&self, happening: &Happening<'_>) {
        self.exchange.channels.publish_with(happening, &self.state);
    }

    /// Tells observers that the caller's name or number changed.
    pub fn announce_caller(&self) {
        if let Some(channel) = self.channel {
            self.publish(&Happening::CallerChanged { channel });
        }
    }

    /// Tells observers what becomes of a hangup handler.
    pub fn tell_handler(&self, event: &str, handler: &str) {
        if let Some(channel) = self.channel {
            let fields = &[("Handler", handler)];
            self.publish(&Happening::Manager { channel: Some(channel), event, privilege: "dialplan", fields });
        }
    }

    /// Changes the account that the call is charged to.
    pub fn set_account(&mut self, account: &str) {
        let old = std::mem::replace(&mut self.state.account_code, account.to_owned());
        if let Some(channel) = self.channel {
            self.publish(&Happening::AccountChanged { channel, old: &old });
        }
    }

    /// Tells observers that a variable was set.
    pub fn announce_variable(&self, name: &str, value: &str) {
        if self.exchange.channels.is_observed() {
            let channel = self.channel.map(|channel| &**channel);
            self.publish(&Happening::VariableSet { channel, name, value });
        }
    }

    fn write_function(&mut self, name: &str, arguments: &str, value: &str) {
        let Some(function) = self.exchange.library.function(name) else {
            let own = self.exchange.own_functions();
            match own.and_then(|own| own.write(name, self, arguments, value)) {
                Some(Ok(())) => {}
                Some(Err(error)) => self.warn(&format!("{name}: {error}")),
                None => self.warn(&format!("there is no function {name}: nothing was set")),
            }
            return;
        };
        let Some(write) = function.write else {
            self.warn(&format!("function {} cannot be set, only read", function.name));
            return;
        };
        if let Err(error) = write(self, arguments, value) {
            self.warn_function(function, &error);
        }
    }

    /// Reads a function by name; false if there is none.
    pub fn read_function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool {
        let Some(function) = self.exchange.library.function(name) else {
            return self.read_own_function(name, arguments, out);
        };
        let Some(read) = function.read else {
            self.warn(&format!("function {} cannot be read, only set", function.name));
            return true;
        };
        let before = out.len();
        if let Err(error) = read(self, arguments, out) {
            out.truncate(before);
            self.warn_function(function, &error);
        }
        true
    }

    fn read_own_function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool {
        let before = out.len();
        let own = self.exchange.own_functions();
        match own.and_then(|own| own.read(name, self, arguments, out)) {
            Some(Ok(())) => true,
            Some(Err(error)) => {
                out.truncate(before);
                self.warn(&format!("{name}: {error}"));
                true
            }
            None => {
                self.warn(&format!("there is no function {name}: its value is empty"));
                false
            }
        }
    }

    fn warn_function(&mut self, function: &Function, error: &FunctionError) {
        self.warn(&format!("{}: {error}", function.name));
    }

    /// Where the step that runs stands, as `extensions.conf:12:5`.
    pub fn place(&self) -> String {
        self.span.map(|span| self.plan.location(span)).unwrap_or_default()
    }

    /// Tells the admin that something in the plan did not go as meant, with the plan's line.
    pub fn warn(&mut self, text: &str) {
        let place = self.place();
        let channel = self.channel.map_or("-", |channel| channel.name());
        tracing::warn!(target: "exten::plan", channel, place, position = %self.state.position, "{text}");
        if let Some(channel) = self.channel
            && self.exchange.channels.is_observed()
        {
            self.publish(&Happening::Warning { channel, text });
        }
    }

    /// Runs `work` with the state of this channel unlocked, so that it may look at other channels.
    pub fn unlocked<T>(&mut self, work: impl FnOnce() -> T) -> T {
        match &mut self.state {
            StateGuard::Channel(guard) => MutexGuard::unlocked(guard, work),
            StateGuard::Passing(_) => work(),
        }
    }

    /// The variables that Asterisk computes: they hide channel variables of the same name.
    fn builtin(&self, name: &str, out: &mut String) -> bool {
        let state = &*self.state;
        let written = match name {
            "EXTEN" => out.write_str(&state.position.extension),
            "CONTEXT" => out.write_str(&state.position.context),
            "PRIORITY" => write!(out, "{}", state.position.priority),
            "CHANNEL" => out.write_str(self.channel.map_or("", |channel| channel.name())),
            "UNIQUEID" => out.write_str(self.channel.map_or("", |channel| channel.unique_id())),
            "HANGUPCAUSE" => write!(out, "{}", state.hangup_cause),
            "EPOCH" => write!(out, "{}", self.exchange.epoch()),
            "SYSTEMNAME" => out.write_str(&self.exchange.channels.identity().system_name),
            "HINT" => out.write_str(&self.hint(0)),
            "HINTNAME" => out.write_str(&self.hint(1)),
            "CALLINGPRES" => write!(out, "{}", state.caller.presentation().number()),
            "CALLINGANI2" => out.write_str(state.settings.get("CALLERID/ani2").unwrap_or("0")),
            "CALLINGTON" => write!(out, "{}", state.caller.number_plan),
            "CALLINGTNS" => out.write_str("0"),
            _ => return false,
        };
        written.is_ok()
    }

    /// `${ASTSPOOLDIR}` and its like, unless the plan has a variable of that name.
    fn push_directory(&self, name: &str, out: &mut String) -> bool {
        let directory = name.strip_prefix("AST").and_then(|_| self.exchange.directories.variable(name));
        directory.is_some_and(|path| write!(out, "{}", path.display()).is_ok())
    }

    /// The devices (0) or the name (1) of the hint of this extension: `devices,name`.
    fn hint(&self, field: usize) -> String {
        let position = &self.state.position;
        let hint = self.lookup().hint(&position.context, &position.extension).unwrap_or_default();
        hint.splitn(2, ',').nth(field).unwrap_or("").to_owned()
    }
}

impl Scope for Context<'_> {
    fn variable(&mut self, name: &str, out: &mut String) -> bool {
        if name.len() <= 11 && self.builtin(name, out) {
            return true;
        }
        if let Some(value) = self.state.variables.get(name) {
            out.push_str(value);
            return true;
        }
        push_from(&self.exchange.globals.lock(), name, out) || self.push_directory(name, out)
    }

    fn function(&mut self, name: &str, arguments: &str, out: &mut String) -> bool {
        self.read_function(name, arguments, out)
    }

    fn warn(&mut self, warning: Warning) {
        Context::warn(self, &warning.kind.to_string());
    }
}

fn push_from(variables: &Variables, name: &str, out: &mut String) -> bool {
    let value = variables.get(name);
    if let Some(value) = value {
        out.push_str(value);
    }
    value.is_some()
}
