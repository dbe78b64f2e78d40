//! A member's name in its own voice, for announcements.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::applications::playing::{self, Played};
use crate::interpreter::{Call, Keyed};
use crate::media::sound::Recording;
use crate::media::{Frame, Sink};

/// A name is not longer.
const LONGEST: Duration = Duration::from_secs(10);
/// How long a choice is waited for, and how often.
const CHOICE: Duration = Duration::from_secs(6);
const ATTEMPTS: usize = 3;

/// A recorded name. Its file is removed with it, unless it is a greeting that belongs to a mailbox.
#[derive(Debug)]
pub(super) struct Name {
    /// The file without its extension, as sounds are named.
    pub sound: String,
    temporary: Option<PathBuf>,
}

impl Name {
    /// A greeting of a mailbox, which stays.
    pub fn of_mailbox(sound: String) -> Self {
        Self { sound, temporary: None }
    }
}

impl Drop for Name {
    fn drop(&mut self) {
        if let Some(path) = &self.temporary {
            // It may never have been made.
            let _ = std::fs::remove_file(path);
        }
    }
}

struct Tape(Mutex<Recording>);

impl Sink for Tape {
    fn accept(&self, frame: &Frame) {
        // A disk that is full makes a short name.
        let _ = self.0.lock().write(frame);
    }
}

/// Asks for the name and records it to `sound.sln`; with `reviews` the member may hear it and speak again. Nothing,
/// with a warning, where it cannot be written.
pub(super) async fn record(call: &mut Call, sound: &Path, reviews: bool) -> Option<Name> {
    let mut path = sound.as_os_str().to_owned();
    path.push(".sln");
    let path = PathBuf::from(path);
    let name = Name { sound: sound.to_string_lossy().into_owned(), temporary: Some(path.clone()) };
    take(call, &path).await?;
    let mut silent = 0;
    while reviews && silent < ATTEMPTS {
        let key = match playing::play_until(call, "vm-review", "123").await {
            Played::Key(key) => Some(key),
            Played::Whole | Played::Failed => match call.key(CHOICE).await {
                Keyed::Key(key) => Some(key),
                Keyed::TimedOut => None,
            },
        };
        match key {
            Some('1') => {
                playing::play(call, "vm-msgsaved").await;
                break;
            }
            Some('2') => playing::play(call, &name.sound).await,
            Some('3') => take(call, &path).await?,
            _ => silent += 1,
        }
    }
    Some(name)
}

/// Records once, up to `#` or the longest name.
async fn take(call: &mut Call, path: &Path) -> Option<()> {
    playing::play(call, "vm-rec-name").await;
    playing::play(call, "beep").await;
    if let Some(folder) = path.parent() {
        // If that fails, so does the file, which tells why.
        let _ = std::fs::create_dir_all(folder);
    }
    let recording = match Recording::create(path) {
        Ok(recording) => recording,
        Err(error) => {
            call.context().warn(&format!("the member's name cannot be recorded: {error}"));
            return None;
        }
    };
    let tape = Arc::new(Tape(Mutex::new(recording)));
    let listening = call.channel.listen(tape);
    let end = tokio::time::Instant::now() + LONGEST;
    while let Keyed::Key(key) = call.key(end.saturating_duration_since(tokio::time::Instant::now())).await {
        if key == '#' {
            break;
        }
    }
    drop(listening);
    Some(())
}
