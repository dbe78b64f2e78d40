//! The step loop: computing steps one after the other, until one has to wait.

use tokio::time::Instant;

use super::application::{Outcome, Run};
use super::{Application, Arguments, Call, Context, Reload, Waiting};
use crate::channel::record::{self, Step};
use crate::channel::{Happening, Position, State};
use crate::dialplan::plan::{Found, Match, Query};

/// After so many computing steps a call lets others run, so that an endless loop in a plan stops nobody else.
const BURST: u32 = 1000;

/// Why the computing loop stopped.
pub(super) enum Pause {
    /// Enough steps for now.
    Yield,
    /// Somebody wants the channel elsewhere, or hung up.
    Interrupted,
    /// The time that the plan gave the call is over.
    PastLimit,
    /// An application that waits, or works for itself, is to run; its arguments are in the buffer.
    Wait(fn(&mut Call, Arguments) -> Waiting<'_>),
    Work(fn(&mut Call, Arguments) -> Waiting<'_>),
    Outlast(fn(&mut Call, Arguments) -> Waiting<'_>),
    /// Keys wait to become an extension.
    Collect,
    /// The subroutine or macro that was to be run is done.
    Returned,
    /// There is no step here.
    NoStep,
    /// The plan ended the call.
    Hangup,
}

impl Call {
    /// Takes computing steps, one after the other, until one has to wait.
    pub(super) fn compute(&mut self, depth: usize) -> Pause {
        if self.exchange.reload == Reload::Follow {
            self.plan = self.exchange.plan();
        }
        let is_observed = self.exchange.channels.is_observed();
        let settings = self.exchange.channels.ledger().settings();
        let arguments = &mut self.arguments;
        let active = &self.plan;
        let mut context = Context::new(&self.exchange, active, &self.channel);
        let is_past_limit = || context.state.timeouts.absolute.is_some_and(|limit| limit <= Instant::now());
        if !self.is_ending && !self.channel.is_interrupted() && is_past_limit() {
            return Pause::PastLimit;
        }
        // The step before this one, which often saves the search for this one.
        let mut before: Option<Before> = None;
        for _ in 0..BURST {
            if !self.is_ending && self.channel.is_interrupted() {
                return Pause::Interrupted;
            }
            if depth > 0 && context.state.frames.len() < depth {
                return Pause::Returned;
            }
            let near = match before {
                Some(Before::Next(before)) => active.plan.following(&before),
                Some(Before::Jump(before)) => active.plan.within(&before, &query(&context.state)),
                Some(Before::Landed(landed)) => {
                    debug_assert_eq!(active.plan.within(&landed, &query(&context.state)), Some(landed));
                    Some(landed)
                }
                None => None,
            };
            let Some(found) = near.or_else(|| find_step(&mut context)) else { return Pause::NoStep };
            let Some(step) = active.plan.step(found.step) else { return Pause::NoStep };
            context.span = Some(step.span);
            context.step = Some(found);
            context.landed = None;
            let Some(application) = active.application(self.exchange.library, step) else {
                context.warn(&format!("there is no application {}", active.plan.application(step).name));
                return Pause::Hangup;
            };
            arguments.clear();
            step.arguments.expand(&mut context, arguments);
            if is_observed {
                let (channel, position) = (&*self.channel, &context.state.position);
                let (application, span) = (application.name, step.span);
                let happening = Happening::Step { channel, position, application, arguments, span };
                self.exchange.channels.publish_with(&happening, &context.state);
            }
            context.state.application = application.name;
            self.span = context.span;
            let outcome = match run(&mut context, application, arguments, self.is_ending, &settings) {
                Ok(outcome) => outcome,
                Err(pause) => return pause,
            };
            match outcome {
                Outcome::Continue if std::mem::take(&mut context.state.has_jumped) => {
                    context.leave_macros();
                    // The position may have been changed since the jump, such as by the end of a macro.
                    let is_there = |landed: &Match| landed.priority == context.state.position.priority;
                    before = Some(match context.landed.filter(is_there) {
                        Some(landed) => Before::Landed(landed),
                        None => Before::Jump(found),
                    });
                }
                Outcome::Continue => {
                    context.state.position.priority += 1;
                    before = Some(Before::Next(found));
                }
                Outcome::Collect => return Pause::Collect,
                Outcome::Hangup | Outcome::Execute => return Pause::Hangup,
            }
        }
        Pause::Yield
    }
}

/// Runs an application as far as it only computes; where it has to wait, its arguments are in the buffer.
pub(super) fn run(
    context: &mut Context<'_>,
    application: &'static Application,
    arguments: &mut String,
    is_ending: bool,
    settings: &record::Settings,
) -> Result<Outcome, Pause> {
    let mut application = application;
    loop {
        let channel = context.channel.map(|channel| &**channel);
        let step = Step { application: application.name, arguments, channel, is_ending };
        context.state.note_step(&step, settings);
        let compute = match application.run {
            Run::Compute(compute) => compute,
            Run::Wait(run) => return Err(Pause::Wait(run)),
            Run::Work(run) => return Err(Pause::Work(run)),
            Run::Outlast(run) => return Err(Pause::Outlast(run)),
        };
        match (compute(context, arguments), context.handed_over.take()) {
            (Outcome::Execute, Some((next, text))) => {
                application = next;
                *arguments = text;
            }
            (outcome, _) => return Ok(outcome),
        }
    }
}

/// The step that was taken before, and how the call went on from it.
#[derive(Clone, Copy)]
enum Before {
    Next(Match),
    Jump(Match),
    /// The step that it jumped to, found already.
    Landed(Match),
}

/// What the plan is asked for at the position.
fn query(state: &State) -> Query<'_> {
    let Position { context, extension, priority } = &state.position;
    Query { context, extension, priority: *priority, caller: state.caller.number() }
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
