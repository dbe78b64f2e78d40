//! SIP messages: bytes to values and back (RFC 3261 §7, §19, §20, §25).
//!
//! [`parse_datagram`] reads a UDP payload, [`Framer`] cuts messages out of a TCP stream, and both hand over a
//! [`Message`]: a [`Request`] or a [`Response`] whose routing fields (Via, From, To, Call-ID, CSeq) are already
//! typed and whose other fields are kept as text, in order. What cannot be understood comes back as a
//! [`Malformed`] that names the fault and, where the protocol wants one, holds the answer to send.
//!
//! The vocabulary (methods, status codes, hosts, transports) is that of `rsip`; its parsers never see the wire.

mod address;
mod error;
mod headers;
mod inspection;
mod message;
mod method;
mod multipart;
mod params;
mod parse;
mod reply;
mod scan;
mod stream;
mod uri;
mod via;

pub use address::{Contacts, NameAddr};
pub use error::{Fault, Malformed};
pub use headers::{Header, Headers};
pub use inspection::{Inspection, Refusal};
pub use message::{CSeq, Message, Request, Response};
pub use method::Method;
pub use params::Params;
pub(in crate::sip) use parse::is_keep_alive;
pub use parse::{MAX_MESSAGE, parse_datagram};
pub use reply::{RawReply, reason_phrase};
pub use rsip::{Host, StatusCode, Transport};
pub use scan::{quote, unquote};
pub use stream::{Framed, Framer};
pub use uri::{SipUri, Uri, escape_user, unescape};
pub(in crate::sip) use via::MAGIC_COOKIE;
pub use via::Via;
