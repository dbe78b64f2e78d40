//! What is logged: to consoles that look on, and to the files that `logger.conf` names.
//!
//! Everything comes as a [`tracing`] event or as a verbose line of the console. Lines have Asterisk's form, which
//! programs such as fail2ban read: `[Mar  2 12:00:00] WARNING[4711] exten.sip.agent: …`.

mod configuration;
mod file;
mod layer;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use parking_lot::{Mutex, RwLock};
use tokio::sync::broadcast;

pub use configuration::{Destination, LoggerConf, Target};
use file::Writer;

/// What a line is about, by Asterisk's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Notice,
    Warning,
    Error,
    /// A step of a call, and how much of it one must want to see to see this: 1 to 5.
    Verbose(u32),
    Dtmf,
    /// Who was let in and who was not.
    Security,
}

impl Level {
    pub fn word(self) -> &'static str {
        match self {
            Level::Debug => "DEBUG",
            Level::Notice => "NOTICE",
            Level::Warning => "WARNING",
            Level::Error => "ERROR",
            Level::Verbose(_) => "VERBOSE",
            Level::Dtmf => "DTMF",
            Level::Security => "SECURITY",
        }
    }
}

/// One line.
#[derive(Clone, Debug)]
pub struct Entry {
    pub level: Level,
    /// Where in exten it comes from.
    pub source: Arc<str>,
    pub text: Arc<str>,
}

/// A console that is so many lines behind misses the oldest.
const MOST_BEHIND: usize = 1024;

/// Takes the lines and gives them to who wants them.
pub struct Logger {
    consoles: broadcast::Sender<Entry>,
    files: RwLock<Vec<Writer>>,
    conf: Mutex<LoggerConf>,
    debug: AtomicU32,
    verbose: AtomicU32,
}

impl Logger {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            consoles: broadcast::Sender::new(MOST_BEHIND),
            files: RwLock::default(),
            conf: Mutex::default(),
            debug: AtomicU32::new(0),
            verbose: AtomicU32::new(0),
        })
    }

    /// Logs a line.
    pub fn log(&self, level: Level, source: &str, text: &str) {
        for file in &*self.files.read() {
            file.write(level, source, text, self.verbose());
        }
        if self.consoles.receiver_count() > 0 {
            // Fails only where the last console has just gone.
            let _ = self.consoles.send(Entry { level, source: source.into(), text: text.into() });
        }
    }

    /// Whether anybody would see a verbose line of this level.
    pub fn wants_verbose(&self, level: u32) -> bool {
        self.consoles.receiver_count() > 0
            || self.files.read().iter().any(|file| file.wants(Level::Verbose(level), self.verbose()))
    }

    /// The lines from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Entry> {
        self.consoles.subscribe()
    }

    /// How much of what exten does itself is logged; 0 for nothing.
    pub fn debug(&self) -> u32 {
        self.debug.load(Ordering::Relaxed)
    }

    pub fn set_debug(&self, level: u32) {
        self.debug.store(level, Ordering::Relaxed);
    }

    /// How much of what calls do goes to the files.
    pub fn verbose(&self) -> u32 {
        self.verbose.load(Ordering::Relaxed)
    }

    pub fn set_verbose(&self, level: u32) {
        self.verbose.store(level, Ordering::Relaxed);
    }

    /// Opens the files of a configuration in place of those before.
    pub fn configure(&self, conf: LoggerConf) {
        let open = |destination: &Destination| match &destination.target {
            Target::Console => None,
            Target::File(path) => Some(Writer::open(path.clone(), destination, &conf)),
        };
        let (files, failed): (Vec<_>, Vec<_>) = conf.destinations.iter().filter_map(open).partition(Result::is_ok);
        *self.files.write() = files.into_iter().flatten().collect();
        *self.conf.lock() = conf.clone();
        for error in failed.into_iter().filter_map(Result::err) {
            tracing::error!("{error}");
        }
    }

    /// The configuration in service.
    pub fn conf(&self) -> LoggerConf {
        self.conf.lock().clone()
    }

    /// Puts every file aside, as `messages.log.0` and so on, and begins new ones. Gives the files that could not be.
    pub fn rotate(&self) -> Vec<(PathBuf, std::io::Error)> {
        self.files.read().iter().filter_map(|file| Some((file.path().to_owned(), file.rotate().err()?))).collect()
    }
}
