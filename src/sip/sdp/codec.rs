//! Codecs as `allow` and `disallow` name them, and the order an endpoint prefers them in.

use std::fmt;
use std::time::Duration;

/// A codec that a configuration may name. Only those with a [`payload_type`](Codec::payload_type) are offered
/// today; the rest are known so that naming one is no mistake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Codec {
    Ulaw,
    Alaw,
    G722,
    G729,
    G723,
    G726,
    Gsm,
    Ilbc,
    Speex,
    Opus,
    Slin,
    Slin12,
    Slin16,
    Slin24,
    Slin32,
    Slin44,
    Slin48,
    Adpcm,
    Lpc10,
    Siren7,
    Siren14,
    H261,
    H263,
    H264,
    Vp8,
    T140,
}

/// Every codec in the order `allow=all` means: what is offered first.
const ALL: &[(Codec, &[&str])] = &[
    (Codec::Ulaw, &["ulaw", "pcmu", "g711u"]),
    (Codec::Alaw, &["alaw", "pcma", "g711a"]),
    (Codec::G722, &["g722"]),
    (Codec::G729, &["g729", "g729a"]),
    (Codec::G723, &["g723", "g723.1"]),
    (Codec::G726, &["g726", "g726aal2"]),
    (Codec::Gsm, &["gsm"]),
    (Codec::Ilbc, &["ilbc"]),
    (Codec::Speex, &["speex", "speex16", "speex32"]),
    (Codec::Opus, &["opus"]),
    (Codec::Slin48, &["slin48"]),
    (Codec::Slin44, &["slin44"]),
    (Codec::Slin32, &["slin32"]),
    (Codec::Slin24, &["slin24"]),
    (Codec::Slin16, &["slin16", "slinear16"]),
    (Codec::Slin12, &["slin12"]),
    (Codec::Slin, &["slin", "slinear", "slin8"]),
    (Codec::Adpcm, &["adpcm"]),
    (Codec::Lpc10, &["lpc10"]),
    (Codec::Siren7, &["siren7"]),
    (Codec::Siren14, &["siren14"]),
    (Codec::H261, &["h261"]),
    (Codec::H263, &["h263", "h263p"]),
    (Codec::H264, &["h264"]),
    (Codec::Vp8, &["vp8", "vp9"]),
    (Codec::T140, &["t140", "red", "t140red"]),
];

impl Codec {
    /// The codec a configuration means by `name`, in any case; `ulaw:20` (a name with a frame size) is understood.
    pub fn from_name(name: &str) -> Option<Self> {
        let name = name.split(':').next().unwrap_or(name).trim();
        let known = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        ALL.iter().find(|(_, names)| known(names)).map(|(codec, _)| *codec)
    }

    /// The name Asterisk uses.
    pub fn name(self) -> &'static str {
        let names = ALL.iter().find(|(codec, _)| *codec == self).map(|(_, names)| *names);
        names.and_then(|names| names.first()).copied().unwrap_or_default()
    }

    /// The RTP payload type under which a codec is offered: the static one (RFC 3551 §6), or the one that Asterisk takes.
    pub fn payload_type(self) -> Option<u8> {
        match self {
            Self::Ulaw => Some(0),
            Self::Gsm => Some(3),
            Self::Alaw => Some(8),
            Self::G722 => Some(9),
            Self::G729 => Some(18),
            Self::G723 => Some(4),
            Self::G726 => Some(111),
            Self::Ilbc => Some(97),
            Self::Speex => Some(110),
            Self::Slin => Some(10),
            Self::Opus => Some(107),
            Self::Slin16 => Some(118),
            Self::Slin12 => Some(122),
            Self::Slin24 => Some(123),
            Self::Slin32 => Some(124),
            Self::Slin44 => Some(125),
            Self::Slin48 => Some(126),
            _ => None,
        }
    }

    /// The codec of RTP, where it is offered.
    pub fn in_frames(self) -> Option<crate::media::Codec> {
        use crate::media::Codec as Form;
        Some(match self {
            Self::Ulaw => Form::Ulaw,
            Self::Alaw => Form::Alaw,
            Self::Gsm => Form::Gsm,
            Self::G722 => Form::G722,
            Self::Opus => Form::Opus,
            Self::G729 => Form::G729,
            Self::G723 => Form::G723,
            Self::G726 => Form::G726,
            Self::Ilbc => Form::Ilbc,
            Self::Speex => Form::Speex,
            Self::Slin => Form::Linear,
            Self::Slin12 => Form::Linear12,
            Self::Slin16 => Form::Linear16,
            Self::Slin24 => Form::Linear24,
            Self::Slin32 => Form::Linear32,
            Self::Slin44 => Form::Linear44,
            Self::Slin48 => Form::Linear48,
            _ => return None,
        })
    }

    /// The most audio that a packet may hold (`maxptime`), as Asterisk says it.
    pub fn longest_packet(self) -> Duration {
        Duration::from_millis(match self {
            Self::Ulaw | Self::Alaw | Self::G722 => 140,
            Self::G729 => 220,
            Self::Gsm | Self::G723 | Self::G726 | Self::Ilbc | Self::Adpcm => 300,
            _ => 60,
        })
    }

    /// The parameters (`fmtp`) that a codec is offered with.
    pub fn parameters(self) -> Option<&'static str> {
        match self {
            Self::G729 => Some("annexb=no"),
            Self::Ilbc => Some("mode=20"),
            Self::Opus => Some("useinbandfec=1"),
            _ => None,
        }
    }

    /// The encoding name in an `rtpmap` of a codec that is offered.
    pub fn encoding(self) -> Option<&'static str> {
        self.in_frames().map(crate::media::Codec::encoding_name)
    }

    /// The clock rate in it.
    pub fn clock_rate(self) -> u32 {
        self.in_frames().map_or(8000, crate::media::Codec::clock_rate)
    }
}

impl fmt::Display for Codec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The codecs an endpoint may use, best first: the order in which `allow` lines name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodecList(Vec<Codec>);

impl Default for CodecList {
    /// G.711 in both laws, µ-law first.
    fn default() -> Self {
        Self(vec![Codec::Ulaw, Codec::Alaw])
    }
}

impl CodecList {
    /// A list that allows nothing.
    pub fn none() -> Self {
        Self(Vec::new())
    }

    /// Applies `allow = ulaw,alaw`: names are appended in order, `all` appends every codec, `!name` removes one.
    /// Returns the names that mean no codec.
    pub fn allow<'a>(&mut self, names: &'a str) -> Vec<&'a str> {
        self.apply(names, true)
    }

    /// Applies `disallow = all` or a list of names. Returns the names that mean no codec.
    pub fn disallow<'a>(&mut self, names: &'a str) -> Vec<&'a str> {
        self.apply(names, false)
    }

    fn apply<'a>(&mut self, names: &'a str, allow: bool) -> Vec<&'a str> {
        let mut unknown = Vec::new();
        for name in names.split([',', '|', '&']).map(str::trim).filter(|name| !name.is_empty()) {
            let (plain, allow) = name.strip_prefix('!').map_or((name, allow), |plain| (plain, !allow));
            if plain.eq_ignore_ascii_case("all") {
                ALL.iter().for_each(|(codec, _)| self.set(*codec, allow));
            } else if let Some(codec) = Codec::from_name(plain) {
                self.set(codec, allow);
            } else {
                unknown.push(plain);
            }
        }
        unknown
    }

    fn set(&mut self, codec: Codec, allow: bool) {
        if !allow {
            self.0.retain(|known| *known != codec);
        } else if !self.0.contains(&codec) {
            self.0.push(codec);
        }
    }

    /// The codecs, best first.
    pub fn iter(&self) -> impl Iterator<Item = Codec> + '_ {
        self.0.iter().copied()
    }

    /// Those that can be offered, best first. Codecs that are only passed on are offered where there is no other: a call in
    /// them hears no sound.
    pub fn offered(&self) -> impl Iterator<Item = Codec> + '_ {
        let opaque = |codec: Codec| codec.in_frames().is_some_and(|form| form.is_opaque());
        let has_other = self.iter().any(|codec| codec.payload_type().is_some() && !opaque(codec));
        self.iter().filter(move |codec| codec.payload_type().is_some() && !(has_other && opaque(*codec)))
    }

    /// Whether a codec is allowed.
    pub fn contains(&self, codec: Codec) -> bool {
        self.0.contains(&codec)
    }

    /// Whether nothing is allowed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Codec> for CodecList {
    fn from_iter<I: IntoIterator<Item = Codec>>(codecs: I) -> Self {
        let mut list = Self::none();
        codecs.into_iter().for_each(|codec| list.set(codec, true));
        list
    }
}

impl fmt::Display for CodecList {
    /// As `allow` writes it: `ulaw,alaw`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, codec) in self.iter().enumerate() {
            write!(formatter, "{}{codec}", if at == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allow_lines_keep_their_order() {
        let mut list = CodecList::default();
        assert!(list.disallow("all").is_empty());
        assert!(list.allow("alaw, ulaw:20").is_empty());
        assert!(list.allow("g722&gsm").is_empty());
        assert_eq!(list.to_string(), "alaw,ulaw,g722,gsm");
        assert_eq!(list.offered().collect::<Vec<_>>(), [Codec::Alaw, Codec::Ulaw, Codec::G722, Codec::Gsm]);
    }

    #[test]
    fn what_is_only_passed_on_is_offered_alone() {
        let offered = |names: &str| {
            let mut list = CodecList::none();
            list.allow(names);
            list.offered().map(Codec::name).collect::<Vec<_>>()
        };
        assert_eq!(offered("g729,alaw,ilbc"), ["alaw"]);
        assert_eq!(offered("g729,ilbc,h264"), ["g729", "ilbc"]);
    }

    #[test]
    fn an_exclamation_mark_takes_away() {
        let mut list = CodecList::default();
        list.allow("!all,ulaw,alaw,!ulaw");
        assert_eq!(list.to_string(), "alaw");
    }

    #[test]
    fn unknown_names_are_told_and_change_nothing() {
        let mut list = CodecList::default();
        assert_eq!(list.allow("g999,alaw,"), ["g999"]);
        assert_eq!(list, CodecList::default());
    }

    #[test]
    fn every_codec_reads_back_by_its_name() {
        for (codec, _) in ALL {
            assert_eq!(Codec::from_name(codec.name()), Some(*codec));
        }
    }
}
