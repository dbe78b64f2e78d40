//! What happens where there is no next step, and at the end of a call: `i`, `t`, `T`, `e`, `h` and hangup handlers.

use super::active::Lookup;
use super::call::Walked;
use super::{Call, Context, subroutine};
use crate::channel::state::Frame;
use crate::channel::{Cause, Indication, State};

/// Keeps what went wrong for `EXCEPTION()` and goes to `e`.
pub(super) fn raise(state: &mut State, reason: &str) {
    let position = state.position.clone();
    state.variables.set("EXCEPTION_REASON", reason);
    state.variables.set("EXCEPTION_CONTEXT", &position.context);
    state.variables.set("EXCEPTION_EXTEN", &position.extension);
    state.variables.set("EXCEPTION_PRIORITY", &position.priority.to_string());
    state.jump(&position.context, "e", 1);
}

impl Call {
    /// Asks the plan about extensions at this moment.
    pub fn lookup<T>(&self, ask: impl FnOnce(&Lookup<'_>) -> T) -> T {
        ask(&Lookup::new(self.plan(), &self.exchange.clock))
    }

    /// Whether the context that the call is in has this extension.
    fn has_here(&self, extension: &str) -> bool {
        let (context, caller) = {
            let state = self.channel.state();
            (state.position.context.clone(), state.caller.number().to_owned())
        };
        self.lookup(|lookup| lookup.exists(&context, extension, 1, &caller))
    }

    fn go_here(&self, extension: &str) {
        let mut state = self.channel.state();
        let context = state.position.context.clone();
        state.position.set(&context, extension, 1);
        state.has_jumped = false;
    }

    /// There is no step at the position: a macro ends, a wrong extension becomes `i`, a finished one waits for keys or
    /// ends the call. False when the walk is over.
    pub(super) async fn missing_step(&mut self, depth: usize) -> bool {
        {
            let mut state = self.channel.state();
            if matches!(state.frames.last(), Some(Frame::Macro(_))) {
                // Its end. If it was the one to be run, the walk notices.
                subroutine::leave_macro(&mut state);
                state.has_jumped = false;
                return true;
            }
        }
        if self.is_ending || depth > 0 {
            return false;
        }
        let extension = self.channel.state().position.extension.clone();
        if !self.has_here(&extension) {
            if extension == "i" || !self.has_here("i") {
                let mut context = self.context();
                context.warn(&format!("there is no extension {extension} here, and no `i` that would take it"));
                return false;
            }
            self.context().set("INVALID_EXTEN", &extension);
            self.go_here("i");
            return true;
        }
        if self.plan().plan.general.autofallthrough {
            self.fall_through().await;
            return false;
        }
        self.wait_for_extension().await
    }

    /// The end of an extension without more to do: the caller hears what became of its call.
    async fn fall_through(&self) {
        let status = self.context().get("DIALSTATUS").unwrap_or_default();
        let (indication, cause) = match status.as_str() {
            "BUSY" => (Indication::Busy, Cause::BUSY),
            "CONGESTION" | "CHANUNAVAIL" => (Indication::Congestion, Cause::CONGESTION),
            _ => return,
        };
        if !self.is_ending {
            self.channel.indicate(indication);
        }
        self.channel.state().hangup_cause = cause;
    }

    /// Waits for keys as an attendant would, where `autofallthrough=no`.
    async fn wait_for_extension(&mut self) -> bool {
        let timeout = self.channel.state().timeouts.response;
        let channel = std::sync::Arc::clone(&self.channel);
        let keyed = tokio::select! {
            biased;
            () = channel.interrupted() => return true,
            keyed = self.key(timeout) => keyed,
        };
        match keyed {
            super::Keyed::Key(digit) => {
                self.channel.state().keyed.push(digit);
                self.collect_extension().await
            }
            super::Keyed::TimedOut => self.jump_to_timeout(),
        }
    }

    /// Nobody keyed anything: `t`, else `e`.
    pub(super) fn jump_to_timeout(&self) -> bool {
        if self.has_here("t") {
            self.go_here("t");
        } else if self.has_here("e") {
            let mut state = self.channel.state();
            raise(&mut state, "RESPONSETIMEOUT");
            state.has_jumped = false;
        } else {
            return false;
        }
        true
    }

    /// The call's time limit is reached: `T`, else `e`.
    pub(super) fn jump_to_limit(&self) -> bool {
        self.channel.state().timeouts.absolute = None;
        if self.has_here("T") {
            self.go_here("T");
        } else if self.has_here("e") {
            let mut state = self.channel.state();
            raise(&mut state, "ABSOLUTETIMEOUT");
            state.has_jumped = false;
        } else {
            return false;
        }
        true
    }

    /// Runs `h` and the hangup handlers, then hangs up.
    pub(super) async fn end(mut self) {
        self.is_ending = true;
        let cause = self.cause();
        self.channel.state().hangup_cause = cause;
        if self.has_here("h") {
            self.channel.state().frames.clear();
            self.go_here("h");
            self.walk(0).await;
        }
        while let Some(handler) = self.next_handler() {
            self.run_handler(&handler).await;
        }
        self.channel.hang_up(self.cause());
    }

    fn next_handler(&self) -> Option<String> {
        self.channel.state().hangup_handlers.pop()
    }

    async fn run_handler(&mut self, handler: &str) {
        let depth = {
            let mut context = self.context();
            context.state.frames.clear();
            if !enter_routine(&mut context, handler) {
                return;
            }
            context.state.has_jumped = false;
            context.state.frames.len()
        };
        let _: Walked = self.walk(depth).await;
    }

    /// Runs a subroutine on this channel, as Dial's `U` and hangup handlers do, and comes back. False where it does not
    /// exist or did not return.
    pub async fn run_routine(&mut self, routine: &str) -> bool {
        let depth = {
            let mut context = self.context();
            if !enter_routine(&mut context, routine) {
                return false;
            }
            context.state.has_jumped = false;
            context.state.frames.len()
        };
        self.walk(depth).await == Walked::Returned
    }
}

/// Enters `context,extension,priority(arguments)` so that its Return comes back to where the channel is.
fn enter_routine(context: &mut Context<'_>, routine: &str) -> bool {
    let (target, arguments) = match routine.split_once('(') {
        Some((target, arguments)) => (target, arguments.strip_suffix(')').unwrap_or(arguments)),
        None => (routine, ""),
    };
    let Some(target) = context.resolve(target) else { return false };
    let arguments = if arguments.is_empty() { Vec::new() } else { super::split(arguments, ',') };
    let back = context.state.position.clone();
    subroutine::enter_gosub(&mut context.state, &target, back, &arguments);
    true
}
