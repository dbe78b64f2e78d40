//! The program under test: `exten run FOLDER` with a folder and ports of its own.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::baresip::Phone;
use crate::ports;
use crate::process::Process;

/// What `exten run` prints once it answers calls.
const READY: &str = "Asterisk Ready";

/// RTP and RTCP ports the server may use.
const MEDIA_PORTS: u16 = 400;

/// The folder a server will run from.
///
/// `sip.conf` and `rtp.conf` are written here, so that every server has its own ports.
pub struct Folder {
    directory: TempDir,
    address: SocketAddr,
    general: String,
    peers: String,
    arguments: Vec<String>,
    has_small_disk: bool,
}

impl Folder {
    /// A folder with one plan and no telephone.
    pub fn new(plan: &str) -> Self {
        let folder = Self::empty();
        folder.write("extensions.conf", plan);
        folder
    }

    /// A copy of a folder, one of the example plans for instance; its `sip.conf` is replaced.
    #[track_caller]
    pub fn copy_of(original: &Path) -> Self {
        let folder = Self::empty();
        copy(original, folder.path());
        folder
    }

    fn empty() -> Self {
        let directory = tempfile::Builder::new().prefix("exten-").tempdir().expect("a folder");
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, ports::reserve(2)));
        Self {
            directory,
            address,
            general: String::new(),
            peers: String::new(),
            arguments: Vec::new(),
            has_small_disk: false,
        }
    }

    /// Writes a file of the folder.
    pub fn write(&self, name: &str, text: &str) {
        write(self.path(), name, text);
    }

    /// Adds lines to the `[general]` section of `sip.conf`.
    pub fn general(mut self, lines: &str) -> Self {
        self.general.push_str(lines);
        self.general.push('\n');
        self
    }

    /// Adds a telephone that may register with [`password`] and calls from a context; `lines` go into its section.
    pub fn peer(mut self, name: &str, context: &str, lines: &str) -> Self {
        self.peers.push_str(&format!(
            "[{name}]\ntype=friend\nhost=dynamic\nsecret={}\ncontext={context}\ncallerid=\"{name}\" <{name}>\n{lines}\n\n",
            password(name)
        ));
        self
    }

    /// Where the server will take SIP messages.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Adds an argument to `exten run`.
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Its `var` is a disk of a few megabytes, which only the server sees.
    pub fn small_disk(mut self) -> Self {
        fs::create_dir_all(self.path().join("var")).expect("the mount point");
        self.has_small_disk = true;
        self
    }

    /// Where the folder is.
    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Runs `exten` in the folder and waits until it is ready.
    #[track_caller]
    pub fn run(self) -> Server {
        let (address, media) = (self.address, ports::reserve(MEDIA_PORTS));
        self.write(
            "sip.conf",
            &format!(
                "[general]\nudpbindaddr={address}\ntcpenable=yes\ntcpbindaddr={address}\n\
                 disallow=all\nallow=ulaw\nallow=alaw\ndtmfmode=rfc2833\n{}\n{}",
                self.general, self.peers
            ),
        );
        self.write("rtp.conf", &format!("[general]\nrtpstart={media}\nrtpend={}\n", media + MEDIA_PORTS - 1));
        let process = start(self.path(), &self.arguments, self.has_small_disk);
        let Self { directory: folder, arguments, has_small_disk, .. } = self;
        Server { process, folder, address, arguments, has_small_disk }
    }
}

#[track_caller]
fn start(folder: &Path, arguments: &[String], has_small_disk: bool) -> Process {
    let exten = env!("CARGO_BIN_EXE_exten");
    let mut command = Command::new(exten);
    if has_small_disk {
        command = Command::new("unshare");
        let mount = "mount -t tmpfs -o size=4m small \"$0/var\" && exec \"$@\"";
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c", mount]).arg(folder).arg(exten);
    }
    let log = folder.join("exten.log");
    let mut process = Process::start("exten", command.arg("run").args(arguments).arg(folder), &log);
    process.wait_for_output(READY);
    process
}

/// The password of every telephone that [`Folder::peer`] adds.
pub fn password(name: &str) -> String {
    format!("key-{name}")
}

/// A running server.
pub struct Server {
    // Before the folder: the process ends before its folder goes.
    process: Process,
    folder: TempDir,
    address: SocketAddr,
    arguments: Vec<String>,
    has_small_disk: bool,
}

impl Server {
    /// Ends it as the system would, without a warning (kill -9), and runs it again in the same folder.
    #[track_caller]
    pub fn kill_and_run_again(&mut self) {
        self.kill();
        self.run_again();
    }

    /// Ends it without a warning.
    #[track_caller]
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Runs it again after [`kill`](Self::kill).
    #[track_caller]
    pub fn run_again(&mut self) {
        self.process = start(self.folder.path(), &self.arguments, self.has_small_disk);
    }

    /// Where it takes SIP, over UDP and TCP.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts a telephone and waits until it is registered.
    #[track_caller]
    pub fn phone(&self, name: &str, tone: u32) -> Phone {
        Phone::start(name, &password(name), self.address, tone)
    }

    /// Changes a file of the folder in one step, as an editor does: written aside, then renamed.
    pub fn edit(&self, name: &str, text: &str) {
        let aside = format!("{name}.new");
        write(self.folder.path(), &aside, text);
        fs::rename(self.file(&aside), self.file(name)).expect("the edited file");
    }

    /// The path of a file in its folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Waits until it has printed a text.
    #[track_caller]
    pub fn wait_for_output(&mut self, text: &str) {
        self.process.wait_for_output(text);
    }

    /// What it has printed.
    pub fn log(&self) -> String {
        self.process.log()
    }

    /// Its process id, to measure or to signal.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Gives it a command, as `exten cli FOLDER -x` does; what it answers, and whether it succeeded.
    #[track_caller]
    pub fn tell(&self, command: &str) -> (String, bool) {
        let mut cli = Command::new(env!("CARGO_BIN_EXE_exten"));
        let output = cli.arg("cli").arg(self.folder.path()).args(["-x", command]).output().expect("exten cli");
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (text, output.status.success())
    }

    /// Fails if it has ended.
    #[track_caller]
    pub fn assert_running(&mut self) {
        if let Some(status) = self.process.ended() {
            panic!("exten ended: {status}\n{}", self.process.last_words());
        }
    }
}

#[track_caller]
fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).expect("a folder");
    }
    fs::write(&path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}

#[track_caller]
/// Copies a plan's folder, without what a run of it has left in `var`.
fn copy(from: &Path, to: &Path) {
    let entries = fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    for entry in entries {
        let entry = entry.expect("a file of the folder");
        if entry.file_name() == "var" {
            continue;
        }
        let target = to.join(entry.file_name());
        if entry.file_type().expect("its type").is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).expect("a copy");
        }
    }
}
