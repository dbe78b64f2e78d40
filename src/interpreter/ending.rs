//! What happens where there is no next step, and at the end of a call: `i`, `t`, `T`, `e`, `h` and hangup handlers.

use super::active::Lookup;
use super::call::Walked;
use super::{Call, Context, Keyed};
use crate::channel::state::Frame;
use crate::channel::{Cause, Indication};

/// How long a caller hears the busy or congestion tone at the end of a plan.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(10);

impl Context<'_> {
    /// Whether the context that the call is in has this extension.
    pub fn has_here(&self, extension: &str) -> bool {
        self.lookup().exists(&self.state.position.context, extension, 1, self.state.caller.number())
    }

    fn jump_here(&mut self, extension: &str) {
        let position = &mut self.state.position;
        extension.clone_into(&mut position.extension);
        self.state.jump_within(1);
    }

    /// Keeps what went wrong, and where, for `EXCEPTION()` and goes to `e`.
    pub fn raise_exception(&mut self, reason: &str) {
        let state = &mut *self.state;
        state.variables.set("EXCEPTION_REASON", reason);
        state.variables.set("EXCEPTION_CONTEXT", &state.position.context);
        state.variables.set("EXCEPTION_EXTEN", &state.position.extension);
        state.variables.set("EXCEPTION_PRIORITY", &state.position.priority.to_string());
        self.jump_here("e");
    }

    /// Jumps to `extension` if it is here, else raises an exception if that leads anywhere.
    fn jump_or_raise(&mut self, extension: &str, reason: &str) -> bool {
        if self.has_here(extension) {
            self.jump_here(extension);
        } else if self.has_here("e") {
            self.raise_exception(reason);
        } else {
            return false;
        }
        true
    }

    /// What was dialled is no extension: goes to `i`, else `e`. False, with a warning, where neither is here.
    pub fn jump_to_invalid(&mut self, dialled: &str) -> bool {
        if self.has_here("i") {
            self.set("INVALID_EXTEN", dialled);
        }
        let has_jumped = self.jump_or_raise("i", "INVALID");
        if !has_jumped {
            let context = &self.state.position.context;
            self.warn(&format!(
                "there is no extension `{dialled}` in `{context}`, and no `i` or `e` that would take it"
            ));
        }
        has_jumped
    }

    /// Nobody keyed anything: goes to `t`, else `e`. False, with a warning, where neither is here.
    pub fn jump_to_timeout(&mut self) -> bool {
        let has_jumped = self.jump_or_raise("t", "RESPONSETIMEOUT");
        if !has_jumped {
            let context = &self.state.position.context;
            self.warn(&format!("nothing was keyed in time, and there is no `t` or `e` in `{context}`"));
        }
        has_jumped
    }

    /// The call's time limit is reached: goes to `T`, else `e`. False where neither is here.
    pub fn jump_to_limit(&mut self) -> bool {
        self.end_macros();
        self.state.timeouts.absolute = None;
        self.jump_or_raise("T", "ABSOLUTETIMEOUT")
    }
}

impl Call {
    /// Asks the plan about extensions at this moment.
    pub fn lookup<T>(&self, ask: impl FnOnce(&Lookup<'_>) -> T) -> T {
        ask(&Lookup::new(self.plan(), &self.exchange.clock))
    }

    /// There is no step at the position: a macro ends, a wrong extension becomes `i`, a finished one waits for keys or
    /// ends the call. False when the walk is over.
    pub(super) async fn missing_step(&mut self, depth: usize) -> bool {
        {
            let mut context = self.context();
            let innermost = context.state.frames.iter().rposition(|frame| matches!(frame, Frame::Macro(_)));
            if innermost.is_some_and(|at| at + 1 >= depth) {
                // Its end. If it was the one to be run, the walk notices.
                context.exit_macro();
                context.state.has_jumped = false;
                return true;
            }
        }
        if self.is_ending || depth > 0 {
            return false;
        }
        let extension = self.channel.state().position.extension.clone();
        if !self.context().has_here(&extension) {
            return self.turn(|context| context.jump_to_invalid(&extension));
        }
        if self.plan().plan.general.autofallthrough {
            self.fall_through().await;
            return false;
        }
        self.wait_for_extension().await
    }

    /// The end of an extension without more to do: the caller hears what became of its call.
    async fn fall_through(&mut self) {
        let status = self.context().get("DIALSTATUS").unwrap_or_default().to_ascii_uppercase();
        let (indication, cause) = match status.as_str() {
            "BUSY" => (Indication::Busy, Cause::BUSY),
            "CONGESTION" | "CHANUNAVAIL" => (Indication::Congestion, Cause::CONGESTION),
            _ => return,
        };
        self.refuse(indication, cause);
        let _: Option<()> = self.unless_interrupted(async |_| tokio::time::sleep(FAREWELL).await).await;
    }

    /// Lets the party hear that its call failed. Where nobody answered yet, the call also ends with that cause.
    pub fn refuse(&self, indication: Indication, cause: Cause) {
        self.channel.indicate(indication);
        if !self.channel.is_up() {
            self.channel.state().hangup_cause = cause;
        }
    }

    /// Waits for keys as an attendant would, where `autofallthrough=no`.
    async fn wait_for_extension(&mut self) -> bool {
        let timeout = self.channel.state().timeouts.response;
        match self.unless_interrupted(async |call| call.key(timeout).await).await {
            Some(Keyed::Key(digit)) => {
                self.channel.state().keyed.push(digit);
                self.collect_extension().await
            }
            Some(Keyed::TimedOut) => self.turn(|context| context.jump_to_timeout()),
            // The step loop finds out by whom.
            None => true,
        }
    }

    /// Runs `h` and the hangup handlers, then hangs up.
    pub(super) async fn end(mut self) {
        self.is_ending = true;
        let cause = self.cause();
        let has_farewell = {
            let mut context = self.context();
            context.end_macros();
            context.state.hangup_cause = cause;
            context.state.has_jumped = false;
            context.has_here("h")
        };
        if has_farewell {
            self.turn(|context| {
                context.jump_here("h");
                true
            });
            self.walk(0).await;
            self.context().end_macros();
        }
        while let Some(handler) = self.next_handler() {
            self.run_routine(&handler).await;
        }
        let cause = self.channel.state().hangup_cause;
        self.channel.hang_up(cause);
    }

    fn next_handler(&self) -> Option<String> {
        self.channel.state().hangup_handlers.pop()
    }

    /// Runs the subroutine `context,extension,priority(arguments)` on this channel, as Dial's `U` and hangup handlers
    /// do, and comes back. False where it does not exist or did not return.
    pub async fn run_routine(&mut self, routine: &str) -> bool {
        let (back, outer) = {
            let mut context = self.context();
            let back = context.state.position.clone();
            let outer = context.state.frames.len();
            if !context.gosub(routine, back.priority) {
                return false;
            }
            context.state.has_jumped = false;
            (back, outer)
        };
        let has_returned = self.walk(outer + 1).await == Walked::Returned;
        let mut context = self.context();
        if has_returned {
            context.state.has_jumped = false;
        } else if self.is_ending {
            context.warn(&format!("the subroutine {routine} ended without Return"));
            while context.state.frames.len() > outer && (context.end_macro() || context.pop_gosub().is_some()) {}
            context.state.position = back;
        }
        has_returned
    }
}
