//! The sending end for the user agent.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rsip::{Host, Transport};

use super::client::{ClientTransaction, Waiting};
use super::core::{Counters, Shared, now};
use super::history::{Belonging, Passed};
use super::logger::Watched;
use super::udp::local_address_towards;
use super::{Flow, SentBy, Target};
use crate::sip::transaction::Overloaded;
use crate::sip::wire::{NameAddr, Request, Uri};

/// The way to a peer, and the address it finds us at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The socket and the peer's address.
    pub flow: Flow,
    /// What we write into Via and Contact.
    pub sent_by: SentBy,
}

impl Way {
    /// Our Contact on this way: `<sip:user@host:port>`, with the transport unless it is UDP.
    pub fn contact(&self, user: Option<&str>) -> NameAddr {
        let mut uri = Uri::sip(user, self.sent_by.host.clone(), self.sent_by.port);
        if let (Some(sip), true) = (uri.as_sip_mut(), self.flow.is_reliable()) {
            sip.params.set("transport", Some(&self.flow.transport.to_string().to_ascii_lowercase()));
        }
        NameAddr::new(uri)
    }
}

/// Why a request was not sent.
#[derive(Debug, thiserror::Error)]
pub enum Unreachable {
    /// No socket of ours fits the transport and address family of the target.
    #[error("no socket for {0:?}")]
    NoSocket(Target),
    /// The host name has no address.
    #[error("cannot resolve: {0}")]
    Name(#[from] io::Error),
    /// The transaction layer is full.
    #[error(transparent)]
    Overloaded(#[from] Overloaded),
}

/// Sends requests and makes identifiers. Clones share the same sockets.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<Shared>,
}

impl Handle {
    /// Shows messages on the consoles from now on; `None` shows no more.
    pub fn watch(&self, watched: Option<Watched>) {
        self.shared.watch.set(watched);
    }

    /// The messages that the consoles show.
    pub fn watched(&self) -> Option<Watched> {
        self.shared.watch.get()
    }

    /// The messages that came and went of late.
    pub fn history(&self) -> Vec<Passed> {
        self.shared.history.passed()
    }

    /// The calls of late, and the channels above them.
    pub fn recent_calls(&self) -> Vec<Belonging> {
        self.shared.history.calls()
    }

    /// Remembers what a dialog belongs to.
    pub fn note_call(&self, belonging: Belonging) {
        self.shared.history.note_call(belonging);
    }

    /// Keeps whole messages, or their first lines only.
    pub fn keep_whole_messages(&self, keeps: bool) {
        self.shared.history.keep_whole(keeps);
    }

    /// Forgets all messages.
    pub fn clear_history(&self) {
        self.shared.history.clear();
    }

    pub(super) fn new(shared: Arc<Shared>) -> Handle {
        Handle { shared }
    }

    /// Sends a request, other than an ACK or a CANCEL, to a target. The Via is added; everything else, the Contact
    /// included, is the caller's.
    ///
    /// # Errors
    ///
    /// [`Unreachable`] without a socket towards the target, or if too much is under way.
    pub fn send(&self, request: Request, target: Target) -> Result<ClientTransaction, Unreachable> {
        let way = self.way_to(target, &[])?;
        self.send_on(request, way)
    }

    /// Sends a request on a way that is known already: that of a registration, or of an earlier request.
    ///
    /// # Errors
    ///
    /// [`Unreachable::Overloaded`] if too much is under way.
    pub fn send_on(&self, request: Request, way: Way) -> Result<ClientTransaction, Unreachable> {
        let (id, events) = self.shared.with(|core| {
            core.expect(way.flow, &request);
            let id = core.layer.request(request.clone(), way.flow, way.sent_by.clone(), now())?;
            let (waiting, events) = Waiting::new(way.clone(), &request);
            core.waiting.insert(id, waiting);
            Ok::<_, Overloaded>((id, events))
        })?;
        Ok(ClientTransaction::new(id, way, request, events, Arc::clone(&self.shared)))
    }

    /// Sends a request to where its Route or its Request-URI says.
    ///
    /// # Errors
    ///
    /// [`Unreachable`], also if the host name has no address.
    pub async fn send_to_next_hop(&self, request: Request) -> Result<ClientTransaction, Unreachable> {
        let target = Target::resolve(&request.next_hop()).await?;
        self.send(request, target)
    }

    /// The way to a target: the socket that fits it, one at the `preferred` addresses if there is such, and the address
    /// we have towards it.
    ///
    /// # Errors
    ///
    /// [`Unreachable::NoSocket`].
    pub fn way_to(&self, target: Target, preferred: &[SocketAddr]) -> Result<Way, Unreachable> {
        let source = local_address_towards(target.address.ip());
        let fits = |local: &&SocketAddr| local.is_ipv4() == target.address.is_ipv4() || is_dual_stack(local);
        let exact = |local: &&SocketAddr| Some(local.ip()) == source;
        let open = |local: &&SocketAddr| local.ip().is_unspecified();
        let mut bound = self.addresses(target.transport);
        if bound.iter().filter(fits).any(|local| preferred.contains(local)) {
            bound.retain(|local| preferred.contains(local));
        }
        let candidates = || bound.iter().filter(fits);
        let local = candidates().find(exact).or_else(|| candidates().find(open)).or_else(|| candidates().next());
        let local = *local.ok_or(Unreachable::NoSocket(target))?;
        let flow = Flow { transport: target.transport, local, remote: target.address };
        Ok(Way { flow, sent_by: sent_by(local, source) })
    }

    /// The way back on which a request came: for our Contact in the response, and for later requests of ours to a
    /// peer behind a NAT.
    pub fn way_back(&self, flow: Flow) -> Way {
        // A connection that was accepted has the listener's address, but for the rare one bound to another port.
        let listener = self.addresses(flow.transport).into_iter().find(|local| {
            local.port() == flow.local.port() && (local.ip() == flow.local.ip() || local.ip().is_unspecified())
        });
        let source = match flow.local.ip() {
            ip if ip.is_unspecified() => local_address_towards(flow.remote.ip().to_canonical()),
            ip => Some(ip),
        };
        Way { flow, sent_by: sent_by(listener.unwrap_or(flow.local), source) }
    }

    /// The addresses that are bound for a transport, with the ports that were given to port 0.
    pub fn addresses(&self, transport: Transport) -> Vec<SocketAddr> {
        match transport {
            Transport::Udp => self.shared.sockets.iter().map(|socket| socket.local).collect(),
            _ => {
                let listening = self.shared.listening.iter().filter(|(known, _)| *known == transport);
                listening.map(|(_, address)| *address).collect()
            }
        }
    }

    /// A new tag for From.
    pub fn new_tag(&self) -> String {
        self.shared.with(|core| core.identifiers.tag())
    }

    /// A new Call-ID.
    pub fn new_call_id(&self) -> String {
        self.shared.with(|core| core.identifiers.call_id())
    }

    /// What the sockets and transactions have seen.
    pub fn counters(&self) -> Counters {
        self.shared.counters()
    }

    /// Ends every task: nothing is received any more, and [`Incoming`](super::Incoming) runs dry. The sockets close
    /// with the last handle and transaction.
    pub fn shutdown(&self) {
        self.shared.shutdown();
    }
}

fn is_dual_stack(local: &SocketAddr) -> bool {
    local.is_ipv6() && local.ip().is_unspecified()
}

/// A socket bound to one address says that address; one bound to all says the one that the route leaves from.
fn sent_by(local: SocketAddr, source: Option<IpAddr>) -> SentBy {
    let ip = match local.ip() {
        ip if ip.is_unspecified() => source.unwrap_or(ip),
        ip => ip,
    };
    SentBy { host: Host::IpAddr(ip.to_canonical()), port: Some(local.port()) }
}
