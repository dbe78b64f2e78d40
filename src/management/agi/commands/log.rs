//! `NOOP`, `VERBOSE`

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::interpreter::Context;

pub static NOOP: Command =
    Command::new("NOOP", "[<text>]", "Does nothing. The result is 0.", Run::Compute(|_, _| Reply::result(0))).dead();

pub static VERBOSE: Command = Command::new(
    "VERBOSE",
    "<message> [<level>]",
    "Writes a message into the log. The level is 1 for what matters most to 4. The result is 1.",
    Run::Compute(verbose),
)
.dead();

fn verbose(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.is_empty() {
        return Reply::Usage;
    }
    let channel = context.channel.map_or("-", |channel| channel.name());
    let level = words.number(1).unwrap_or(0);
    tracing::info!(target: "exten::agi", channel, level, "{}", words.get(0));
    Reply::result(1)
}
