//! Exact message sequences, played by sipp from the files in `scenarios/`.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::baresip::Transport;
use crate::ports;
use crate::process::{PATIENCE, Process};

/// A scenario and what it is played with.
pub struct Scenario {
    name: String,
    server: Option<SocketAddr>,
    extension: String,
    user: String,
    password: String,
    transport: Transport,
    calls: u32,
    rate: u32,
    keys: Vec<(&'static str, String)>,
}

/// How the calls of a scenario ended.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Calls that went as the scenario says.
    pub successful: u64,
    /// Calls that did not.
    pub failed: u64,
    /// Messages sent again because nothing came.
    pub retransmissions: u64,
    /// What sipp complained about, with the messages it did not expect.
    pub complaints: String,
}

/// A scenario being played.
pub struct Playing {
    calls: u32,
    // Before the folder: the process ends before its folder goes.
    process: Process,
    folder: TempDir,
    address: SocketAddr,
}

impl Scenario {
    /// A scenario that calls: the file `scenarios/NAME.xml` against a server.
    pub fn new(name: &str, server: SocketAddr) -> Self {
        Self { server: Some(server), ..Self::waiting(name) }
    }

    /// A scenario that is called, and waits for it.
    pub fn waiting(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            server: None,
            extension: "100".to_owned(),
            user: "2001".to_owned(),
            password: "key-2001".to_owned(),
            transport: Transport::Udp,
            calls: 1,
            rate: 10,
            keys: Vec::new(),
        }
    }

    /// What `[name]` in the scenario stands for, also where sipp itself takes no keyword.
    pub fn key(mut self, name: &'static str, value: &str) -> Self {
        self.keys.push((name, value.to_owned()));
        self
    }

    /// Against a server.
    pub fn at(mut self, server: SocketAddr) -> Self {
        self.server = Some(server);
        self
    }

    /// Who calls, and with what password.
    pub fn user(mut self, user: &str, password: &str) -> Self {
        (self.user, self.password) = (user.to_owned(), password.to_owned());
        self
    }

    /// The extension to call.
    pub fn extension(mut self, extension: &str) -> Self {
        extension.clone_into(&mut self.extension);
        self
    }

    /// How it reaches the server.
    pub fn transport(mut self, transport: Transport) -> Self {
        self.transport = transport;
        self
    }

    /// How many calls, and how many of them begin in a second.
    pub fn calls(mut self, calls: u32, rate: u32) -> Self {
        (self.calls, self.rate) = (calls, rate);
        self
    }

    /// Plays it to the end.
    #[track_caller]
    pub fn run(self) -> Outcome {
        self.start().finish()
    }

    /// Begins to play it.
    #[track_caller]
    pub fn start(self) -> Playing {
        let folder = tempfile::Builder::new().prefix(&format!("sipp-{}-", self.name)).tempdir().expect("a folder");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::reserve(2)));
        let scenario = fs::read_to_string(file(&self.name)).expect("the scenario");
        let scenario = self.keys.iter().fold(scenario, |text, (name, value)| text.replace(&format!("[{name}]"), value));
        fs::write(folder.path().join("scenario.xml"), scenario).expect("the scenario");
        let mut command = Command::new("sipp");
        command.current_dir(folder.path()).args(["-sf", "scenario.xml"]);
        command.args(["-i", "127.0.0.1", "-p", &address.port().to_string()]);
        command.args(["-mi", "127.0.0.1", "-mp", &ports::reserve(4).to_string()]);
        command.args(["-t", if self.transport == Transport::Udp { "u1" } else { "t1" }]);
        command.args(["-m", &self.calls.to_string(), "-r", &self.rate.to_string(), "-nostdin"]);
        command.args(["-timeout", &self.patience().as_secs().to_string(), "-timeout_error"]);
        command.args(["-key", "user", &self.user, "-au", &self.user, "-ap", &self.password, "-s", &self.extension]);
        command.args(["-trace_err", "-error_file", "errors.log", "-trace_stat", "-stf", "counts.csv", "-fd", "1"]);
        if let Some(server) = self.server {
            command.arg(server.to_string());
        }
        let process = Process::start(&format!("sipp {}", self.name), &mut command, &folder.path().join("sipp.log"));
        Playing { calls: self.calls, process, folder, address }
    }

    fn patience(&self) -> Duration {
        PATIENCE + Duration::from_secs(u64::from(self.calls / self.rate.max(1)))
    }
}

impl Playing {
    /// Where it takes calls.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends it in the middle; gives how many calls had gone as the scenario says.
    pub fn stop(mut self) -> u64 {
        // Its counts are written once a second.
        std::thread::sleep(std::time::Duration::from_millis(1200));
        self.process.kill();
        let counts = fs::read_to_string(self.folder.path().join("counts.csv")).unwrap_or_default();
        last_count(&counts, "SuccessfulCall(C)").unwrap_or(0)
    }

    /// Waits until all calls have ended; returns how.
    #[track_caller]
    pub fn finish(mut self) -> Outcome {
        let patience = PATIENCE * 2 + Duration::from_secs(u64::from(self.calls));
        self.process.wait_for_end(patience);
        let counts = fs::read_to_string(self.folder.path().join("counts.csv")).unwrap_or_default();
        let count = |column| last_count(&counts, column).unwrap_or_else(|| panic!("{}", self.process.last_words()));
        Outcome {
            successful: count("SuccessfulCall(C)"),
            failed: count("FailedCall(C)"),
            retransmissions: count("Retransmissions(C)"),
            complaints: fs::read_to_string(self.folder.path().join("errors.log")).unwrap_or_default(),
        }
    }
}

impl Outcome {
    /// Fails unless every call went as the scenario says.
    #[track_caller]
    pub fn assert_good(&self, calls: u64) {
        let good = self.successful == calls && self.failed == 0;
        assert!(good, "{} of {calls} calls succeeded, {} failed\n{}", self.successful, self.failed, self.complaints);
    }
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/scenarios").join(name).with_extension("xml")
}

/// A column of the last row of sipp's statistics, a table with `;` between the cells.
fn last_count(table: &str, column: &str) -> Option<u64> {
    let mut rows = table.lines();
    let at = rows.next()?.split(';').position(|name| name == column)?;
    rows.next_back()?.split(';').nth(at)?.parse().ok()
}
