//! `RECORD FILE`

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use super::keys::milliseconds;
use super::playing::samples;
use crate::applications::playing::{self, Played};
use crate::channel::Event;
use crate::interpreter::Call;
use crate::media::sound::{self, Recording, SoundError};
use crate::media::{Frame, Sink};

pub static RECORD_FILE: Command = Command::new(
    "RECORD FILE",
    "<file> <format> <keys> <milliseconds> [<offset>] [BEEP] [s=<silence>]",
    "Records the caller until one of the keys is pressed, the time is over (-1: never), or there was silence for so many\n\
     seconds. An offset keeps what is there and adds to it. The result is the code of the key and (dtmf), 0 and\n\
     (timeout), -1 and (hangup), or -1 and (writefile); endpos tells how many samples were recorded.",
    Run::Wait(|call, words| Box::pin(record_file(call, words))),
);

/// The sound of the key that ended a recording, which is cut off.
const KEY: Duration = Duration::from_millis(200);

/// Of the silence that ended a recording this much stays.
const KEPT_SILENCE: Duration = Duration::from_secs(1);

struct Listener {
    recording: Mutex<Recording>,
    /// When the party was last loud.
    loud: Mutex<Instant>,
}

impl Sink for Listener {
    fn accept(&self, frame: &Frame) {
        // What cannot be written is missing in the file; endpos tells.
        let _ = self.recording.lock().write(frame);
        if !frame.is_silent() {
            *self.loud.lock() = Instant::now();
        }
    }
}

/// How listening ended.
enum Ended {
    Key(char),
    Time,
    Silence,
}

async fn record_file(call: &mut Call, words: Words) -> Reply {
    let Some(limit) = words.number(3).filter(|_| words.len() >= 4) else { return Reply::Usage };
    let extras: Vec<&str> = (4..words.len().min(7)).map(|index| words.get(index)).collect();
    let silence =
        extras.iter().find_map(|extra| extra.strip_prefix("s=")).and_then(crate::interpreter::leading_integer);
    let silence = silence.and_then(|seconds| u64::try_from(seconds).ok()).filter(|seconds| *seconds > 0);
    let beeps = extras
        .iter()
        .enumerate()
        .any(|(at, extra)| !extra.contains('=') && (at > 0 || crate::interpreter::leading_integer(extra).is_none()));
    let appends = words.number(4).is_some_and(|offset| offset > 0);
    let keys = words.get(2);
    if beeps {
        match call.unless_interrupted(async |call| playing::play_until(call, "beep", keys).await).await {
            Some(Played::Key(key)) => return Reply::with(u32::from(key), "(randomerror) endpos=0"),
            Some(_) => {}
            None => return Reply::with(-1, "(hangup) endpos=0").failed(),
        }
    }
    let recording = match open(&path(call, words.get(0), words.get(1)), appends) {
        Ok(recording) => recording,
        Err(error) => {
            call.context().warn(&format!("AGI: RECORD FILE: {error}"));
            return Reply::with(-1, "(writefile)").failed();
        }
    };
    let listener = Arc::new(Listener { recording: Mutex::new(recording), loud: Mutex::new(Instant::now()) });
    let (limit, silence) = (milliseconds(limit), silence.map(Duration::from_secs));
    let heard = Arc::clone(&listener);
    let ended = call.unless_interrupted(async |call| listen(call, &heard, keys, limit, silence).await).await;
    let cut = match ended {
        Some(Ended::Key(_)) => KEY,
        Some(Ended::Silence) => silence.unwrap_or_default().saturating_sub(KEPT_SILENCE),
        _ => Duration::ZERO,
    };
    let mut recording = listener.recording.lock();
    // A failure leaves the end in.
    let _ = recording.shorten(cut);
    let position = samples(recording.length());
    match ended {
        Some(Ended::Key(key)) => Reply::with(u32::from(key), format_args!("(dtmf) endpos={position}")),
        Some(Ended::Time | Ended::Silence) => Reply::with(0, format_args!("(timeout) endpos={position}")),
        None => Reply::with(-1, format_args!("(hangup) endpos={position}")).failed(),
    }
}

async fn listen(
    call: &Call,
    listener: &Arc<Listener>,
    keys: &str,
    limit: Duration,
    silence: Option<Duration>,
) -> Ended {
    *listener.loud.lock() = Instant::now();
    let _listening = call.channel.listen(listener.clone());
    let key = async {
        loop {
            match call.channel.event().await {
                Event::Digit(key) if keys.contains(key) => return key,
                _ => {}
            }
        }
    };
    let all_is_silent = async {
        let Some(silence) = silence else { return std::future::pending().await };
        loop {
            let due = *listener.loud.lock() + silence;
            if due <= Instant::now() {
                return;
            }
            tokio::time::sleep_until(due).await;
        }
    };
    tokio::select! {
        biased;
        key = key => Ended::Key(key),
        () = all_is_silent => Ended::Silence,
        () = tokio::time::sleep(limit) => Ended::Time,
    }
}

/// A relative name is in the first sound folder, which is made; folders in it are not, as with Asterisk.
fn path(call: &Call, name: &str, format: &str) -> PathBuf {
    let folder = call.exchange.audio().sounds.folders().first().cloned().unwrap_or_default();
    if Path::new(name).is_relative() {
        // If that fails, so does the file, which tells why.
        let _ = std::fs::create_dir_all(&folder);
    }
    sound::in_format(&folder.join(name), format)
}

fn open(path: &Path, appends: bool) -> Result<Recording, SoundError> {
    if appends { Recording::append(path) } else { Recording::create(path) }
}
