//! SRTP: packets that nobody on the way can hear or change (RFC 3711), with keys that SDP brought (RFC 4568).
//!
//! AES in counter mode and HMAC-SHA1, in the two forms that telephones have. Keys never show in logs.
//!
//! The ciphers are `aes` and `ring`. The crate for the whole, rtc-srtp, would bring a second random generator and a dozen
//! further crates for DTLS, which is not spoken here; the vectors of the RFC are tested instead.

mod cipher;
mod replay;

use std::fmt;

use ring::rand::{SecureRandom as _, SystemRandom};

use cipher::Material;
use replay::Replay;

/// Octets of a master key and its salt.
const MASTER: usize = 30;
/// Octets before the payload of RTCP.
const REPORT_HEADER: usize = 8;
/// The index in SRTCP, and the bit in it that says that the packet is encrypted.
const INDEX: usize = 4;
const IS_ENCRYPTED: u32 = 1 << 31;
/// RTCP has the longer tag in both suites (RFC 4568, section 6.2).
const REPORT_TAG: usize = 10;
/// So many sources of a party are remembered, so that none of their packets is heard twice.
const SOURCES: usize = 8;
/// How many octets a packet grows by, at the most.
pub(super) const GROWTH: usize = INDEX + REPORT_TAG;

/// How packets are secured, by the names of RFC 4568.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Suite {
    /// `AES_CM_128_HMAC_SHA1_80`
    #[default]
    Tag80,
    /// `AES_CM_128_HMAC_SHA1_32`: a shorter proof in each packet of audio.
    Tag32,
}

impl Suite {
    /// Every suite.
    pub const ALL: [Suite; 2] = [Suite::Tag80, Suite::Tag32];

    /// The name in SDP.
    pub fn name(self) -> &'static str {
        match self {
            Suite::Tag80 => "AES_CM_128_HMAC_SHA1_80",
            Suite::Tag32 => "AES_CM_128_HMAC_SHA1_32",
        }
    }

    fn tag(self) -> usize {
        match self {
            Suite::Tag80 => 10,
            Suite::Tag32 => 4,
        }
    }
}

/// A master key with its salt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Key([u8; MASTER]);

impl Key {
    /// A key that nobody can guess; nothing if the system has no randomness.
    pub fn random() -> Option<Key> {
        let mut octets = [0; MASTER];
        SystemRandom::new().fill(&mut octets).ok()?;
        Some(Key(octets))
    }

    /// The key of these octets, if they are as many as it takes.
    pub fn from_octets(octets: &[u8]) -> Option<Key> {
        octets.try_into().ok().map(Key)
    }

    /// Its octets, for SDP alone.
    pub fn octets(&self) -> &[u8; MASTER] {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(secret)")
    }
}

/// What both sides of a stream agreed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keys {
    pub suite: Suite,
    /// What we send is secured with it.
    pub send: Key,
    /// What we receive.
    pub receive: Key,
}

/// The security of one stream.
#[derive(Default)]
pub(super) struct Secure {
    keys: Option<Keys>,
    sending: Option<Sending>,
    receiving: Option<Receiving>,
}

struct Sending {
    tag: usize,
    material: Material,
    source: Source,
    report: u32,
}

struct Receiving {
    tag: usize,
    material: Material,
    sources: Vec<Source>,
    reports: Replay,
}

/// The packets of one SSRC.
struct Source {
    ssrc: u32,
    /// The highest sequence number, with the wraps above it.
    highest: u64,
    replay: Replay,
}

impl Source {
    fn new(ssrc: u32, sequence: u16) -> Source {
        Source { ssrc, highest: sequence.into(), replay: Replay::default() }
    }

    /// The sequence number with the wraps above it that is nearest to the highest (RFC 3711, section 3.3.1).
    fn index(&self, sequence: u16) -> u64 {
        let ahead = sequence.wrapping_sub(self.highest as u16) as i16;
        self.highest.saturating_add_signed(ahead.into())
    }
}

impl Secure {
    /// Sets the keys. What they are already goes on as it was.
    pub(super) fn set(&mut self, keys: Keys) {
        let (before, tag) = (self.keys.replace(keys), keys.suite.tag());
        let is_same = |key: fn(&Keys) -> Key| before.is_some_and(|it| it.suite == keys.suite && key(&it) == key(&keys));
        if !is_same(|keys| keys.send) {
            let material = Material::of(&keys.send.0);
            self.sending = Some(Sending { tag, material, source: Source::new(0, 0), report: 0 });
        }
        if !is_same(|keys| keys.receive) {
            let material = Material::of(&keys.receive.0);
            self.receiving = Some(Receiving { tag, material, sources: Vec::new(), reports: Replay::default() });
        }
    }

    /// Whether keys are there.
    pub(super) fn is_keyed(&self) -> bool {
        self.keys.is_some()
    }

    /// Secures a packet of `length` octets where it stands; its length then. Nothing without keys.
    pub(super) fn seal(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        let Sending { tag, material, source, .. } = self.sending.as_mut()?;
        let header = Header::read(buffer.get(..length)?)?;
        if source.ssrc != header.ssrc {
            *source = Source::new(header.ssrc, header.sequence);
        }
        let index = source.index(header.sequence);
        source.highest = source.highest.max(index);
        let sealed = buffer.get_mut(..length + *tag)?;
        material.rtp.apply(header.ssrc, index, sealed.get_mut(header.length..length)?);
        let proof = material.rtp.proof(sealed.get(..length)?, &rollover(index));
        sealed.get_mut(length..)?.copy_from_slice(proof.get(..*tag)?);
        Some(length + *tag)
    }

    /// Opens a packet where it stands; its length then. Nothing where it is not the party's, or came before.
    pub(super) fn open(&mut self, packet: &mut [u8]) -> Option<usize> {
        if packet.get(1).is_some_and(|kind| (192..=223).contains(kind)) {
            return self.open_report(packet);
        }
        let Receiving { tag, material, sources, .. } = self.receiving.as_mut()?;
        let length = packet.len().checked_sub(*tag)?;
        let header = Header::read(packet.get(..length)?)?;
        let known = sources.iter().position(|source| source.ssrc == header.ssrc);
        let fresh = Source::new(header.ssrc, header.sequence);
        let source = known.and_then(|at| sources.get(at)).unwrap_or(&fresh);
        let index = source.index(header.sequence);
        let (body, proof) = packet.split_at_mut_checked(length)?;
        if source.replay.has(index) || !material.rtp.is_proven(body, &rollover(index), proof) {
            return None;
        }
        material.rtp.apply(header.ssrc, index, body.get_mut(header.length..)?);
        let at = known.unwrap_or(sources.len().min(SOURCES - 1));
        if known.is_none() {
            sources.truncate(SOURCES - 1);
            sources.push(fresh);
        }
        let source = sources.get_mut(at)?;
        source.highest = source.highest.max(index);
        source.replay.note(index);
        Some(length)
    }

    /// The same for a packet of RTCP.
    pub(super) fn seal_report(&mut self, buffer: &mut [u8], length: usize) -> Option<usize> {
        let Sending { material, report, .. } = self.sending.as_mut()?;
        let ssrc = be32(buffer, 4)?;
        let index = *report;
        *report = index.wrapping_add(1) & !IS_ENCRYPTED;
        material.rtcp.apply(ssrc, index.into(), buffer.get_mut(REPORT_HEADER..length)?);
        let end = length + INDEX;
        buffer.get_mut(length..end)?.copy_from_slice(&(index | IS_ENCRYPTED).to_be_bytes());
        let proof = material.rtcp.proof(buffer.get(..end)?, &[]);
        buffer.get_mut(end..end + REPORT_TAG)?.copy_from_slice(proof.get(..REPORT_TAG)?);
        Some(end + REPORT_TAG)
    }

    /// The same for a packet of RTCP.
    pub(super) fn open_report(&mut self, packet: &mut [u8]) -> Option<usize> {
        let Receiving { material, reports, .. } = self.receiving.as_mut()?;
        let end = packet.len().checked_sub(REPORT_TAG)?;
        let length = end.checked_sub(INDEX)?;
        let (ssrc, word) = (be32(packet, 4)?, be32(packet, length)?);
        let index = u64::from(word & !IS_ENCRYPTED);
        let (body, proof) = packet.split_at_mut_checked(end)?;
        if reports.has(index) || !material.rtcp.is_proven(body, &[], proof) {
            return None;
        }
        if word & IS_ENCRYPTED != 0 {
            material.rtcp.apply(ssrc, index, body.get_mut(REPORT_HEADER..length)?);
        }
        reports.note(index);
        Some(length)
    }
}

impl fmt::Debug for Secure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Secure").field("keys", &self.keys).finish_non_exhaustive()
    }
}

/// What of an RTP header security needs.
struct Header {
    ssrc: u32,
    sequence: u16,
    /// Octets before the payload, with sources and extension.
    length: usize,
}

impl Header {
    fn read(packet: &[u8]) -> Option<Header> {
        let first = *packet.first()?;
        let sources = 12 + 4 * usize::from(first & 0x0f);
        let length = match first & 0x10 {
            0 => sources,
            _ => sources + 4 + 4 * usize::from(u16::from_be_bytes(*packet.get(sources + 2..)?.first_chunk()?)),
        };
        let sequence = u16::from_be_bytes(*packet.get(2..)?.first_chunk()?);
        (length <= packet.len()).then_some(Header { ssrc: be32(packet, 8)?, sequence, length })
    }
}

fn be32(octets: &[u8], at: usize) -> Option<u32> {
    octets.get(at..)?.first_chunk().map(|four| u32::from_be_bytes(*four))
}

/// How often the sequence numbers of an index have wrapped, which no packet holds but its proof is about.
fn rollover(index: u64) -> [u8; 4] {
    ((index >> 16) as u32).to_be_bytes()
}

#[cfg(test)]
mod tests;
