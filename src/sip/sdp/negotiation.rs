//! Our side of one call's offers and answers (RFC 3264).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sdp_types::{Attribute, Connection, Direction, Media, Origin, Session, Time};

use super::crypto::{Crypto, Security, TAG};
use super::description::{Audio, PLAIN, SECURE};
use super::{Codec, CodecList, Description, SdpError};
use crate::media::opus::Wishes;
use crate::media::rtp::srtp::Keys;

/// How much audio a packet of ours holds.
const PACKET_TIME: Duration = Duration::from_millis(20);
/// The payload type under which we offer telephone events, as Asterisk does.
const TELEPHONE_EVENT: u8 = 101;

/// What we bring to a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// The address written into descriptions: the external one behind a NAT.
    pub address: IpAddr,
    /// Our RTP port; RTCP is the next.
    pub port: u16,
    /// The endpoint's codecs, best first.
    pub codecs: CodecList,
    /// Whether digits travel as telephone events (`dtmfmode = rfc2833`, `auto`).
    pub telephone_events: bool,
    /// How media is secured; nothing where it goes in the clear.
    pub security: Option<Security>,
    /// What descriptions say that they are of.
    pub title: Title,
}

/// The user name and the session name of a description (RFC 8866 §5.2, §5.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// `sdpowner`, `sdp_owner`
    pub owner: String,
    /// `sdpsession`, `sdp_session`
    pub session: String,
}

impl Default for Title {
    fn default() -> Self {
        Self { owner: "-".to_owned(), session: "Asterisk".to_owned() }
    }
}

/// A payload type for each way: they differ when an answer renumbers what was offered (RFC 3264 §6.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payload {
    /// In packets we send.
    pub send: u8,
    /// In packets we receive.
    pub receive: u8,
}

/// A codec both sides agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// The codec.
    pub codec: Codec,
    /// Its numbers in packets.
    pub payload: Payload,
}

/// What an exchange of descriptions settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Negotiated {
    /// Where our audio goes; `None` while the far end has no address to send to (hold by null address).
    pub remote: Option<SocketAddr>,
    /// Where our RTCP goes.
    pub remote_rtcp: Option<SocketAddr>,
    /// The codecs in common, never empty; the first is the one to send.
    pub formats: Vec<Format>,
    /// Payload type of telephone events, if both sides speak them.
    pub telephone_event: Option<Payload>,
    /// What we do with the stream: `SendOnly` means that we send and the far end listens.
    pub direction: Direction,
    /// Whether the far end put us on hold: it no longer listens (RFC 3264 §8.4).
    pub on_hold: bool,
    /// How much audio the far end wants in a packet; 20 ms if it has no wish.
    pub packet_time: Duration,
    /// What the far end wants of Opus.
    pub opus: Wishes,
    /// What secures the packets; nothing where they go in the clear.
    pub keys: Option<Keys>,
}

impl Negotiated {
    /// The codec to send and its payload type.
    pub fn preferred(&self) -> Option<Format> {
        self.formats.first().copied()
    }
}

/// A stream's place in the description: it keeps its place for the whole call (RFC 3264 §8).
#[derive(Clone, Debug)]
enum Stream {
    Audio,
    /// Declined, with what its line says besides the port.
    Declined {
        media: String,
        transport: String,
        formats: String,
    },
}

/// One call's descriptions.
#[derive(Clone, Debug)]
pub struct Negotiation {
    session_id: u64,
    /// The version of the last description sent; none before the first.
    version: Option<u64>,
    sent: Option<Session>,
    local: Local,
    streams: Vec<Stream>,
    telephone_event: u8,
    /// The stream is RTP/SAVP.
    is_secure: bool,
    /// Our key as the last description had it.
    crypto: Option<Crypto>,
    offered: bool,
}

impl Negotiation {
    /// Begins with a number that no other call of ours uses at the time.
    pub fn new(session_id: u64, local: Local) -> Self {
        // RFC 8866 §5.2 wants digits only; some phones read a signed 32-bit number.
        let session_id = session_id & 0x7fff_ffff;
        let streams = vec![Stream::Audio];
        Self {
            session_id,
            version: None,
            sent: None,
            local,
            streams,
            telephone_event: TELEPHONE_EVENT,
            is_secure: false,
            crypto: None,
            offered: false,
        }
    }

    /// What we bring.
    pub fn local(&self) -> &Local {
        &self.local
    }

    /// Changes what we bring from the next description on.
    pub fn set_local(&mut self, local: Local) {
        self.local = local;
    }

    /// Writes an offer with the direction we want: `SendOnly` puts the far end on hold.
    pub fn offer(&mut self, direction: Direction) -> Result<String, SdpError> {
        let formats: Vec<(Codec, u8)> =
            self.local.codecs.offered().filter_map(|codec| Some((codec, codec.payload_type()?))).collect();
        if formats.is_empty() {
            return Err(SdpError::NoCommonCodec);
        }
        let event = self.local.telephone_events.then_some(self.telephone_event);
        self.offered = true;
        if let Some(security) = &self.local.security {
            self.is_secure |= !security.is_optional;
            // What was settled in the clear stays so.
            if self.version.is_none() {
                self.crypto = Some(Crypto { tag: TAG, suite: security.suite, key: security.key });
            }
        }
        Ok(self.write(&formats, event, direction))
    }

    /// Answers an offer. `direction` is the most we want; the answer takes what the offer leaves of it.
    pub fn answer(&mut self, offer: &Description, direction: Direction) -> Result<(String, Negotiated), SdpError> {
        let security = self.local.security.as_ref();
        let (index, audio) = offer.audio(security)?;
        let secured = security.and_then(|security| Some((security, audio.crypto().next()?)));
        let same = |codec: Codec| {
            let number = audio.payload_of(codec)?;
            Some(Format { codec, payload: Payload { send: number, receive: number } })
        };
        let formats: Vec<Format> = self.local.codecs.offered().filter_map(same).collect();
        let event = if self.local.telephone_events { audio.telephone_event() } else { None };
        let direction = direction.intersect_with_remote(audio.direction());
        let payload = event.map(|number| Payload { send: number, receive: number });
        let keys = secured.map(|(security, theirs)| security.keys(&theirs));
        let negotiated = Negotiated { keys, ..settle(&audio, formats, payload, direction)? };

        self.crypto = secured.map(|(security, theirs)| Crypto { key: security.key, ..theirs });
        self.is_secure = audio.is_secure();
        self.telephone_event = event.unwrap_or(self.telephone_event);
        self.streams = streams_of(offer, index);
        self.offered = false;
        let formats: Vec<(Codec, u8)> =
            negotiated.formats.iter().map(|format| (format.codec, format.payload.receive)).collect();
        let direction = negotiated.direction;
        Ok((self.write(&formats, event, direction), negotiated))
    }

    /// Takes the answer to our last [`offer`](Self::offer). It may come again, changed or not, while responses
    /// follow each other: with early media first and the final answer later, or from another phone of a fork.
    pub fn accept(&mut self, answer: &Description, direction: Direction) -> Result<Negotiated, SdpError> {
        if !self.offered {
            return Err(SdpError::NoOffer);
        }
        let index = self.streams.iter().position(|stream| matches!(stream, Stream::Audio)).unwrap_or(0);
        let security = self.local.security.as_ref();
        let audio = answer.audio_at(index, security)?;
        let keys = match (security, &self.crypto) {
            (Some(security), Some(ours)) => {
                let theirs = audio.crypto().find(|theirs| (theirs.tag, theirs.suite) == (ours.tag, ours.suite));
                theirs.map(|theirs| security.keys(&theirs))
            }
            _ => None,
        };
        if self.is_secure && keys.is_none() {
            return Err(SdpError::Crypto);
        }
        let mut formats: Vec<(Option<usize>, Format)> = Vec::new();
        for codec in self.local.codecs.offered() {
            let (Some(send), Some(receive)) = (audio.payload_of(codec), codec.payload_type()) else { continue };
            let rank = audio.payloads().position(|payload| payload == send);
            formats.push((rank, Format { codec, payload: Payload { send, receive } }));
        }
        formats.sort_by_key(|(rank, _)| *rank);
        let formats = formats.into_iter().map(|(_, format)| format).collect();
        let receive = self.telephone_event;
        let event = if self.local.telephone_events { audio.telephone_event() } else { None };
        let event = event.map(|send| Payload { send, receive });
        let settled = settle(&audio, formats, event, direction.intersect_with_remote(audio.direction()))?;
        Ok(Negotiated { keys, ..settled })
    }

    /// Whether an offer of ours waits for its answer.
    pub fn is_open(&self) -> bool {
        self.offered
    }

    /// The offer was refused, or the request it was in is over: further answers to it count for nothing.
    pub fn withdraw(&mut self) {
        self.offered = false;
    }

    fn write(&mut self, formats: &[(Codec, u8)], event: Option<u8>, direction: Direction) -> String {
        let Title { owner, session } = &self.local.title;
        let version = self.version.unwrap_or(self.session_id);
        let mut origin = Origin::with_ip_addr(self.session_id, version, self.local.address);
        origin.username = Some(owner.clone());
        let mut session = Session::new(origin, session.as_str());
        session.set_connection(Connection::from_ip_addr(self.local.address));
        session.add_time(Time::new(0, 0));
        session.medias = self
            .streams
            .iter()
            .map(|stream| match stream {
                Stream::Audio => self.audio_stream(formats, event, direction),
                Stream::Declined { media, transport, formats } => declined_stream(media, transport, formats),
            })
            .collect();
        // The version tells the far end whether anything changed (RFC 3264 §8).
        if self.sent.as_ref() != Some(&session) {
            let version = self.version.map_or(self.session_id, |version| version + 1);
            session.origin.sess_version = version;
            self.version = Some(version);
            self.sent = Some(session.clone());
        }
        let mut text = Vec::new();
        // Writing into memory has no way to fail.
        let _ = session.write(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    }

    fn audio_stream(&self, formats: &[(Codec, u8)], event: Option<u8>, direction: Direction) -> Media {
        let transport = if self.is_secure { SECURE } else { PLAIN };
        let mut media = audio_stream(self.local.port, transport, formats, event, direction);
        if let Some(crypto) = &self.crypto {
            media.attributes.push(Attribute::with_value("crypto", crypto));
        }
        media
    }
}

fn settle(
    audio: &Audio<'_>,
    formats: Vec<Format>,
    telephone_event: Option<Payload>,
    direction: Direction,
) -> Result<Negotiated, SdpError> {
    if formats.is_empty() {
        return Err(SdpError::NoCommonCodec);
    }
    let remote = audio.address()?;
    let listens = audio.direction().has_recv() && remote.is_some();
    let direction = match (remote, direction) {
        (None, Direction::SendRecv) => Direction::RecvOnly,
        (None, Direction::SendOnly) => Direction::Inactive,
        (_, direction) => direction,
    };
    Ok(Negotiated {
        remote,
        remote_rtcp: audio.rtcp_address()?,
        formats,
        telephone_event,
        direction,
        on_hold: !listens,
        packet_time: audio.packet_time().unwrap_or(PACKET_TIME),
        opus: audio.parameters_of(Codec::Opus).map_or_else(Wishes::default, Wishes::parse),
        keys: None,
    })
}

fn streams_of(offer: &Description, audio: usize) -> Vec<Stream> {
    let declined = |media: &Media| Stream::Declined {
        media: media.media.clone(),
        transport: media.proto.clone(),
        formats: media.fmt.clone(),
    };
    let medias = offer.session.medias.iter().enumerate();
    medias.map(|(index, media)| if index == audio { Stream::Audio } else { declined(media) }).collect()
}

fn audio_stream(port: u16, transport: &str, formats: &[(Codec, u8)], event: Option<u8>, direction: Direction) -> Media {
    let numbers: Vec<String> = formats.iter().map(|(_, number)| *number).chain(event).map(|n| n.to_string()).collect();
    let mut media = blank_stream("audio", port, transport, &numbers.join(" "));
    for (codec, number) in formats {
        let encoding = codec.encoding().unwrap_or_default();
        let clock = codec.clock_rate();
        // Opus is always announced with two channels (RFC 7587, section 7).
        let channels = if *codec == Codec::Opus { "/2" } else { "" };
        media.attributes.push(Attribute::with_value("rtpmap", format_args!("{number} {encoding}/{clock}{channels}")));
        if let Some(parameters) = codec.parameters() {
            media.attributes.push(Attribute::with_value("fmtp", format_args!("{number} {parameters}")));
        }
    }
    if let Some(number) = event {
        media.attributes.push(Attribute::with_value("rtpmap", format_args!("{number} telephone-event/8000")));
        media.attributes.push(Attribute::with_value("fmtp", format_args!("{number} 0-16")));
    }
    media.attributes.push(Attribute::with_value("ptime", PACKET_TIME.as_millis()));
    if let Some(longest) = formats.iter().map(|(codec, _)| codec.longest_packet()).min() {
        media.attributes.push(Attribute::with_value("maxptime", longest.as_millis()));
    }
    media.attributes.push(Attribute::new(direction.as_str()));
    media
}

fn declined_stream(media: &str, transport: &str, formats: &str) -> Media {
    blank_stream(media, 0, transport, formats)
}

fn blank_stream(media: &str, port: u16, transport: &str, formats: &str) -> Media {
    Media {
        media: media.to_owned(),
        port,
        num_ports: None,
        proto: transport.to_owned(),
        fmt: formats.to_owned(),
        media_title: None,
        connections: Vec::new(),
        bandwidths: Vec::new(),
        key: None,
        attributes: Vec::new(),
    }
}

#[cfg(test)]
#[path = "negotiation_tests.rs"]
mod tests;
