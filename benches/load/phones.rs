//! Many phones in one process: just enough SIP to call and be called, and RTP every 20 ms.

use std::collections::{HashMap, HashSet};
use std::io;
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::event::epoll;

/// What a phone says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Voice {
    Speech,
    Silence,
    /// It sends nothing.
    None,
}

const BEAT: Duration = Duration::from_millis(20);
/// The phones speak one after the other within the 20 ms, in so many groups.
const GROUPS: usize = 20;
/// A gap between packets that is this much off the beat is not on time.
const TOLERANCE: Duration = Duration::from_millis(5);

struct Phone {
    socket: UdpSocket,
    voice: Voice,
    /// Exten's RTP port, once the call is answered.
    port: Option<u16>,
}

/// Phones whose calls are being set up.
pub struct Phones {
    sip: UdpSocket,
    pub server: SocketAddr,
    phones: Vec<Phone>,
    /// All phones that send nothing have one socket.
    mute: UdpSocket,
    /// The phone of a call, by Call-ID, and the INVITE until it is answered.
    calls: HashMap<String, (Option<usize>, String)>,
    answered: HashSet<String>,
}

impl Phones {
    pub fn new() -> io::Result<Self> {
        let sip = UdpSocket::bind("127.0.0.1:0")?;
        sip.set_read_timeout(Some(Duration::from_millis(2)))?;
        Ok(Self {
            sip,
            server: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            phones: Vec::new(),
            mute: UdpSocket::bind("127.0.0.1:0")?,
            calls: HashMap::new(),
            answered: HashSet::new(),
        })
    }

    pub fn sip_port(&self) -> io::Result<u16> {
        Ok(self.sip.local_addr()?.port())
    }

    /// A phone that talks with a port without a call.
    pub fn join(&mut self, voice: Voice, port: u16) -> io::Result<()> {
        self.phones.push(Phone { socket: UdpSocket::bind("127.0.0.1:0")?, voice, port: Some(port) });
        Ok(())
    }

    /// Calls a number.
    pub fn call(&mut self, number: &str, voice: Voice) -> io::Result<()> {
        let (phone, port) = match voice {
            Voice::None => (None, self.mute.local_addr()?.port()),
            _ => self.add(voice)?,
        };
        let (own, server) = (self.sip.local_addr()?, self.server);
        let n = self.calls.len();
        let sdp = description(port);
        let invite = format!(
            "INVITE sip:{number}@{server} SIP/2.0\r\nVia: SIP/2.0/UDP {own};branch=z9hG4bKload{n}\r\nMax-Forwards: 70\r\n\
             From: <sip:load@{own}>;tag=from{n}\r\nTo: <sip:{number}@{server}>\r\nCall-ID: load-{n}\r\nCSeq: 1 INVITE\r\n\
             Contact: <sip:load@{own}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
            sdp.len()
        );
        self.sip.send_to(invite.as_bytes(), server)?;
        self.calls.insert(format!("load-{n}"), (phone, invite));
        // Not faster than an exchange dials.
        self.take_messages(Instant::now() + Duration::from_millis(2))
    }

    fn add(&mut self, voice: Voice) -> io::Result<(Option<usize>, u16)> {
        let socket = UdpSocket::bind("127.0.0.1:0")?;
        let port = socket.local_addr()?.port();
        self.phones.push(Phone { socket, voice, port: None });
        Ok((Some(self.phones.len() - 1), port))
    }

    /// Waits until so many legs are answered, and calls again those that were not heard.
    pub fn wait_for(&mut self, legs: usize) -> io::Result<()> {
        let patience = Instant::now() + Duration::from_secs(60);
        while self.answered.len() < legs {
            if Instant::now() > patience {
                return Err(io::Error::other(format!("{} of {legs} legs were answered", self.answered.len())));
            }
            self.take_messages(Instant::now() + Duration::from_secs(1))?;
            for (call, (_, invite)) in self.calls.iter().filter(|(call, _)| !self.answered.contains(*call)).take(200) {
                if call.starts_with("load") {
                    self.sip.send_to(invite.as_bytes(), self.server)?;
                }
            }
        }
        Ok(())
    }

    fn take_messages(&mut self, until: Instant) -> io::Result<()> {
        let mut packet = [0; 4096];
        while Instant::now() < until {
            if let Ok((length, from)) = self.sip.recv_from(&mut packet) {
                self.take(&String::from_utf8_lossy(&packet[..length]), from)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, message: &str, from: SocketAddr) -> io::Result<()> {
        let call = header(message, "Call-ID").to_owned();
        if message.starts_with("SIP/2.0 200") && header(message, "CSeq").ends_with("INVITE") {
            let target = header(message, "Contact").trim_start_matches('<').split('>').next().unwrap_or("").to_owned();
            let via = header(message, "Via").split(";branch").next().unwrap_or("").to_owned();
            let ack = format!(
                "ACK {target} SIP/2.0\r\nVia: {via};branch=z9hG4bKack-{call}\r\nMax-Forwards: 70\r\nFrom: {}\r\nTo: {}\r\n\
                 Call-ID: {call}\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n",
                header(message, "From"),
                header(message, "To"),
            );
            self.sip.send_to(ack.as_bytes(), from)?;
            if let Some((Some(phone), _)) = self.calls.get(&call) {
                self.phones[*phone].port = media_port(message);
            }
            self.answered.insert(call);
        } else if message.starts_with("INVITE ") && !self.answered.contains(&call) {
            let (phone, port) = self.add(Voice::Speech)?;
            if let Some(phone) = phone {
                self.phones[phone].port = media_port(message);
            }
            let (own, sdp) = (self.sip.local_addr()?, description(port));
            let copied: String = ["Via", "From", "Call-ID", "CSeq"]
                .into_iter()
                .map(|name| format!("{name}: {}\r\n", header(message, name)))
                .collect();
            let answer = format!(
                "SIP/2.0 200 OK\r\n{copied}To: {};tag=callee\r\nContact: <sip:load@{own}>\r\n\
                 Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
                header(message, "To"),
                sdp.len()
            );
            self.sip.send_to(answer.as_bytes(), from)?;
            self.calls.insert(call.clone(), (phone, String::new()));
            self.answered.insert(call);
        }
        Ok(())
    }

    /// Lets all phones talk and listen.
    pub fn talk(self) -> io::Result<Talk> {
        Talk::begin(self.phones, self.sip)
    }
}

fn header<'a>(message: &'a str, name: &str) -> &'a str {
    let of = |line: &'a str| line.strip_prefix(name)?.strip_prefix(':').map(str::trim);
    message.lines().find_map(of).unwrap_or("")
}

fn media_port(message: &str) -> Option<u16> {
    message.lines().find_map(|line| line.strip_prefix("m=audio ")?.split(' ').next()?.parse().ok())
}

fn description(port: u16) -> String {
    format!(
        "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=load\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n\
         a=rtpmap:0 PCMU/8000\r\na=ptime:20\r\na=sendrecv\r\n"
    )
}

/// What the phones heard.
#[derive(Default)]
struct Heard {
    packets: AtomicU64,
    gaps: Mutex<Gaps>,
}

#[derive(Default)]
struct Gaps {
    on_time: u64,
    all: u64,
}

/// Phones that talk until this is dropped.
pub struct Talk {
    heard: Arc<Heard>,
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
    /// Kept open, so that late messages do not meet a closed port.
    _sip: UdpSocket,
}

impl Talk {
    fn begin(phones: Vec<Phone>, sip: UdpSocket) -> io::Result<Self> {
        let (heard, is_over) = (Arc::<Heard>::default(), Arc::new(AtomicBool::new(false)));
        let mut senders = Vec::new();
        let mut listeners = Vec::new();
        for phone in phones {
            let Some(port) = phone.port else { continue };
            phone.socket.connect((Ipv4Addr::LOCALHOST, port))?;
            phone.socket.set_nonblocking(true)?;
            senders.push((phone.socket.try_clone()?, phone.voice));
            listeners.push(phone.socket);
        }
        let threads = vec![
            {
                let is_over = Arc::clone(&is_over);
                thread::spawn(move || send(&senders, &is_over))
            },
            {
                let (heard, is_over) = (Arc::clone(&heard), Arc::clone(&is_over));
                thread::spawn(move || _ = listen(&listeners, &heard, &is_over))
            },
        ];
        Ok(Self { heard, is_over, threads, _sip: sip })
    }

    /// Counts anew.
    pub fn forget(&self) {
        self.heard.packets.store(0, Ordering::Relaxed);
        *self.gaps() = Gaps::default();
    }

    /// The packets that came.
    pub fn heard(&self) -> u64 {
        self.heard.packets.load(Ordering::Relaxed)
    }

    /// The share of gaps that were on the beat, where anything came.
    pub fn on_time(&self) -> Option<f64> {
        let gaps = self.gaps();
        (gaps.all > 0).then(|| gaps.on_time as f64 / gaps.all as f64)
    }

    fn gaps(&self) -> std::sync::MutexGuard<'_, Gaps> {
        self.heard.gaps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        self.threads.drain(..).for_each(|thread| _ = thread.join());
    }
}

fn send(phones: &[(UdpSocket, Voice)], is_over: &AtomicBool) {
    let mut packet = [0xff_u8; 172];
    let (mut number, mut next) = (0_usize, Instant::now());
    let slot = BEAT / GROUPS as u32;
    while !is_over.load(Ordering::Relaxed) {
        let (round, group) = (number / GROUPS, number % GROUPS);
        for (phone, (socket, voice)) in phones.iter().enumerate().skip(group).step_by(GROUPS) {
            packet[..2].copy_from_slice(&[0x80, if round == 0 { 0x80 } else { 0 }]);
            packet[2..4].copy_from_slice(&(round as u16).to_be_bytes());
            packet[4..8].copy_from_slice(&(round as u32 * 160).to_be_bytes());
            packet[8..12].copy_from_slice(&(phone as u32 + 1).to_be_bytes());
            match voice {
                // Anything but silence: the samples of a rough tone of its own.
                Voice::Speech => (0..160)
                    .for_each(|at| packet[12 + at] = if at * (phone % 9 + 2) / 40 % 2 == 0 { 0x20 } else { 0xa0 }),
                _ => packet[12..].fill(0xff),
            }
            let _ = socket.send(&packet);
        }
        number += 1;
        next += slot;
        thread::sleep(next.saturating_duration_since(Instant::now()));
    }
}

fn listen(phones: &[UdpSocket], heard: &Heard, is_over: &AtomicBool) -> io::Result<()> {
    let poll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
    for (number, phone) in phones.iter().enumerate() {
        epoll::add(&poll, phone, epoll::EventData::new_u64(number as u64), epoll::EventFlags::IN)?;
    }
    let mut last: Vec<Option<Instant>> = vec![None; phones.len()];
    let (mut packet, mut events) = ([0; 2048], Vec::with_capacity(1024));
    let timeout = rustix::event::Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
    while !is_over.load(Ordering::Relaxed) {
        events.clear();
        let _ = epoll::wait(&poll, rustix::buffer::spare_capacity(&mut events), Some(&timeout));
        let mut gaps = heard.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        for event in &events {
            let number = event.data.u64() as usize;
            let Some(phone) = phones.get(number) else { continue };
            if phone.recv(&mut packet).is_err() {
                continue;
            }
            let now = Instant::now();
            heard.packets.fetch_add(1, Ordering::Relaxed);
            if let Some(last) = last[number].replace(now) {
                gaps.all += 1;
                gaps.on_time += u64::from((now - last).abs_diff(BEAT) <= TOLERANCE);
            }
        }
        drop(gaps);
        // Not one wake-up a packet here either; so much less than the tolerance falsifies nothing.
        thread::sleep(Duration::from_micros(500));
    }
    Ok(())
}
