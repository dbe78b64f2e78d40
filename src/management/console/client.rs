//! The far end of the control socket: what `exten cli` and `asterisk -r` speak through.

use std::io::{BufRead as _, BufReader, Error, ErrorKind, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use super::protocol::{Ask, Tell};

/// A connection to a running server.
pub struct Client {
    reader: BufReader<UnixStream>,
    writer: UnixStream,
    /// The server's version.
    pub version: String,
    /// Its process.
    pub process: u32,
}

impl Client {
    /// Connects to the server whose control socket is at `path`.
    ///
    /// # Errors
    /// Where no server answers.
    pub fn connect(path: &Path) -> std::io::Result<Self> {
        let writer = UnixStream::connect(path)?;
        let reader = BufReader::new(writer.try_clone()?);
        let mut client = Self { reader, writer, version: String::new(), process: 0 };
        match client.hear()? {
            Tell::Hello { version, process } => (client.version, client.process) = (version, process),
            other => return Err(Error::new(ErrorKind::InvalidData, format!("{other:?}"))),
        }
        Ok(client)
    }

    /// The same connection for a thread that only reads.
    ///
    /// # Errors
    /// Where the system gives no further descriptor.
    pub fn reader(&self) -> std::io::Result<impl FnMut() -> std::io::Result<Tell> + Send + use<>> {
        let mut reader = BufReader::new(self.writer.try_clone()?);
        Ok(move || read(&mut reader))
    }

    /// # Errors
    /// Where the server is gone.
    pub fn ask(&mut self, ask: &Ask) -> std::io::Result<()> {
        let mut line = serde_json::to_vec(ask)?;
        line.push(b'\n');
        self.writer.write_all(&line)
    }

    /// The next message.
    ///
    /// # Errors
    /// Where the server is gone.
    pub fn hear(&mut self) -> std::io::Result<Tell> {
        read(&mut self.reader)
    }

    /// Carries out a command; its text, and whether it failed.
    ///
    /// # Errors
    /// Where the server is gone before it has answered.
    pub fn run(&mut self, line: &str) -> std::io::Result<(String, bool)> {
        self.ask(&Ask::Run(line.to_owned()))?;
        loop {
            if let Tell::Answer { text, has_failed } = self.hear()? {
                return Ok((text, has_failed));
            }
        }
    }
}

fn read(reader: &mut BufReader<UnixStream>) -> std::io::Result<Tell> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    serde_json::from_str(&line).map_err(Error::from)
}
