//! `SPEECH …`: speech recognition, for which exten has no engine. Each command says so.

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::interpreter::Context;

const MANUAL: &str = "Speech recognition needs an engine, and there is none: the result is 0.";

/// A command that takes from `LEAST` to `MOST` arguments.
const fn command<const LEAST: usize, const MOST: usize>(name: &'static str, takes: &'static str) -> Command {
    Command::new(name, takes, MANUAL, Run::Compute(refuse::<LEAST, MOST>))
}

fn refuse<const LEAST: usize, const MOST: usize>(_: &mut Context<'_>, words: &Words) -> Reply {
    if (LEAST..=MOST).contains(&words.len()) { Reply::result(0) } else { Reply::Usage }
}

pub static SPEECH_CREATE: Command = command::<0, 1>("SPEECH CREATE", "<engine>");

pub static SPEECH_SET: Command = command::<2, 2>("SPEECH SET", "<name> <value>");

pub static SPEECH_DESTROY: Command = command::<0, { usize::MAX }>("SPEECH DESTROY", "").dead();

pub static SPEECH_LOAD_GRAMMAR: Command = command::<2, 2>("SPEECH LOAD GRAMMAR", "<grammar> <path>");

pub static SPEECH_UNLOAD_GRAMMAR: Command = command::<1, 1>("SPEECH UNLOAD GRAMMAR", "<grammar>").dead();

pub static SPEECH_ACTIVATE_GRAMMAR: Command = command::<1, 1>("SPEECH ACTIVATE GRAMMAR", "<grammar>");

pub static SPEECH_DEACTIVATE_GRAMMAR: Command = command::<1, 1>("SPEECH DEACTIVATE GRAMMAR", "<grammar>");

pub static SPEECH_RECOGNIZE: Command =
    command::<2, { usize::MAX }>("SPEECH RECOGNIZE", "<prompt> <milliseconds> [<offset>]");
