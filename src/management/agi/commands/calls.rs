//! `ANSWER`, `HANGUP`, `SET AUTOHANGUP`, `CHANNEL STATUS`, `ASYNCAGI BREAK`

use std::time::Duration;

use tokio::time::Instant;

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::channel::Cause;
use crate::interpreter::{Call, Context, Exchange, leading_number};

pub static ANSWER: Command = Command::new(
    "ANSWER",
    "",
    "Answers the call if it is not up. 0 is the result, or -1 when the caller is gone.",
    Run::Wait(|call, _| Box::pin(answer(call))),
);

async fn answer(call: &mut Call) -> Reply {
    match call.unless_interrupted(async |call| call.answer(Duration::ZERO).await).await {
        Some(()) => Reply::result(0),
        None => Reply::failure(),
    }
}

pub static HANGUP: Command = Command::new(
    "HANGUP",
    "[<channel>]",
    "Ends the call, or that of another channel. 1 is the result, or -1 where there is no such channel.",
    Run::Compute(hangup),
);

fn hangup(context: &mut Context<'_>, words: &Words) -> Reply {
    let channel = match words.len() {
        0 => context.channel.cloned(),
        1 => context.exchange.channels.find(words.get(0)),
        _ => return Reply::Usage,
    };
    match channel {
        Some(channel) => {
            channel.request_hangup(Cause::NONE);
            Reply::result(1)
        }
        None => Reply::result(-1),
    }
}

pub static SET_AUTOHANGUP: Command = Command::new(
    "SET AUTOHANGUP",
    "<seconds>",
    "Lets the call end in so many seconds; 0 takes that back. The result is 0.",
    Run::Compute(set_autohangup),
);

fn set_autohangup(context: &mut Context<'_>, words: &Words) -> Reply {
    let text = words.get(0).trim_start();
    if words.len() != 1 || !text.starts_with(|start: char| start.is_ascii_digit() || "+-.".contains(start)) {
        return Reply::Usage;
    }
    let seconds = leading_number(text);
    let limit = (seconds > 0.0).then(|| Instant::now().checked_add(Exchange::pause(seconds)));
    context.state.timeouts.absolute = limit.flatten();
    Reply::result(0)
}

pub static CHANNEL_STATUS: Command = Command::new(
    "CHANNEL STATUS",
    "[<channel>]",
    "Tells how far this or another channel has come:\n\
     0 down and free, 1 down but reserved, 2 off hook, 3 dialling, 4 calling, 5 ringing at the far end, 6 up, 7 busy;\n\
     -1 where there is no such channel.",
    Run::Compute(channel_status),
);

fn channel_status(context: &mut Context<'_>, words: &Words) -> Reply {
    let channel = match words.len() {
        0 => context.channel.cloned(),
        1 => context.exchange.channels.find(words.get(0)),
        _ => return Reply::Usage,
    };
    match channel {
        Some(channel) => Reply::result(channel.phase().number()),
        None => Reply::result(-1),
    }
}

pub static ASYNCAGI_BREAK: Command = Command::new(
    "ASYNCAGI BREAK",
    "",
    "Ends an asynchronous AGI; elsewhere it does nothing. The result is 0.",
    Run::Compute(|_, _| Reply::result(0)),
)
.dead();
