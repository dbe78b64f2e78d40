//! `SEND TEXT`, `SEND IMAGE`, `RECEIVE CHAR`, `RECEIVE TEXT`, `TDD MODE`: what telephones show and type.

use std::sync::Arc;

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use super::keys::milliseconds;
use crate::applications::receive_text::next_text;
use crate::interpreter::{Call, Context};

pub static SEND_TEXT: Command = Command::new(
    "SEND TEXT",
    "<text>",
    "Shows the caller a text, where its telephone can. The result is 0, also where it cannot.",
    Run::Compute(send_text),
);

fn send_text(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 1 {
        return Reply::Usage;
    }
    if let Some(channel) = context.channel {
        // A telephone that shows no text is no failure.
        let _ = channel.leg().send_text(words.get(0));
    }
    Reply::result(0)
}

pub static SEND_IMAGE: Command = Command::new(
    "SEND IMAGE",
    "<image>",
    "Shows the caller an image, where its telephone can. The result is 0, also where it cannot.",
    Run::Compute(|_, words| if words.len() == 1 { Reply::result(0) } else { Reply::Usage }),
);

pub static TDD_MODE: Command = Command::new(
    "TDD MODE",
    "<on|off|mate|tdd>",
    "Sends and takes text for the deaf. 1 is the result, or 0 where the channel cannot.",
    Run::Compute(|_, words| if words.len() == 1 { Reply::result(0) } else { Reply::Usage }),
);

pub static RECEIVE_CHAR: Command = Command::new(
    "RECEIVE CHAR",
    "<milliseconds>",
    "Waits for a character that the caller types. Its code is the result, or -1 and (hangup) where none came.",
    Run::Wait(|call, words| Box::pin(receive(call, words, character))),
);

pub static RECEIVE_TEXT: Command = Command::new(
    "RECEIVE TEXT",
    "<milliseconds>",
    "Waits for a text that the caller types. 1 is the result, and the text in brackets, or -1 where none came.",
    Run::Wait(|call, words| Box::pin(receive(call, words, whole))),
);

fn character(text: Option<Arc<str>>) -> Reply {
    match text.and_then(|text| text.chars().next()) {
        Some(character) => Reply::result(u32::from(character)),
        None => Reply::with(-1, "(hangup)").failed(),
    }
}

fn whole(text: Option<Arc<str>>) -> Reply {
    text.map_or_else(|| Reply::result(-1), |text| Reply::value(&text))
}

/// Waits for a text. That the time ran out is told like a hang-up, as in Asterisk.
async fn receive(call: &mut Call, words: Words, tell: fn(Option<Arc<str>>) -> Reply) -> Reply {
    if words.len() != 1 {
        return Reply::Usage;
    }
    let limit = milliseconds(words.number(0).filter(|limit| *limit > 0).unwrap_or(-1));
    let heard = call.unless_interrupted(async |call| tokio::time::timeout(limit, next_text(call)).await.ok()).await;
    tell(heard.flatten())
}
