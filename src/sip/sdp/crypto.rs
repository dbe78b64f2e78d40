//! Keys of media in descriptions: the attribute `crypto` (RFC 4568).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

use crate::media::rtp::srtp::{Key, Keys, Suite};

/// Asterisk's number of the one line that it offers, and ours.
pub(super) const TAG: u32 = 1;

/// What we bring to a call whose media is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Security {
    /// What we offer; an offer may bring the other.
    pub suite: Suite,
    /// What we send is secured with it.
    pub key: Key,
    /// Media may go in the clear where the far end has no keys.
    pub is_optional: bool,
}

impl Security {
    /// Security with a key of its own; nothing if the system has no randomness.
    pub fn new(suite: Suite, is_optional: bool) -> Option<Self> {
        Some(Self { suite, key: Key::random()?, is_optional })
    }

    /// The keys of both ways, with a line of the far end.
    pub(super) fn keys(&self, theirs: &Crypto) -> Keys {
        Keys { suite: theirs.suite, send: self.key, receive: theirs.key }
    }
}

/// One line: a suite, and what the one who wrote it secures its media with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Crypto {
    pub tag: u32,
    pub suite: Suite,
    pub key: Key,
}

impl Crypto {
    /// Reads a line's value; nothing where it asks for what is not there: other suites, several keys (MKI), parameters.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let tag = words.next()?.parse().ok()?;
        let name = words.next()?;
        let suite = Suite::ALL.into_iter().find(|suite| suite.name().eq_ignore_ascii_case(name))?;
        let inline = words.next()?;
        let (method, parameters) = inline.split_once(':')?;
        // `;` begins a further key. A lifetime is no matter: calls are shorter. An MKI would stand in each packet.
        let mut parameters = parameters.split('|');
        let encoded = parameters.next()?;
        if !method.eq_ignore_ascii_case("inline")
            || encoded.contains(';')
            || parameters.any(|it| it.contains([':', ';']))
        {
            return None;
        }
        // A hint for the replay window is one that changes nothing (section 6.3.7).
        if words.any(|parameter| !parameter.starts_with("WSH=") && !parameter.starts_with('-')) {
            return None;
        }
        let octets = STANDARD.decode(encoded).or_else(|_| STANDARD_NO_PAD.decode(encoded)).ok()?;
        Some(Self { tag, suite, key: Key::from_octets(&octets)? })
    }
}

impl fmt::Display for Crypto {
    /// As it stands in a description. It holds the key: for nothing else.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} inline:{}", self.tag, self.suite.name(), STANDARD.encode(self.key.octets()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";

    #[test]
    fn lines_are_read_as_telephones_write_them() {
        let parse = |parameters: &str| Crypto::parse(&format!("7 AES_CM_128_HMAC_SHA1_80 inline:{KEY}{parameters}"));
        let read = parse("").unwrap();
        assert_eq!((read.tag, read.suite), (7, Suite::Tag80));
        assert_eq!(read.to_string(), format!("7 AES_CM_128_HMAC_SHA1_80 inline:{KEY}"));
        assert_eq!(parse("|2^20"), Some(read));
        assert_eq!(parse("|1048576 WSH=64"), Some(read));
        for refused in ["|2^20|1:4", ";inline:x", " UNENCRYPTED_SRTP", " KDR=1", "AAAA"] {
            assert_eq!(parse(refused), None, "{refused}");
        }
        assert!(Crypto::parse(&format!("1 AES_CM_128_HMAC_SHA1_32 inline:{KEY}")).is_some());
        assert_eq!(Crypto::parse(&format!("1 F8_128_HMAC_SHA1_80 inline:{KEY}")), None);
        assert_eq!(Crypto::parse("1 AES_CM_128_HMAC_SHA1_80"), None);
    }

    #[test]
    fn no_text_is_a_panic() {
        use proptest::prelude::*;
        proptest!(|(text in "[ -~]{0,120}")| {
            let _ = Crypto::parse(&text);
            let _ = Crypto::parse(&format!("1 AES_CM_128_HMAC_SHA1_80 inline:{text}"));
        });
    }
}
