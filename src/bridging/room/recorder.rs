//! Recording a room: a member that only hears, and into a file.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::MemberId;
use crate::bridging::mixer::MemberOptions;
use crate::media::sound::Recording;
use crate::media::{Codec, FRAME, Frame};

/// A room ticks a little late at times; only what is missing beyond this many frames is silence.
const SLACK: u128 = 5;

/// What a room's recordings go by when no file is named: the keys `record_…` of a bridge profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordSettings {
    /// Empty for a name made of the room's and the time.
    pub file: String,
    /// Adds to a file that is there.
    pub appends: bool,
    /// The time becomes part of a given name.
    pub has_timestamp: bool,
    /// Runs when the file is complete.
    pub command: String,
}

/// How the recorder takes part.
pub(super) fn ear() -> MemberOptions {
    MemberOptions { muted: true, recorded: true, ..MemberOptions::party(Codec::Linear) }
}

/// A recording of a room.
pub(super) struct Recorder {
    id: MemberId,
    tape: Arc<Mutex<Tape>>,
    done: Option<Box<dyn FnOnce() + Send>>,
}

/// The file, in step with the clock: while nobody talks the room is still, and the silence is added afterwards.
pub(super) struct Tape {
    recording: Recording,
    begun: Instant,
    frames: u128,
    has_failed: bool,
}

impl Recorder {
    pub fn new(id: MemberId, recording: Recording, done: Option<Box<dyn FnOnce() + Send>>) -> Self {
        let tape = Tape { recording, begun: Instant::now(), frames: 0, has_failed: false };
        Self { id, tape: Arc::new(Mutex::new(tape)), done }
    }

    pub fn id(&self) -> MemberId {
        self.id
    }

    pub fn tape(&self) -> &Arc<Mutex<Tape>> {
        &self.tape
    }

    pub fn path(&self) -> PathBuf {
        self.tape.lock().recording.path().to_owned()
    }

    /// Completes the file.
    pub fn finish(self) -> PathBuf {
        let mut tape = self.tape.lock();
        tape.catch_up(0);
        tape.save();
        let path = tape.recording.path().to_owned();
        drop(tape);
        if let Some(done) = self.done {
            done();
        }
        path
    }
}

impl Tape {
    pub fn write(&mut self, frame: &Frame) {
        self.catch_up(SLACK);
        self.add(frame);
    }

    /// The room falls silent: what was said so far is to outlive a crash.
    pub fn save(&mut self) {
        let saved = self.recording.save();
        self.note(saved.err());
    }

    fn catch_up(&mut self, slack: u128) {
        let due = self.begun.elapsed().as_millis() / FRAME.as_millis();
        let silence = Frame::silence(Codec::Linear);
        while self.frames + slack < due && !self.has_failed {
            self.add(&silence);
        }
    }

    fn add(&mut self, frame: &Frame) {
        if self.has_failed {
            return;
        }
        self.frames += 1;
        let written = self.recording.write(frame);
        self.note(written.err());
    }

    /// A disk that is full is said once, and the conference goes on.
    fn note(&mut self, error: Option<crate::media::sound::SoundError>) {
        if let Some(error) = error
            && !std::mem::replace(&mut self.has_failed, true)
        {
            tracing::error!("a conference is recorded no further: {error}");
        }
    }
}
