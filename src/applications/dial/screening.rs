//! What happens between the answer and the talk: announcements to the callee, macros and subroutines that decide
//! whether it takes the call.

use std::sync::Arc;

use super::Wish;
use super::report::Report;
use crate::applications::playing;
use crate::applications::talk::Callee;
use crate::channel::{Channel, Position};
use crate::interpreter::{Call, Outcome};

/// What the callee's part decided.
pub(super) enum Screened {
    /// The two may talk.
    Talk,
    /// The caller goes on with the plan; the callee is dropped.
    GoOn,
    /// Dial ends like this; the callee is dropped.
    Leave(Outcome),
}

pub(super) async fn screen(call: &mut Call, wish: &Wish, callee: &Callee, report: &mut Report) -> Screened {
    let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(callee.channel()));
    let channel = Arc::clone(callee.channel());
    let steps = async {
        if let Some(sounds) = wish.options.argument('A') {
            let (callees, callers) = sounds.split_once(':').unwrap_or((sounds, ""));
            let theirs = async {
                if !callees.is_empty() {
                    playing::play_all(&mut theirs, callees).await;
                }
            };
            let ours = async {
                if !callers.is_empty() {
                    playing::play_all(call, callers).await;
                }
            };
            tokio::join!(theirs, ours);
        }
        let mut result = None;
        if let Some(text) = wish.options.argument('M') {
            // The macro sees where the caller is.
            let position = call.channel.state().position.clone();
            theirs.channel.state().position = Position { priority: 1, ..position };
            result = run_macro(&mut theirs, text).await;
        }
        if let Some(text) = wish.options.argument('U') {
            theirs.run_routine(&routine_of_context(text)).await;
            result = theirs.context().get("GOSUB_RESULT");
        }
        result
    };
    let result = tokio::select! {
        biased;
        result = steps => result,
        () = channel.interrupted() => None,
    };
    if channel.is_interrupted() {
        report.set_status("ANSWER");
        return Screened::Leave(if wish.options.has('g') { Outcome::Continue } else { Outcome::Hangup });
    }
    judge(call, wish, result.as_deref().unwrap_or(""), report)
}

/// What `MACRO_RESULT` and `GOSUB_RESULT` ask for.
fn judge(call: &Call, wish: &Wish, result: &str, report: &mut Report) -> Screened {
    match result {
        "BUSY" | "CONGESTION" | "CHANUNAVAIL" | "NOANSWER" => {
            let status = ["BUSY", "CONGESTION", "CHANUNAVAIL", "NOANSWER"].into_iter().find(|known| *known == result);
            report.set_status(status.unwrap_or("NOANSWER"));
            Screened::GoOn
        }
        "CONTINUE" => Screened::GoOn,
        "ABORT" => Screened::Leave(if wish.options.has('g') { Outcome::Continue } else { Outcome::Hangup }),
        _ => match result.strip_prefix("GOTO:") {
            Some(target) => {
                let target = target.replace('^', ",");
                // A label that is not there leaves the caller where it is.
                let is_label = !target.contains(',');
                if call.context().goto(&target) || is_label { Screened::GoOn } else { Screened::Leave(Outcome::Hangup) }
            }
            None => Screened::Talk,
        },
    }
}

/// `M(name^argument…)`: runs `macro-name` and gives `MACRO_RESULT`.
async fn run_macro(theirs: &mut Call, text: &str) -> Option<String> {
    let application = theirs.exchange.library.application("Macro")?;
    theirs.run_application(application, &text.replace('^', ",")).await;
    theirs.context().get("MACRO_RESULT")
}

/// `b(…)` and `B(…)`: `[[context^]extension^]priority[(argument^…)]`.
pub fn routine(text: &str) -> String {
    let (target, arguments) = match text.split_once('(') {
        Some((target, arguments)) => (target, arguments.strip_suffix(')').unwrap_or(arguments)),
        None => (text, ""),
    };
    format!("{}({})", target.replace('^', ","), arguments.replace('^', ","))
}

/// The same for a called channel: what is left out of its place is the caller's.
pub fn routine_of(caller: &Channel, text: &str) -> String {
    let routine = routine(text);
    let target = routine.split('(').next().unwrap_or(&routine);
    let state = caller.state();
    let Position { context, extension, .. } = &state.position;
    match target.matches(',').count() {
        0 => format!("{context},{extension},{routine}"),
        1 => format!("{context},{routine}"),
        _ => routine,
    }
}

/// `U(context^argument…)`: enters at s,1. Commas may stand for the carets.
fn routine_of_context(text: &str) -> String {
    let text = text.replace('^', ",");
    let (context, arguments) = text.split_once(',').unwrap_or((&text, ""));
    format!("{context},s,1({arguments})")
}

/// Runs a subroutine on the called channel; false where it did not return.
pub(super) async fn run_on(call: &Call, callee: &Callee, routine: &str) -> bool {
    let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(callee.channel()));
    // One that is not there keeps nobody from calling.
    let exists = theirs.context().find_subroutine(routine).is_some();
    !exists || theirs.run_routine(routine).await
}
