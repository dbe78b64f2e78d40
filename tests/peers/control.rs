//! The control connection to a baresip phone (module `ctrl_tcp`): JSON in netstrings, both ways.
//!
//! Commands get one response each; events come whenever something happens and wait in a mailbox until asked for.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// Longest message taken from a phone.
const LONGEST: usize = 1 << 20;

/// Something that happened on a phone.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// What happened, as baresip names it: `CALL_INCOMING`, `REGISTER_OK`, …
    #[serde(rename = "type")]
    pub kind: String,
    /// The other party's address.
    #[serde(default, rename = "peeruri")]
    pub peer: String,
    /// The digit, the reason, or whatever else belongs to the event.
    #[serde(default)]
    pub param: String,
}

/// The answer to a command.
#[derive(Clone, Debug, Deserialize)]
pub struct Response {
    /// Whether the phone took the command.
    pub ok: bool,
    /// What it said to it.
    #[serde(default)]
    pub data: String,
}

#[derive(Serialize)]
struct Request<'a> {
    command: &'a str,
    params: &'a str,
}

/// What has arrived and nobody has asked for yet.
#[derive(Default)]
struct Mail {
    events: Vec<Event>,
    responses: Vec<Response>,
    closed: bool,
}

/// An open control connection.
pub struct Control {
    stream: TcpStream,
    mailbox: Arc<(Mutex<Mail>, Condvar)>,
}

impl Control {
    /// Connects to the phone that listens at `port`.
    pub fn connect(port: u16) -> io::Result<Self> {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        let mailbox = Arc::new((Mutex::new(Mail::default()), Condvar::new()));
        let (incoming, reader) = (stream.try_clone()?, Arc::clone(&mailbox));
        thread::spawn(move || deliver(incoming, &reader));
        Ok(Self { stream, mailbox })
    }

    /// Sends a command and waits for its response.
    pub fn command(&mut self, command: &str, params: &str, patience: Duration) -> Option<Response> {
        let text = serde_json::to_string(&Request { command, params }).ok()?;
        write!(self.stream, "{}:{text},", text.len()).ok()?;
        self.take(patience, |mail| (!mail.responses.is_empty()).then(|| mail.responses.remove(0)))
    }

    /// Takes the oldest event that `wanted` accepts out of the mailbox; waits for it if need be.
    pub fn event(&self, patience: Duration, wanted: impl Fn(&Event) -> bool) -> Option<Event> {
        self.take(patience, |mail| mail.events.iter().position(&wanted).map(|at| mail.events.remove(at)))
    }

    /// The events that nobody has taken yet, oldest first.
    pub fn untaken(&self) -> Vec<Event> {
        self.mailbox.0.lock().expect("the mailbox").events.clone()
    }

    fn take<T>(&self, patience: Duration, mut pick: impl FnMut(&mut Mail) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + patience;
        let mut mail = self.mailbox.0.lock().expect("the mailbox");
        loop {
            if let Some(found) = pick(&mut mail) {
                return Some(found);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            if mail.closed {
                return None;
            }
            mail = self.mailbox.1.wait_timeout(mail, left).expect("the mailbox").0;
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        // Ends the reading thread; the phone may have closed the connection first.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

/// Reads until the phone closes the connection or says something that is no netstring.
fn deliver(mut stream: TcpStream, mailbox: &(Mutex<Mail>, Condvar)) {
    while let Ok(message) = read_netstring(&mut stream) {
        let mut mail = mailbox.0.lock().expect("the mailbox");
        if let Ok(event) = serde_json::from_slice::<Event>(&message) {
            mail.events.push(event);
        } else if let Ok(response) = serde_json::from_slice::<Response>(&message) {
            mail.responses.push(response);
        }
        mailbox.1.notify_all();
    }
    mailbox.0.lock().expect("the mailbox").closed = true;
    mailbox.1.notify_all();
}

/// One `LENGTH:BYTES,`.
fn read_netstring(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = 0;
    loop {
        match read_byte(stream)? {
            digit @ b'0'..=b'9' if length < LONGEST => length = length * 10 + usize::from(digit - b'0'),
            b':' => break,
            _ => return Err(io::ErrorKind::InvalidData.into()),
        }
    }
    let mut message = vec![0; length];
    stream.read_exact(&mut message)?;
    match read_byte(stream)? {
        b',' => Ok(message),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn read_byte(stream: &mut impl Read) -> io::Result<u8> {
    let mut byte = [0];
    stream.read_exact(&mut byte)?;
    Ok(byte[0])
}
