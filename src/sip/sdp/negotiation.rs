//! Our side of one call's offers and answers (RFC 3264).

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sdp_types::{Attribute, Connection, Direction, Media, Origin, Session, Time};

use super::description::Audio;
use super::{Codec, CodecList, Description, SdpError};
use crate::media::opus::Wishes;

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
    offered: bool,
}

impl Negotiation {
    /// Begins with a number that no other call of ours uses at the time.
    pub fn new(session_id: u64, local: Local) -> Self {
        // RFC 8866 §5.2 wants digits only; some phones read a signed 32-bit number.
        let session_id = session_id & 0x7fff_ffff;
        let streams = vec![Stream::Audio];
        Self { session_id, version: None, sent: None, local, streams, telephone_event: TELEPHONE_EVENT, offered: false }
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
        Ok(self.write(&formats, event, direction))
    }

    /// Answers an offer. `direction` is the most we want; the answer takes what the offer leaves of it.
    pub fn answer(&mut self, offer: &Description, direction: Direction) -> Result<(String, Negotiated), SdpError> {
        let (index, audio) = offer.audio()?;
        let same = |codec: Codec| {
            let number = audio.payload_of(codec)?;
            Some(Format { codec, payload: Payload { send: number, receive: number } })
        };
        let formats: Vec<Format> = self.local.codecs.offered().filter_map(same).collect();
        let event = if self.local.telephone_events { audio.telephone_event() } else { None };
        let direction = direction.intersect_with_remote(audio.direction());
        let payload = event.map(|number| Payload { send: number, receive: number });
        let negotiated = settle(&audio, formats, payload, direction)?;

        self.telephone_event = event.unwrap_or(self.telephone_event);
        self.streams = streams_of(offer, index);
        self.offered = false;
        let formats: Vec<(Codec, u8)> =
            negotiated.formats.iter().map(|format| (format.codec, format.payload.receive)).collect();
        Ok((self.write(&formats, event, direction), negotiated))
    }

    /// Takes the answer to our last [`offer`](Self::offer). It may come again, changed or not, while responses
    /// follow each other: with early media first and the final answer later, or from another phone of a fork.
    pub fn accept(&mut self, answer: &Description, direction: Direction) -> Result<Negotiated, SdpError> {
        if !self.offered {
            return Err(SdpError::NoOffer);
        }
        let index = self.streams.iter().position(|stream| matches!(stream, Stream::Audio)).unwrap_or(0);
        let audio = answer.audio_at(index)?;
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
        settle(&audio, formats, event, direction.intersect_with_remote(audio.direction()))
    }

    /// The offer was refused, or the request it was in is over: further answers to it count for nothing.
    pub fn withdraw(&mut self) {
        self.offered = false;
    }

    fn write(&mut self, formats: &[(Codec, u8)], event: Option<u8>, direction: Direction) -> String {
        let origin = Origin::with_ip_addr(self.session_id, self.version.unwrap_or(self.session_id), self.local.address);
        let mut session = Session::new(origin, "exten");
        session.set_connection(Connection::from_ip_addr(self.local.address));
        session.add_time(Time::new(0, 0));
        session.medias = self
            .streams
            .iter()
            .map(|stream| match stream {
                Stream::Audio => audio_stream(self.local.port, formats, event, direction),
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

fn audio_stream(port: u16, formats: &[(Codec, u8)], event: Option<u8>, direction: Direction) -> Media {
    let numbers: Vec<String> = formats.iter().map(|(_, number)| *number).chain(event).map(|n| n.to_string()).collect();
    let mut media = blank_stream("audio", port, "RTP/AVP", &numbers.join(" "));
    for (codec, number) in formats {
        let encoding = codec.encoding().unwrap_or_default();
        let clock = codec.clock_rate();
        // Opus is always announced with two channels (RFC 7587, section 7).
        let channels = if *codec == Codec::Opus { "/2" } else { "" };
        media.attributes.push(Attribute::with_value("rtpmap", format_args!("{number} {encoding}/{clock}{channels}")));
        if *codec == Codec::Opus {
            media.attributes.push(Attribute::with_value("fmtp", format_args!("{number} useinbandfec=1")));
        }
    }
    if let Some(number) = event {
        media.attributes.push(Attribute::with_value("rtpmap", format_args!("{number} telephone-event/8000")));
        media.attributes.push(Attribute::with_value("fmtp", format_args!("{number} 0-16")));
    }
    media.attributes.push(Attribute::with_value("ptime", PACKET_TIME.as_millis()));
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
mod tests {
    use super::*;

    fn local(codecs: &str) -> Local {
        let mut list = CodecList::none();
        list.allow(codecs);
        Local { address: "192.0.2.1".parse().unwrap(), port: 10_000, codecs: list, telephone_events: true }
    }

    fn negotiation(codecs: &str) -> Negotiation {
        Negotiation::new(7, local(codecs))
    }

    fn describe(streams: &str) -> Description {
        let text = format!("v=0\r\no=phone 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 10.0.0.2\r\nt=0 0\r\n{streams}");
        Description::parse(text.as_bytes()).unwrap()
    }

    const G711: &str = "m=audio 4000 RTP/AVP 18 0 8 96\r\na=rtpmap:96 telephone-event/8000\r\n";

    #[test]
    fn an_answer_prefers_our_order_and_mirrors_their_numbers() {
        let (answer, settled) = negotiation("alaw,ulaw").answer(&describe(G711), Direction::SendRecv).unwrap();
        assert_eq!(
            answer,
            "v=0\r\no=- 7 7 IN IP4 192.0.2.1\r\ns=exten\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n\
             m=audio 10000 RTP/AVP 8 0 96\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n\
             a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\na=ptime:20\r\na=sendrecv\r\n"
        );
        assert_eq!(settled.preferred().map(|format| format.codec), Some(Codec::Alaw));
        assert_eq!(settled.remote, Some("10.0.0.2:4000".parse().unwrap()));
        assert_eq!(settled.remote_rtcp, Some("10.0.0.2:4001".parse().unwrap()));
        assert_eq!(settled.telephone_event, Some(Payload { send: 96, receive: 96 }));
        assert_eq!((settled.direction, settled.on_hold), (Direction::SendRecv, false));
    }

    #[test]
    fn wide_codecs_are_offered_and_taken_where_they_are_allowed() {
        let offer = negotiation("g722,slin16,ulaw").offer(Direction::SendRecv).unwrap();
        assert!(offer.contains("m=audio 10000 RTP/AVP 9 118 0 101\r\n"), "{offer}");
        assert!(offer.contains("a=rtpmap:9 G722/8000\r\na=rtpmap:118 L16/16000\r\n"), "{offer}");
        let theirs = describe("m=audio 4000 RTP/AVP 9 0 8\r\n");
        let (answer, settled) = negotiation("g722,ulaw").answer(&theirs, Direction::SendRecv).unwrap();
        assert!(answer.contains("m=audio 10000 RTP/AVP 9 0\r\n"), "{answer}");
        assert_eq!(settled.preferred().map(|format| format.codec), Some(Codec::G722));
        let theirs = describe("m=audio 4000 RTP/AVP 96 0\r\na=rtpmap:96 L16/16000\r\n");
        let (_, settled) = negotiation("slin16,ulaw").answer(&theirs, Direction::SendRecv).unwrap();
        let payload = Payload { send: 96, receive: 96 };
        assert_eq!(settled.preferred(), Some(Format { codec: Codec::Slin16, payload }));
        let theirs = describe("m=audio 4000 RTP/AVP 9 0\r\n");
        let (_, settled) = negotiation("ulaw,alaw").answer(&theirs, Direction::SendRecv).unwrap();
        assert_eq!(settled.preferred().map(|format| format.codec), Some(Codec::Ulaw));
    }

    #[test]
    fn opus_is_offered_with_two_channels_and_has_the_wishes_of_the_far_end() {
        let offer = negotiation("opus,slin48,ulaw").offer(Direction::SendRecv).unwrap();
        assert!(offer.contains("m=audio 10000 RTP/AVP 107 126 0 101\r\n"), "{offer}");
        assert!(offer.contains("a=rtpmap:107 opus/48000/2\r\na=fmtp:107 useinbandfec=1\r\n"), "{offer}");
        assert!(offer.contains("a=rtpmap:126 L16/48000\r\n"), "{offer}");
        let theirs = describe(
            "m=audio 4000 RTP/AVP 0 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 maxplaybackrate=16000;useinbandfec=1\r\n",
        );
        let (answer, settled) = negotiation("opus,ulaw").answer(&theirs, Direction::SendRecv).unwrap();
        assert!(answer.contains("m=audio 10000 RTP/AVP 96 0\r\na=rtpmap:96 opus/48000/2\r\n"), "{answer}");
        let payload = Payload { send: 96, receive: 96 };
        assert_eq!(settled.preferred(), Some(Format { codec: Codec::Opus, payload }));
        assert_eq!((settled.opus.playback_rate, settled.opus.takes_fec), (16_000, true));
    }

    #[test]
    fn other_streams_are_declined_in_their_places() {
        let offer = describe(&format!(
            "m=video 5000 RTP/AVP 31 32\r\nm=audio 6000 RTP/SAVP 0\r\n{G711}m=application 7000 UDP/BFCP *\r\n"
        ));
        let mut ours = negotiation("ulaw");
        let (answer, _) = ours.answer(&offer, Direction::SendRecv).unwrap();
        let lines: Vec<&str> = answer.lines().filter(|line| line.starts_with("m=")).collect();
        assert_eq!(
            lines,
            [
                "m=video 0 RTP/AVP 31 32",
                "m=audio 0 RTP/SAVP 0",
                "m=audio 10000 RTP/AVP 0 96",
                "m=application 0 UDP/BFCP *"
            ]
        );
        let again = ours.offer(Direction::SendOnly).unwrap();
        assert_eq!(again.lines().filter(|line| line.starts_with("m=")).count(), 4, "places are kept in a new offer");
        assert!(again.contains("m=audio 10000 RTP/AVP 0 96\r\n"), "and so are numbers: {again}");
    }

    #[test]
    fn what_cannot_be_agreed_to_is_488() {
        let cases = [
            ("m=audio 4000 RTP/SAVP 0\r\n", SdpError::Transport("RTP/SAVP".to_owned())),
            ("m=audio 0 RTP/AVP 0\r\n", SdpError::NoAudio),
            ("m=video 4000 RTP/AVP 31\r\n", SdpError::NoAudio),
            ("m=audio 4000 RTP/AVP 18 3\r\n", SdpError::NoCommonCodec),
            ("m=audio 4000 RTP/AVP 8\r\n", SdpError::NoCommonCodec),
        ];
        for (streams, error) in cases {
            assert_eq!(negotiation("ulaw").answer(&describe(streams), Direction::SendRecv), Err(error.clone()));
            assert_eq!(error.status(), 488);
        }
    }

    #[test]
    fn directions_mirror_and_hold_is_seen() {
        let cases = [
            ("sendrecv", Direction::SendRecv, "a=sendrecv", false),
            ("sendonly", Direction::RecvOnly, "a=recvonly", true),
            ("recvonly", Direction::SendOnly, "a=sendonly", false),
            ("inactive", Direction::Inactive, "a=inactive", true),
        ];
        for (theirs, ours, line, on_hold) in cases {
            let offer = describe(&format!("{G711}a={theirs}\r\n"));
            let (answer, settled) = negotiation("ulaw").answer(&offer, Direction::SendRecv).unwrap();
            assert_eq!((settled.direction, settled.on_hold), (ours, on_hold), "{theirs}");
            assert!(answer.contains(line), "{answer}");
        }
    }

    #[test]
    fn a_null_address_holds() {
        let offer = describe(&format!("{G711}c=IN IP4 0.0.0.0\r\n"));
        let (answer, settled) = negotiation("ulaw").answer(&offer, Direction::SendRecv).unwrap();
        assert_eq!((settled.remote, settled.remote_rtcp), (None, None));
        assert_eq!((settled.direction, settled.on_hold), (Direction::RecvOnly, true));
        assert!(answer.contains("a=sendrecv"));
    }

    #[test]
    fn the_version_rises_when_something_changed() {
        let mut ours = negotiation("ulaw");
        let version = |text: &str| text.split(' ').nth(2).unwrap().parse::<u64>().unwrap();
        assert_eq!(version(&ours.offer(Direction::SendRecv).unwrap()), 7);
        assert_eq!(version(&ours.offer(Direction::SendRecv).unwrap()), 7);
        assert_eq!(version(&ours.offer(Direction::SendOnly).unwrap()), 8);
        assert_eq!(version(&ours.offer(Direction::SendRecv).unwrap()), 9);
    }

    #[test]
    fn an_answer_may_renumber_and_choose() {
        let mut ours = negotiation("ulaw,alaw");
        let offer = ours.offer(Direction::SendRecv).unwrap();
        assert!(offer.contains("m=audio 10000 RTP/AVP 0 8 101\r\n"));
        let answer = describe("m=audio 4000 RTP/AVP 8 0 97\r\na=rtpmap:97 telephone-event/8000\r\na=ptime:30\r\n");
        let settled = ours.accept(&answer, Direction::SendRecv).unwrap();
        assert_eq!(settled.preferred().map(|format| format.codec), Some(Codec::Alaw));
        assert_eq!(settled.telephone_event, Some(Payload { send: 97, receive: 101 }));
        assert_eq!(settled.packet_time, Duration::from_millis(30));
        assert!(ours.accept(&answer, Direction::SendRecv).is_ok(), "after 183 comes 200");
        ours.withdraw();
        assert_eq!(ours.accept(&answer, Direction::SendRecv), Err(SdpError::NoOffer));
    }

    #[test]
    fn a_declined_answer_is_no_audio() {
        let mut ours = negotiation("ulaw");
        ours.offer(Direction::SendRecv).unwrap();
        assert_eq!(ours.accept(&describe("m=audio 0 RTP/AVP 0\r\n"), Direction::SendRecv), Err(SdpError::NoAudio));
    }

    #[test]
    fn ipv6_is_written_as_such() {
        let mut here = local("ulaw");
        here.address = "2001:db8::1".parse().unwrap();
        let offer = Negotiation::new(1, here).offer(Direction::SendRecv).unwrap();
        assert!(offer.contains("o=- 1 1 IN IP6 2001:db8::1\r\n") && offer.contains("c=IN IP6 2001:db8::1\r\n"));
    }
}
