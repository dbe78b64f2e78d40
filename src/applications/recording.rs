//! Recording what a party says: into one or several files, until a key, silence or the time ends it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::channel::Event;
use crate::interpreter::Call;
use crate::media::sound::{Recording, SoundError, in_format};
use crate::media::{Frame, Sink};

/// The sound of a key that ended a recording, which is cut off.
const KEY: Duration = Duration::from_millis(200);

/// A party that sends no audio at all for so long is gone.
const LOST: Duration = Duration::from_secs(4);

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Key(char),
    Silence,
    Time,
    /// A file could not be written: the disk is full.
    Failed,
    /// No audio came.
    Lost,
}

/// Writes what it hears.
pub struct Recorder {
    files: Mutex<Vec<Recording>>,
    heard: Mutex<Heard>,
    threshold: u32,
    begun: Instant,
    speaks: bool,
}

#[derive(Clone, Copy, Default)]
struct Heard {
    /// When the party was last loud; nothing if it never was.
    loud: Option<Instant>,
    last: Option<Instant>,
    ended: Option<Instant>,
    failed: bool,
}

impl Sink for Recorder {
    fn accept(&self, frame: &Frame) {
        let failed = self.files.lock().iter_mut().fold(false, |failed, file| file.write(frame).is_err() | failed);
        let now = Instant::now();
        let mut heard = self.heard.lock();
        heard.last = Some(now);
        heard.failed |= failed;
        if frame.mean_magnitude() >= self.threshold {
            heard.loud = Some(now);
        }
    }
}

impl Recorder {
    /// Opens `stem.FORMAT` for each format. Formats that cannot be written are left out as long as there is another.
    ///
    /// # Errors
    /// Where no file could be made.
    pub fn open(call: &Call, stem: &Path, formats: &[String], threshold: u32) -> Result<Arc<Self>, SoundError> {
        let mut files = Vec::new();
        let mut refused = None;
        for format in formats {
            match Recording::create(&in_format(stem, format)) {
                Ok(file) => files.push(file),
                Err(SoundError::Io { path, source }) => return Err(SoundError::Io { path, source }),
                Err(error) => refused = Some(error),
            }
        }
        if files.is_empty() {
            // What cannot be written as the admin wants it is better written otherwise than lost.
            if let Some(error) = &refused {
                call.context().warn(&format!("{error}: it is recorded as wav"));
            }
            files.push(Recording::create(&in_format(stem, "wav"))?);
        }
        let speaks = call.channel.leg().speaks();
        Ok(Arc::new(Self {
            files: Mutex::new(files),
            heard: Mutex::default(),
            threshold,
            begun: Instant::now(),
            speaks,
        }))
    }

    /// Records until a key of `ends`, so much silence, or so much time.
    pub async fn record(
        self: &Arc<Self>,
        call: &Call,
        ends: &str,
        silence: Option<Duration>,
        longest: Option<Duration>,
    ) -> Ended {
        let begun = Instant::now();
        let _listening = call.channel.listen(Arc::clone(self) as Arc<dyn Sink>);
        let key = async {
            loop {
                match call.channel.event().await {
                    Event::Digit(key) if ends.contains(key) => return key,
                    _ => {}
                }
            }
        };
        let time = async {
            match longest {
                Some(longest) => tokio::time::sleep_until(begun + longest).await,
                None => std::future::pending().await,
            }
        };
        let ended = tokio::select! {
            biased;
            key = key => Ended::Key(key),
            ended = self.watch(begun, silence) => ended,
            () = time => Ended::Time,
        };
        self.heard.lock().ended = Some(Instant::now());
        if let Ended::Key(_) = ended {
            self.shorten(KEY);
        }
        ended
    }

    /// Waits for silence, for a party that is lost, and for a full disk.
    async fn watch(&self, begun: Instant, silence: Option<Duration>) -> Ended {
        loop {
            let heard = *self.heard.lock();
            let now = Instant::now();
            if heard.failed {
                return Ended::Failed;
            }
            let is_there = self.speaks || heard.last.is_some_and(|last| now - last < LOST);
            if !is_there && now - heard.last.unwrap_or(begun) >= LOST {
                return Ended::Lost;
            }
            let mut next = now + Duration::from_secs(1);
            if let Some(silence) = silence.filter(|_| is_there) {
                let due = heard.loud.unwrap_or(begun) + silence;
                if due <= now {
                    return Ended::Silence;
                }
                next = next.min(due);
            }
            tokio::time::sleep_until(next).await;
        }
    }

    /// Cuts off the end.
    pub fn shorten(&self, by: Duration) {
        // A failure leaves the end in.
        self.files.lock().iter_mut().for_each(|file| _ = file.shorten(by));
    }

    /// How long it is. A telephone that sends nothing while its party is silent is counted by the clock.
    pub fn length(&self) -> Duration {
        let recorded = self.files.lock().first().map(Recording::length).unwrap_or_default();
        let ended = self.heard.lock().ended.unwrap_or_else(Instant::now);
        if self.speaks { recorded.max(ended - self.begun) } else { recorded }
    }

    /// Since when the party is silent.
    pub fn silence(&self) -> Duration {
        let heard = self.heard.lock();
        heard.ended.unwrap_or_else(Instant::now) - heard.loud.unwrap_or(self.begun)
    }

    /// Completes the files.
    ///
    /// # Errors
    /// Where one could not be written.
    pub fn finish(&self) -> Result<(), SoundError> {
        let failed = self.heard.lock().failed;
        let files = std::mem::take(&mut *self.files.lock());
        let path = files.first().map(|file| file.path().display().to_string()).unwrap_or_default();
        for file in files {
            file.finish()?;
        }
        if failed {
            let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
            return Err(SoundError::Io { path, source });
        }
        Ok(())
    }
}
