//! A script beside exten, as a process.

use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use super::link::Link;

/// A running script. When it is dropped before its end it gets a hang-up signal; its remains are collected in any case.
pub struct Script {
    child: Child,
    /// Its number; none when it has ended.
    process: Option<Pid>,
}

/// What a script is started with.
pub struct Start<'a> {
    pub path: &'a Path,
    pub arguments: &'a [String],
    /// Environment variables beside exten's own.
    pub variables: Vec<(String, String)>,
    /// Audio that it can read at its descriptor 3.
    pub audio: Option<io::PipeReader>,
}

/// Hands the descriptor of the errors on as descriptor 3 and starts what it is given.
const WITH_AUDIO: &str = r#"exec "$0" "$@" 3<&2 2>/dev/null"#;

impl Script {
    /// Starts a script in a process group of its own.
    ///
    /// # Errors
    /// Where it cannot be executed.
    pub fn start(start: Start<'_>) -> io::Result<(Self, Link)> {
        let mut command = match start.audio {
            Some(audio) => {
                let mut shell = Command::new("/bin/sh");
                shell.arg("-c").arg(WITH_AUDIO).arg(start.path).stderr(Stdio::from(audio));
                shell
            }
            None => Command::new(start.path),
        };
        command.args(start.arguments).envs(start.variables).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("it has no pipes"));
        };
        let process = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        Ok((Self { child, process }, Link::new(stdout, stdin)))
    }

    /// Sends the script the signal of a hang-up. What it started goes on, as with Asterisk.
    pub fn hang_up(&self) {
        if let Some(process) = self.process {
            // It may have ended just now.
            let _ = kill_process(process, Signal::HUP);
        }
    }

    /// Waits for the end of the script.
    ///
    /// # Errors
    /// Where the system does not tell it.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        let status = self.child.wait().await?;
        self.process = None;
        Ok(status)
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.hang_up();
    }
}
