//! `WaitExten`

use crate::interpreter::{
    Application, Argument, Arguments, Call, Exchange, Keyed, Kind, Letter, Outcome, Run, seconds,
};

/// Waits for the caller to dial an extension.
///
/// Without a time, it waits as long as `TIMEOUT(response)` says. Where nothing is pressed, the next step follows; if
/// there is none, the call goes to `t`, else to `e`, else it ends. What is pressed is completed as long as a longer
/// extension could match, with `TIMEOUT(digit)` between the keys; a number that is no extension goes to `i`.
pub static WAIT_EXTEN: Application = Application {
    name: "WaitExten",
    synopsis: "Waits for the caller to dial an extension",
    arguments: &[Argument::optional("seconds", Kind::Seconds), Argument::optional("options", Kind::Options)],
    options: &[
        Letter::with('m', "class", "plays music on hold meanwhile"),
        Letter::plain('d', "plays the dial tone meanwhile"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(wait_exten(call, arguments))),
};

async fn wait_exten(call: &mut Call, arguments: Arguments) -> Outcome {
    let given = seconds(arguments.get(0)).map(Exchange::pause).filter(|given| !given.is_zero());
    let timeout = given.unwrap_or_else(|| call.channel.state().timeouts.response);
    if let Keyed::Key(digit) = call.key(timeout).await {
        call.channel.state().keyed.push(digit);
        return Outcome::Collect;
    }
    let mut context = call.context();
    let position = &context.state.position;
    let (next, caller) = (position.priority.saturating_add(1), context.state.caller.number());
    let has_next = context.lookup().exists(&position.context, &position.extension, next, caller);
    if has_next || context.jump_to_timeout() { Outcome::Continue } else { Outcome::Hangup }
}

#[cfg(test)]
mod tests {
    use crate::interpreter::trial::Trial;

    const MENU: &str = "exten => 1,1,WaitExten(5)\nexten => 2,1,NoOp(two)\nexten => 23,1,NoOp(more)\nexten => i,1,NoOp(${INVALID_EXTEN})\n\
                        exten => t,1,NoOp(nothing)\n";

    #[test]
    fn keys_become_an_extension() {
        assert_eq!(Trial::pressing(MENU, "23").last_step(), "23@default:1 NoOp more");
        assert_eq!(Trial::pressing(MENU, "2").last_step(), "2@default:1 NoOp two");
        assert_eq!(Trial::pressing(MENU, "7").last_step(), "i@default:1 NoOp 7");
        assert_eq!(Trial::pressing(MENU, "").last_step(), "t@default:1 NoOp nothing");
    }
}
