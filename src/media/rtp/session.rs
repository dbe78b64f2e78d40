//! One RTP session: everything of a leg's media stream but the socket.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;

use rtp_types::RtpPacket;

use super::conceal::{self, Concealment};
use super::digit::{DigitReceiver, DigitSender};
use super::gather::{Gathered, LARGEST_PAYLOAD};
use super::jitter::JitterBuffer;
use super::passing::Passing;
use super::payload::{Encoder, LARGEST_FRAME};
use super::receive::{Order, Stream};
use super::report::Reporter;
use super::send::Sender;
use super::source::SourceLock;
use crate::media::dtmf::DigitEvent;
use crate::media::frame::{Codec, FRAME, Frame, SAMPLES};
use crate::media::opus::Wishes;

const COMFORT_NOISE: u8 = 13;
const LARGEST_EVENT_QUEUE: usize = 64;

/// The numbers a source begins with. They shall be hard to guess, so they come from the caller's random source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The synchronization source.
    pub ssrc: u32,
    /// The first sequence number.
    pub sequence: u16,
    /// The first timestamp.
    pub timestamp: u32,
}

impl Identity {
    /// Draws an identity from 64 random bits.
    pub fn from_seed(seed: u64) -> Identity {
        // splitmix64: neighbouring seeds give unrelated numbers.
        let mix = |step: u64| {
            let mut z = seed.wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        let (first, second) = (mix(1), mix(2));
        Identity { ssrc: first as u32, timestamp: (first >> 32) as u32, sequence: second as u16 }
    }
}

/// What a session is set up with.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its numbers.
    pub identity: Identity,
    /// The Unix time at the session's time zero, for the sender reports.
    pub wall_clock: Duration,
    /// Packets an unannounced source must send in sequence before it is believed (`probation`, with `strictrtp=yes`);
    /// nothing with `strictrtp=no`.
    pub probation: Option<u32>,
    /// Mean time between RTCP reports.
    pub report_interval: Duration,
    /// The canonical name in RTCP.
    pub cname: String,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            identity: Identity::from_seed(0),
            wall_clock: Duration::ZERO,
            probation: Some(4),
            report_interval: Duration::from_secs(5),
            cname: "exten".to_owned(),
        }
    }
}

/// The payload types agreed in SDP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Media {
    /// What is spoken.
    pub codec: Codec,
    /// Its payload type.
    pub payload_type: u8,
    /// The payload type of `telephone-event`, if the far end takes it.
    pub digit_payload_type: Option<u8>,
    /// What the far end wants of Opus.
    pub opus: Wishes,
}

/// What came out of received packets.
// A frame is inline on purpose: nothing is allocated for one.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// 20 ms of audio.
    Audio(Frame),
    /// A key went down or up.
    Digit(DigitEvent),
}

/// Counters of a session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Our source.
    pub ssrc: u32,
    /// The party's source.
    pub remote_ssrc: Option<u32>,
    /// RTP packets sent.
    pub sent: u32,
    /// Octets of payload sent.
    pub sent_octets: u32,
    /// RTP packets taken from the party.
    pub received: u32,
    /// Octets of payload taken.
    pub received_octets: u32,
    /// Packets that did not come.
    pub lost: u32,
    /// Packets that were overtaken.
    pub late: u32,
    /// Packets that came twice, or strayed.
    pub discarded: u32,
    /// Packets that are no RTP or RTCP.
    pub malformed: u32,
    /// Packets from another source than the party.
    pub refused: u32,
    /// Packets with a payload type that was not agreed.
    pub unknown_payload: u32,
    /// Frames made up for lost ones.
    pub concealed: u32,
    /// Interarrival jitter.
    pub jitter: Duration,
    /// Packets the party says it lost.
    pub remote_lost: u32,
    /// The share it lost lately, in 1/256.
    pub remote_fraction_lost: u8,
    /// The jitter it sees.
    pub remote_jitter: Duration,
    /// The round trip to it.
    pub round_trip: Option<Duration>,
}

/// The media stream of one leg. All times count from the session's beginning.
#[derive(Debug)]
pub struct Session {
    media: Option<Media>,
    sender: Sender,
    encoder: Encoder,
    digits_out: DigitSender,
    source: SourceLock,
    stream: Stream,
    /// The timestamp of the last packet on its own clock, with the wraps above it.
    timestamp: u64,
    digits_in: DigitReceiver,
    reporter: Reporter,
    jitter: Option<Box<JitterBuffer>>,
    next_tick: Option<Duration>,
    events: VecDeque<DigitEvent>,
    gathered: Gathered,
    passing: Passing,
    conceal: u32,
    concealment: Concealment,
    counters: Statistics,
}

impl Session {
    /// A session that knows no media yet: it sends nothing.
    pub fn new(settings: Settings) -> Session {
        let Identity { ssrc, sequence, timestamp } = settings.identity;
        Session {
            media: None,
            sender: Sender::new(ssrc, sequence, timestamp),
            encoder: Encoder::default(),
            digits_out: DigitSender::default(),
            source: SourceLock::new(settings.probation),
            stream: Stream::default(),
            timestamp: 1 << 40,
            digits_in: DigitReceiver::default(),
            reporter: Reporter::new(settings.cname, settings.wall_clock, settings.report_interval, ssrc ^ timestamp),
            jitter: None,
            next_tick: None,
            events: VecDeque::new(),
            gathered: Gathered::default(),
            passing: Passing::default(),
            conceal: 0,
            concealment: Concealment::default(),
            counters: Statistics { ssrc, ..Statistics::default() },
        }
    }

    /// Sets what was agreed in SDP. Numbers go on: it is the same source.
    pub fn set_media(&mut self, media: Media) {
        self.media = Some(media);
        self.sender.clock_rate = media.codec.clock_rate();
        self.encoder.set_wishes(media.opus);
    }

    /// What was agreed.
    pub fn media(&self) -> Option<Media> {
        self.media
    }

    /// Sets the party's address in SDP. A new one opens the source lock.
    pub fn announce(&mut self, address: SocketAddr) {
        self.source.announce(address);
    }

    /// The codec whose packets may be passed on untouched: one that frames do not hold.
    pub fn coded(&self) -> Option<Codec> {
        let codec = self.media?.codec;
        (codec.in_frames() != codec || codec.is_opaque()).then_some(codec).filter(|_| self.jitter.is_none())
    }

    /// Hands packets of [`Self::coded`] on as they come, or decodes them again.
    pub fn set_passing(&mut self, passes: bool) {
        if passes != self.passing.is_on {
            self.passing.begin_or_end(passes);
            self.gathered = Gathered::default();
            self.concealment.reset();
            self.conceal = 0;
        }
    }

    /// The address the party was proven to send from, where symmetric RTP sends to.
    pub fn learned_source(&self) -> Option<SocketAddr> {
        self.source.learned()
    }

    /// The only address that is heard until it falls silent, if there is one.
    pub(super) fn only_source(&self) -> Option<SocketAddr> {
        self.source.only()
    }

    /// Puts a jitter buffer in, or takes it out.
    pub fn set_jitter_buffer(&mut self, wanted: bool) {
        if wanted != self.jitter.is_some() {
            self.jitter = wanted.then(Box::default);
            self.next_tick = None;
        }
    }

    /// Takes a packet from the RTP port. What it means comes from [`poll`](Self::poll), which is to be called until it
    /// has nothing more before the next packet.
    pub fn receive(&mut self, now: Duration, from: SocketAddr, bytes: &[u8]) {
        // RTCP on the same port (RFC 5761).
        if bytes.len() > 1 && (192..=223).contains(&bytes[1]) {
            return self.receive_report(now, bytes);
        }
        let packet = match RtpPacket::parse(bytes) {
            Ok(packet) if packet.payload_len() <= LARGEST_PAYLOAD => packet,
            _ => {
                self.counters.malformed += 1;
                return;
            }
        };
        if !self.source.admit(now, from, packet.ssrc(), packet.sequence_number()) {
            self.counters.refused += 1;
            return;
        }
        let order = self.stream.accept(packet.ssrc(), packet.sequence_number());
        match order {
            Order::Discard => {
                self.counters.discarded += 1;
                return;
            }
            Order::Late => self.counters.late += 1,
            Order::First => self.begin_stream(),
            Order::Next { .. } => {}
        }
        self.reporter.wake(now);
        self.counters.received += 1;
        self.counters.received_octets = self.counters.received_octets.wrapping_add(packet.payload().len() as u32);
        if self.is_digit(packet.payload_type()) {
            match self.digits_in.receive(now, packet.timestamp(), packet.payload()) {
                Some(events) => events.into_iter().flatten().for_each(|event| self.tell(event)),
                None => self.counters.malformed += 1,
            }
        } else if let Some(codec) = self.codec_of(packet.payload_type()) {
            let timestamp = self.at_8_khz(packet.timestamp(), codec.clock_rate());
            self.stream.measure(now, timestamp);
            self.receive_audio(now, order, codec, timestamp, packet.payload());
        } else if packet.payload_type() != COMFORT_NOISE {
            self.counters.unknown_payload += 1;
        }
    }

    /// Counts a packet that does not prove to be the party's.
    pub fn refuse(&mut self) {
        self.counters.refused += 1;
    }

    /// Takes a packet from the RTCP port.
    pub fn receive_report(&mut self, now: Duration, bytes: &[u8]) {
        self.reporter.wake(now);
        if !self.reporter.receive(now, self.sender.ssrc, bytes) {
            self.counters.malformed += 1;
        }
    }

    /// The next thing received, until there is nothing.
    pub fn poll(&mut self, now: Duration) -> Option<Received> {
        if let Some(event) = self.digits_in.expire(now) {
            self.tell(event);
        }
        if let Some(event) = self.events.pop_front() {
            return Some(Received::Digit(event));
        }
        if let Some(frame) = self.passing.frame() {
            return Some(Received::Audio(frame));
        }
        if self.conceal > 0 {
            self.conceal -= 1;
            if let Some(frame) = self.concealment.fill() {
                self.counters.concealed += 1;
                return Some(Received::Audio(frame));
            }
        }
        if self.jitter.is_none() {
            let (_, frame) = self.gathered.next()?;
            return Some(Received::Audio(self.concealment.heard(frame)));
        }
        self.play(now).map(Received::Audio)
    }

    /// Writes `frame` as a packet into `buffer`; returns its length, or nothing if it is not to be sent.
    pub fn send(&mut self, now: Duration, frame: &Frame, buffer: &mut [u8]) -> Option<usize> {
        let media = self.media?;
        if self.digits_out.is_pressed() {
            return None;
        }
        self.reporter.wake(now);
        if let Some(octets) = frame.octets().filter(|_| frame.codec() == media.codec) {
            return self.sender.audio(now, media.payload_type, SAMPLES as u32, octets, buffer);
        }
        if let Some(packet) = frame.packet() {
            (packet.codec == media.codec).then_some(())?;
            self.sender.skip(packet.lost, packet.gap);
            let samples = packet.codec.duration(&packet.octets);
            return self.sender.audio(now, media.payload_type, samples, &packet.octets, buffer);
        }
        let mut octets = [0; LARGEST_FRAME];
        let length = self.encoder.write(media.codec, frame, &mut octets)?;
        self.sender.audio(now, media.payload_type, SAMPLES as u32, octets.get(..length)?, buffer)
    }

    /// A received frame at 8 kHz, for those who take no more.
    pub fn narrowed(&mut self, frame: &Frame) -> Frame {
        self.gathered.narrowed(frame)
    }

    /// Presses a key for `length`, after those pressed before. False if it cannot be sent as an event.
    pub fn send_digit(&mut self, digit: char, length: Duration) -> bool {
        self.media.is_some_and(|media| media.digit_payload_type.is_some()) && self.digits_out.press(digit, length)
    }

    /// Writes the next event packet that is due, for the RTP port.
    pub fn poll_digit(&mut self, now: Duration, buffer: &mut [u8]) -> Option<usize> {
        let payload_type = self.media?.digit_payload_type?;
        self.digits_out.poll(now, payload_type, &mut self.sender, buffer)
    }

    /// Writes the report that is due, for the RTCP port.
    pub fn poll_report(&mut self, now: Duration, buffer: &mut [u8]) -> Option<usize> {
        self.reporter.poll(now, &self.sender, &mut self.stream, buffer)
    }

    /// Writes the goodbye, for the RTCP port.
    pub fn goodbye(&self, buffer: &mut [u8]) -> Option<usize> {
        self.reporter.goodbye(self.sender.ssrc, buffer)
    }

    /// When one of the poll functions has something to do next, packets apart.
    pub fn next_at(&self) -> Option<Duration> {
        let digit_out = self.media.and(self.digits_out.next_at());
        let all = [digit_out, self.digits_in.expires_at(), self.next_tick, self.reporter.next_at()];
        all.into_iter().flatten().min()
    }

    /// The counters as they stand.
    pub fn statistics(&self) -> Statistics {
        let remote = self.reporter.remote;
        let samples = |count: u32| Duration::from_micros(u64::from(count) * 125);
        Statistics {
            remote_ssrc: self.stream.ssrc(),
            sent: self.sender.packets,
            sent_octets: self.sender.octets,
            lost: self.stream.lost(),
            concealed: self.counters.concealed + self.jitter.as_ref().map_or(0, |jitter| jitter.concealed),
            jitter: samples(self.stream.jitter()),
            remote_lost: remote.lost,
            remote_fraction_lost: remote.fraction_lost,
            remote_jitter: Duration::from_micros(
                u64::from(remote.jitter) * 1_000_000 / u64::from(self.sender.clock_rate.max(1)),
            ),
            round_trip: remote.round_trip,
            ..self.counters
        }
    }

    /// A timestamp as everything here counts: at 8 kHz.
    fn at_8_khz(&mut self, timestamp: u32, clock_rate: u32) -> u32 {
        if clock_rate == 8000 {
            return timestamp;
        }
        let ahead = timestamp.wrapping_sub(self.timestamp as u32) as i32;
        self.timestamp = self.timestamp.wrapping_add_signed(ahead.into());
        (self.timestamp * 8000 / u64::from(clock_rate)) as u32
    }

    fn is_digit(&self, payload_type: u8) -> bool {
        self.media.is_some_and(|media| media.digit_payload_type == Some(payload_type))
    }

    /// The codec of a payload type: the agreed one, or one whose number is fixed, for peers that change without asking.
    fn codec_of(&self, payload_type: u8) -> Option<Codec> {
        match self.media {
            Some(media) if media.payload_type == payload_type => Some(media.codec),
            _ => [Codec::Ulaw, Codec::Alaw].into_iter().find(|codec| codec.static_payload_type() == Some(payload_type)),
        }
    }

    fn begin_stream(&mut self) {
        if let Some(event) = self.digits_in.reset() {
            self.tell(event);
        }
        self.gathered.clear(Codec::Ulaw, 0);
        self.concealment.reset();
        self.conceal = 0;
        if let Some(jitter) = &mut self.jitter {
            **jitter = JitterBuffer::default();
        }
    }

    fn receive_audio(&mut self, now: Duration, order: Order, codec: Codec, timestamp: u32, payload: &[u8]) {
        if self.jitter.is_some() {
            return self.buffer_audio(now, codec, timestamp, payload);
        }
        // Its place was given to a concealed frame.
        if order == Order::Late {
            return;
        }
        if self.passing.is_on && self.media.is_some_and(|media| media.codec == codec) {
            return self.passing.accept(order, codec, timestamp, payload);
        }
        let gap = timestamp.wrapping_sub(self.gathered.timestamp());
        if codec != self.gathered.codec() || gap != 0 {
            self.gathered.clear(codec, timestamp);
            let frames = gap / SAMPLES as u32;
            let is_loss = matches!(order, Order::Next { lost: 1.. });
            self.conceal = if is_loss && frames <= conceal::LONGEST { frames } else { 0 };
            if self.conceal > 0 && self.gathered.recover(payload) {
                self.conceal -= 1;
                self.counters.concealed += 1;
            }
        }
        self.gathered.append(payload);
    }

    fn buffer_audio(&mut self, now: Duration, codec: Codec, timestamp: u32, payload: &[u8]) {
        if codec != self.gathered.codec() || timestamp != self.gathered.timestamp() {
            self.gathered.clear(codec, timestamp);
        }
        self.gathered.append(payload);
        let Some(jitter) = &mut self.jitter else { return };
        while let Some((timestamp, frame)) = self.gathered.next() {
            jitter.insert(timestamp, &frame);
            self.next_tick.get_or_insert(now);
        }
    }

    fn play(&mut self, now: Duration) -> Option<Frame> {
        let jitter = self.jitter.as_mut()?;
        // A caller that slept does not get all it missed.
        let oldest = now.saturating_sub(FRAME * 10);
        while let Some(tick) = self.next_tick.filter(|tick| *tick <= now) {
            self.next_tick = Some(tick.max(oldest) + FRAME);
            if let Some(frame) = jitter.tick() {
                return Some(frame);
            }
            if jitter.is_idle() {
                self.next_tick = None;
            }
        }
        None
    }

    fn tell(&mut self, event: DigitEvent) {
        if self.events.len() < LARGEST_EVENT_QUEUE {
            self.events.push_back(event);
        }
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
