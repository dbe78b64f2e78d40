//! The step loop.

use std::sync::Arc;

use tokio::time::Instant;

use super::active::ActivePlan;
use super::application::{Outcome, Run};
use super::{Application, Arguments, Context, Exchange, Reload, Waiting};
use crate::bridging::holding::Holding;
use crate::channel::state::Frame;
use crate::channel::{Cause, Channel, Happening};
use crate::diagnostic::Span;
use crate::dialplan::plan::{Found, Match};

/// After so many computing steps a call lets others run, so that an endless loop in a plan stops nobody else.
const BURST: u32 = 1000;

/// One channel walking one plan.
pub struct Call {
    pub exchange: Arc<Exchange>,
    pub channel: Arc<Channel>,
    /// A tone or music that goes on while the plan does, until the party is to hear something else.
    pub background: Option<Holding>,
    plan: Arc<ActivePlan>,
    /// Where the current step stands, for warnings.
    span: Option<Span>,
    /// The arguments of the current step after substitution; the buffer is kept from step to step.
    arguments: String,
    /// The party is gone and `h` or a hangup handler runs: hang-ups interrupt nothing any more.
    pub(super) is_ending: bool,
}

/// Why the computing loop stopped.
enum Pause {
    /// Enough steps for now.
    Yield,
    /// Somebody wants the channel elsewhere, or hung up.
    Interrupted,
    /// An application that waits is to run; its arguments are in the buffer.
    Wait(fn(&mut Call, Arguments) -> Waiting<'_>),
    /// Keys wait to become an extension.
    Collect,
    /// The subroutine or macro that was to be run is done.
    Returned,
    /// There is no step here.
    NoStep,
    /// The plan ended the call.
    Hangup,
}

/// How a walk through the plan ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Walked {
    /// The subroutine or macro returned.
    Returned,
    /// The call is to end.
    Hangup,
    /// The channel was interrupted; who holds it finds out how.
    Interrupted,
}

impl Call {
    /// A call that is about to walk the plan in service.
    pub fn new(exchange: Arc<Exchange>, channel: Arc<Channel>) -> Self {
        let plan = exchange.plan();
        Self { exchange, channel, background: None, plan, span: None, arguments: String::new(), is_ending: false }
    }

    /// Runs the plan on the channel in a task of its own, from the channel's position to the hang-up.
    pub fn start(exchange: Arc<Exchange>, channel: Arc<Channel>) {
        let call = Call::new(exchange, channel);
        tokio::spawn(call.run());
    }

    /// Runs the plan on the channel to the end and hangs up.
    pub async fn run(mut self) {
        self.note_beginning();
        self.find_entry();
        loop {
            match self.walk(0).await {
                Walked::Interrupted if self.follow_redirect() => {}
                _ => break,
            }
        }
        self.end().await;
    }

    /// The plan that the call walks.
    pub fn plan(&self) -> &Arc<ActivePlan> {
        &self.plan
    }

    /// What a computing step would see.
    pub fn context(&self) -> Context<'_> {
        let mut context = Context::new(&self.exchange, &self.plan, &self.channel);
        context.span = self.span;
        context
    }

    fn note_beginning(&self) {
        let mut state = self.channel.state();
        let position = state.position.clone();
        state.record.context = position.context;
        state.record.extension = position.extension;
    }

    /// A call to a number that is no extension begins at `s` where there is one, as Asterisk's does.
    fn find_entry(&self) {
        let mut context = self.context();
        let position = context.state.position.clone();
        let caller = context.state.caller.number().to_owned();
        let lookup = context.lookup();
        let exists = |extension: &str| lookup.exists(&position.context, extension, position.priority, &caller);
        if !exists(&position.extension) && exists("s") {
            context.state.position.extension = "s".to_owned();
        }
    }

    /// Goes where a redirect asks; false when it was a hang-up.
    fn follow_redirect(&mut self) -> bool {
        let Some(position) = self.channel.take_redirect() else { return false };
        let mut state = self.channel.state();
        state.frames.clear();
        state.jump(&position.context, &position.extension, position.priority);
        true
    }

    /// Takes steps until the frames above `depth` are gone, or the call ends. At depth 0 that is the whole call.
    pub(super) async fn walk(&mut self, depth: usize) -> Walked {
        loop {
            let goes_on = match self.compute(depth) {
                Pause::Yield => {
                    tokio::task::yield_now().await;
                    true
                }
                Pause::Returned => return Walked::Returned,
                Pause::Interrupted => return Walked::Interrupted,
                Pause::Hangup => false,
                Pause::Collect => self.collect_extension().await,
                Pause::NoStep => self.missing_step(depth).await,
                Pause::Wait(application) => {
                    let arguments = Arguments::new(std::mem::take(&mut self.arguments));
                    match self.wait(application, arguments).await {
                        Some(Outcome::Continue) => {
                            self.advance();
                            true
                        }
                        Some(Outcome::Collect) => self.collect_extension().await,
                        Some(Outcome::Hangup) => false,
                        None if self.is_past_limit() => self.jump_to_limit(),
                        None => return Walked::Interrupted,
                    }
                }
            };
            if !goes_on {
                return Walked::Hangup;
            }
        }
    }

    /// Runs a waiting application; `None` when it was interrupted, which drops it where it stands.
    async fn wait(
        &mut self,
        application: fn(&mut Call, Arguments) -> Waiting<'_>,
        arguments: Arguments,
    ) -> Option<Outcome> {
        if self.is_ending {
            return Some(application(self, arguments).await);
        }
        let channel = Arc::clone(&self.channel);
        let limit = channel.state().timeouts.absolute;
        let limit = async {
            match limit {
                Some(limit) => tokio::time::sleep_until(limit).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            () = channel.interrupted() => None,
            outcome = application(self, arguments) => Some(outcome),
            () = limit => None,
        }
    }

    fn is_past_limit(&self) -> bool {
        let limit = self.channel.state().timeouts.absolute;
        !self.channel.is_interrupted() && limit.is_some_and(|limit| limit <= Instant::now())
    }

    /// The step after this one is next, unless the application jumped.
    fn advance(&self) {
        let mut state = self.channel.state();
        if std::mem::take(&mut state.has_jumped) {
            leave_macros(&mut state);
        } else {
            state.position.priority += 1;
        }
    }

    /// Takes computing steps, one after the other, until one has to wait.
    fn compute(&mut self, depth: usize) -> Pause {
        if self.exchange.reload == Reload::Follow {
            self.plan = self.exchange.plan();
        }
        let is_observed = self.exchange.channels.is_observed();
        let arguments = &mut self.arguments;
        let active = &self.plan;
        let mut context = Context::new(&self.exchange, active, &self.channel);
        // The step before this one, if this one follows it: then no search is needed.
        let mut before: Option<Match> = None;
        for _ in 0..BURST {
            if !self.is_ending && self.channel.is_interrupted() {
                return Pause::Interrupted;
            }
            if depth > 0 && context.state.frames.len() < depth {
                return Pause::Returned;
            }
            let found = match before.and_then(|before| active.plan.following(&before)) {
                Some(found) => found,
                None => match find_step(&mut context) {
                    Some(found) => found,
                    None => return Pause::NoStep,
                },
            };
            let Some(step) = active.plan.step(found.step) else { return Pause::NoStep };
            context.span = Some(step.span);
            arguments.clear();
            step.arguments.expand(&mut context, arguments);
            let application = active.application(self.exchange.library, step);
            if is_observed {
                let name = application.map_or(&*active.plan.application(step).name, |known| known.name);
                let position = &context.state.position;
                let channel = &*self.channel;
                self.exchange.channels.publish(&Happening::Step { channel, position, application: name, arguments });
            }
            let Some(application) = application else {
                context.warn(&format!("there is no application {}", active.plan.application(step).name));
                return Pause::Hangup;
            };
            context.state.application = application.name;
            match application.run {
                Run::Wait(run) => {
                    note_last(&mut context, application, arguments);
                    self.span = context.span;
                    return Pause::Wait(run);
                }
                Run::Compute(run) => match run(&mut context, arguments) {
                    Outcome::Continue => {
                        let state = &mut *context.state;
                        if std::mem::take(&mut state.has_jumped) {
                            leave_macros(state);
                            before = None;
                        } else {
                            state.position.priority += 1;
                            before = Some(found);
                        }
                    }
                    Outcome::Collect => return Pause::Collect,
                    Outcome::Hangup => return Pause::Hangup,
                },
            }
        }
        Pause::Yield
    }

    /// Runs an application by name inside another, as ExecIf, features and Dial's options do.
    pub async fn run_application(&mut self, application: &'static Application, arguments: &str) -> Outcome {
        match application.run {
            Run::Compute(run) => {
                let depth = self.channel.state().frames.len();
                let outcome = run(&mut self.context(), arguments);
                if self.channel.state().frames.len() > depth {
                    // It entered a subroutine: what it does belongs to the application.
                    return match self.walk(depth + 1).await {
                        Walked::Returned => Outcome::Continue,
                        Walked::Hangup | Walked::Interrupted => Outcome::Hangup,
                    };
                }
                outcome
            }
            Run::Wait(run) => run(self, Arguments::new(arguments.to_owned())).await,
        }
    }
}

/// The step at the position. Where a switch leads elsewhere, the position follows.
fn find_step(context: &mut Context<'_>) -> Option<Match> {
    let lookup = context.lookup();
    let state = &mut *context.state;
    let position = &mut state.position;
    match lookup.find(&position.context, &position.extension, position.priority, state.caller.number())? {
        Found::Step(found) => Some(found),
        Found::Switched(destination) => {
            position.set(&destination.context, &destination.extension, destination.priority);
            Some(destination.found)
        }
    }
}

/// The call record names the last application that took time.
fn note_last(context: &mut Context<'_>, application: &'static Application, arguments: &str) {
    let record = &mut context.state.record;
    record.last_application.clear();
    record.last_application.push_str(application.name);
    record.last_arguments.clear();
    record.last_arguments.push_str(arguments);
}

/// A jump out of a macro's context ends the macro without going back.
fn leave_macros(state: &mut crate::channel::State) {
    while let Some(Frame::Macro(frame)) = state.frames.last() {
        if frame.context.eq_ignore_ascii_case(&state.position.context) {
            return;
        }
        super::subroutine::drop_macro(state);
    }
}

impl Call {
    /// The cause that the channel is to end with.
    pub(super) fn cause(&self) -> Cause {
        let own = self.channel.state().hangup_cause;
        if own == Cause::NONE { self.channel.hangup_cause().unwrap_or(Cause::NONE) } else { own }
    }
}
