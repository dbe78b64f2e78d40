//! `queue_log`: a line for everything that happens in queues, which the programs for call centres read.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

use parking_lot::Mutex;

/// Where the lines go.
#[derive(Default)]
pub struct Log {
    file: Mutex<Option<LogFile>>,
}

/// A log on disk. It is opened for each line, so that it may be moved away at any time.
#[derive(Clone, Debug)]
pub struct LogFile {
    pub path: PathBuf,
}

/// A line of the log.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Seconds since 1970.
    pub time: i64,
    /// The caller's unique id, or `NONE`, `MANAGER`, `REALTIME`.
    pub call: &'a str,
    pub queue: &'a str,
    /// The member's name, or `NONE`.
    pub agent: &'a str,
    pub event: &'a str,
    /// Up to five fields, joined by `|`.
    pub data: &'a str,
}

impl Log {
    /// Begins a log in this file, in a folder that is made if need be.
    pub fn begin(&self, path: PathBuf, time: i64) {
        if let Some(folder) = path.parent()
            && let Err(error) = std::fs::create_dir_all(folder)
        {
            tracing::warn!("{}: {error}: queues have no log", folder.display());
            return;
        }
        self.set_file(Some(LogFile { path }));
        self.note(time, "QUEUESTART");
    }

    /// Adds a line that is about no call.
    pub fn note(&self, time: i64, event: &str) {
        self.write(&Line { time, call: "NONE", queue: "NONE", agent: "NONE", event, data: "" });
    }

    /// Writes to this file from now on; nowhere without one.
    pub fn set_file(&self, file: Option<LogFile>) {
        *self.file.lock() = file;
    }

    /// Adds a line. A disk that is full loses it, with a warning.
    pub fn write(&self, line: &Line<'_>) {
        let file = self.file.lock();
        let Some(LogFile { path }) = &*file else { return };
        let Line { time, call, queue, agent, event, data } = line;
        let text = format!("{time}|{call}|{queue}|{agent}|{event}|{data}\n");
        let written = OpenOptions::new().create(true).append(true).open(path);
        let written = written.and_then(|mut file| file.write_all(text.as_bytes()));
        if let Err(error) = written {
            tracing::warn!("{}: {error}: a line of the queues' log is lost", path.display());
        }
    }
}
