//! What happens where there is no next step, and at the end of a call: `i`, `t`, `T`, `e`, `h` and hangup handlers.

use super::active::Lookup;
use super::call::Walked;
use super::{Call, Context, Keyed};
use crate::channel::state::Frame;
use crate::channel::{Cause, Happening, Indication, Position, SoftHangup};

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
            let mut context = self.context();
            let state = &mut *context.state;
            state.records.note_place(&state.position);
            drop(context);
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
        self.leave_inside();
        self.channel.state().hangup_cause = self.cause();
        self.is_ending = true;
        // A called channel that walked no plan has handlers at the most.
        let walks_plan = self.channel.state().walks_plan;
        if walks_plan {
            let channel = &*self.channel;
            channel.channels().publish(&Happening::SoftHangupAsked { channel, by: SoftHangup::PlanEnded });
            self.say_farewell().await;
        }
        while let Some(handler) = self.next_handler() {
            self.run_routine(&handler).await;
        }
        let cause = self.channel.state().hangup_cause;
        self.channel.hang_up(cause);
    }

    /// Runs `h` of the context that the channel is in, if it has one. Nothing interrupts the call from here on.
    pub async fn say_farewell(&mut self) {
        self.is_ending = true;
        let has_farewell = {
            let mut context = self.context();
            context.end_macros();
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
    }

    fn next_handler(&self) -> Option<String> {
        let mut context = self.context();
        let handler = context.state.hangup_handlers.pop()?;
        context.tell_handler("HangupHandlerRun", &handler);
        Some(handler)
    }

    /// Walks the plan from another place until its end there, and comes back: what a key of a conference's menu runs. A
    /// `Hangup` in it ends that walk only. False where the call itself is to end, or to go elsewhere.
    pub async fn run_elsewhere(&mut self, place: Position) -> bool {
        let (outer, back) = {
            let mut state = self.channel.state();
            let back = std::mem::replace(&mut state.position, place);
            state.has_jumped = false;
            let outer = state.frames.len();
            // A Return there ends the walk, too.
            state.frames.push(Frame::Gosub { back: back.clone(), locals: Vec::new(), arguments: 0 });
            (outer, back)
        };
        self.walk_inside(outer, back.clone()).await;
        let goes_on = !self.channel.is_interrupted();
        let mut context = self.context();
        while context.state.frames.len() > outer && (context.end_macro() || context.pop_gosub().is_some()) {}
        context.state.position = back;
        context.state.has_jumped = false;
        goes_on
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

#[cfg(test)]
mod tests {
    use crate::channel::Cause;
    use crate::interpreter::trial::Trial;

    #[test]
    fn handlers_run_behind_h_and_the_last_one_first() {
        let plan = "exten => 1,1,Hangup(21)\nexten => h,1,NoOp(h)\n\
                    [end]\nexten => s,1,NoOp(${ARG1} ${HANGUPCAUSE})\nsame => n,Return\nexten => x,1,NoOp(no Return)\n";
        let trial = Trial::prepared(plan, |state| {
            state.hangup_handlers = vec!["end,s,1(a)".to_owned(), "end,x,1".to_owned()];
        });
        assert_eq!(
            trial.steps(),
            "1@default:1 Hangup 21\nh@default:1 NoOp h\nx@end:1 NoOp no Return\n\
             s@end:1 NoOp a 21\ns@end:2 Return\n"
        );
        assert_eq!(trial.cause(), Cause(21));
    }

    #[test]
    fn a_hang_up_in_a_macro_ends_where_it_was_called() {
        let trial = Trial::run(
            "exten => 1,1,Macro(m)\nexten => h,1,NoOp(${EXTEN} ${MACRO_EXTEN})\n\
             [macro-m]\nexten => s,1,Hangup\nexten => h,1,NoOp(never)\n",
        );
        assert_eq!(trial.last_step(), "h@default:1 NoOp h ");
    }

    #[test]
    fn the_time_limit_leads_to_the_capital_t() {
        let plan = "exten => 1,1,AbsoluteTimeout(1)\nsame => n,Wait(5)\n";
        let trial = Trial::run(&format!("{plan}exten => T,1,Wait(2)\nsame => n,NoOp(done)\nexten => e,1,NoOp(e)\n"));
        assert_eq!(trial.last_step(), "T@default:2 NoOp done");
        assert_eq!(Trial::run(&format!("{plan}exten => e,1,NoOp(e)\n")).last_step(), "e@default:1 NoOp e");
        assert_eq!(Trial::run(plan).last_step(), "1@default:2 Wait 5");
    }

    #[test]
    fn an_endless_loop_ends_at_the_time_limit() {
        let plan = "exten => 1,1,AbsoluteTimeout(1)\nsame => n,Wait(0.9)\nsame => n,Goto(2)\nexten => T,1,NoOp(T)\n";
        assert_eq!(Trial::run(plan).last_step(), "T@default:1 NoOp T");
    }

    #[test]
    fn what_waits_ends_h_and_what_works_does_not() {
        let trial =
            Trial::run("exten => 1,1,Hangup\nexten => h,1,TrySystem(true)\nsame => n,Wait(1)\nsame => n,NoOp\n");
        assert_eq!(trial.last_step(), "h@default:2 Wait 1");
    }

    #[test]
    fn a_wrong_extension_leads_to_i_and_nothing_keyed_to_t() {
        let plan = "exten => 1,1,WaitExten(1)\nexten => t,1,Goto(9,1)\nexten => i,1,NoOp(${INVALID_EXTEN})\n";
        assert_eq!(Trial::run(plan).last_step(), "i@default:1 NoOp 9");
    }

    #[test]
    fn the_end_of_a_failed_dial_tells_the_caller() {
        assert_eq!(Trial::run("exten => 1,1,Set(DIALSTATUS=BUSY)\n").cause(), Cause::BUSY);
        assert_eq!(Trial::run("exten => 1,1,Set(DIALSTATUS=NOANSWER)\n").cause(), Cause::NONE);
    }
}
