//! RTP for one call leg (RFC 3550, RFC 3551, RFC 4733).
//!
//! [`Session`] is the protocol without a socket or a clock: packets and times go in, frames, digits and packets
//! come out. [`socket`] stands around it with a pair of UDP ports, and a few threads serve the sockets of all legs.
//!
//! A received frame is handed on as soon as it arrives, which is what a bridge wants: the phone at the far end has a
//! jitter buffer of its own. [`Session::set_jitter_buffer`] puts one in between where something plays or records.

mod conceal;
mod digit;
mod gather;
mod jitter;
mod passing;
mod payload;
mod receive;
mod report;
mod send;
mod session;
pub mod socket;
mod source;
pub mod srtp;
pub mod told;
mod worker;

pub use super::dtmf::DigitEvent;
pub use jitter::JitterBuffer;
pub use session::{Identity, Media, Received, Session, Settings, Statistics};
pub use socket::{Direction, PortSettings, Remote, RtpPort};
