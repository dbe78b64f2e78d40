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
    /// Those of MixMonitor.
    pub options: String,
    /// Runs when the file is complete.
    pub command: String,
}

/// A recording that is about to begin.
pub struct NewRecording {
    /// The name that it goes by, as it was given, and the file of that name.
    pub named: (String, PathBuf),
    /// The file that takes what is said.
    pub file: Recording,
    /// Others that take the same.
    pub copies: Vec<Recording>,
    /// Files that stay silent: what the recorder itself says.
    pub silent: Vec<Recording>,
    /// How much louder what is said becomes; 1.0 leaves it.
    pub gain: f32,
    /// Runs when the files are complete.
    pub done: Option<Box<dyn FnOnce() + Send>>,
}

impl NewRecording {
    /// One into a single file.
    pub fn of(file: Recording) -> Self {
        Self {
            named: (String::new(), file.path().to_owned()),
            file,
            copies: Vec::new(),
            silent: Vec::new(),
            gain: 1.0,
            done: None,
        }
    }

    /// How the recorder takes part.
    pub(super) fn ear(&self) -> MemberOptions {
        let rate = self.copies.iter().map(Recording::rate).fold(self.file.rate(), u32::max);
        let party = MemberOptions::party(Codec::linear_at(rate));
        MemberOptions { muted: true, recorded: true, listen_volume: self.gain, ..party }
    }
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
    copies: Vec<Recording>,
    silent: Vec<Recording>,
    begun: Instant,
    frames: u128,
    has_failed: bool,
}

impl Recorder {
    pub fn new(id: MemberId, new: NewRecording) -> Self {
        let NewRecording { file, copies, silent, done, .. } = new;
        let tape = Tape { recording: file, copies, silent, begun: Instant::now(), frames: 0, has_failed: false };
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
        let saved = self.files().try_for_each(Recording::save);
        self.note(saved.err());
    }

    fn files(&mut self) -> impl Iterator<Item = &mut Recording> {
        std::iter::once(&mut self.recording).chain(&mut self.copies).chain(&mut self.silent)
    }

    fn catch_up(&mut self, slack: u128) {
        let due = self.begun.elapsed().as_millis() / FRAME.as_millis();
        let silence = Frame::silence(Codec::linear_at(self.recording.rate()));
        while self.frames + slack < due && !self.has_failed {
            self.add(&silence);
        }
    }

    fn add(&mut self, frame: &Frame) {
        if self.has_failed {
            return;
        }
        self.frames += 1;
        let mut hearing = std::iter::once(&mut self.recording).chain(&mut self.copies);
        let written = hearing.try_for_each(|file| file.write(frame));
        let silence = Frame::silence(Codec::Linear);
        let written = written.and_then(|()| self.silent.iter_mut().try_for_each(|file| file.write(&silence)));
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
