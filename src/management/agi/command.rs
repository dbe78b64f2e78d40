//! What a command declares about itself, and the list of all.

use super::commands::{
    calls, database, exec, keys, log, music, place, playing, record, saying, speech, text, variables,
};
use super::reply::Reply;
use super::words::Words;
use crate::interpreter::{Call, Context};

/// One command.
pub struct Command {
    /// Its words; a script may write them in any case.
    pub name: &'static str,
    /// Its arguments, as a script sees them in the answer to a wrong command.
    pub takes: &'static str,
    /// What it does and answers.
    pub manual: &'static str,
    /// It may also be given when the caller is gone.
    pub works_dead: bool,
    pub run: Run,
}

/// How a command runs.
pub enum Run {
    /// It only computes.
    Compute(fn(&mut Context<'_>, &Words) -> Reply),
    /// It takes time. When the call is cut short it answers at once.
    Wait(for<'a> fn(&'a mut Call, Words) -> Answering<'a>),
}

/// A running command.
pub type Answering<'a> = std::pin::Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;

impl Command {
    /// A command that needs a caller.
    pub(super) const fn new(name: &'static str, takes: &'static str, manual: &'static str, run: Run) -> Self {
        Self { name, takes, manual, works_dead: false, run }
    }

    /// A command that may also be given when the caller is gone.
    pub(super) const fn dead(mut self) -> Self {
        self.works_dead = true;
        self
    }

    /// The command that a line names, and its arguments.
    pub fn find(line: &str) -> Option<(&'static Command, Words)> {
        let words = Words::parse(line);
        COMMANDS.iter().find_map(|command| Some((*command, words.behind(command.name)?)))
    }
}

/// All commands, sorted by name.
pub static COMMANDS: &[&Command] = &[
    &calls::ANSWER,
    &calls::ASYNCAGI_BREAK,
    &calls::CHANNEL_STATUS,
    &playing::CONTROL_STREAM_FILE,
    &database::DATABASE_DEL,
    &database::DATABASE_DELTREE,
    &database::DATABASE_GET,
    &database::DATABASE_PUT,
    &exec::EXEC,
    &keys::GET_DATA,
    &variables::GET_FULL_VARIABLE,
    &playing::GET_OPTION,
    &variables::GET_VARIABLE,
    &exec::GOSUB,
    &calls::HANGUP,
    &log::NOOP,
    &text::RECEIVE_CHAR,
    &text::RECEIVE_TEXT,
    &record::RECORD_FILE,
    &saying::SAY_ALPHA,
    &saying::SAY_DATE,
    &saying::SAY_DATETIME,
    &saying::SAY_DIGITS,
    &saying::SAY_NUMBER,
    &saying::SAY_PHONETIC,
    &saying::SAY_TIME,
    &text::SEND_IMAGE,
    &text::SEND_TEXT,
    &calls::SET_AUTOHANGUP,
    &variables::SET_CALLERID,
    &place::SET_CONTEXT,
    &place::SET_EXTENSION,
    &music::SET_MUSIC,
    &place::SET_PRIORITY,
    &variables::SET_VARIABLE,
    &speech::SPEECH_ACTIVATE_GRAMMAR,
    &speech::SPEECH_CREATE,
    &speech::SPEECH_DEACTIVATE_GRAMMAR,
    &speech::SPEECH_DESTROY,
    &speech::SPEECH_LOAD_GRAMMAR,
    &speech::SPEECH_RECOGNIZE,
    &speech::SPEECH_SET,
    &speech::SPEECH_UNLOAD_GRAMMAR,
    &playing::STREAM_FILE,
    &text::TDD_MODE,
    &log::VERBOSE,
    &keys::WAIT_FOR_DIGIT,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted_and_names_each_once() {
        let names: Vec<_> = COMMANDS.iter().map(|command| command.name).collect();
        assert!(names.is_sorted_by(|one, next| one < next), "{names:?}");
        assert!(
            names.iter().all(|name| name.chars().all(|character| character.is_ascii_uppercase() || character == ' '))
        );
    }

    #[test]
    fn a_line_names_a_command_by_all_its_words() {
        let found = |line| Command::find(line).map(|(command, words)| (command.name, words.len()));
        assert_eq!(found("set Variable X 1"), Some(("SET VARIABLE", 2)));
        assert_eq!(found("database deltree fam"), Some(("DATABASE DELTREE", 1)));
        assert_eq!(found("SET"), None);
        assert_eq!(found(""), None);
        assert_eq!(found("JUMP UP"), None);
    }

    #[test]
    fn a_wrong_command_answers_with_its_usage() {
        let lines = Reply::Usage.lines(&variables::SET_VARIABLE);
        assert!(
            lines.starts_with(
                "520-Invalid command syntax.  Proper usage follows:\n Usage: SET VARIABLE <name> <value>\n"
            )
        );
        assert!(lines.ends_with("\n520 End of proper usage.\n"));
    }
}
