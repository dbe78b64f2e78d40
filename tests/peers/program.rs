//! A manager program that is written by hand.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use crate::process::{PATIENCE, eventually};
use crate::server::Server;

/// Where manager programs connect to a server.
#[track_caller]
pub fn address(server: &Server) -> SocketAddr {
    let log = server.log();
    let line = log.lines().find_map(|line| line.strip_prefix("Manager programs over TCP at "));
    line.unwrap_or_else(|| panic!("no address of the manager\n{log}")).parse().expect("its address")
}

/// A program that is written by hand.
pub struct Program {
    pub stream: TcpStream,
    pub heard: String,
}

impl Program {
    #[track_caller]
    pub fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_millis(20))).expect("a time-out");
        let mut program = Self { stream, heard: String::new() };
        program.wait("Asterisk Call Manager/");
        program
    }

    #[track_caller]
    pub fn log_in(address: SocketAddr, name: &str) -> Self {
        let mut program = Self::connect(address);
        program.ask(&format!("Action: Login\nUsername: {name}\nSecret: {name}-secret"));
        program.wait("Message: Authentication accepted");
        program
    }

    pub fn ask(&mut self, action: &str) {
        let _ = self.stream.write_all(format!("{}\r\n\r\n", action.replace('\n', "\r\n")).as_bytes());
    }

    pub fn listen(&mut self) {
        let mut buffer = [0; 65536];
        if let Ok(length) = self.stream.read(&mut buffer) {
            self.heard.push_str(&String::from_utf8_lossy(&buffer[..length]).replace('\r', ""));
        }
    }

    #[track_caller]
    pub fn wait(&mut self, text: &str) {
        let found = eventually(PATIENCE, || {
            self.listen();
            self.heard.contains(text).then_some(())
        });
        assert!(found.is_some(), "`{text}` did not come; heard:\n{}", self.heard);
    }

    /// Waits until the server has closed the connection.
    #[track_caller]
    pub fn wait_closed(&mut self) {
        let mut buffer = [0; 65536];
        let closed = eventually(PATIENCE, || match self.stream.read(&mut buffer) {
            Ok(0) => Some(()),
            Ok(_) => None,
            Err(error) => (error.kind() == std::io::ErrorKind::ConnectionReset).then_some(()),
        });
        assert!(closed.is_some(), "the connection stays open");
    }

    pub fn count(&self, text: &str) -> usize {
        self.heard.matches(text).count()
    }

    /// Asks for an action and waits for its whole answer: everything that carries its ActionID.
    #[track_caller]
    pub fn answer(&mut self, action: &str, id: &str) -> String {
        self.heard.clear();
        self.ask(&format!("{action}\nActionID: {id}"));
        let own = format!("\nActionID: {id}\n");
        let answer = eventually(PATIENCE, || {
            self.listen();
            // What stands behind the last empty line is not complete.
            let (complete, _) = self.heard.rsplit_once("\n\n")?;
            let blocks: Vec<&str> = complete.split("\n\n").collect();
            let blocks = blocks.iter().map(|block| format!("{block}\n")).filter(|block| block.contains(&own));
            let text = blocks.collect::<Vec<_>>().join("\n");
            let is_whole = !text.contains("\nEventList: start") || text.contains("\nEventList: Complete");
            (text.starts_with("Response: ") && is_whole).then_some(text)
        });
        answer.unwrap_or_else(|| panic!("no answer to:\n{action}\nheard:\n{}", self.heard))
    }
}
