//! `AGI`: commands for calls that wait for them.

use super::{Action, Answer, Asked, Run};
use crate::interpreter::{NotTaken, RemoteCommand};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;

/// Gives a call that runs `AGI(agi:async)` a command.
pub static AGI: Action =
    Action::new("AGI", Privilege::AGI, "Add an AGI command to execute by Async AGI.", Run::Compute(agi));

fn agi(asked: &Asked<'_>) -> Answer {
    let both = asked.get("Channel").zip(asked.get("Command"));
    let (name, command) = both.ok_or_else(|| Reply::error("Both, Channel and Command are *required*"))?;
    let channel = asked.find(name).ok_or_else(|| Reply::error(format_args!("Channel {name} does not exist.")))?;
    let command = RemoteCommand { command: command.to_owned(), id: asked.get("CommandID").map(str::to_owned) };
    match asked.exchange().remote.give(channel.unique_id(), command) {
        Ok(()) => Ok(Reply::done("Added AGI command to queue")),
        Err(NotTaken::NotWaiting) => Err(Reply::error(format_args!("Channel {name} is not at Async AGI"))),
        Err(NotTaken::Full) => Err(Reply::error("Failed to add AGI command to queue: too many wait")),
    }
}
