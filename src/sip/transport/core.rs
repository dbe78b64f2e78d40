//! What the tasks and handles share: the transaction layer, the connections, and who waits for which transaction.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rsip::{Host, StatusCode, Transport};
use tokio::sync::{Notify, mpsc, watch};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;

use super::client::{ClientEvent, Waiting};
use super::history::History;
use super::logger::Watch;
use super::server::{ServerEvent, ServerTransaction};
use super::tcp::{self, Connection};
use super::udp::Socket;
use super::{Config, Flow};
use crate::sip::transaction::{self, ClientId, Event, ServerId, TransactionLayer, Transmit};
use crate::sip::wire::{Fault, Message, Method, Request};

/// What the sockets have seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Messages received and understood.
    pub received: u64,
    /// Messages sent.
    pub sent: u64,
    /// Messages that could not be sent: a full socket or queue, or no way to the peer.
    pub lost: u64,
    /// Messages that were malformed.
    pub malformed: u64,
    /// Requests answered with 503 because the user agent did not keep up.
    pub overload: u64,
    /// What the transaction layer has seen.
    pub transactions: transaction::Counters,
}

/// Everything behind the handles.
pub(super) struct Shared {
    core: Mutex<Core>,
    pub(super) sockets: Vec<Socket>,
    pub(super) listening: Vec<(Transport, SocketAddr)>,
    connector: Option<TlsConnector>,
    incoming: mpsc::Sender<ServerTransaction>,
    /// Wakes the timer task when an earlier timer was set.
    earlier: Notify,
    stop: watch::Sender<bool>,
    runtime: tokio::runtime::Handle,
    idle: Duration,
    force_rport: bool,
    max_connections: usize,
    pub(super) watch: Watch,
    pub(super) history: History,
}

/// What stands behind the lock.
pub(super) struct Core {
    pub(super) layer: TransactionLayer,
    pub(super) identifiers: transaction::Identifiers,
    pub(super) waiting: HashMap<ClientId, Waiting>,
    pub(super) serving: HashMap<ServerId, mpsc::Sender<ServerEvent>>,
    connections: HashMap<(Transport, SocketAddr), Connection>,
    /// Whom a TLS connection that is about to be opened has to lead to.
    names: HashMap<SocketAddr, ServerName<'static>>,
    last_connection: u64,
    counters: Counters,
    armed: Option<Instant>,
}

/// The one clock.
pub(super) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

impl Shared {
    pub(super) fn start(
        config: Config,
        sockets: Vec<Socket>,
        listeners: Vec<tcp::Listener>,
        incoming: mpsc::Sender<ServerTransaction>,
    ) -> io::Result<Arc<Shared>> {
        let mut identifiers = config.identifiers;
        let mut layer = TransactionLayer::new(config.timers, config.limits, identifiers.split());
        layer.reply_to_source(config.force_rport);
        let core = Core {
            layer,
            identifiers,
            waiting: HashMap::new(),
            serving: HashMap::new(),
            connections: HashMap::new(),
            names: HashMap::new(),
            last_connection: 0,
            counters: Counters::default(),
            armed: None,
        };
        let shared = Arc::new(Shared {
            core: Mutex::new(core),
            sockets,
            listening: listeners
                .iter()
                .map(|listener| Ok((tcp::transport(listener), listener.0.local_addr()?)))
                .collect::<io::Result<_>>()?,
            connector: config.tls.map(|tls| tls.connector),
            incoming,
            earlier: Notify::new(),
            stop: watch::Sender::new(false),
            runtime: tokio::runtime::Handle::current(),
            idle: config.idle,
            force_rport: config.force_rport,
            max_connections: config.connections,
            watch: Watch::default(),
            history: History::default(),
        });
        shared.sockets.iter().for_each(|socket| socket.serve(Arc::clone(&shared)));
        listeners.into_iter().for_each(|listener| tcp::serve(listener, Arc::clone(&shared)));
        tokio::spawn(Arc::clone(&shared).run_timers());
        Ok(shared)
    }

    pub(super) fn runtime(&self) -> &tokio::runtime::Handle {
        &self.runtime
    }

    /// What opens connections over TLS.
    pub(super) fn connector(&self) -> Option<&TlsConnector> {
        self.connector.as_ref()
    }

    pub(super) fn idle(&self) -> Duration {
        self.idle
    }

    pub(super) fn force_rport(&self) -> bool {
        self.force_rport
    }

    /// Becomes true at shutdown.
    pub(super) fn stopped(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    pub(super) fn shutdown(&self) {
        self.stop.send_replace(true);
    }

    pub(super) fn counters(&self) -> Counters {
        let core = self.core.lock();
        Counters { transactions: core.layer.counters(), ..core.counters }
    }

    /// Does something with the layer, and then sends and delivers whatever came of it.
    pub(super) fn with<T>(self: &Arc<Self>, step: impl FnOnce(&mut Core) -> T) -> T {
        let mut core = self.core.lock();
        let result = step(&mut core);
        core.pump(self);
        let next = core.layer.poll_timeout();
        if next.is_some_and(|next| core.armed.is_none_or(|armed| next < armed)) {
            core.armed = next;
            self.earlier.notify_one();
        }
        result
    }

    pub(super) fn receive(self: &Arc<Self>, message: Message, flow: Flow) {
        self.watch.received(flow, || message.to_bytes());
        self.history.received(flow, &message);
        self.with(|core| {
            core.counters.received += 1;
            core.layer.receive(message, flow, now());
        });
    }

    /// A malformed message came; its answer, if there is one, goes out.
    pub(super) fn refused(self: &Arc<Self>, fault: &Fault, flow: Flow, reply: Option<(Flow, Vec<u8>)>) {
        tracing::debug!(peer = %flow.remote, %fault, "malformed message");
        self.with(|core| {
            core.counters.malformed += 1;
            if let Some((flow, bytes)) = reply {
                core.send(Transmit { flow, bytes: bytes.into() }, self);
            }
        });
    }

    /// Takes an accepted connection in. `None` if there are too many.
    pub(super) fn adopt<Q>(&self, flow: Flow, new: impl FnOnce(u64) -> (Connection, Q)) -> Option<(u64, Q)> {
        let mut core = self.core.lock();
        if core.connections.len() >= self.max_connections {
            return None;
        }
        core.last_connection += 1;
        let number = core.last_connection;
        let (connection, queue) = new(number);
        core.connections.insert(tcp::key(&flow), connection);
        Some((number, queue))
    }

    /// A connection has ended, or could not be opened: what was asked over it fails.
    pub(super) fn closed(self: &Arc<Self>, flow: Flow, number: u64) {
        self.with(|core| {
            if core.connections.get(&tcp::key(&flow)).is_some_and(|connection| connection.number == number) {
                core.connections.remove(&tcp::key(&flow));
                core.layer.undeliverable(flow);
            }
        });
    }

    async fn run_timers(self: Arc<Self>) {
        let mut stopped = self.stopped();
        loop {
            let next = {
                let mut core = self.core.lock();
                core.armed = core.layer.poll_timeout();
                core.armed
            };
            let sleep = async {
                match next {
                    Some(next) => tokio::time::sleep_until(next.into()).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = sleep => self.with(|core| core.layer.handle_timeout(now())),
                () = self.earlier.notified() => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
        }
    }
}

impl Core {
    fn pump(&mut self, shared: &Arc<Shared>) {
        loop {
            while let Some(transmit) = self.layer.poll_transmit() {
                self.send(transmit, shared);
            }
            match self.layer.poll_event() {
                Some(event) => self.deliver(event, shared),
                None => return,
            }
        }
    }

    fn send(&mut self, transmit: Transmit, shared: &Arc<Shared>) {
        let Transmit { flow, bytes } = transmit;
        shared.watch.sent(flow, &bytes);
        shared.history.sent(flow, &bytes);
        let sent = match flow.transport {
            Transport::Udp => shared
                .sockets
                .iter()
                .find(|socket| socket.local == flow.local)
                .is_some_and(|socket| socket.send(&bytes, flow.remote)),
            Transport::Tcp | Transport::Tls => self.send_tcp(flow, bytes, shared),
            _ => false,
        };
        self.counters.sent += u64::from(sent);
        self.counters.lost += u64::from(!sent);
    }

    fn send_tcp(&mut self, flow: Flow, bytes: Arc<[u8]>, shared: &Arc<Shared>) -> bool {
        let full = self.connections.len() >= shared.max_connections;
        let connection = match self.connections.entry(tcp::key(&flow)) {
            std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::hash_map::Entry::Vacant(_) if full => {
                self.layer.undeliverable(flow);
                return false;
            }
            std::collections::hash_map::Entry::Vacant(entry) => {
                self.last_connection += 1;
                let name = self.names.remove(&flow.remote);
                entry.insert(tcp::connect(flow, name, self.last_connection, shared))
            }
        };
        connection.writer.try_send(bytes).is_ok()
    }

    /// Says whom the connection has to lead to that a request will open.
    pub(super) fn expect(&mut self, flow: Flow, request: &Request) {
        if flow.transport != Transport::Tls || self.connections.contains_key(&tcp::key(&flow)) {
            return;
        }
        let hop = request.next_hop();
        if let Some(Host::Domain(name)) = hop.host()
            && let Ok(name) = ServerName::try_from(name.to_string())
        {
            self.names.insert(flow.remote, name);
        }
    }

    fn deliver(&mut self, event: Event, shared: &Arc<Shared>) {
        match event {
            Event::Request { transaction, request, flow } => self.offer(transaction, *request, flow, shared),
            Event::Ack { transaction, request } => {
                self.tell_server(transaction, ServerEvent::Acknowledged(request));
                self.serving.remove(&transaction);
            }
            Event::Cancelled { transaction, request } => {
                self.tell_server(transaction, ServerEvent::Cancelled(request));
            }
            Event::Unacknowledged { transaction } => {
                self.tell_server(transaction, ServerEvent::Unacknowledged);
                self.serving.remove(&transaction);
            }
            Event::Response { transaction, response, flow } => {
                let Some(waiting) = self.waiting.get(&transaction) else { return };
                let more_may_come = response.is_provisional() || response.is_success() && waiting.is_invite();
                if let Some(orphan) = waiting.respond(response) {
                    super::client::hang_up(self, transaction, &orphan, flow);
                }
                if !more_may_come {
                    self.waiting.remove(&transaction);
                }
            }
            Event::TimedOut { transaction } => self.fail_client(transaction, ClientEvent::TimedOut),
            Event::Undeliverable { transaction } => self.fail_client(transaction, ClientEvent::Undeliverable),
            Event::Ended { transaction } => _ = self.waiting.remove(&transaction),
        }
    }

    /// Hands a request to the user agent, or refuses it if that does not keep up.
    fn offer(&mut self, id: ServerId, request: Request, flow: Flow, shared: &Arc<Shared>) {
        let to_tag = request.to.tag().map_or_else(|| self.identifiers.tag(), str::to_owned);
        let Ok(permit) = shared.incoming.try_reserve() else {
            self.counters.overload += 1;
            let mut refusal = request.response(StatusCode::ServiceUnavailable, Some(&to_tag));
            refusal.headers.push("Retry-After", "10");
            _ = self.layer.respond(id, &refusal, now());
            return;
        };
        let (sender, events) = mpsc::channel(4);
        if request.method == Method::INVITE {
            self.serving.insert(id, sender);
        }
        permit.send(ServerTransaction::new(id, request, flow, to_tag, events, Arc::clone(shared)));
    }

    fn tell_server(&mut self, id: ServerId, event: ServerEvent) {
        if let Some(sender) = self.serving.get(&id) {
            _ = sender.try_send(event);
        }
    }

    fn fail_client(&mut self, id: ClientId, event: ClientEvent) {
        if let Some(waiting) = self.waiting.remove(&id) {
            waiting.fail(event);
        }
    }
}
