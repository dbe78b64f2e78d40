//! Many manager programs that hear everything: `cargo bench --bench sessions [-- SESSIONS CALLS_A_SECOND SECONDS]`.
//!
//! Starts `exten run` as a process of its own, connects 200 programs that hear all events, and one that never reads, and
//! originates 100 calls a second for a minute. Tells how many events each program got (every one has to get every one),
//! the processor time and the memory of the server, and when the program that does not read was cut off.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

const EXTENSIONS: &str = "\
[calls]
exten => 1,1,Answer()
 same => n,Set(NUMBER=${UNIQUEID})
 same => n,Wait(1)
 same => n,Hangup()
";

/// What the events say between which is counted: who logged in first also hears the others log in.
const BEGIN: &[u8] = b"UserEvent: Begin\r";
const END: &[u8] = b"UserEvent: End\r";

fn main() -> io::Result<()> {
    let numbers: Vec<u64> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let asked = |at: usize, usual: u64| numbers.get(at).copied().unwrap_or(usual);
    let (sessions, rate, seconds) = (asked(0, 200), asked(1, 100), asked(2, 60));
    let server = Server::start()?;
    let mut steering = Program::log_in(server.manager, "none")?;
    let mut silent = Program::log_in(server.manager, "all")?;
    let readers: Vec<_> =
        (0..sessions).map(|_| Ok(Program::log_in(server.manager, "all")?.count())).collect::<io::Result<_>>()?;
    thread::sleep(Duration::from_secs(1));
    let (before, begun, used) = (server.memory()?, Instant::now(), server.seconds()?);
    let calls = rate * seconds;
    steering.send("Action: UserEvent\r\nUserEvent: Begin\r\n\r\n")?;
    for call in 0..calls {
        let due = begun + Duration::from_secs_f64(call as f64 / rate as f64);
        thread::sleep(due.saturating_duration_since(Instant::now()));
        steering.send(
            "Action: Originate\r\nChannel: Local/1@calls/n\r\nApplication: Wait\r\nData: 1\r\nAsync: yes\r\n\r\n",
        )?;
    }
    let lasted = begun.elapsed();
    let share = (server.seconds()? - used) * 100.0 / lasted.as_secs_f64();
    let during = server.memory()?;
    // The last calls end, and what waits is read.
    thread::sleep(Duration::from_secs(3));
    steering.send("Action: UserEvent\r\nUserEvent: End\r\n\r\n")?;
    let heard: Vec<Heard> = readers.into_iter().filter_map(|reader| reader.join().ok()).collect();
    thread::sleep(Duration::from_secs(1));
    let most = heard.iter().map(|heard| heard.events).max().unwrap_or(0);
    let complete = heard.iter().filter(|heard| heard.has_ended && heard.events == most && heard.hangups == 2 * calls);
    let complete = complete.count();
    let bytes: u64 = heard.iter().map(|heard| heard.bytes).sum();
    println!("{sessions} programs, {calls} calls in {:.1} s", lasted.as_secs_f64());
    println!(
        "{most} events each, {:.0} a second in all, {:.1} MB/s",
        most as f64 * sessions as f64 / lasted.as_secs_f64(),
        bytes as f64 / 1e6 / lasted.as_secs_f64()
    );
    println!("{complete} of {sessions} programs got every event");
    println!(
        "server: {share:.0} % of a core; memory {before} kB before, {during} kB at the end of the calls, {} kB after",
        server.memory()?
    );
    println!("the program that did not read: {}", if silent.is_cut()? { "cut off" } else { "still connected" });
    for line in fs::read_to_string(&server.log)?.lines().filter(|line| line.contains("cut off")) {
        println!("log: {line}");
    }
    Ok(())
}

/// What a program got.
#[derive(Default)]
struct Heard {
    events: u64,
    hangups: u64,
    bytes: u64,
    has_ended: bool,
}

struct Program {
    stream: TcpStream,
}

impl Program {
    fn log_in(manager: SocketAddr, events: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(manager)?;
        let mut program = Self { stream };
        let user = if events == "none" { "steering" } else { "listening" };
        program.send(&format!("Action: Login\r\nUsername: {user}\r\nSecret: bench\r\n\r\n"))?;
        let mut lines = BufReader::with_capacity(1, &program.stream).lines();
        // The greeting, the answer, and the empty line behind it.
        while !lines.next().transpose()?.ok_or(io::ErrorKind::UnexpectedEof)?.is_empty() {}
        Ok(program)
    }

    fn send(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(text.as_bytes())
    }

    /// Counts what comes until the last event, in a thread of its own.
    fn count(mut self) -> thread::JoinHandle<Heard> {
        thread::spawn(move || {
            let mut heard = Heard::default();
            let mut buffer = vec![0; 256 * 1024];
            let mut kept = 0;
            while let Ok(read) = self.stream.read(&mut buffer[kept..]) {
                let end = kept + read;
                let whole = buffer[..end].windows(4).rposition(|four| four == b"\r\n\r\n").map_or(0, |at| at + 4);
                for line in buffer[..whole].split(|byte| *byte == b'\n') {
                    if line == BEGIN {
                        (heard.events, heard.hangups) = (0, 0);
                    }
                    heard.events += u64::from(line.starts_with(b"Event: "));
                    heard.hangups += u64::from(line == b"Event: Hangup\r");
                    heard.has_ended |= line == END;
                }
                heard.bytes += read as u64;
                buffer.copy_within(whole..end, 0);
                kept = end - whole;
                if read == 0 || heard.has_ended {
                    break;
                }
            }
            heard
        })
    }

    /// Whether the server has closed the connection.
    fn is_cut(&mut self) -> io::Result<bool> {
        self.stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        let mut buffer = vec![0; 1024 * 1024];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) => return Ok(true),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(true),
                Err(_) => return Ok(false),
            }
        }
    }
}

struct Server {
    child: Child,
    manager: SocketAddr,
    log: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start() -> io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let sip = UdpSocket::bind("127.0.0.1:0")?.local_addr()?;
        let manager = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let users = "[listening]\nsecret=bench\nread=all\nwrite=all\n[steering]\nsecret=bench\nread=none\nwrite=all\n";
        let general = format!("[general]\nenabled=yes\nbindaddr=127.0.0.1\nport={}\n", manager.port());
        let files = [
            ("extensions.conf", EXTENSIONS.to_owned()),
            ("sip.conf", format!("[general]\nudpbindaddr={sip}\n")),
            ("manager.conf", format!("{general}authlimit=1000\n{users}")),
        ];
        for (name, text) in files {
            fs::write(folder.path().join(name), text)?;
        }
        let log = folder.path().join("log");
        let mut command = Command::new(env!("CARGO_BIN_EXE_exten"));
        command.args(["run", "--quiet"]).arg(folder.path());
        let child = command.stdout(Stdio::null()).stderr(fs::File::create(&log)?).spawn()?;
        let server = Self { child, manager, log, _folder: folder };
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(manager).is_err() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(20));
        }
        Ok(server)
    }

    /// The processor time it has used.
    fn seconds(&self) -> io::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
        let ticks: u64 = fields.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
        Ok(ticks as f64 / 100.0)
    }

    /// The memory it holds, in kilobytes.
    fn memory(&self) -> io::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        Ok(line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
