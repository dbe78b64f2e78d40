//! A call that is recorded: the tap that writes it, and what follows when it ends.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;

use super::tell;
use super::timeline::{Place, Timeline};
use crate::applications::system;
use crate::channel::Channel;
use crate::channel::tap::{Tap, Way};
use crate::media::Frame;
use crate::media::sound::{Recording, SoundError};

/// What of the call a file takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Track {
    Both,
    /// What the party says.
    Said,
    /// What the party hears.
    Heard,
}

/// A file of the recording.
struct Output {
    track: Track,
    file: Recording,
    failed: bool,
}

/// What follows a recording; it gets the files.
pub type Afterwards = Box<dyn FnOnce(&[(Track, PathBuf)]) + Send + Sync>;

/// How a call is recorded.
pub struct Plan {
    pub id: String,
    /// The event that tells its end.
    pub end: &'static str,
    pub files: Vec<(Track, PathBuf)>,
    pub appends: bool,
    /// Only while the channel is in a bridge.
    pub bridged_only: bool,
    /// Files of one side keep the time of the other.
    pub synchronous: bool,
    /// How much louder what is said and what is heard become; 1.0 leaves them.
    pub gain: (f32, f32),
    /// Runs when the recording has ended, with this on its way.
    pub then: Option<Afterwards>,
}

/// A call that is being recorded. The files are complete when it is dropped.
pub struct CallRecorder {
    id: String,
    end: &'static str,
    channel: std::sync::Weak<Channel>,
    files: Vec<(Track, PathBuf)>,
    bridged_only: bool,
    synchronous: bool,
    gain: (f32, f32),
    muted: [AtomicBool; 2],
    is_paused: AtomicBool,
    inside: Mutex<Inside>,
    then: Mutex<Option<Afterwards>>,
}

struct Inside {
    outputs: Vec<Output>,
    line: Timeline,
    was_away: bool,
}

impl CallRecorder {
    /// Opens the files and begins to record the channel.
    ///
    /// # Errors
    /// Where a file cannot be made.
    pub fn begin(channel: &Arc<Channel>, plan: Plan) -> Result<Arc<Self>, SoundError> {
        let mut outputs = Vec::new();
        for (track, path) in &plan.files {
            if let Some(folder) = path.parent() {
                // If that fails, so does the file, which tells why.
                let _ = std::fs::create_dir_all(folder);
            }
            let file = if plan.appends { Recording::append(path)? } else { Recording::create(path)? };
            outputs.push(Output { track: *track, file, failed: false });
        }
        let recorder = Arc::new(Self {
            id: plan.id,
            end: plan.end,
            channel: Arc::downgrade(channel),
            files: plan.files,
            bridged_only: plan.bridged_only,
            synchronous: plan.synchronous,
            gain: plan.gain,
            muted: Default::default(),
            is_paused: AtomicBool::new(false),
            inside: Mutex::new(Inside { outputs, line: Timeline::new(), was_away: false }),
            then: Mutex::new(plan.then),
        });
        channel.add_tap(recorder.clone());
        Ok(recorder)
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    /// The files, what each takes first.
    pub fn files(&self) -> &[(Track, PathBuf)] {
        &self.files
    }

    /// The file of a track.
    pub fn path(&self, track: Track) -> Option<&Path> {
        self.files.iter().find(|(known, _)| *known == track).map(|(_, path)| path.as_path())
    }

    /// Leaves one side out, or takes it in again.
    pub fn set_muted(&self, way: Way, muted: bool) {
        self.muted[usize::from(way == Way::Said)].store(muted, Ordering::Relaxed);
    }

    /// Leaves out what comes until it goes on.
    pub fn set_paused(&self, paused: bool) {
        self.is_paused.store(paused, Ordering::Relaxed);
    }

    fn is_away(&self) -> bool {
        self.is_paused.load(Ordering::Relaxed)
            || (self.bridged_only && self.channel.upgrade().is_none_or(|channel| channel.bridged_with().is_none()))
    }
}

impl Inside {
    fn write(outputs: &mut [Output], place: &Place, synchronous: bool) {
        for output in outputs {
            let side = match output.track {
                Track::Both => None,
                Track::Said => Some(&place.said),
                Track::Heard => Some(&place.heard),
            };
            let frame = match side {
                None => place.mixed(),
                Some(Some(frame)) => frame.clone(),
                Some(None) if synchronous => Frame::linear([0; 160]),
                Some(None) => continue,
            };
            if output.file.write(&frame).is_err() && !std::mem::replace(&mut output.failed, true) {
                tracing::warn!(target: "exten::plan", "{}: the recording could not be written", output.file.path().display());
            }
        }
    }
}

impl Tap for CallRecorder {
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        let is_said = way == Way::Said;
        let mut inside = self.inside.lock();
        let Inside { outputs, line, was_away } = &mut *inside;
        if self.is_away() {
            if !std::mem::replace(was_away, true) {
                line.finish(|place| Inside::write(outputs, place, self.synchronous));
            }
            return None;
        }
        if std::mem::take(was_away) {
            line.skip_to_now();
        }
        let gain = if is_said { self.gain.0 } else { self.gain.1 };
        let is_muted = self.muted[usize::from(is_said)].load(Ordering::Relaxed);
        let changed = match (is_muted, gain) {
            (true, _) => Some(Frame::linear([0; 160])),
            (false, 1.0) => None,
            (false, gain) => Some(frame.amplified(gain)),
        };
        line.push(is_said, changed.as_ref().unwrap_or(frame), |place| Inside::write(outputs, place, self.synchronous));
        None
    }
}

impl Drop for CallRecorder {
    fn drop(&mut self) {
        let is_away = self.is_paused.load(Ordering::Relaxed);
        let inside = self.inside.get_mut();
        let Inside { outputs, line, was_away } = inside;
        if !*was_away && !is_away && !self.bridged_only {
            line.finish(|place| Inside::write(outputs, place, self.synchronous));
        }
        for output in std::mem::take(outputs) {
            let path = output.file.path().display().to_string();
            if let Err(error) = output.file.finish() {
                tracing::warn!(target: "exten::plan", "{path}: {error}");
            }
        }
        if let Some(channel) = self.channel.upgrade() {
            tell(&channel, self.end, &[]);
        }
        if let Some(then) = self.then.get_mut().take() {
            then(&self.files);
        }
    }
}

/// Runs a command when the recording has ended.
pub fn run_afterwards(command: String) {
    system::start(command, Vec::new());
}
