//! SIP transactions (RFC 3261 §17, RFC 6026) without sockets or a clock.
//!
//! A [`TransactionLayer`] is fed with messages and with the time, and is polled for what to send, for what happened,
//! and for when it wants to be called again:
//!
//! ```text
//!   receive, request, respond, cancel, acknowledge, handle_timeout
//!                               │
//!                       TransactionLayer
//!                               │
//!          poll_transmit, poll_event, poll_timeout
//! ```
//!
//! Beyond the letter of §17 it also takes over what every user agent needs around INVITE: a 2xx is sent again until
//! its ACK arrives, an ACK is sent again when its 2xx arrives again, and a CANCEL waits for the first provisional
//! response.

mod client;
mod identifiers;
mod key;
mod layer;
mod server;
#[cfg(test)]
mod simulation;
mod timers;

use std::net::SocketAddr;
use std::sync::Arc;

use rsip::{Host, Transport};

use super::wire::{Request, Response};

pub use identifiers::Identifiers;
pub use layer::{Counters, Limits, TransactionLayer};
pub use timers::Timers;

/// The way between two addresses over one transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Flow {
    /// The transport.
    pub transport: Transport,
    /// The address of our socket, as it was bound.
    pub local: SocketAddr,
    /// The address of the peer.
    pub remote: SocketAddr,
}

impl Flow {
    /// True if the transport itself takes care that bytes arrive.
    pub fn is_reliable(&self) -> bool {
        self.transport != Transport::Udp
    }
}

/// The address that we give ourselves in Via and Contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SentBy {
    /// Our host.
    pub host: Host,
    /// Our port; `None` for the transport's default.
    pub port: Option<u16>,
}

impl From<SocketAddr> for SentBy {
    fn from(address: SocketAddr) -> Self {
        SentBy { host: Host::IpAddr(address.ip()), port: Some(address.port()) }
    }
}

/// Names a client transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClientId(u64);

/// Names a server transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerId(u64);

/// Bytes to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transmit {
    /// The way they go.
    pub flow: Flow,
    /// One whole message.
    pub bytes: Arc<[u8]>,
}

/// What happened, for the user agent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A new request, neither ACK nor CANCEL. It wants a final response.
    Request {
        /// The transaction to respond to.
        transaction: ServerId,
        /// The request; the topmost Via is stamped with its source.
        request: Box<Request>,
        /// Where it came from.
        flow: Flow,
    },
    /// The ACK of a 2xx, once. An ACK of a failure stays inside the layer.
    Ack {
        /// The INVITE that it acknowledges.
        transaction: ServerId,
        /// The ACK.
        request: Box<Request>,
    },
    /// The caller gave up an INVITE that has no final response yet. The CANCEL itself has been answered; the INVITE
    /// wants a 487.
    Cancelled {
        /// The INVITE.
        transaction: ServerId,
        /// The CANCEL, for its Reason.
        request: Box<Request>,
    },
    /// No ACK came for a final response to an INVITE. After a 2xx the session has to be ended by a BYE.
    Unacknowledged {
        /// The INVITE.
        transaction: ServerId,
    },
    /// A response; of a 2xx to an INVITE only the first of each To tag.
    Response {
        /// The request it answers.
        transaction: ClientId,
        /// The response.
        response: Box<Response>,
        /// Where it came from.
        flow: Flow,
    },
    /// No final response came in time: treat it as a 408.
    TimedOut {
        /// The request without an answer.
        transaction: ClientId,
    },
    /// The request could not be sent: treat it as a 503.
    Undeliverable {
        /// The request.
        transaction: ClientId,
    },
    /// No further 2xx can come to an INVITE that was answered.
    Ended {
        /// The INVITE.
        transaction: ClientId,
    },
}

/// The transaction has ended, or is past what was asked of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the transaction has ended")]
pub struct Gone;

/// There are as many transactions as the layer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many transactions")]
pub struct Overloaded;
