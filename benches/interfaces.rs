//! What a manager program and an AGI program wait for: the round trip of an action and of a command, beside that of a
//! line over a bare socket. It prints figures and asserts nothing.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use exten::channel::simulated::{Behaviour, SimulatedTechnology};
use exten::conf::Memory;
use exten::interpreter::Call;
use exten::management::ami::Manager;
use exten::management::logger::Logger;
use exten::management::pbx::{Control, Pbx};
use exten::server::{Configuration, Setup};

const TRIPS: u32 = 20_000;
const MANAGER: &str =
    "[general]\nenabled=yes\nbindaddr=127.0.0.1\nport=0\n[bench]\nsecret=bench\nread=none\nwrite=all\n";

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let runtime = tokio::runtime::Runtime::new()?;
    let bare = bare()?;
    tell("a line and its echo over a bare socket", bare, bare);
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let (manager, exchange) = runtime.block_on(start(listener.local_addr()?))?;
    let (address, _) = manager.addresses().into_iter().next().ok_or("the manager does not listen")?;
    let mut program = Program::connect(address)?;
    program.ask("Action: Login\r\nUsername: bench\r\nSecret: bench\r\n\r\n", "\r\n")?;
    for (name, action) in [
        ("AMI: Ping", "Action: Ping\r\n\r\n"),
        ("AMI: Setvar", "Action: Setvar\r\nVariable: A\r\nValue: 1\r\n\r\n"),
        ("AMI: CoreStatus", "Action: CoreStatus\r\n\r\n"),
    ] {
        tell(name, timed(|| program.ask(action, "\r\n"))?, bare);
    }
    let phones = SimulatedTechnology::new([], Behaviour::Rings);
    let _call = runtime.block_on(async {
        let (channel, _) = phones.dial(&exchange.channels, "SIP", "2001", |state| state.position.set("a", "1", 1));
        Call::start(Arc::clone(&exchange), Arc::clone(&channel));
        channel
    });
    let mut script = Program::of(listener.accept()?.0)?;
    script.until("\n")?;
    for (name, command) in [
        ("AGI: NOOP", "NOOP\n"),
        ("AGI: SET VARIABLE", "SET VARIABLE A 1\n"),
        ("AGI: GET VARIABLE", "GET VARIABLE A\n"),
    ] {
        tell(name, timed(|| script.ask(command, "200"))?, bare);
    }
    Ok(())
}

/// A PBX with a manager and an extension whose script is here.
async fn start(script: SocketAddr) -> Result<(Arc<Manager>, Arc<exten::interpreter::Exchange>), Failure> {
    let plan = format!("[a]\nexten => 1,1,Answer()\n same => n,AGI(agi://{script}/bench)\n");
    let mut files = Memory::default().with("etc/extensions.conf", plan).with("etc/manager.conf", MANAGER);
    let mut configuration = Configuration::load_from(&mut files, Path::new("etc/extensions.conf"));
    let settings = std::mem::take(&mut configuration.manager);
    let exchange = configuration.exchange(Setup::default());
    let (control, _orders) = Control::new();
    let pbx = Pbx::new(Arc::clone(&exchange), None, control, Logger::new());
    Ok((Manager::start(pbx, settings).await?, exchange))
}

/// The time of a line to a socket that gives it back.
fn bare() -> Result<Duration, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    let echo = std::thread::spawn(move || -> std::io::Result<()> {
        let (stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let mut writer = stream.try_clone()?;
        let mut line = String::new();
        let mut reader = BufReader::new(stream);
        while reader.read_line(&mut line)? > 0 {
            writer.write_all(line.as_bytes())?;
            line.clear();
        }
        Ok(())
    });
    let mut program = Program::of(TcpStream::connect(address)?)?;
    let trip = timed(|| program.ask("Action: Ping\n", "Action"))?;
    drop(program);
    let _ = echo.join();
    Ok(trip)
}

/// How long one of many took.
fn timed(mut once: impl FnMut() -> Result<(), Failure>) -> Result<Duration, Failure> {
    (0..TRIPS / 20).try_for_each(|_| once())?;
    let begun = Instant::now();
    (0..TRIPS).try_for_each(|_| once())?;
    Ok(begun.elapsed() / TRIPS)
}

fn tell(name: &str, trip: Duration, bare: Duration) {
    let microseconds = trip.as_secs_f64() * 1e6;
    let times = trip.as_secs_f64() / bare.as_secs_f64();
    println!("{name:<40} {microseconds:>8.1} µs {:>10.0} a second {times:>6.1} times a bare one", 1e6 / microseconds);
}

/// One end of a conversation in lines.
struct Program {
    reader: BufReader<TcpStream>,
    writer: TcpStream,
}

impl Program {
    fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let mut program = Self::of(TcpStream::connect(address)?)?;
        program.until("Asterisk Call Manager")?;
        Ok(program)
    }

    fn of(stream: TcpStream) -> Result<Self, Failure> {
        stream.set_nodelay(true)?;
        Ok(Self { reader: BufReader::new(stream.try_clone()?), writer: stream })
    }

    /// Writes, and reads to the line that begins so.
    fn ask(&mut self, text: &str, end: &str) -> Result<(), Failure> {
        self.writer.write_all(text.as_bytes())?;
        self.until(end)
    }

    fn until(&mut self, end: &str) -> Result<(), Failure> {
        let mut line = String::new();
        loop {
            line.clear();
            if self.reader.read_line(&mut line)? == 0 {
                return Err("the other end is gone".into());
            }
            if line.starts_with(end) {
                return Ok(());
            }
        }
    }
}
