//! A program started by a test: its output is kept, and it ends with the test.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for anything before it gives up; generous, because the machine may be busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How often a condition is looked at again.
const BEAT: Duration = Duration::from_millis(10);

/// Lines of output shown when a test fails.
const SHOWN: usize = 120;

/// A running program, killed when dropped.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with its output going to the file `log`.
    ///
    /// # Panics
    /// When the program cannot be started: a missing tool fails a test, it never skips one.
    #[track_caller]
    pub fn start(name: &str, command: &mut Command, log: &Path) -> Self {
        let output = File::create(log).unwrap_or_else(|error| panic!("{}: {error}", log.display()));
        let errors = output.try_clone().expect("a second handle on the log");
        let child =
            command.stdin(Stdio::null()).stdout(output).stderr(errors).spawn().unwrap_or_else(|error| {
                panic!("cannot start {command:?}: {error} (tests/run installs what is missing)")
            });
        Self { name: name.to_owned(), child, log: log.to_owned() }
    }

    /// Everything the program has printed so far, without colours and the status line baresip repeats all the time.
    pub fn log(&self) -> String {
        let text = String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).replace('\r', "\n");
        let plain = without_colours(&text);
        let lines: Vec<_> = plain.lines().filter(|line| !line.trim().is_empty() && !line.contains("(bit/s)")).collect();
        lines.join("\n")
    }

    /// The end of the log, under a heading: the second half of a good failure message.
    pub fn last_words(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let shown = &lines[lines.len().saturating_sub(SHOWN)..];
        format!("--- {} printed ---\n{}\n---", self.name, shown.join("\n"))
    }

    /// Waits until the program has printed `text`.
    #[track_caller]
    pub fn wait_for_output(&mut self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if self.log().contains(text) {
                return;
            }
            if let Some(status) = self.ended() {
                panic!("{} ended ({status}) before it printed {text:?}\n{}", self.name, self.last_words());
            }
            if Instant::now() > deadline {
                panic!("{} did not print {text:?} within {PATIENCE:?}\n{}", self.name, self.last_words());
            }
            thread::sleep(BEAT);
        }
    }

    /// Waits for the program to end by itself.
    #[track_caller]
    pub fn wait_for_end(&mut self, patience: Duration) -> ExitStatus {
        match eventually(patience, || self.ended()) {
            Some(status) => status,
            None => panic!("{} did not end within {patience:?}\n{}", self.name, self.last_words()),
        }
    }

    /// The exit status, once the program has ended.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Ends the program as kill -9 does.
    #[track_caller]
    pub fn kill(&mut self) {
        self.child.kill().expect("the signal");
        self.child.wait().expect("its end");
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Neither can fail in a way that matters: the process has ended already, or it ends now.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The text without terminal escape sequences: `ESC [`, digits and `;`, and a letter.
fn without_colours(text: &str) -> String {
    let mut pieces = text.split("\u{1b}[");
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let sequence = piece.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == ';');
        plain.push_str(sequence.strip_prefix(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(sequence));
    }
    plain
}

/// Asks `question` until it has an answer or `patience` is over.
pub fn eventually<T>(patience: Duration, mut question: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(answer) = question() {
            return Some(answer);
        }
        if Instant::now() > deadline {
            return None;
        }
        thread::sleep(BEAT);
    }
}
