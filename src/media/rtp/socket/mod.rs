//! The sockets around a [`Session`]: an even RTP port and the odd RTCP port above it.

mod ports;
mod reading;

use std::io;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Mutex, MutexGuard};
use tokio::time::Instant;

use super::payload::LARGEST_FRAME;
use super::session::{Media, Received, Session, Statistics};
use super::source::ABANDONED;
use super::srtp::{self, Keys, Secure};
use super::told::{Report, Way};
use super::worker::Worker;
use crate::media::dtmf::DigitEvent;
use crate::media::frame::{Codec, Frame, Sink, Stream};

pub use ports::PortSettings;
pub(super) use reading::Sweep;

use reading::{Reader, Rhythm};

/// Larger than any datagram an Ethernet carries.
pub(super) const LARGEST_PACKET: usize = 2048;
/// Octets before the payload in the packets we send.
const HEADER: usize = 12;
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

/// Told of reports that come and go, on the media thread: it must not wait.
pub type OnReport = Arc<dyn Fn(&Report, Way) + Send + Sync>;

/// The media end of one call leg. Dropping it closes the ports.
pub struct RtpPort {
    shared: Arc<Shared>,
}

/// A port as its worker sees it.
// In this order, as below: what is asked at every packet stands together. With a thousand calls nothing of one is in the
// cache when its packet comes, and to fetch it costs more than all the work.
#[repr(C)]
pub(super) struct Shared {
    rtp: UdpSocket,
    /// The worker's number for it.
    number: usize,
    worker: Arc<Worker>,
    origin: Instant,
    state: Mutex<State>,
    rtcp: UdpSocket,
    local: SocketAddr,
}

#[repr(C)]
struct State {
    rhythm: Rhythm,
    direction: Direction,
    sink: Option<Arc<dyn Sink>>,
    /// When the worker will look at the timers.
    reminder: Option<Instant>,
    /// The party that the RTP socket is connected to.
    connected: Option<SocketAddr>,
    /// What secures the packets; nothing where they travel in the clear.
    secure: Option<Box<Secure>>,
    remote: Option<Remote>,
    session: Session,
    on_digit: Option<OnDigit>,
    /// The address RTCP came from last.
    rtcp_source: Option<SocketAddr>,
    on_report: Option<OnReport>,
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

impl State {
    /// Secures a packet, if that is wanted; its length then. Nothing where there are no keys yet.
    fn seal(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        match &mut self.secure {
            None => Some(length),
            Some(secure) => secure.seal(buffer, length),
        }
    }

    fn seal_report(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        match &mut self.secure {
            None => Some(length),
            Some(secure) => secure.seal_report(buffer, length),
        }
    }

    /// The length of a packet that came, opened where it is to be secured.
    fn open(&mut self, packet: &mut [u8]) -> Option<usize> {
        match &mut self.secure {
            None => Some(packet.len()),
            Some(secure) => {
                let opened = secure.open(packet);
                if opened.is_none() {
                    self.session.refuse();
                }
                opened
            }
        }
    }
}

impl RtpPort {
    /// Opens a pair of ports. What comes in is handed on by a thread within the current tokio runtime.
    pub fn bind(settings: &PortSettings) -> io::Result<RtpPort> {
        let (rtp, rtcp) = ports::bind(settings)?;
        let local = rtp.local_addr()?;

        let now = Instant::now();
        let state = Mutex::new(State {
            session: Session::new(settings.session.clone()),
            remote: None,
            rtcp_source: None,
            on_report: None,
            connected: None,
            secure: None,
            direction: Direction::default(),
            sink: None,
            on_digit: None,
            reminder: None,
            rhythm: Rhythm::from(now),
        });
        let shared = Worker::employ(|worker, number| {
            Arc::new(Shared { rtp, rtcp, local, origin: now, worker: Arc::clone(worker), number, state })
        })?;
        Ok(RtpPort { shared })
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
        if state.connected.is_some_and(|party| party != remote.rtp) {
            self.shared.disconnect(&mut state);
        }
        self.shared.plan(state);
    }

    /// The far end as last set.
    pub fn remote(&self) -> Option<Remote> {
        self.shared.state.lock().remote
    }

    /// From now on nothing is sent or heard in the clear. What secures it is set when it is known.
    pub fn expect_keys(&self) {
        self.shared.state.lock().secure.get_or_insert_default();
    }

    /// Sets what secures the packets. Keys that are the same go on.
    pub fn set_keys(&self, keys: Keys) {
        self.shared.state.lock().secure.get_or_insert_default().set(keys);
    }

    /// Whether the packets are secured.
    pub fn is_secure(&self) -> bool {
        self.shared.state.lock().secure.as_ref().is_some_and(|secure| secure.is_keyed())
    }

    /// Connects what the party says to a sink, or to nothing.
    pub fn set_sink(&self, sink: Option<Arc<dyn Sink>>) {
        let before = std::mem::replace(&mut self.shared.state.lock().sink, sink);
        // Outside the lock: a sink's drop may come back here.
        drop(before);
    }

    /// Sets who is told of the party's digits.
    pub fn set_on_digit(&self, on_digit: Option<OnDigit>) {
        let before = std::mem::replace(&mut self.shared.state.lock().on_digit, on_digit);
        drop(before);
    }

    /// Sets who is told of reports.
    pub fn set_on_report(&self, on_report: Option<OnReport>) {
        let before = std::mem::replace(&mut self.shared.state.lock().on_report, on_report);
        drop(before);
    }

    /// Sends a frame to the party, now, without waiting. It is dropped where nothing can be sent: before the far end
    /// is known, on hold, under a digit, and when the socket is full.
    pub fn write(&self, frame: &Frame) {
        self.shared.write(frame);
    }

    /// The stream by itself, to be used for as long as the port lives.
    pub fn stream(&self) -> Arc<dyn Stream> {
        Arc::clone(&self.shared) as Arc<dyn Stream>
    }

    /// Presses a key for `length` as an RTP event, after those pressed before. False if the far end takes no events:
    /// send the tone instead.
    pub fn send_digit(&self, digit: char, length: Duration) -> bool {
        let mut state = self.shared.state.lock();
        let pressed = state.session.send_digit(digit, length);
        self.shared.plan(state);
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
    }

    /// The counters as they stand.
    pub fn statistics(&self) -> Statistics {
        self.shared.state.lock().session.statistics()
    }
}

impl Drop for RtpPort {
    fn drop(&mut self) {
        // Nobody reads it any more.
        self.shared.state.lock().rhythm.reader = Reader::Asked;
        self.shared.worker.dismiss(self.shared.number, &self.shared);
        // The sink may own the peer's port, and that one's sink this: do not keep each other alive.
        self.set_sink(None);
        self.set_on_digit(None);
        self.set_on_report(None);
        let mut buffer = [0; 128];
        let mut state = self.shared.state.lock();
        let goodbye = state.session.goodbye(&mut buffer).and_then(|length| state.seal_report(&mut buffer, length));
        if let (Some(destination), Some(length)) = (state.rtcp_destination(), goodbye) {
            let _ = self.shared.rtcp.send_to(&buffer[..length], destination);
        }
    }
}

impl Stream for Shared {
    fn write(&self, frame: &Frame) {
        let mut buffer = [0; HEADER + LARGEST_FRAME + srtp::GROWTH];
        let mut state = self.state.lock();
        if !state.direction.sends() {
            return;
        }
        let Some(destination) = state.rtp_destination() else { return };
        let Some(length) = state.session.send(self.now(), frame, &mut buffer) else { return };
        let Some(length) = state.seal(&mut buffer, length) else { return };
        let is_connected = state.connected == Some(destination);
        self.plan(state);
        // What UDP does not take is lost, as it would be on the way.
        let _ = match is_connected {
            true => self.rtp.send(&buffer[..length]),
            false => self.rtp.send_to(&buffer[..length], destination),
        };
    }

    fn set_collected(&self, is_collected: bool) {
        let mut state = self.state.lock();
        if is_collected {
            self.set_reader(&mut state, Reader::Asked);
        } else if state.rhythm.reader == Reader::Asked {
            self.set_reader(&mut state, Reader::Told);
        }
    }

    fn carries(&self, codec: Codec) -> bool {
        self.state.lock().session.media().is_some_and(|media| media.codec == codec)
    }

    fn collect(&self) {
        let mut state = self.state.lock();
        if state.rhythm.reader == Reader::Asked {
            self.read(Instant::now(), &mut [0; LARGEST_PACKET], &mut state);
            self.plan(state);
        }
    }
}

impl Shared {
    pub(super) fn rtp(&self) -> &UdpSocket {
        &self.rtp
    }

    pub(super) fn local_addr(&self) -> SocketAddr {
        self.local
    }

    pub(super) fn rtcp(&self) -> &UdpSocket {
        &self.rtcp
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// Connects the socket to the party: the kernel then looks for the way to it once and not for every packet. It
    /// hears nobody else any more, so this is done only where the source lock would not either.
    fn connect(&self, state: &mut State) {
        let Some(party) = state.session.only_source() else { return };
        if state.connected != Some(party) && state.rtp_destination() == Some(party) {
            state.connected = rustix::net::connect(&self.rtp, &party).is_ok().then_some(party);
        }
    }

    /// Hears everybody again.
    fn disconnect(&self, state: &mut State) {
        if state.connected.take().is_some() {
            let _ = rustix::net::connect_unspec(&self.rtp);
        }
    }

    /// Takes a packet from the RTCP socket.
    pub(super) fn receive_report(&self, now: Instant, buffer: &mut [u8]) {
        let Ok((length, from)) = self.rtcp.recv_from(buffer) else { return };
        let mut state = self.state.lock();
        // Only from the party's machine: nobody else may steer our reports.
        if state.rtp_destination().is_some_and(|party| party.ip() == from.ip()) {
            state.rtcp_source = Some(from);
            let opened = match &mut state.secure {
                Some(secure) => secure.open_report(&mut buffer[..length]),
                None => Some(length),
            };
            let Some(length) = opened else { return };
            state.session.receive_report(now.saturating_duration_since(self.origin), &buffer[..length]);
            let round_trip = state.session.statistics().round_trip;
            Self::tell(&mut state, &buffer[..length], Way::Received { from, round_trip });
            self.plan(state);
        }
    }

    /// Tells of a report, without a lock.
    fn tell(state: &mut MutexGuard<'_, State>, bytes: &[u8], way: Way) {
        if let Some(on_report) = state.on_report.clone()
            && let Some(report) = Report::read(bytes)
        {
            MutexGuard::unlocked(state, move || on_report(&report, way));
        }
    }

    /// Hands on what was received. No lock is held meanwhile, since the sink usually writes to another port, whose
    /// own sink writes to this one. Whether it was one frame and nothing else.
    fn deliver(&self, now: Duration, state: &mut MutexGuard<'_, State>) -> bool {
        let (mut frames, mut is_audio) = (0, true);
        while let Some(received) = state.session.poll(now) {
            match received {
                Received::Audio(frame) => {
                    frames += 1;
                    if let Some(sink) = state.sink.clone().filter(|_| state.direction.receives()) {
                        let is_narrowed = frame.codec().is_wide() && !sink.is_wide() && frame.packet().is_none();
                        let narrowed = is_narrowed.then(|| state.session.narrowed(&frame));
                        MutexGuard::unlocked(state, || sink.accept(narrowed.as_ref().unwrap_or(&frame)));
                    }
                }
                Received::Digit(event) => {
                    is_audio = false;
                    if let Some(on_digit) = state.on_digit.clone() {
                        MutexGuard::unlocked(state, move || on_digit(event));
                    }
                }
            }
        }
        frames == 1 && is_audio
    }

    /// Does what is due, with a buffer for packets.
    pub(super) fn run_timers(&self, now: Instant, buffer: &mut [u8]) {
        let mut state = self.state.lock();
        if state.reminder.is_none_or(|reminder| reminder > now) {
            return;
        }
        state.reminder = None;
        let time = now.saturating_duration_since(self.origin);
        let (rtp, rtcp) = (state.rtp_destination(), state.rtcp_destination());
        while let Some(length) = state.session.poll_digit(time, buffer) {
            if let (Some(destination), Some(length)) = (rtp, state.seal(buffer, length)) {
                // Also where it is connected: to the same.
                let _ = self.rtp.send_to(&buffer[..length], destination);
            }
        }
        if let Some(length) = state.session.poll_report(time, buffer)
            && let Some(destination) = rtcp
        {
            Self::tell(&mut state, &buffer[..length], Way::Sent { to: destination });
            if let Some(length) = state.seal_report(buffer, length) {
                let _ = self.rtcp.send_to(&buffer[..length], destination);
            }
        }
        self.deliver(time, &mut state);
        // The reports go on for as long as packets do: a party that falls silent is noticed here, and may come back from
        // another address.
        if now.saturating_duration_since(state.rhythm.last_packet) >= ABANDONED || state.session.next_at().is_none() {
            self.disconnect(&mut state);
        }
        self.plan(state);
    }

    /// Has the worker come back when something is due, unless it will do so anyway.
    fn plan(&self, mut state: MutexGuard<'_, State>) {
        let Some(due) = state.session.next_at().and_then(|due| self.origin.checked_add(due)) else { return };
        if state.reminder.is_none_or(|reminder| due < reminder) {
            state.reminder = Some(due);
            drop(state);
            self.worker.remind(self.number, due);
        }
    }
}

#[cfg(test)]
mod tests;
