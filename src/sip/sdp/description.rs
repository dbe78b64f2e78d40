//! Reading the far end's session description.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use sdp_types::{Connection, Direction, Media, Rtcp, RtpMap, Session};

use super::crypto::{Crypto, Security};
use super::{Codec, SdpError};

/// RTP in the clear (RFC 3551), and secured (RFC 3711).
pub(super) const PLAIN: &str = "RTP/AVP";
pub(super) const SECURE: &str = "RTP/SAVP";

/// Longest description read, in bytes. Real ones with ICE candidates stay under 8 KiB.
const MAX_BYTES: usize = 32 * 1024;
/// Most lines read.
const MAX_LINES: usize = 512;
/// Most streams read.
const MAX_STREAMS: usize = 32;

/// A session description as it came from the far end.
///
/// Read as phones write: lines that negotiate nothing (`b=`, `e=`, `k=`, …) are not even looked at, a malformed
/// origin or attribute is passed over, line ends may be bare. Only streams must be sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    pub(super) session: Session,
}

impl Description {
    /// Reads a body of type `application/sdp`, within bounds on its size, lines and streams.
    pub fn parse(body: &[u8]) -> Result<Self, SdpError> {
        if body.len() > MAX_BYTES {
            return Err(SdpError::TooLarge);
        }
        let text = String::from_utf8_lossy(body);
        let session = Session::parse(essential_lines(&text)?.as_bytes())
            .map_err(|error| SdpError::Malformed(error.to_string()))?;
        Ok(Self { session })
    }

    /// The first audio stream that is not declined and that we can take, with its place among the streams.
    pub(super) fn audio(&self, security: Option<&Security>) -> Result<(usize, Audio<'_>), SdpError> {
        let mut refused = None;
        for index in 0..self.session.medias.len() {
            match self.audio_at(index, security) {
                Ok(audio) => return Ok((index, audio)),
                Err(SdpError::NoAudio) => {}
                Err(error) => _ = refused.get_or_insert(error),
            }
        }
        Err(refused.unwrap_or(SdpError::NoAudio))
    }

    /// The stream at a place, if it is audio that was not declined and is as secure as is wanted.
    pub(super) fn audio_at(&self, index: usize, security: Option<&Security>) -> Result<Audio<'_>, SdpError> {
        let media = self.session.medias.get(index).ok_or(SdpError::NoAudio)?;
        if !media.media.eq_ignore_ascii_case("audio") || media.port == 0 {
            return Err(SdpError::NoAudio);
        }
        let audio = Audio { session: &self.session, media };
        let is_plain = media.proto.eq_ignore_ascii_case(PLAIN);
        match security {
            None if is_plain => Ok(audio),
            Some(security) if is_plain && security.is_optional => Ok(audio),
            Some(_) if is_plain => Err(SdpError::Insecure),
            Some(_) if !audio.is_secure() => Err(SdpError::Transport(media.proto.clone())),
            Some(_) if audio.crypto().next().is_none() => Err(SdpError::Crypto),
            Some(_) => Ok(audio),
            None => Err(SdpError::Transport(media.proto.clone())),
        }
    }
}

/// One audio stream of a [`Description`].
pub(super) struct Audio<'a> {
    session: &'a Session,
    media: &'a Media,
}

impl Audio<'_> {
    /// Whether it must not go in the clear.
    pub fn is_secure(&self) -> bool {
        self.media.proto.eq_ignore_ascii_case(SECURE)
    }

    /// The lines with keys that we can use, best first.
    pub fn crypto(&self) -> impl Iterator<Item = Crypto> + '_ {
        let lines = self.media.attributes.iter().filter(|it| it.attribute.trim().eq_ignore_ascii_case("crypto"));
        lines.filter_map(|line| Crypto::parse(line.value.as_deref()?))
    }

    /// Where audio goes: `None` when the address is the null address of an old-style hold (RFC 3264 §8.4).
    pub fn address(&self) -> Result<Option<SocketAddr>, SdpError> {
        let connection =
            self.media.connections.first().or(self.session.connection.as_ref()).ok_or(SdpError::Address)?;
        let ip = usable(connection)?;
        Ok((!ip.is_unspecified()).then(|| SocketAddr::new(ip, self.media.port)))
    }

    /// Where RTCP goes: the `rtcp` attribute (RFC 3605) or the port after the audio's.
    pub fn rtcp_address(&self) -> Result<Option<SocketAddr>, SdpError> {
        let Some(rtp) = self.address()? else { return Ok(None) };
        let Some(Ok(rtcp)) = self.media.get_first_attribute_typed::<Rtcp>() else {
            return Ok(rtp.port().checked_add(1).map(|port| SocketAddr::new(rtp.ip(), port)));
        };
        let ip = match rtcp.try_address() {
            Some(Ok(address)) if !address.ip.is_multicast() && !address.ip.is_unspecified() => address.ip,
            _ => rtp.ip(),
        };
        Ok((rtcp.port != 0).then(|| SocketAddr::new(ip, rtcp.port)))
    }

    /// What the far end does with the stream, by its own words; `sendrecv` if it says nothing.
    pub fn direction(&self) -> Direction {
        let attributes = self.media.attributes.iter().chain(&self.session.attributes);
        attributes
            .filter(|attribute| attribute.value.is_none())
            .find_map(|attribute| {
                [Direction::SendRecv, Direction::SendOnly, Direction::RecvOnly, Direction::Inactive]
                    .into_iter()
                    .find(|direction| attribute.attribute.trim().eq_ignore_ascii_case(direction.as_str()))
            })
            .unwrap_or_default()
    }

    /// How much audio the far end wants in a packet.
    pub fn packet_time(&self) -> Option<Duration> {
        let value = self.media.get_first_attribute_value("ptime")??;
        // Some phones write "20.0".
        let milliseconds: u64 = value.trim().split('.').next()?.parse().ok()?;
        (10..=200).contains(&milliseconds).then(|| Duration::from_millis(milliseconds))
    }

    /// The payload type under which the stream carries `codec`.
    pub fn payload_of(&self, codec: Codec) -> Option<u8> {
        let encoding = codec.encoding()?;
        self.payloads().find(|payload| match self.mapping(*payload) {
            Some(map) => map.encoding_name.eq_ignore_ascii_case(encoding) && map.clock_rate == codec.clock_rate(),
            // Only static numbers mean something by themselves.
            None => codec.in_frames().and_then(|form| form.static_payload_type()) == Some(*payload),
        })
    }

    /// The parameters (`fmtp`) of a codec that the stream carries.
    pub fn parameters_of(&self, codec: Codec) -> Option<&str> {
        let payload = self.payload_of(codec)?;
        let of_payload = |attribute: &&sdp_types::Attribute| attribute.attribute.eq_ignore_ascii_case("fmtp");
        let values = self.media.attributes.iter().filter(of_payload).filter_map(|attribute| attribute.value.as_deref());
        values
            .filter_map(|value| value.trim().split_once(' '))
            .find_map(|(number, parameters)| (number.parse() == Ok(payload)).then_some(parameters))
    }

    /// The payload type of telephone events (RFC 4733) at 8 kHz.
    pub fn telephone_event(&self) -> Option<u8> {
        self.payloads().find(|payload| {
            self.mapping(*payload)
                .is_some_and(|map| map.encoding_name.eq_ignore_ascii_case("telephone-event") && map.clock_rate == 8000)
        })
    }

    /// Payload types in the far end's order of preference.
    pub fn payloads(&self) -> impl Iterator<Item = u8> + '_ {
        self.media
            .fmt
            .split_ascii_whitespace()
            .filter_map(|payload| payload.parse().ok())
            .filter(|payload| *payload < 128)
    }

    fn mapping(&self, payload: u8) -> Option<RtpMap> {
        self.media.attributes_typed::<RtpMap>().flatten().find(|map| map.payload_type == payload)
    }
}

fn usable(connection: &Connection) -> Result<IpAddr, SdpError> {
    let address = connection.connection_address.split('/').next().unwrap_or_default();
    let ip: IpAddr = address.parse().map_err(|_| SdpError::Address)?;
    let broadcast = matches!(ip, IpAddr::V4(ip) if ip.is_broadcast());
    if ip.is_multicast() || broadcast { Err(SdpError::Address) } else { Ok(ip) }
}

/// The lines that negotiate something, made well-formed where phones are careless: the parser proper refuses the
/// whole text for one odd line.
fn essential_lines(text: &str) -> Result<String, SdpError> {
    let mut out = String::with_capacity(text.len() + 8);
    out.push_str("v=0\r\n");
    let (mut origin, mut name, mut session_connection, mut streams) = (false, false, false, 0);
    for (number, line) in text.split(['\n', '\r']).map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if number >= MAX_LINES {
            return Err(SdpError::TooLarge);
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = value.trim();
        let keep = match key.trim() {
            "v" if value != "0" => return Err(SdpError::Malformed(format!("version {value}"))),
            "o" => is_origin(value) && !std::mem::replace(&mut origin, true),
            "s" => !std::mem::replace(&mut name, true),
            "c" if streams == 0 => is_connection(value) && !std::mem::replace(&mut session_connection, true),
            "c" => is_connection(value),
            "m" => {
                streams += 1;
                if streams > MAX_STREAMS {
                    return Err(SdpError::TooLarge);
                }
                true
            }
            "a" => !value.is_empty() && !value.starts_with(':'),
            _ => false,
        };
        if keep {
            out.push_str(key.trim());
            out.push('=');
            let mut words = value.split_ascii_whitespace();
            out.push_str(words.next().unwrap_or_default());
            words.for_each(|word| {
                out.push(' ');
                out.push_str(word);
            });
            out.push_str("\r\n");
        }
    }
    if !origin && streams == 0 {
        return Err(SdpError::Malformed("neither an origin nor a stream".to_owned()));
    }
    Ok(out.replace('\0', ""))
}

fn is_origin(value: &str) -> bool {
    let fields: Vec<&str> = value.split_ascii_whitespace().collect();
    fields.len() == 6 && fields[2].parse::<u64>().is_ok() && fields[3].is_ascii() && fields[4].is_ascii()
}

fn is_connection(value: &str) -> bool {
    let fields: Vec<&str> = value.split_ascii_whitespace().collect();
    fields.len() == 3 && fields.iter().all(|field| field.bytes().all(|byte| byte.is_ascii_graphic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Description {
        Description::parse(text.as_bytes()).unwrap()
    }

    #[test]
    fn careless_descriptions_are_read() {
        let description = parse(
            "v=0\no=broken\no=- 1 x IN IP4 h\ns=\nb=AS\nk=\nz=1\nnonsense\nc=IN  IP4   10.0.0.9\nt=now then\n\
             a=\nm=audio  4000  RTP/AVP  0 8 101\na=rtpmap:101 telephone-event/8000\na=ptime:30.0\n",
        );
        let (index, audio) = description.audio(None).unwrap();
        assert_eq!(index, 0);
        assert_eq!(audio.address().unwrap(), Some("10.0.0.9:4000".parse().unwrap()));
        assert_eq!(audio.telephone_event(), Some(101));
        assert_eq!(audio.packet_time(), Some(Duration::from_millis(30)));
    }

    #[test]
    fn rtcp_may_stand_elsewhere() {
        let start = "v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 2001:db8::7\r\nm=audio 4000 RTP/AVP 0\r\n";
        let rtcp = |line: &str| parse(&format!("{start}{line}\r\n")).audio(None).unwrap().1.rtcp_address().unwrap();
        assert_eq!(rtcp("a=x"), Some("[2001:db8::7]:4001".parse().unwrap()));
        assert_eq!(rtcp("a=rtcp:5005"), Some("[2001:db8::7]:5005".parse().unwrap()));
        assert_eq!(rtcp("a=rtcp:5005 IN IP6 2001:db8::8"), Some("[2001:db8::8]:5005".parse().unwrap()));
        assert_eq!(rtcp("a=rtcp:junk"), Some("[2001:db8::7]:4001".parse().unwrap()));
    }

    #[test]
    fn a_payload_type_means_what_its_map_says() {
        let description = parse(
            "v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 9 RTP/AVP 0 97\r\na=rtpmap:0 OPUS/48000\r\na=rtpmap:97 pcmu/8000\r\n",
        );
        let (_, audio) = description.audio(None).unwrap();
        assert_eq!(audio.payload_of(Codec::Ulaw), Some(97));
        assert_eq!(audio.payload_of(Codec::Alaw), None);
    }

    #[test]
    fn bounds_hold() {
        assert_eq!(Description::parse(&vec![b'a'; MAX_BYTES + 1]), Err(SdpError::TooLarge));
        assert_eq!(
            Description::parse("m=audio 9 RTP/AVP 0\n".repeat(MAX_STREAMS + 1).as_bytes()),
            Err(SdpError::TooLarge)
        );
        assert_eq!(Description::parse("a=b\n".repeat(MAX_LINES + 1).as_bytes()), Err(SdpError::TooLarge));
    }

    #[test]
    fn what_is_no_description_is_refused() {
        for text in ["", "hello", "v=1\r\no=- 1 1 IN IP4 h\r\n", "m=audio 99999 RTP/AVP 0\r\n", "m=audio\r\n"] {
            let error = Description::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.status(), 400, "{text}");
        }
        let _ = Description::parse(&[0xff, 0, b'=', 0xfe, b'\n']);
    }

    #[test]
    fn addresses_that_media_cannot_go_to_are_refused() {
        for address in ["224.0.0.1", "255.255.255.255", "phone.example.com"] {
            let description = parse(&format!("v=0\r\nc=IN IP4 {address}\r\nm=audio 9 RTP/AVP 0\r\n"));
            assert_eq!(description.audio(None).unwrap().1.address(), Err(SdpError::Address), "{address}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_an_answer(body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
            if let Ok(description) = Description::parse(&body) {
                let _ = description.audio(None).map(|(_, audio)| (audio.address(), audio.rtcp_address(), audio.direction()));
            }
        }
    }
}
