//! The console: what admins type, and what scripts send through `-rx` or the manager's `Command`.
//!
//! A [`Command`] is a value, one list holds all ([`COMMANDS`]), a file of `commands` has those of a family. It makes
//! something that is shown twice from the same data: as the text whose layout scripts rely on, and as JSON where
//! `--json` stands behind the command ([`Answer`]). [`execute`] is the whole way of a line.

pub mod answer;
pub mod client;
pub mod command;
pub mod protocol;
pub mod request;
pub mod socket;
mod table;
pub mod verbose;

mod commands;

pub use answer::{Answer, Outcome};
pub use command::{COMMANDS, Command};
pub use request::{Request, Session};

use crate::management::pbx::Pbx;

/// Carries out a line, as `core show channels concise`. An empty line does nothing.
///
/// The manager's `Command` calls this with a [`Session`] of its own and sends [`Answer::text`] line by line; the outcome
/// says whether its response is `Success`.
pub async fn execute(pbx: &Pbx, session: &Session, line: &str) -> Answer {
    let (words, wants_json) = request::split(line);
    let Some((command, rest)) = Command::find(&words) else {
        return if words.is_empty() { Answer::default() } else { Answer::unknown(&words) };
    };
    let request = Request { pbx, session, command, words: rest };
    let answer = command.run(&request).await;
    if wants_json { answer.into_json() } else { answer.signed(line.trim()) }
}

/// What a line that is being typed may go on with: whole lines, sorted.
pub fn complete(pbx: &Pbx, line: &str) -> Vec<String> {
    command::complete(pbx, line)
}

#[cfg(test)]
mod layouts;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
