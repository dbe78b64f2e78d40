//! The sockets around a [`Session`]: an even RTP port, the odd RTCP port above it, and one task.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::net::UdpSocket;
use tokio::sync::Notify;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until};

use super::session::{Media, Received, Session, Settings, Statistics};
use crate::media::dtmf::DigitEvent;
use crate::media::frame::{Frame, Sink};

/// Larger than any datagram an Ethernet carries.
const LARGEST_PACKET: usize = 2048;
/// Packets taken in one go before the timers get their turn.
const BATCH: usize = 16;
/// A socket in trouble must not keep the processor busy.
const PAUSE_AFTER_ERROR: Duration = Duration::from_millis(20);

/// Where RTP ports are opened (`rtp.conf`), and the settings of the session behind.
#[derive(Clone, Debug)]
pub struct PortSettings {
    /// The address to bind.
    pub address: IpAddr,
    /// `rtpstart` to `rtpend`.
    pub ports: RangeInclusive<u16>,
    /// The type-of-service octet of packets sent; 0xb8 is expedited forwarding.
    pub type_of_service: u32,
    /// The session's.
    pub session: Settings,
}

impl Default for PortSettings {
    fn default() -> PortSettings {
        PortSettings {
            address: IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            ports: 10000..=20000,
            type_of_service: 0xb8,
            session: Settings::default(),
        }
    }
}

/// The far end as SDP describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remote {
    /// Where it wants RTP.
    pub rtp: SocketAddr,
    /// Where it wants RTCP; the port above RTP if it does not say.
    pub rtcp: Option<SocketAddr>,
    /// Whether to send to where its packets come from instead (symmetric RTP), once that is proven.
    pub symmetric: bool,
    /// Codec and payload types.
    pub media: Media,
}

/// Which ways audio goes, seen from here (`a=sendrecv` and so on).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    #[default]
    SendReceive,
    /// Only to the party: it holds us, or we play to it.
    SendOnly,
    /// Only from the party.
    ReceiveOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    /// Whether audio goes to the party.
    pub fn sends(self) -> bool {
        matches!(self, Direction::SendReceive | Direction::SendOnly)
    }

    /// Whether audio comes from the party.
    pub fn receives(self) -> bool {
        matches!(self, Direction::SendReceive | Direction::ReceiveOnly)
    }
}

/// Is told of the digits a party presses.
pub type OnDigit = Arc<dyn Fn(DigitEvent) + Send + Sync>;

/// The media end of one call leg. Dropping it closes the ports.
pub struct RtpPort {
    shared: Arc<Shared>,
    task: AbortHandle,
}

struct Shared {
    rtp: UdpSocket,
    rtcp: UdpSocket,
    /// The RTP socket again, for sending from anywhere without waiting for the runtime's readiness.
    out: std::net::UdpSocket,
    local: SocketAddr,
    origin: Instant,
    state: Mutex<State>,
    listener: Mutex<Listener>,
    wake: Notify,
}

struct State {
    session: Session,
    remote: Option<Remote>,
    /// The address RTCP came from last.
    rtcp_source: Option<SocketAddr>,
    direction: Direction,
}

#[derive(Default, Clone)]
struct Listener {
    sink: Option<Arc<dyn Sink>>,
    on_digit: Option<OnDigit>,
}

impl State {
    fn rtp_destination(&self) -> Option<SocketAddr> {
        let remote = self.remote?;
        let learned = self.session.learned_source().filter(|_| remote.symmetric);
        // Port 0 and the unspecified address are SDP's way to say: do not send.
        Some(learned.unwrap_or(remote.rtp)).filter(|address| address.port() != 0 && !address.ip().is_unspecified())
    }

    fn rtcp_destination(&self) -> Option<SocketAddr> {
        let rtp = self.rtp_destination()?;
        let remote = self.remote?;
        if remote.symmetric && self.rtcp_source.is_some_and(|source| source.ip() == rtp.ip()) {
            return self.rtcp_source;
        }
        Some(remote.rtcp.unwrap_or_else(|| SocketAddr::new(rtp.ip(), rtp.port().wrapping_add(1))))
    }
}

impl RtpPort {
    /// Opens a pair of ports and starts its task on the current tokio runtime.
    pub fn bind(settings: &PortSettings) -> io::Result<RtpPort> {
        let (rtp, rtcp) = bind_pair(settings)?;
        let out = rtp.try_clone()?;
        let local = rtp.local_addr()?;
        let (rtp, rtcp) = (UdpSocket::from_std(rtp)?, UdpSocket::from_std(rtcp)?);
        set_type_of_service(&rtp, settings);
        let shared = Arc::new(Shared {
            rtp,
            rtcp,
            out,
            local,
            origin: Instant::now(),
            state: Mutex::new(State {
                session: Session::new(settings.session.clone()),
                remote: None,
                rtcp_source: None,
                direction: Direction::default(),
            }),
            listener: Mutex::default(),
            wake: Notify::new(),
        });
        let task = tokio::spawn(serve(Arc::clone(&shared))).abort_handle();
        Ok(RtpPort { shared, task })
    }

    /// The RTP port's address, for SDP. RTCP is one port above.
    pub fn local_addr(&self) -> SocketAddr {
        self.shared.local
    }

    /// Sets or changes the far end. The same source goes on.
    pub fn set_remote(&self, remote: Remote) {
        let mut state = self.shared.state.lock();
        state.session.set_media(remote.media);
        state.session.announce(remote.rtp);
        state.remote = Some(remote);
        drop(state);
        self.shared.wake.notify_one();
    }

    /// The far end as last set.
    pub fn remote(&self) -> Option<Remote> {
        self.shared.state.lock().remote
    }

    /// Connects what the party says to a sink, or to nothing.
    pub fn set_sink(&self, sink: Option<Arc<dyn Sink>>) {
        let before = std::mem::replace(&mut self.shared.listener.lock().sink, sink);
        // Outside the lock: a sink's drop may come back here.
        drop(before);
    }

    /// Sets who is told of the party's digits.
    pub fn set_on_digit(&self, on_digit: Option<OnDigit>) {
        let before = std::mem::replace(&mut self.shared.listener.lock().on_digit, on_digit);
        drop(before);
    }

    /// Sends a frame to the party, now, without waiting. It is dropped where nothing can be sent: before the far end
    /// is known, on hold, under a digit, and when the socket is full.
    pub fn write(&self, frame: &Frame) {
        let mut buffer = [0; 12 + 256];
        let mut state = self.shared.state.lock();
        if !state.direction.sends() {
            return;
        }
        let Some(destination) = state.rtp_destination() else { return };
        let Some(length) = state.session.send(self.shared.now(), frame, &mut buffer) else { return };
        drop(state);
        // What UDP does not take is lost, as it would be on the way.
        let _ = self.shared.out.send_to(&buffer[..length], destination);
    }

    /// Presses a key for `length` as an RTP event, after those pressed before. False if the far end takes no events:
    /// send the tone instead.
    pub fn send_digit(&self, digit: char, length: Duration) -> bool {
        let pressed = self.shared.state.lock().session.send_digit(digit, length);
        self.shared.wake.notify_one();
        pressed
    }

    /// Sets which ways audio goes.
    pub fn set_direction(&self, direction: Direction) {
        self.shared.state.lock().direction = direction;
    }

    /// Which ways audio goes.
    pub fn direction(&self) -> Direction {
        self.shared.state.lock().direction
    }

    /// Puts an adaptive jitter buffer before the sink, or takes it out.
    pub fn set_jitter_buffer(&self, wanted: bool) {
        self.shared.state.lock().session.set_jitter_buffer(wanted);
        self.shared.wake.notify_one();
    }

    /// The counters as they stand.
    pub fn statistics(&self) -> Statistics {
        self.shared.state.lock().session.statistics()
    }
}

impl Drop for RtpPort {
    fn drop(&mut self) {
        self.task.abort();
        // The sink may own the peer's port, and that one's sink this: do not keep each other alive.
        self.set_sink(None);
        self.set_on_digit(None);
        let mut buffer = [0; 128];
        let state = self.shared.state.lock();
        if let (Some(destination), Some(length)) = (state.rtcp_destination(), state.session.goodbye(&mut buffer)) {
            let _ = self.shared.rtcp.try_send_to(&buffer[..length], destination);
        }
    }
}

impl Shared {
    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    fn receive(&self, from: SocketAddr, packet: &[u8]) {
        let now = self.now();
        self.state.lock().session.receive(now, from, packet);
        self.deliver(now);
    }

    fn receive_report(&self, from: SocketAddr, packet: &[u8]) {
        let mut state = self.state.lock();
        // Only from the party's machine: nobody else may steer our reports.
        if state.rtp_destination().is_some_and(|party| party.ip() == from.ip()) {
            state.rtcp_source = Some(from);
            state.session.receive_report(self.now(), packet);
        }
    }

    /// Hands on what was received. No lock is held meanwhile, since the sink usually writes to another port, whose
    /// own sink writes to this one.
    fn deliver(&self, now: Duration) {
        loop {
            let (received, hears) = {
                let mut state = self.state.lock();
                (state.session.poll(now), state.direction.receives())
            };
            match received {
                None => return,
                Some(Received::Audio(frame)) if hears => {
                    let sink = self.listener.lock().sink.clone();
                    if let Some(sink) = sink {
                        sink.accept(&frame);
                    }
                }
                Some(Received::Audio(_)) => {}
                Some(Received::Digit(event)) => {
                    let on_digit = self.listener.lock().on_digit.clone();
                    if let Some(on_digit) = on_digit {
                        on_digit(event);
                    }
                }
            }
        }
    }

    /// Does what is due; returns when it has to be called again.
    fn run_timers(&self) -> Instant {
        let mut buffer = [0; LARGEST_PACKET];
        let now = self.now();
        {
            let mut state = self.state.lock();
            let (rtp, rtcp) = (state.rtp_destination(), state.rtcp_destination());
            while let Some(length) = state.session.poll_digit(now, &mut buffer) {
                if let Some(destination) = rtp {
                    let _ = self.out.send_to(&buffer[..length], destination);
                }
            }
            if let Some(length) = state.session.poll_report(now, &mut buffer)
                && let Some(destination) = rtcp
            {
                let _ = self.rtcp.try_send_to(&buffer[..length], destination);
            }
        }
        self.deliver(now);
        self.origin + self.state.lock().session.next_at()
    }
}

async fn serve(shared: Arc<Shared>) {
    let (mut packet, mut report) = ([0; LARGEST_PACKET], [0; LARGEST_PACKET]);
    let mut deadline = shared.run_timers();
    let timer = sleep_until(deadline);
    tokio::pin!(timer);
    loop {
        tokio::select! {
            biased;
            received = shared.rtp.recv_from(&mut packet) => {
                let Ok((length, from)) = received else {
                    sleep(PAUSE_AFTER_ERROR).await;
                    continue;
                };
                shared.receive(from, &packet[..length]);
                for _ in 1..BATCH {
                    let Ok((length, from)) = shared.rtp.try_recv_from(&mut packet) else { break };
                    shared.receive(from, &packet[..length]);
                }
            }
            received = shared.rtcp.recv_from(&mut report) => match received {
                Ok((length, from)) => shared.receive_report(from, &report[..length]),
                Err(_) => sleep(PAUSE_AFTER_ERROR).await,
            },
            () = &mut timer => {}
            () = shared.wake.notified() => {}
        }
        let due = if Instant::now() >= deadline { shared.run_timers() } else { shared.next_deadline() };
        // Most packets leave the deadline where it was, and setting a timer costs more than a packet.
        if due != deadline {
            deadline = due;
            timer.as_mut().reset(deadline);
        }
    }
}

impl Shared {
    fn next_deadline(&self) -> Instant {
        self.origin + self.state.lock().session.next_at()
    }
}

/// Binds an even port and the one above it. Ports are taken in turn, so that a late packet of a former call does not
/// reach the next one.
fn bind_pair(settings: &PortSettings) -> io::Result<(std::net::UdpSocket, std::net::UdpSocket)> {
    static TURN: AtomicU32 = AtomicU32::new(0);
    let first = u32::from(*settings.ports.start()).next_multiple_of(2);
    let last = u32::from(*settings.ports.end());
    let pairs = (last + 1).saturating_sub(first) / 2;
    let mut failure = None;
    for _ in 0..pairs {
        let port = first + TURN.fetch_add(1, Ordering::Relaxed) % pairs * 2;
        let bind = |port: u32| std::net::UdpSocket::bind((settings.address, port as u16));
        match bind(port).and_then(|rtp| Ok((rtp, bind(port + 1)?))) {
            Ok((rtp, rtcp)) => {
                rtp.set_nonblocking(true)?;
                rtcp.set_nonblocking(true)?;
                return Ok((rtp, rtcp));
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => failure = Some(error),
            Err(error) => return Err(io::Error::new(error.kind(), format!("RTP port {port}: {error}"))),
        }
    }
    let kind = failure.map_or(io::ErrorKind::InvalidInput, |error| error.kind());
    let message = format!("no free pair of RTP ports from {first} to {last}: widen rtpstart and rtpend in rtp.conf");
    Err(io::Error::new(kind, message))
}

fn set_type_of_service(socket: &UdpSocket, settings: &PortSettings) {
    // Without the mark packets still arrive, only less favoured.
    if settings.address.is_ipv4() {
        let _ = socket.set_tos_v4(settings.type_of_service);
    }
}

#[cfg(test)]
#[path = "socket_tests.rs"]
mod tests;
