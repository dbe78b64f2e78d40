//! `EXEC`, `GOSUB`

use std::borrow::Cow;

use super::super::command::{Command, Run};
use super::super::reply::{Reply, code};
use super::super::words::Words;
use crate::dialplan::compile::separators::SEPARATED;
use crate::interpreter::{Call, Outcome};

pub static EXEC: Command = Command::new(
    "EXEC",
    "<application> [<arguments>]",
    "Runs an application of the plan. Its arguments are one word: put them into quotes; ${} is not substituted.\n\
     0 is the result, -1 when the application would end the call, -2 where there is no such application.",
    Run::Wait(|call, words| Box::pin(exec(call, words))),
)
.dead();

async fn exec(call: &mut Call, words: Words) -> Reply {
    if words.is_empty() {
        return Reply::Usage;
    }
    let Some(application) = call.exchange.library.application(words.get(0)) else {
        call.context().warn(&format!("AGI: EXEC: there is no application {}", words.get(0)));
        return Reply::result(-2);
    };
    let arguments = commas(call, application.name, words.get(1));
    let outcome = match call.channel.hangup_cause() {
        // Nobody is there whom a hang-up could take away.
        Some(_) => Some(call.execute(application, &arguments).await),
        None => call.unless_interrupted(async |call| call.execute(application, &arguments).await).await,
    };
    match outcome {
        Some(Outcome::Continue) => Reply::result(0),
        Some(Outcome::Collect) => Reply::result(code(std::mem::take(&mut call.channel.state().keyed).chars().next())),
        Some(Outcome::Hangup | Outcome::Execute) | None => Reply::result(-1),
    }
}

/// Scripts from before Asterisk 1.6 separate arguments by `|`, which means nothing else to the applications that always
/// took several: it becomes a comma where there is none.
fn commas<'a>(call: &Call, application: &str, arguments: &'a str) -> Cow<'a, str> {
    let is_old = arguments.contains('|') && !arguments.contains(',');
    if !is_old || !SEPARATED.contains(&application.to_ascii_lowercase().as_str()) {
        return Cow::Borrowed(arguments);
    }
    call.context().warn(&format!("AGI: EXEC {application}: `|` separates as before Asterisk 1.6; write commas"));
    Cow::Owned(arguments.replace('|', ","))
}

pub static GOSUB: Command = Command::new(
    "GOSUB",
    "<context> <extension> <priority> [<arguments>]",
    "Runs a subroutine of the plan to its Return, and answers twice: 100 when it begins, 200 when it is done.\n\
     -1 is the result where there is no such place.",
    Run::Wait(|call, words| Box::pin(gosub(call, words))),
);

async fn gosub(call: &mut Call, words: Words) -> Reply {
    if !(3..=4).contains(&words.len()) {
        return Reply::Usage;
    }
    let place = format!("{},{},{}", words.get(0), words.get(1), words.get(2));
    let exists = {
        let mut context = call.context();
        let lookup = context.lookup();
        let target = context.resolve(&place);
        let caller = context.state.caller.number();
        target.is_some_and(|target| lookup.exists(&target.context, &target.extension, target.priority, caller))
    };
    if !exists {
        return Reply::with(-1, "Gosub label not found").failed();
    }
    let routine = if words.len() > 3 { format!("{place}({})", words.get(3)) } else { place };
    let ran = call.unless_interrupted(async |call| call.run_routine(&routine).await).await;
    let reply = match ran {
        Some(_) => Reply::with(0, "Gosub complete"),
        None => Reply::with(-1, "Gosub failed"),
    };
    reply.after("100 result=0 Trying...")
}
