//! One channel's way through a plan: steps that compute, steps that wait, and what takes the call elsewhere.

use std::sync::Arc;

use tokio::time::Instant;

use super::active::ActivePlan;
use super::application::Outcome;
use super::steps::{Pause, run};
use super::{Application, Arguments, Context, Exchange, Waiting};
use crate::bridging::holding::Holding;
use crate::channel::{Cause, Channel, Position};
use crate::diagnostic::Span;

/// One channel walking one plan.
pub struct Call {
    pub exchange: Arc<Exchange>,
    pub channel: Arc<Channel>,
    /// A tone or music that goes on while the plan does, until the party is to hear something else.
    pub background: Option<Holding>,
    pub(super) plan: Arc<ActivePlan>,
    /// Where the current step stands, for warnings.
    pub(super) span: Option<Span>,
    /// The arguments of the current step after substitution; the buffer is kept from step to step.
    pub(super) arguments: String,
    /// The party is gone and `h` or a hangup handler runs: hang-ups interrupt nothing any more.
    pub(super) is_ending: bool,
    /// Where applications stand that run a subroutine, outermost first, and how many frames there were before it. An
    /// application that is dropped leaves its place here.
    inside: Vec<(usize, Position)>,
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
        Self {
            exchange,
            channel,
            background: None,
            plan,
            span: None,
            arguments: String::new(),
            is_ending: false,
            inside: Vec::new(),
        }
    }

    /// Runs the plan on the channel in a task of its own, from the channel's position to the hang-up.
    pub fn start(exchange: Arc<Exchange>, channel: Arc<Channel>) {
        let call = Call::new(exchange, channel);
        tokio::spawn(call.run());
    }

    /// Runs the plan on the channel to the end and hangs up.
    pub async fn run(mut self) {
        let exchange = Arc::clone(&self.exchange);
        let _counted = exchange.calls.begin();
        self.note_beginning();
        self.find_entry();
        if self.dials_pickup() {
            return self.pick_up().await;
        }
        loop {
            match self.walk(0).await {
                Walked::Interrupted if self.channel.give() => return self.leave_inside(),
                Walked::Interrupted if self.follow_redirect() => {}
                _ => break,
            }
        }
        self.end().await;
    }

    /// Takes two channels out of what they do and lets them talk until one of them leaves.
    pub async fn join(exchange: Arc<Exchange>, first: Arc<Channel>, second: Arc<Channel>) {
        if first.claim().await.is_ok() {
            Self::take_over(exchange, first, second).await;
        }
    }

    /// A channel that nobody has charge of takes another out of what it does and talks with it, by the application
    /// `Bridge`.
    pub async fn take_over(exchange: Arc<Exchange>, channel: Arc<Channel>, other: Arc<Channel>) {
        let bridge = exchange.library.application("Bridge");
        let mut call = Call::new(exchange, channel);
        let name = Arc::clone(other.name());
        let Some(bridge) = bridge else { return call.release() };
        call.unless_interrupted(async |call| call.run_application(bridge, &name).await).await;
        call.release();
    }

    /// Lets go of the channel: to who claims it, to where it was sent, or by the hang-up.
    fn release(self) {
        if self.channel.give() {
            return;
        }
        if let Some(position) = self.channel.take_redirect() {
            self.channel.state().position = position;
            Call::start(Arc::clone(&self.exchange), Arc::clone(&self.channel));
        } else {
            tokio::spawn(self.end());
        }
    }

    /// Ends a channel whose plan ran before and has no more steps to take: `h`, the hangup handlers, the hang-up.
    pub fn finish(exchange: Arc<Exchange>, channel: Arc<Channel>) {
        tokio::spawn(Call::new(exchange, channel).end());
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

    /// Does something for another line than the present step's, such as an entry of `features.conf`: warnings name it.
    pub async fn on_behalf_of<T>(&mut self, span: Span, work: impl AsyncFnOnce(&mut Self) -> T) -> T {
        let step = self.span.replace(span);
        let done = work(self).await;
        self.span = step;
        done
    }

    fn note_beginning(&self) {
        let mut state = self.channel.state();
        state.walks_plan = true;
        let position = state.position.clone();
        state.records.set_called(false);
        state.records.note_entry(&position);
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

    /// Whether the party is gone and only `h` and the hangup handlers still run.
    pub fn is_ending(&self) -> bool {
        self.is_ending
    }

    /// Goes where a redirect asks; false when it was a hang-up.
    fn follow_redirect(&mut self) -> bool {
        let Some(position) = self.channel.take_redirect() else { return false };
        self.leave_inside();
        let mut context = self.context();
        context.end_macros();
        context.state.position = position;
        context.state.has_jumped = false;
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
                Pause::PastLimit => self.turn(|context| context.jump_to_limit()),
                Pause::Hangup => false,
                Pause::Collect => self.collect_extension().await,
                Pause::NoStep => self.missing_step(depth).await,
                Pause::Wait(run) => {
                    let arguments = Arguments::new(std::mem::take(&mut self.arguments));
                    let outcome = match self.is_ending {
                        true => Some(at_once(run(self, arguments)).await),
                        false => self.unless_interrupted(async |call| run(call, arguments).await).await,
                    };
                    self.follow(outcome).await
                }
                Pause::Work(run) => {
                    let arguments = Arguments::new(std::mem::take(&mut self.arguments));
                    let outcome = self.unless_interrupted(async |call| run(call, arguments).await).await;
                    self.follow(outcome).await
                }
                Pause::Outlast(run) => {
                    let arguments = Arguments::new(std::mem::take(&mut self.arguments));
                    let outcome = Some(run(self, arguments).await).filter(|_| !self.is_cut_short());
                    self.follow(outcome).await
                }
            };
            if !goes_on {
                return Walked::Hangup;
            }
        }
    }

    /// Goes on as an application that took time wants; false when the call is to end. One that was interrupted left
    /// the call where it stood, and the step loop finds out why.
    async fn follow(&mut self, outcome: Option<Outcome>) -> bool {
        match outcome {
            Some(Outcome::Continue) => {
                self.advance();
                true
            }
            Some(Outcome::Execute) => {
                debug_assert!(false, "only computing applications hand over");
                false
            }
            Some(Outcome::Collect) => self.collect_extension().await,
            Some(Outcome::Hangup) => false,
            None => true,
        }
    }

    /// Whether somebody wants the channel elsewhere, or hung up, or the call's time is over.
    pub fn is_cut_short(&self) -> bool {
        let is_past = |limit| limit <= Instant::now();
        !self.is_ending
            && (self.channel.is_interrupted() || self.channel.state().timeouts.absolute.is_some_and(is_past))
    }

    /// Waits until the call is cut short.
    pub async fn cut_short(&self) {
        if self.is_ending {
            return std::future::pending().await;
        }
        tokio::select! {
            () = self.channel.interrupted() => {}
            () = self.channel.time_is_up() => {}
        }
    }

    /// Works until done, unless somebody interrupts the channel or the call's time is over: then the work is dropped
    /// where it stands.
    pub async fn unless_interrupted<T>(&mut self, work: impl AsyncFnOnce(&mut Self) -> T) -> Option<T> {
        if self.is_ending {
            return Some(work(self).await);
        }
        let channel = Arc::clone(&self.channel);
        tokio::select! {
            biased;
            () = channel.interrupted() => None,
            outcome = work(self) => Some(outcome),
            () = channel.time_is_up() => None,
        }
    }

    /// Moves the call outside a step; false when there is nowhere to go.
    pub(super) fn turn(&self, jump: impl FnOnce(&mut Context<'_>) -> bool) -> bool {
        let mut context = self.context();
        let has_turned = jump(&mut context);
        context.state.has_jumped = false;
        context.leave_macros();
        has_turned
    }

    /// The step after this one is next, unless the application jumped.
    fn advance(&self) {
        let mut context = self.context();
        if std::mem::take(&mut context.state.has_jumped) {
            context.leave_macros();
        } else {
            context.state.position.priority += 1;
        }
    }

    /// Runs an application inside another, as features and Dial's options do. A subroutine that it enters belongs to it
    /// and runs to its end.
    pub async fn run_application(&mut self, application: &'static Application, arguments: &str) -> Outcome {
        let (depth, here) = {
            let state = self.channel.state();
            (state.frames.len(), state.position.clone())
        };
        let outcome = self.execute(application, arguments).await;
        if self.channel.state().frames.len() <= depth {
            return outcome;
        }
        self.channel.state().has_jumped = false;
        match self.walk_inside(depth, here.clone()).await {
            Walked::Returned => {
                self.come_back(here);
                Outcome::Continue
            }
            Walked::Hangup | Walked::Interrupted => Outcome::Hangup,
        }
    }

    /// Walks what an application runs that stands at `here`, above `depth` frames.
    pub(super) async fn walk_inside(&mut self, depth: usize, here: Position) -> Walked {
        self.inside.push((depth, here));
        let walked = self.walk(depth + 1).await;
        self.inside.pop();
        walked
    }

    /// Leaves the subroutines of an application that was cut short: the call is where the application stood.
    pub(super) fn leave_inside(&mut self) {
        let Some((depth, here)) = self.inside.drain(..).next() else { return };
        let mut context = self.context();
        while context.state.frames.len() > depth {
            if context.pop_gosub().is_none() {
                context.end_macros();
            }
        }
        context.state.position = here;
    }

    /// After a subroutine inside an application: its return leads back to the application's own step, and a jump out of
    /// it is one to follow when the application is done.
    fn come_back(&self, here: Position) {
        let mut state = self.channel.state();
        let there = &state.position;
        let has_returned = there.context == here.context
            && there.extension == here.extension
            && (here.priority..=here.priority.saturating_add(1)).contains(&there.priority);
        state.has_jumped = !has_returned;
        if has_returned {
            state.position = here;
        }
    }

    /// Does the one step of an application inside another, as TryExec does. Where it jumps, the call goes on.
    pub async fn execute(&mut self, application: &'static Application, arguments: &str) -> Outcome {
        let mut text = arguments.to_owned();
        let step = {
            let settings = self.exchange.channels.ledger().settings();
            let mut context = self.context();
            run(&mut context, application, &mut text, self.is_ending, &settings)
        };
        match step {
            Ok(outcome) => outcome,
            // Who hung up waits for nothing any more.
            Err(Pause::Wait(run)) if self.is_ending || self.channel.hangup_cause().is_some() => {
                at_once(run(self, Arguments::new(text))).await
            }
            Err(Pause::Wait(run) | Pause::Work(run) | Pause::Outlast(run)) => run(self, Arguments::new(text)).await,
            Err(_) => Outcome::Hangup,
        }
    }
}

/// Polls once: on a channel that is hung up, what is not done at once is not done at all.
async fn at_once(application: Waiting<'_>) -> Outcome {
    tokio::select! {
        biased;
        outcome = application => outcome,
        () = std::future::ready(()) => Outcome::Hangup,
    }
}

impl Call {
    /// The cause that the channel ends with: the one that came with a hang-up from outside, else what the plan set.
    pub(super) fn cause(&self) -> Cause {
        let own = self.channel.state().hangup_cause;
        self.channel.hangup_cause().filter(|cause| *cause != Cause::NONE).unwrap_or(own)
    }
}
