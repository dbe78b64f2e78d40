//! The sockets under the transactions: UDP, TCP and TLS, on any number of addresses.
//!
//! [`bind`] opens the sockets and returns two ends. Through [`Incoming`] the user agent takes the requests of its
//! peers, each a [`ServerTransaction`] to respond to; with the [`Handle`], which clones freely, it sends its own, each
//! a [`ClientTransaction`] to wait on. Both clean up after themselves when they are dropped: an unanswered request is
//! answered with 500, an open INVITE is cancelled.
//!
//! The [transaction layer](super::transaction) stands behind one lock that is held for microseconds. Nothing in here
//! grows without bound: a full queue to the user agent answers 503, a full socket drops the datagram.
//!
//! ```no_run
//! use exten::sip::dialog::Dialog;
//! use exten::sip::transport::{Config, ServerEvent, bind};
//! use exten::sip::wire::Method;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let (handle, mut incoming) = bind(Config { udp: vec!["0.0.0.0:5060".parse()?], ..Config::default() }).await?;
//! while let Some(mut call) = incoming.next().await {
//!     if call.request.method != Method::INVITE {
//!         call.reply(405)?;
//!         continue;
//!     }
//!     call.reply(180)?;
//!     let way = handle.way_back(call.flow);
//!     let Ok(mut dialog) = Dialog::server(&call.request, call.to_tag()) else { continue };
//!     let mut answer = call.response(200);
//!     answer.headers.push("Contact", way.contact(Some("exten")).to_string());
//!     answer.set_body("application/sdp", "v=0 …");
//!     call.respond(&answer)?;
//!     if let Some(ServerEvent::Acknowledged(_)) = call.next().await {
//!         handle.send_on(dialog.request(Method::BYE), way)?.final_response().await.ok();
//!     }
//! }
//! # Ok(())
//! # }
//! ```

mod client;
mod core;
mod handle;
mod history;
mod logger;
mod server;
mod target;
mod tcp;
mod udp;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use super::transaction::{self, Identifiers, Limits, Timers};

pub use self::core::Counters;
pub use client::{ClientEvent, ClientTransaction};
pub use handle::{Handle, Unreachable, Way};
pub use history::{Belonging, Passed};
pub use logger::Watched;
pub use server::{ServerEvent, ServerTransaction};
pub use target::Target;
pub use transaction::{Flow, Gone, SentBy};

/// What is spoken over TLS.
#[derive(Clone)]
pub struct Tls {
    /// The addresses to listen on.
    pub addresses: Vec<SocketAddr>,
    /// What takes connections.
    pub acceptor: TlsAcceptor,
    /// What opens connections.
    pub connector: TlsConnector,
}

/// Where to listen and how much to hold.
#[derive(Clone)]
pub struct Config {
    /// The UDP addresses to bind.
    pub udp: Vec<SocketAddr>,
    /// The TCP addresses to listen on.
    pub tcp: Vec<SocketAddr>,
    /// What is spoken over TLS, if anything is.
    pub tls: Option<Tls>,
    /// The transaction timers.
    pub timers: Timers,
    /// What the transaction layer may hold.
    pub limits: Limits,
    /// Sends responses over UDP to the port the request came from, even if its Via does not ask for it: what keeps
    /// telephones behind a NAT within reach.
    pub force_rport: bool,
    /// How many incoming requests may wait for the user agent; the next ones get a 503.
    pub queue: usize,
    /// How many connections may be open over TCP and TLS.
    pub connections: usize,
    /// After how long without a byte a connection is closed.
    pub idle: Duration,
    /// Where branches, tags and Call-IDs come from.
    pub identifiers: Identifiers,
}

impl Default for Config {
    fn default() -> Self {
        Config {
            udp: Vec::new(),
            tcp: Vec::new(),
            tls: None,
            timers: Timers::default(),
            limits: Limits::default(),
            force_rport: true,
            queue: 1024,
            connections: 4096,
            idle: Duration::from_secs(900),
            identifiers: Identifiers::default(),
        }
    }
}

/// The requests of the peers, in the order they came.
#[derive(Debug)]
pub struct Incoming {
    requests: mpsc::Receiver<ServerTransaction>,
    stopped: watch::Receiver<bool>,
}

impl Incoming {
    /// The next request: neither ACK nor CANCEL, which reach the INVITE they belong to as a [`ServerEvent`].
    /// `None` after [`Handle::shutdown`].
    pub async fn next(&mut self) -> Option<ServerTransaction> {
        tokio::select! {
            request = self.requests.recv() => request,
            _ = self.stopped.wait_for(|stopped| *stopped) => None,
        }
    }
}

/// Opens the sockets and starts the tasks that serve them, on the current tokio runtime.
///
/// # Errors
///
/// The first socket that cannot be bound.
pub async fn bind(config: Config) -> io::Result<(Handle, Incoming)> {
    let (sender, requests) = mpsc::channel(config.queue.max(1));
    let mut sockets = Vec::new();
    for address in &config.udp {
        sockets.push(udp::Socket::bind(*address)?);
    }
    let mut listeners = Vec::new();
    for address in &config.tcp {
        listeners.push((tokio::net::TcpListener::bind(*address).await?, None));
    }
    if let Some(tls) = &config.tls {
        for address in &tls.addresses {
            listeners.push((tokio::net::TcpListener::bind(*address).await?, Some(tls.acceptor.clone())));
        }
    }
    let shared = self::core::Shared::start(config, sockets, listeners, sender)?;
    let stopped = shared.stopped();
    Ok((Handle::new(shared), Incoming { requests, stopped }))
}

#[cfg(test)]
mod tests;
