//! `Incomplete`

use crate::channel::Indication;
use crate::interpreter::{Application, Argument, Arguments, Call, Keyed, Kind, Letter, Outcome, Run};

/// Says that the number dialled is not complete.
///
/// A telephone that can goes on dialling. A call that is answered, or is answered now, waits for further keys, which are
/// added to the extension; where no longer extension could match, it is invalid.
pub static INCOMPLETE: Application = Application {
    name: "Incomplete",
    synopsis: "Asks for more digits",
    arguments: &[Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('n', "does not answer the call first")],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(incomplete(call, arguments))),
};

async fn incomplete(call: &mut Call, arguments: Arguments) -> Outcome {
    if !arguments.options(0).has('n') {
        call.channel.answer();
    }
    call.channel.indicate(Indication::Incomplete);
    let (dialled, is_beginning, timeout) = {
        let context = call.context();
        let state = &*context.state;
        let position = &state.position;
        let caller = state.caller.number();
        let is_beginning = context.lookup().matches_more(&position.context, &position.extension, caller);
        (position.extension.clone(), is_beginning, state.timeouts.digit)
    };
    let goes_on = if !is_beginning {
        call.context().jump_to_invalid(&dialled)
    } else if let Keyed::Key(digit) = call.key(timeout).await {
        call.channel.state().keyed = format!("{dialled}{digit}");
        return Outcome::Collect;
    } else {
        call.context().jump_to_timeout()
    };
    if goes_on { Outcome::Continue } else { Outcome::Hangup }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    #[test]
    fn further_keys_are_added_to_what_was_dialled() {
        let plan = "exten => 1,1,Incomplete\nexten => 123,1,NoOp(whole)\nexten => t,1,NoOp(nothing)\n";
        assert_eq!(Trial::pressing(plan, "23").last_step(), "123@default:1 NoOp whole");
        assert_eq!(Trial::pressing(plan, "").last_step(), "t@default:1 NoOp nothing");
    }
}
