//! `queue_log`: a line for everything that happens in queues, which the programs for call centres read.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::conf::{Config, is_true};

/// Where the lines go.
#[derive(Default)]
pub struct Log {
    file: Mutex<Option<LogFile>>,
    table: Mutex<Option<Table>>,
}

/// Puts a line into a table.
pub type Table = Arc<dyn Fn(&Line<'_>) + Send + Sync>;

/// What `[general]` of `logger.conf` says of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogSettings {
    /// There is a log (`queue_log`).
    pub is_kept: bool,
    /// The file's name (`queue_log_name`).
    pub name: String,
    /// The file has it also where a table has it (`queue_log_to_file`).
    pub goes_to_file: bool,
    /// The table has its times in UTC (`queue_log_realtime_use_gmt`).
    pub uses_utc: bool,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { is_kept: true, name: "queue_log".to_owned(), goes_to_file: false, uses_utc: false }
    }
}

impl LogSettings {
    pub fn read(logger: &Config) -> Self {
        let get = |key: &str| logger.section("general").and_then(|section| section.get(key));
        let usual = Self::default();
        Self {
            is_kept: get("queue_log").map_or(usual.is_kept, is_true),
            name: get("queue_log_name").filter(|name| !name.is_empty()).map_or(usual.name, str::to_owned),
            goes_to_file: get("queue_log_to_file").is_some_and(is_true),
            uses_utc: get("queue_log_realtime_use_gmt").is_some_and(is_true),
        }
    }
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
    /// Adds a line that is about no call.
    pub fn note(&self, time: i64, event: &str) {
        self.write(&Line { time, call: "NONE", queue: "NONE", agent: "NONE", event, data: "" });
    }

    /// Writes to this file from now on, in a folder that is made if need be; to none without one.
    pub fn set_file(&self, file: Option<LogFile>) {
        if let Some(folder) = file.as_ref().and_then(|file| file.path.parent())
            && let Err(error) = std::fs::create_dir_all(folder)
        {
            tracing::warn!("{}: {error}: queues have no log", folder.display());
        }
        *self.file.lock() = file;
    }

    /// Puts lines into this table, too.
    pub fn set_table(&self, table: Option<Table>) {
        *self.table.lock() = table;
    }

    /// Adds a line. A disk that is full loses it, with a warning.
    pub fn write(&self, line: &Line<'_>) {
        let table = self.table.lock().clone();
        if let Some(table) = table {
            table(line);
        }
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
