//! What real RTP costs: `cargo bench --bench load [-- [brief] SCENARIO…]`.
//!
//! Starts `exten run` as a process of its own, sets calls up over SIP, lets phones talk over loopback, and measures the
//! processor time of that process as a share of one core, the median of three times ten seconds. Beside it stands what
//! the same packets cost through bare sockets: a process that receives one and sends one every 20 ms and socket.
//! `brief` measures once and leaves the bare sockets out: to try something, or to look on with a profiler.

mod phones;
mod process;

use std::io;
use std::net::UdpSocket;
use std::thread;
use std::time::{Duration, Instant};

use phones::{Phones, Voice};
use process::Process;

/// How long is measured, and how often.
const WINDOW: Duration = Duration::from_secs(10);
const TIMES: usize = 3;
/// Time for jitter buffers and sockets to settle.
const SETTLING: Duration = Duration::from_secs(3);
/// Time for the last SIP transactions of many calls to end (timer H, 32 s).
const SETTLING_IDLE: Duration = Duration::from_secs(40);

/// What is measured.
struct Scenario {
    name: &'static str,
    /// Rooms, and the members of each.
    rooms: usize,
    members: usize,
    /// How many members of each room talk; the others send silence.
    talkers: usize,
    /// Two-party calls.
    calls: usize,
    /// The members send nothing at all.
    is_idle: bool,
    /// Per cent of a core: at most, and the aim.
    bar: f64,
    aim: f64,
}

const NONE: Scenario =
    Scenario { name: "", rooms: 0, members: 0, talkers: 0, calls: 0, is_idle: false, bar: 0.0, aim: 0.0 };

const SCENARIOS: [Scenario; 5] = [
    Scenario { name: "room-100", rooms: 1, members: 100, talkers: 100, bar: 5.0, aim: 2.5, ..NONE },
    Scenario { name: "room-1000", rooms: 1, members: 1000, talkers: 3, bar: 50.0, aim: 25.0, ..NONE },
    Scenario { name: "rooms-33x3", rooms: 33, members: 3, talkers: 3, bar: 6.0, aim: 3.0, ..NONE },
    Scenario { name: "calls-100", calls: 100, bar: 8.0, aim: 4.0, ..NONE },
    Scenario { name: "idle-10000", rooms: 10_000, members: 1, is_idle: true, bar: 0.0, aim: 0.0, ..NONE },
];

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let Some(sockets) = arguments.iter().skip_while(|argument| *argument != "bare").nth(1) {
        return bare(sockets.parse().map_err(io::Error::other)?);
    }
    let is_brief = arguments.iter().any(|argument| argument == "brief");
    let wanted: Vec<&String> = arguments.iter().filter(|argument| *argument != "brief").collect();
    println!("scenario      % of a core (min)   bar   aim   bare  ratio   gaps within 5 ms of 20 ms   packets/s heard");
    for scenario in SCENARIOS {
        if wanted.is_empty() || wanted.iter().any(|wanted| scenario.name == wanted.as_str()) {
            println!("{}", scenario.measure(is_brief)?);
        }
    }
    Ok(())
}

impl Scenario {
    fn measure(&self, is_brief: bool) -> io::Result<String> {
        let rooms = if self.is_idle { self.rooms.min(most_idle()) } else { self.rooms };
        let times = if is_brief { 1 } else { TIMES };
        let bare = if self.is_idle || is_brief { None } else { Some(self.measure_bare()?) };
        let mut phones = Phones::new()?;
        let exten = Process::exten(phones.sip_port()?)?;
        phones.server = exten.sip;
        for room in 0..rooms {
            for member in 0..self.members {
                let voice = if self.is_idle {
                    Voice::None
                } else if member < self.talkers {
                    Voice::Speech
                } else {
                    Voice::Silence
                };
                phones.call(&format!("room{room}"), voice)?;
            }
        }
        for call in 0..self.calls {
            phones.call(&format!("call{call}"), Voice::Speech)?;
        }
        phones.wait_for(rooms * self.members + 2 * self.calls)?;
        let talk = phones.talk()?;
        thread::sleep(if self.is_idle { SETTLING_IDLE } else { SETTLING });
        talk.forget();
        let begun = Instant::now();
        let mut shares = measure(&exten, times)?;
        let heard = talk.heard() as f64 / begun.elapsed().as_secs_f64();
        let on_time = talk.on_time();
        shares.sort_by(f64::total_cmp);
        let (least, median) = (shares[0], shares[times / 2]);
        let beside = match bare {
            Some(bare) => format!("{bare:6.2} {:6.1}", median / bare),
            None => format!("{:>6} {:>6}", "-", "-"),
        };
        let on_time = on_time.map_or("-".to_owned(), |share| format!("{:.2} %", share * 100.0));
        Ok(format!(
            "{:12} {median:9.2}  ({least:5.2}) {:5.1} {:5.1} {beside} {on_time:>28} {heard:17.0}",
            self.name, self.bar, self.aim
        ))
    }

    /// The same packets through bare sockets.
    fn measure_bare(&self) -> io::Result<f64> {
        let count = self.rooms * self.members + 2 * self.calls;
        let mut process = Process::bare(count)?;
        let ports = process.ports(count)?;
        let mut phones = Phones::new()?;
        for port in ports {
            phones.join(Voice::Speech, port)?;
        }
        let talk = phones.talk()?;
        thread::sleep(SETTLING);
        let mut shares = measure(&process, TIMES)?;
        drop(talk);
        shares.sort_by(f64::total_cmp);
        Ok(shares[TIMES / 2])
    }
}

/// How many idle calls the system allows a process: each has two sockets.
fn most_idle() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).maximum.unwrap_or(u64::MAX);
    usize::try_from(limit.saturating_sub(200) / 2).unwrap_or(usize::MAX)
}

fn measure(process: &Process, times: usize) -> io::Result<Vec<f64>> {
    (0..times)
        .map(|_| {
            let (begun, before) = (Instant::now(), process.seconds()?);
            thread::sleep(WINDOW);
            Ok((process.seconds()? - before) * 100.0 / begun.elapsed().as_secs_f64())
        })
        .collect()
}

/// The other process: what comes to a socket goes back, all sockets every 20 ms.
fn bare(count: usize) -> io::Result<()> {
    let sockets: Vec<UdpSocket> = (0..count).map(|_| UdpSocket::bind("127.0.0.1:0")).collect::<io::Result<_>>()?;
    for socket in &sockets {
        socket.set_nonblocking(true)?;
        println!("{}", socket.local_addr()?.port());
    }
    let mut packet = [0; 2048];
    let mut next = Instant::now();
    loop {
        next += Duration::from_millis(20);
        thread::sleep(next.saturating_duration_since(Instant::now()));
        for socket in &sockets {
            if let Ok((length, from)) = socket.recv_from(&mut packet) {
                socket.send_to(&packet[..length], from)?;
            }
        }
    }
}
