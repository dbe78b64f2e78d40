//! `SET MUSIC`

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::applications::music;
use crate::interpreter::Call;

pub static SET_MUSIC: Command = Command::new(
    "SET MUSIC",
    "<on|off> [<class>]",
    "Plays music on hold while the script works, or ends it. The result is 0.",
    Run::Wait(|call, words| Box::pin(set_music(call, words))),
);

async fn set_music(call: &mut Call, words: Words) -> Reply {
    let begins = |start: &str| words.get(0).get(..start.len()).is_some_and(|word| word.eq_ignore_ascii_case(start));
    if words.is_empty() {
        return Reply::Usage;
    }
    if begins("on") {
        // The old one ends before the new one begins.
        call.background = None;
        call.background = Some(music::hold(call, &call.channel, words.get(1)));
    } else if begins("off") {
        call.background = None;
    }
    Reply::result(0)
}
