//! Session descriptions: what audio two parties agree on (RFC 3264, RFC 8866).
//!
//! [`Description`] is what the far end wrote, read leniently and within bounds. A [`Negotiation`] is our side of one
//! call: it writes offers and answers, keeps the origin's version, and says in a [`Negotiated`] where audio goes and
//! how. RTP/AVP, and RTP/SAVP with the keys of RFC 4568; everything but audio is declined stream by stream.

mod codec;
mod crypto;
mod description;
mod negotiation;

pub use codec::{Codec, CodecList};
pub use crypto::Security;
pub use description::Description;
pub use negotiation::{Format, Local, Negotiated, Negotiation, Payload, Title};
pub use sdp_types::Direction;

/// Why two parties do not come together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SdpError {
    /// Not a session description, or one with an impossible value.
    #[error("malformed session description: {0}")]
    Malformed(String),
    /// Over the bounds of [`Description::parse`].
    #[error("session description too large")]
    TooLarge,
    /// No audio stream, or only declined ones.
    #[error("no audio stream")]
    NoAudio,
    /// Audio over a transport other than RTP/AVP, or RTP/SAVP where the endpoint has encryption.
    #[error("audio only over {0}, which the endpoint does not have")]
    Transport(String),
    /// Audio in the clear, where the endpoint wants it secured.
    #[error("audio in the clear, and the endpoint wants SRTP")]
    Insecure,
    /// RTP/SAVP without a key that can be used.
    #[error("no usable crypto line: AES_CM_128_HMAC_SHA1_80 or _32 with an inline key")]
    Crypto,
    /// No codec that both sides allow.
    #[error("no codec in common")]
    NoCommonCodec,
    /// The connection address is missing or not an IP address that media can go to.
    #[error("no usable connection address")]
    Address,
    /// An answer came that belongs to no offer of ours.
    #[error("an answer without an offer")]
    NoOffer,
}

impl SdpError {
    /// The SIP status that tells the far end: 400 for what cannot be read, 488 for what cannot be agreed to.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) | Self::TooLarge | Self::NoOffer => 400,
            Self::NoAudio
            | Self::Transport(_)
            | Self::Insecure
            | Self::Crypto
            | Self::NoCommonCodec
            | Self::Address => 488,
        }
    }
}
