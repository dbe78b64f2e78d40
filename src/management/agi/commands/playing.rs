//! `STREAM FILE`, `GET OPTION`, `CONTROL STREAM FILE`

use std::time::Duration;

use super::super::command::{Command, Run};
use super::super::reply::{Reply, code};
use super::super::words::Words;
use super::keys::milliseconds;
use crate::applications::control_playback;
use crate::applications::playing::{self, Played};
use crate::interpreter::{Arguments, Call, Keyed};

/// Positions in a file count samples of 8 kHz.
const SAMPLES_PER_MILLISECOND: u64 = 8;

pub(super) fn samples(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX).saturating_mul(SAMPLES_PER_MILLISECOND)
}

pub(super) fn duration(samples: i32) -> Duration {
    Duration::from_millis(u64::try_from(samples).unwrap_or(0) / SAMPLES_PER_MILLISECOND)
}

pub static STREAM_FILE: Command = Command::new(
    "STREAM FILE",
    "<file> <keys> [<offset>]",
    "Plays a sound, from a sample of it on, until one of the keys is pressed; \"\" for none.\n\
     The result is the code of the key, 0 if the sound was heard to its end, -1 when the caller is gone or there is no\n\
     such sound; endpos tells the sample at which it ended.",
    Run::Wait(|call, words| Box::pin(stream_file(call, words))),
);

async fn stream_file(call: &mut Call, words: Words) -> Reply {
    if !(2..=3).contains(&words.len()) || (words.len() == 3 && words.number(2).is_none()) {
        return Reply::Usage;
    }
    match play(call, words.get(0), words.get(1), words.number(2).unwrap_or(0)).await {
        Some((key, position)) => Reply::with(code(key), format_args!("endpos={position}")),
        None => Reply::with(-1, format_args!("endpos={}", words.number(2).unwrap_or(0))).failed(),
    }
}

/// Plays a sound, and gives the key that ended it, and the sample.
async fn play(call: &mut Call, name: &str, keys: &str, offset: i32) -> Option<(Option<char>, u64)> {
    let language = call.channel.state().language.clone();
    let mut file = playing::open(call, name, &language)?;
    file.seek(duration(offset)).ok()?;
    let played = call
        .unless_interrupted(async |call| playing::play_file(call, &mut file, |key| !keys.contains(key)).await)
        .await;
    match played? {
        Played::Failed => None,
        played => Some((played.key(), samples(file.position()))),
    }
}

pub static GET_OPTION: Command = Command::new(
    "GET OPTION",
    "<file> <keys> [<milliseconds>]",
    "Plays a sound until one of the keys is pressed, and waits for one of them a while after its end.\n\
     The result is the code of the key, 0 if none came, -1 when the caller is gone or there is no such sound.",
    Run::Wait(|call, words| Box::pin(get_option(call, words))),
);

async fn get_option(call: &mut Call, words: Words) -> Reply {
    if !(2..=3).contains(&words.len()) {
        return Reply::Usage;
    }
    let keys = words.get(1);
    let limit = match words.len() {
        3 => milliseconds(words.number(2).unwrap_or(0)),
        _ => call.channel.state().timeouts.digit,
    };
    let Some((mut key, position)) = play(call, words.get(0), keys, 0).await else {
        return Reply::with(-1, "endpos=0").failed();
    };
    if key.is_none() {
        key = match call.unless_interrupted(async |call| call.key(limit).await).await {
            Some(Keyed::Key(key)) => Some(key).filter(|key| keys.contains(*key)),
            Some(Keyed::TimedOut) => None,
            None => return Reply::with(-1, format_args!("endpos={position}")).failed(),
        };
    }
    Reply::with(code(key), format_args!("endpos={position}"))
}

pub static CONTROL_STREAM_FILE: Command = Command::new(
    "CONTROL STREAM FILE",
    "<file> <keys> [<skip>] [<forward>] [<back>] [<pause>] [<offset>]",
    "Plays a sound that the caller can wind and pause with keys, until one of the stopping keys is pressed.\n\
     Skip and offset are in milliseconds, 3000 and 0 if they are not given; # winds forward and * back.\n\
     The result is the code of the key, 0 if the sound was heard to its end, -1 when the caller is gone or there is no\n\
     such sound. CPLAYBACKSTATUS and CPLAYBACKOFFSET tell more.",
    Run::Wait(|call, words| Box::pin(control_stream_file(call, words))),
);

async fn control_stream_file(call: &mut Call, words: Words) -> Reply {
    let is_number = |index| words.len() <= index || words.number(index).is_some();
    if !(2..=7).contains(&words.len()) || !is_number(2) || !is_number(6) {
        return Reply::Usage;
    }
    let [file, stop, skip, forward, back, pause, offset] = [0, 1, 2, 3, 4, 5, 6].map(|index| words.get(index));
    let arguments = format!("\"{file}\",{skip},{forward},{back},{stop},{pause},,o({offset})");
    let arguments = Arguments::new(arguments);
    let is_whole = call.unless_interrupted(async |call| control_playback::wind(call, &arguments).await).await.is_some();
    let mut context = call.context();
    let mut told = |name: &str| context.get(name).unwrap_or_default();
    let (status, mut position, key) = (told("CPLAYBACKSTATUS"), told("CPLAYBACKOFFSET"), told("CPLAYBACKSTOPKEY"));
    if status == "ERROR" {
        // Nothing was played.
        "-1".clone_into(&mut position);
    }
    let position = format!("endpos={position}");
    match status.as_str() {
        _ if !is_whole => Reply::with(-1, position).failed(),
        "SUCCESS" => Reply::with(0, position),
        "USERSTOPPED" => Reply::with(code(key.chars().next()), position),
        _ => Reply::with(-1, position).failed(),
    }
}
