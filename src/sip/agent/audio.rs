//! The audio of one call: its RTP port, and the digits in it.

use std::hash::{BuildHasher as _, RandomState};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio::time::MissedTickBehavior;

use super::reporting;
use crate::channel::{Channel, Event};
use crate::media::dtmf::DtmfDetector;
use crate::media::frame::FRAME;
use crate::media::rtp::{DigitEvent, Direction, Identity, Media, PortSettings, Remote, RtpPort, Settings, Statistics};
use crate::media::tone::{Tone, ToneGenerator};
use crate::media::{Codec, Frame, Sink, Stream};
use crate::sip::endpoint::{DtmfMode, Rtp};
use crate::sip::sdp::{self, Negotiated};

/// How ringing sounds where it is audio.
const RINGING: &str = "440+480/2000,0/4000";

/// Frames of silence behind a digit that is played as a tone.
const SILENCE_AFTER_TONE: usize = 3;

/// The audio end of a call.
pub(super) struct Audio {
    port: Arc<RtpPort>,
    mode: DtmfMode,
    inband: OnceLock<Arc<Inband>>,
    channel: OnceLock<Weak<Channel>>,
    /// The codecs that were settled.
    codecs: Mutex<Vec<Codec>>,
}

impl Audio {
    /// Opens ports on `address`.
    ///
    /// # Errors
    ///
    /// No port is free.
    pub fn open(address: IpAddr, rtp: Rtp, mode: DtmfMode) -> io::Result<Self> {
        let wall_clock = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        // Keyed by the system's randomness: the numbers cannot be guessed.
        let identity = Identity::from_seed(RandomState::new().hash_one(wall_clock));
        let session = Settings {
            identity,
            wall_clock,
            probation: rtp.probation,
            report_interval: rtp.report_interval,
            ..Settings::default()
        };
        let port =
            RtpPort::bind(&PortSettings { address, ports: rtp.first..=rtp.last, session, ..PortSettings::default() })?;
        Ok(Self {
            port: Arc::new(port),
            mode,
            inband: OnceLock::new(),
            channel: OnceLock::new(),
            codecs: Mutex::default(),
        })
    }

    /// Makes what the party presses the channel's digits.
    pub fn attach(&self, channel: &Arc<Channel>) {
        // A line has one channel.
        let _ = self.channel.set(Arc::downgrade(channel));
        let digits = Arc::downgrade(channel);
        self.port.set_on_digit(Some(Arc::new(move |event| report(&digits, event))));
        let reports = Arc::downgrade(channel);
        self.port.set_on_report(Some(Arc::new(move |report, way| reporting::tell(&reports, report, way))));
        if matches!(self.mode, DtmfMode::Inband | DtmfMode::Auto) {
            let inband = self.inband.get_or_init(|| Arc::new(Inband::new(Arc::downgrade(channel))));
            self.port.set_sink(Some(Arc::clone(inband) as Arc<dyn Sink>));
        }
    }

    /// Our RTP port, for SDP.
    pub fn local_port(&self) -> u16 {
        self.port.local_addr().port()
    }

    /// Nothing goes in the clear, whatever comes.
    pub fn expect_keys(&self) {
        self.port.expect_keys();
    }

    /// Whether media is secured.
    pub fn is_secure(&self) -> bool {
        self.port.is_secure()
    }

    /// Sends and receives as SDP settled it.
    pub fn connect(&self, settled: &Negotiated, is_symmetric: bool) {
        if let Some(keys) = settled.keys {
            self.port.set_keys(keys);
        }
        self.port.set_direction(match settled.direction {
            sdp::Direction::SendRecv => Direction::SendReceive,
            sdp::Direction::SendOnly => Direction::SendOnly,
            sdp::Direction::RecvOnly => Direction::ReceiveOnly,
            sdp::Direction::Inactive => Direction::Inactive,
        });
        if let Some(inband) = self.inband.get() {
            let is_wanted = self.mode == DtmfMode::Inband || settled.telephone_event.is_none();
            inband.is_active.store(is_wanted, Ordering::Relaxed);
        }
        *self.codecs.lock() = settled.formats.iter().filter_map(|format| format.codec.in_frames()).collect();
        let format = settled.preferred();
        let codec = format.and_then(|format| Some((format.codec.in_frames()?, format.payload.send)));
        let (Some(rtp), Some((codec, payload_type))) = (settled.remote, codec) else { return };
        if codec.is_opaque() && self.codec() != codec {
            self.warn_of(codec);
        }
        let digit_payload_type = settled.telephone_event.map(|payload| payload.send);
        let media = Media { codec, payload_type, digit_payload_type, opus: settled.opus };
        self.port.set_remote(Remote { rtp, rtcp: settled.remote_rtcp, symmetric: is_symmetric, media });
    }

    /// Says what a call lacks whose audio can only be passed on.
    fn warn_of(&self, codec: Codec) {
        let channel = self.channel.get().and_then(Weak::upgrade);
        let name = channel.map_or_else(String::new, |channel| channel.name().to_string());
        let codec = codec.name();
        tracing::warn!(
            "{name}: the call is in {codec}, which is passed on and never decoded: it can talk with another {codec} party, and \
             hears no sounds, music or conferences; allow ulaw or alaw as well for these"
        );
    }

    /// The codec that the party hears in.
    pub fn codec(&self) -> Codec {
        self.port.remote().map_or(Codec::Linear, |remote| remote.media.codec.in_frames())
    }

    /// The codecs that were settled, best first.
    pub fn codecs(&self) -> Vec<Codec> {
        self.codecs.lock().clone()
    }

    /// Lets the party hear 20 ms.
    pub fn write(&self, frame: &Frame) {
        self.port.write(frame);
    }

    /// The same without a detour.
    pub fn stream(&self) -> Arc<dyn Stream> {
        self.port.stream()
    }

    /// Sends what the party says to a sink.
    pub fn listen(&self, sink: Option<Arc<dyn Sink>>) {
        match self.inband.get() {
            Some(inband) => *inband.next.lock() = sink,
            None => self.port.set_sink(sink),
        }
    }

    /// Puts an adaptive jitter buffer before what the party says, or takes it out.
    pub fn set_jitter_buffer(&self, wanted: bool) {
        self.port.set_jitter_buffer(wanted);
    }

    /// Sends a digit in the media; false where the endpoint wants it as a SIP INFO.
    pub fn send_digit(&self, digit: char, length: Duration) -> bool {
        match self.mode {
            DtmfMode::None => true,
            DtmfMode::Info => false,
            DtmfMode::AutoInfo => self.port.send_digit(digit, length),
            DtmfMode::Inband => {
                self.play_digit(digit, length);
                true
            }
            DtmfMode::Rfc4733 | DtmfMode::Auto => {
                if !self.port.send_digit(digit, length) {
                    self.play_digit(digit, length);
                }
                true
            }
        }
    }

    /// Lets the party hear a ringing tone until the future is dropped.
    pub async fn ring(&self) {
        let Ok(tone) = Tone::parse(RINGING) else { return };
        let mut generator = ToneGenerator::new(tone);
        let mut tick = tokio::time::interval(FRAME);
        tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
        while let Some(frame) = generator.next_frame() {
            tick.tick().await;
            self.port.write(&frame);
        }
    }

    fn play_digit(&self, digit: char, length: Duration) {
        let Some(tone) = Tone::dtmf(digit, length) else { return };
        let port = Arc::downgrade(&self.port);
        tokio::spawn(async move {
            let mut generator = ToneGenerator::new(tone);
            let mut tick = tokio::time::interval(FRAME);
            tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
            // Who listens for tones notices by the silence after one that it has ended.
            let silence = std::iter::repeat_n(Frame::silence(Codec::Linear), SILENCE_AFTER_TONE);
            for frame in std::iter::from_fn(|| generator.next_frame()).chain(silence) {
                tick.tick().await;
                let Some(port) = port.upgrade() else { return };
                port.write(&frame);
            }
        });
    }

    /// Falls silent for good.
    pub fn stop(&self) {
        self.port.set_direction(Direction::Inactive);
    }

    /// The counters of the RTP session.
    pub fn statistics(&self) -> Statistics {
        self.port.statistics()
    }

    /// Where audio goes and where it leaves from.
    pub fn ends(&self) -> (std::net::SocketAddr, Option<std::net::SocketAddr>) {
        (self.port.local_addr(), self.port.remote().map(|remote| remote.rtp))
    }
}

fn report(channel: &Weak<Channel>, event: DigitEvent) {
    if let (DigitEvent::Ended { digit, .. }, Some(channel)) = (event, channel.upgrade()) {
        channel.report(Event::Digit(digit));
    }
}

/// Hears digits in the audio that passes through: with `dtmfmode = inband`, and with `auto` where the far end offers no
/// telephone events.
struct Inband {
    is_active: AtomicBool,
    detector: Mutex<DtmfDetector>,
    next: Mutex<Option<Arc<dyn Sink>>>,
    channel: Weak<Channel>,
}

impl Inband {
    fn new(channel: Weak<Channel>) -> Self {
        Self { is_active: AtomicBool::new(false), detector: Mutex::default(), next: Mutex::default(), channel }
    }
}

impl Sink for Inband {
    fn accept(&self, frame: &Frame) {
        if self.is_active.load(Ordering::Relaxed) {
            self.detector.lock().process(frame, |event| report(&self.channel, event));
        }
        let next = self.next.lock().clone();
        if let Some(next) = next {
            next.accept(frame);
        }
    }

    fn carries(&self, codec: Codec) -> bool {
        let next = self.next.lock().clone();
        !self.is_active.load(Ordering::Relaxed) && next.is_some_and(|next| next.carries(codec))
    }

    fn is_wide(&self) -> bool {
        self.next.lock().as_ref().is_some_and(|next| next.is_wide())
    }
}
