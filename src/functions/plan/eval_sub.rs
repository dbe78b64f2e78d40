//! `EVAL_SUB`

use std::future::Future as _;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Poll, Waker};

use crate::interpreter::{Argument, Call, Context, Function, FunctionError, Kind};

/// Runs a subroutine and gives what it returns: `EVAL_SUB([[context,]extension,]priority[(arguments)])`.
///
/// It must not wait: a step that needs time, such as `Wait` or `Playback`, ends it, and the value is empty.
pub static EVAL_SUB: Function =
    Function::new("EVAL_SUB", "What a subroutine returns", &[Argument::required("routine", Kind::Target)]).reads(read);

fn read(context: &mut Context<'_>, routine: &str, out: &mut String) -> Result<(), FunctionError> {
    let (false, Some(channel)) = (routine.is_empty(), context.channel) else {
        return Err(FunctionError::arguments("a subroutine and a channel are needed"));
    };
    let (here, depth) = (context.state.position.clone(), context.state.frames.len());
    let mut call = Call::new(Arc::clone(context.exchange), Arc::clone(channel));
    let polled =
        context.unlocked(|| pin!(call.run_routine(routine)).poll(&mut std::task::Context::from_waker(Waker::noop())));
    while context.state.frames.len() > depth {
        if context.pop_gosub().is_none() {
            context.state.frames.truncate(depth);
        }
    }
    context.state.position = here;
    context.state.has_jumped = false;
    match polled {
        Poll::Ready(true) => {
            out.push_str(context.state.variables.get("GOSUB_RETVAL").unwrap_or(""));
            Ok(())
        }
        Poll::Ready(false) => Err(FunctionError::not_found(format!("the subroutine {routine} did not return"))),
        Poll::Pending => Err(FunctionError::value(format!("the subroutine {routine} waits, which it must not here"))),
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_subroutine_gives_a_value_in_the_middle_of_a_step() {
        let told = Trial::of(
            "NoOp(${EVAL_SUB(twice,1(21))} ${EVAL_SUB(twice,1(4))})
             NoOp([${EVAL_SUB(slow,1)}] [${EVAL_SUB(none,1)}] [${EVAL_SUB()}] ${PRIORITY})
             exten => twice,1,Set(LOCAL(n)=${ARG1})
             exten => twice,2,Return($[${n} * 2])
             exten => slow,1,Wait(1)
             exten => slow,2,Return(late)",
        )
        .run();
        assert!(told.has("twice@default:2 Return 42"), "{:#?}", told.lines);
        assert!(told.has("100@default:2 NoOp 42 8"), "{:#?}", told.lines);
        assert!(told.has("100@default:3 NoOp [] [] [] 3"), "{:#?}", told.lines);
    }
}
