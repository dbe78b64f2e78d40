//! A log file. A thread of its own writes, so that no call waits for a disk.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use parking_lot::Mutex;

use super::{Destination, Level, LoggerConf};

/// So many lines wait for the disk; further ones are counted and left out.
const MOST_WAITING: usize = 4096;

/// Why a log file cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the log file {} cannot be written: {error}", path.display())]
pub struct Unwritable {
    path: PathBuf,
    error: std::io::Error,
}

/// An open log file.
pub struct Writer {
    path: PathBuf,
    destination: Destination,
    date_format: String,
    rotates_by_time: bool,
    file: Arc<Mutex<File>>,
    lines: SyncSender<String>,
    lost: Arc<AtomicU64>,
}

impl Writer {
    /// Opens a file to write at its end.
    pub fn open(path: PathBuf, destination: &Destination, conf: &LoggerConf) -> Result<Self, Unwritable> {
        let file = open(&path).map_err(|error| Unwritable { path: path.clone(), error })?;
        let file = Arc::new(Mutex::new(file));
        let lost = Arc::new(AtomicU64::new(0));
        let (lines, waiting) = sync_channel(MOST_WAITING);
        let (written, counted, name) = (Arc::clone(&file), Arc::clone(&lost), path.clone());
        std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(&name, &waiting, &written, &counted))
            .map_err(|error| Unwritable { path: path.clone(), error })?;
        let (date_format, rotates_by_time) = (conf.date_format.clone(), conf.rotates_by_time);
        Ok(Self { path, destination: destination.clone(), date_format, rotates_by_time, file, lines, lost })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether lines of a level go here.
    pub fn wants(&self, level: Level, verbose: u32) -> bool {
        self.destination.takes(level, verbose)
    }

    /// Writes a line if its level is one of the file's.
    pub fn write(&self, level: Level, source: &str, text: &str, verbose: u32) {
        if !self.wants(level, verbose) {
            return;
        }
        let date = jiff::Zoned::now().strftime(&self.date_format).to_string();
        let word = level.word();
        let line = format!("[{date}] {word}[{}] {source}: {text}\n", std::process::id());
        if self.lines.try_send(line).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Puts the file aside and begins a new one.
    pub fn rotate(&self) -> std::io::Result<()> {
        let mut file = self.file.lock();
        file.flush()?;
        std::fs::rename(&self.path, self.aside()?)?;
        *file = open(&self.path)?;
        Ok(())
    }

    /// The name that the file gets, once the older ones have moved up.
    fn aside(&self) -> std::io::Result<PathBuf> {
        let name = |end: &str| PathBuf::from(format!("{}.{end}", self.path.display()));
        if self.rotates_by_time {
            return Ok(name(&jiff::Timestamp::now().as_second().to_string()));
        }
        let mut free = 0_u32;
        while name(&free.to_string()).exists() {
            free += 1;
        }
        Ok(name(&free.to_string()))
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

fn write_all(path: &Path, lines: &Receiver<String>, file: &Mutex<File>, lost: &AtomicU64) {
    let mut is_away = false;
    for line in lines {
        let missing = lost.swap(0, Ordering::Relaxed);
        let text = match missing {
            0 => line,
            missing => format!("({missing} lines left out: the disk did not take them)\n{line}"),
        };
        let written = file.lock().write_all(text.as_bytes());
        if written.is_err() {
            lost.fetch_add(missing + 1, Ordering::Relaxed);
        }
        if let Err(error) = &written
            && !is_away
        {
            // For those who look on: this line is one that the file does not get.
            tracing::error!("the log file {} cannot be written: {error}", path.display());
        }
        is_away = written.is_err();
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Level, Logger, LoggerConf};
    use crate::conf::{Config, Memory};
    use crate::diagnostic::Sources;
    use std::path::Path;

    #[test]
    fn files_take_their_levels_and_are_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[general]\ndateformat=%Y\n[logfiles]\nmessages => warning,error\nfull => *,verbose(2)\n";
        let mut files = Memory::default().with("logger.conf", text);
        let config = Config::read(&mut files, Path::new("logger.conf"), &mut Sources::default());
        let logger = Logger::new();
        logger.configure(LoggerConf::read(&config, folder.path()));
        logger.log(Level::Warning, "pbx", "careful");
        logger.log(Level::Verbose(2), "pbx", "a little");
        logger.log(Level::Verbose(3), "pbx", "too much");
        let read = |name: &str, lines: usize| {
            for _ in 0..10_000 {
                let text = std::fs::read_to_string(folder.path().join(name)).unwrap_or_default();
                if text.lines().count() >= lines {
                    return text;
                }
                std::thread::yield_now();
            }
            panic!("{name} has too few lines");
        };
        let full = read("full", 2);
        assert!(full.contains(&format!("WARNING[{}] pbx: careful", std::process::id())), "{full}");
        assert!(full.contains("a little") && !full.contains("too much"), "{full}");
        assert_eq!(read("messages", 1).lines().count(), 1);
        assert!(logger.rotate().is_empty());
        assert!(read("full.0", 2).contains("careful"));
        logger.log(Level::Error, "pbx", "after");
        assert!(read("full", 1).contains("after"));
    }
}
