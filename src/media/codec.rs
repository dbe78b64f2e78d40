//! Forms of audio, by Asterisk's names.

/// A form of audio, named as Asterisk names it. It includes the sample rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Codec {
    /// G.711 µ-law, RTP payload type 0.
    Ulaw,
    /// G.711 A-law, RTP payload type 8.
    Alaw,
    /// GSM 06.10 full rate, RTP payload type 3. It has a memory, so only RTP carries it: frames hold [`Codec::Linear`].
    Gsm,
    /// G.722, RTP payload type 9: 16 kHz in as many bits as G.711. It has a memory, so only RTP carries it: frames hold
    /// [`Codec::Linear16`] instead.
    G722,
    /// G.729, RTP payload type 18, 10 octets for 10 ms. Like the next ones it is passed on and not understood.
    G729,
    /// G.723.1, RTP payload type 4, frames of 30 ms.
    G723,
    /// G.726 at 32 kbit/s, two samples an octet.
    G726,
    /// iLBC (RFC 3952), frames of 20 or 30 ms.
    Ilbc,
    /// Speex at 8 kHz (RFC 5574).
    Speex,
    /// Opus (RFC 6716, RFC 7587), one channel of up to 48 kHz. It has a memory too: frames hold [`Codec::Linear48`].
    Opus,
    /// Signed linear, 16 bits at 8 kHz: the form applications compute with.
    Linear,
    /// Signed linear at 12 kHz.
    Linear12,
    /// Signed linear at 16 kHz.
    Linear16,
    /// Signed linear at 24 kHz.
    Linear24,
    /// Signed linear at 32 kHz.
    Linear32,
    /// Signed linear at 44.1 kHz.
    Linear44,
    /// Signed linear at 48 kHz.
    Linear48,
}

impl Codec {
    /// Every codec.
    pub const ALL: [Codec; 17] = [
        Codec::Ulaw,
        Codec::Alaw,
        Codec::Gsm,
        Codec::G722,
        Codec::Opus,
        Codec::G729,
        Codec::G723,
        Codec::G726,
        Codec::Ilbc,
        Codec::Speex,
        Codec::Linear,
        Codec::Linear12,
        Codec::Linear16,
        Codec::Linear24,
        Codec::Linear32,
        Codec::Linear44,
        Codec::Linear48,
    ];

    /// The codec Asterisk calls `name` (`ulaw`, `alaw`, `slin`), whatever the letters' case.
    pub fn named(name: &str) -> Option<Codec> {
        Self::ALL.into_iter().find(|codec| codec.name().eq_ignore_ascii_case(name))
    }

    /// Signed linear at the rate, or at the nearest that there is; of two, the lower.
    pub fn linear_at(rate: u32) -> Codec {
        let linear = Self::ALL.into_iter().filter(|codec| codec.is_linear());
        linear.min_by_key(|codec| codec.sample_rate().abs_diff(rate)).unwrap_or(Codec::Linear)
    }

    /// Asterisk's name.
    pub fn name(self) -> &'static str {
        match self {
            Codec::Ulaw => "ulaw",
            Codec::Alaw => "alaw",
            Codec::Gsm => "gsm",
            Codec::G722 => "g722",
            Codec::Opus => "opus",
            Codec::G729 => "g729",
            Codec::G723 => "g723",
            Codec::G726 => "g726",
            Codec::Ilbc => "ilbc",
            Codec::Speex => "speex",
            Codec::Linear => "slin",
            Codec::Linear12 => "slin12",
            Codec::Linear16 => "slin16",
            Codec::Linear24 => "slin24",
            Codec::Linear32 => "slin32",
            Codec::Linear44 => "slin44",
            Codec::Linear48 => "slin48",
        }
    }

    /// The encoding name in SDP (RFC 3551, RFC 7587).
    pub fn encoding_name(self) -> &'static str {
        match self {
            Codec::Ulaw => "PCMU",
            Codec::Alaw => "PCMA",
            Codec::Gsm => "GSM",
            Codec::G722 => "G722",
            Codec::Opus => "opus",
            Codec::G729 => "G729",
            Codec::G723 => "G723",
            Codec::G726 => "G726-32",
            Codec::Ilbc => "iLBC",
            Codec::Speex => "speex",
            _ => "L16",
        }
    }

    /// The codec with this encoding name and clock rate in an SDP rtpmap.
    pub fn of_rtpmap(encoding_name: &str, clock_rate: u32) -> Option<Codec> {
        Self::ALL
            .into_iter()
            .find(|codec| codec.encoding_name().eq_ignore_ascii_case(encoding_name) && codec.clock_rate() == clock_rate)
    }

    /// The payload type RFC 3551 reserves, if it does.
    pub fn static_payload_type(self) -> Option<u8> {
        match self {
            Codec::Ulaw => Some(0),
            Codec::Gsm => Some(3),
            Codec::Alaw => Some(8),
            Codec::G722 => Some(9),
            Codec::G729 => Some(18),
            Codec::G723 => Some(4),
            _ => None,
        }
    }

    /// Samples a second.
    pub fn sample_rate(self) -> u32 {
        match self {
            Codec::Ulaw | Codec::Alaw | Codec::Gsm | Codec::Linear => 8000,
            Codec::G729 | Codec::G723 | Codec::G726 | Codec::Ilbc | Codec::Speex => 8000,
            Codec::Linear12 => 12_000,
            Codec::G722 | Codec::Linear16 => 16_000,
            Codec::Linear24 => 24_000,
            Codec::Linear32 => 32_000,
            Codec::Linear44 => 44_100,
            Codec::Opus | Codec::Linear48 => 48_000,
        }
    }

    /// Whether it holds more than a telephone's 3.4 kHz.
    pub fn is_wide(self) -> bool {
        self.sample_rate() > 8000
    }

    /// Whether it is uncompressed.
    pub fn is_linear(self) -> bool {
        self.encoding_name() == "L16"
    }

    /// Ticks of its RTP clock a second. G.722's is half its sample rate, by an error that RFC 3551 keeps.
    pub fn clock_rate(self) -> u32 {
        if self == Codec::G722 { 8000 } else { self.sample_rate() }
    }

    /// The form in which frames hold its audio.
    pub fn in_frames(self) -> Codec {
        match self {
            Codec::Gsm => Codec::Linear,
            Codec::G722 => Codec::Linear16,
            Codec::Opus => Codec::Linear48,
            codec => codec,
        }
    }

    /// Whether its audio can only be passed on: there is no decoder and no encoder for it.
    pub fn is_opaque(self) -> bool {
        matches!(self, Codec::G729 | Codec::G723 | Codec::G726 | Codec::Ilbc | Codec::Speex)
    }

    /// How long a packet of a codec lasts whose audio frames do not hold, in samples at 8 kHz.
    pub fn duration(self, packet: &[u8]) -> u32 {
        let octets = packet.len() as u32;
        match self {
            // Two octets after the last are silence of 10 ms.
            Codec::G729 => octets.div_ceil(10) * 80,
            Codec::G723 => {
                let mut rest = packet;
                let mut frames = 0;
                while let Some(first) = rest.first() {
                    let length = [24, 20, 4, 1].get(usize::from(first & 3)).copied().unwrap_or(1);
                    rest = rest.get(length..).unwrap_or_default();
                    frames += 1;
                }
                frames * 240
            }
            Codec::G726 => octets * 2,
            Codec::Ilbc if octets.is_multiple_of(50) => octets / 50 * 240,
            Codec::Ilbc => octets / 38 * 160,
            Codec::Speex => 160,
            Codec::Opus => super::opus::duration(packet) / 6,
            codec => octets * 160 / codec.octets_per_frame() as u32,
        }
    }

    /// Octets of 20 ms in RTP; the most of those that vary.
    pub fn octets_per_frame(self) -> usize {
        match self {
            Codec::Ulaw | Codec::Alaw | Codec::G722 => 160,
            Codec::Gsm => super::gsm::OCTETS,
            Codec::Opus => 1275,
            Codec::G729 => 20,
            Codec::G723 | Codec::Ilbc | Codec::Speex => 38,
            Codec::G726 => 80,
            linear => 2 * linear.samples_per_frame(),
        }
    }

    /// Samples in one frame.
    pub fn samples_per_frame(self) -> usize {
        self.sample_rate() as usize / 50
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_again() {
        assert_eq!(Codec::named("ALAW"), Some(Codec::Alaw));
        assert_eq!(Codec::named("g7"), None);
        assert_eq!(Codec::of_rtpmap("pcmu", 8000), Some(Codec::Ulaw));
        assert_eq!(Codec::of_rtpmap("PCMU", 16000), None);
        assert_eq!(Codec::of_rtpmap("G722", 8000), Some(Codec::G722));
        assert_eq!(Codec::of_rtpmap("OPUS", 48000), Some(Codec::Opus));
        assert_eq!(Codec::of_rtpmap("L16", 24000), Some(Codec::Linear24));
    }

    #[test]
    fn packets_that_are_passed_on_tell_how_long_they_last() {
        let durations = [
            (Codec::G729, 20, 160),
            (Codec::G729, 12, 160),
            (Codec::G729, 2, 80),
            (Codec::Ilbc, 50, 240),
            (Codec::Ilbc, 38, 160),
            (Codec::G726, 80, 160),
            (Codec::Gsm, 66, 320),
            (Codec::G722, 160, 160),
            (Codec::Linear16, 640, 160),
        ];
        for (codec, octets, samples) in durations {
            assert_eq!(codec.duration(&vec![0; octets]), samples, "{codec:?} {octets}");
        }
        let g723 = [[0; 24].as_slice(), &[1; 20], &[2; 4]].concat();
        assert_eq!(Codec::G723.duration(&g723), 720);
        assert_eq!(Codec::Opus.duration(&[0x78, 0]), 160, "one frame of 20 ms at 20 kHz");
        assert_eq!(Codec::Opus.duration(&[0x79, 0]), 320, "two of them");
    }

    #[test]
    fn a_rate_has_its_linear_form_or_the_nearest() {
        let found = [0, 8000, 11_000, 16_000, 22_050, 44_100, 192_000].map(Codec::linear_at);
        let (low, wide) = (Codec::Linear, Codec::Linear16);
        assert_eq!(found, [low, low, Codec::Linear12, wide, Codec::Linear24, Codec::Linear44, Codec::Linear48]);
    }
}
