//! Asynchronous AGI: the commands come from manager programs (`Action: AGI`), the answers go to all of them as events.
//!
//! To the session it is a program like any other; this is the far end of its link.

use std::fmt::Write as _;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream};
use tokio::sync::mpsc;

use super::link::Link;
use crate::channel::{Channel, Happening};
use crate::interpreter::RemoteCommand;

/// So much may be on its way between the two ends.
const BUFFER: usize = 64 * 1024;

/// The far end of a session's link.
pub struct FarEnd {
    channel: Arc<Channel>,
    stream: BufReader<DuplexStream>,
    commands: mpsc::Receiver<RemoteCommand>,
}

/// A link for a session, and its far end.
pub fn connect(channel: &Arc<Channel>, commands: mpsc::Receiver<RemoteCommand>) -> (Link, FarEnd) {
    let (near, far) = tokio::io::duplex(BUFFER);
    let (reader, writer) = tokio::io::split(near);
    (Link::new(reader, writer), FarEnd { channel: Arc::clone(channel), stream: BufReader::new(far), commands })
}

impl FarEnd {
    /// Passes commands on and tells of the answers, until the session ends, as it does with a command that fails, the caller
    /// hangs up, or `ASYNCAGI BREAK`.
    pub async fn run(mut self) {
        let environment = self.read_environment().await;
        self.tell("AsyncAGIStart", &[("Env", &percent(&environment))]);
        loop {
            let command = tokio::select! {
                biased;
                command = self.commands.recv() => command,
                () = self.channel.interrupted() => None,
                () = ended(&mut self.stream) => None,
            };
            let Some(RemoteCommand { command, id }) = command else { break };
            let line = command.replace(['\r', '\n'], " ");
            if self.stream.write_all(format!("{line}\n").as_bytes()).await.is_err() {
                break;
            }
            let Some(answer) = self.read_answer().await else { break };
            let answer = percent(&answer);
            match &id {
                Some(id) => self.tell("AsyncAGIExec", &[("Result", &answer), ("CommandId", id)]),
                None => self.tell("AsyncAGIExec", &[("Result", &answer)]),
            }
            if line.trim().eq_ignore_ascii_case("asyncagi break") {
                break;
            }
        }
        self.tell("AsyncAGIEnd", &[]);
    }

    async fn read_environment(&mut self) -> String {
        let mut text = String::new();
        while let Some(line) = self.read_line().await {
            text.push_str(&line);
            if line == "\n" {
                break;
            }
        }
        text
    }

    /// The lines of one answer.
    async fn read_answer(&mut self) -> Option<String> {
        let mut text = String::new();
        loop {
            let line = self.read_line().await?;
            // Between answers, that the caller hung up; the channel tells that itself.
            if line == "HANGUP\n" {
                continue;
            }
            let is_last = line.as_bytes().get(3) == Some(&b' ') && !line.starts_with("100") && !line.starts_with(' ');
            text.push_str(&line);
            if is_last {
                return Some(text);
            }
        }
    }

    async fn read_line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.stream.read_line(&mut line).await {
            Ok(length) if length > 0 => Some(line),
            _ => None,
        }
    }

    fn tell(&self, event: &str, fields: &[(&str, &str)]) {
        let channel = Some(&*self.channel);
        self.channel.channels().publish(&Happening::Manager { channel, event, privilege: "agi", fields });
    }
}

/// The session has ended by itself. Before that it says nothing unasked but that the caller hung up.
async fn ended(stream: &mut BufReader<DuplexStream>) {
    while let Ok(length) = stream.fill_buf().await.map(<[u8]>::len)
        && length > 0
    {
        stream.consume(length);
    }
}

/// A text in one line: all but letters, digits and a few signs become `%` and two figures.
fn percent(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
