//! Holds all transactions, finds the one a message belongs to, and carries out what its machine asks for.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Instant;

use rsip::StatusCode;

use super::client::Client;
use super::server::Server;
use super::timers::Outcome;
use super::{ClientId, Event, Flow, Gone, Identifiers, Overloaded, SentBy, ServerId, Timers, Transmit, key};
use crate::sip::wire::{Headers, Message, Method, Request, Response, Via};

/// How many final answers of a forked INVITE are told apart.
const MAX_FORKS: usize = 16;

/// What the layer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most transactions at a time, the lingering ones counted.
    pub transactions: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { transactions: 200_000 }
    }
}

/// What the layer has seen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Requests that opened a server transaction.
    pub requests: u64,
    /// Requests that came again.
    pub retransmissions: u64,
    /// Messages that we sent again.
    pub resent: u64,
    /// Responses and ACKs that belong to nothing.
    pub stray: u64,
    /// Requests refused because the layer was full.
    pub refused: u64,
}

/// All transactions of a user agent.
pub struct TransactionLayer {
    timers: Timers,
    limits: Limits,
    identifiers: Identifiers,
    reply_to_source: bool,
    counters: Counters,
    clients: HashMap<ClientId, ClientEntry>,
    servers: HashMap<ServerId, ServerEntry>,
    by_branch: HashMap<String, ClientId>,
    by_request: HashMap<String, ServerId>,
    awaiting_ack: HashMap<String, ServerId>,
    alarms: BTreeSet<(Instant, Owner)>,
    transmits: VecDeque<Transmit>,
    events: VecDeque<Event>,
    last_id: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Client(ClientId),
    Server(ServerId),
}

struct ClientEntry {
    machine: Client,
    key: String,
    sent: Transmit,
    /// An INVITE without its body, to make its ACK and CANCEL from.
    invite: Option<Box<Request>>,
    cancel: Cancel,
    cancel_headers: Headers,
    /// The To tags of the 2xx that came, with the ACK once it was given.
    accepted: Vec<(String, Option<Transmit>)>,
    /// A CANCEL of our own: its response interests nobody.
    silent: bool,
    armed: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cancel {
    No,
    /// Wanted as soon as a provisional response has come.
    Wanted,
    Sent,
}

struct ServerEntry {
    machine: Server,
    key: String,
    reply_flow: Flow,
    last: Option<Arc<[u8]>>,
    to_tag: Option<String>,
    ack_key: Option<String>,
    armed: Option<Instant>,
}

impl TransactionLayer {
    /// An empty layer.
    pub fn new(timers: Timers, limits: Limits, identifiers: Identifiers) -> TransactionLayer {
        TransactionLayer {
            timers,
            limits,
            identifiers,
            reply_to_source: false,
            counters: Counters::default(),
            clients: HashMap::new(),
            servers: HashMap::new(),
            by_branch: HashMap::new(),
            by_request: HashMap::new(),
            awaiting_ack: HashMap::new(),
            alarms: BTreeSet::new(),
            transmits: VecDeque::new(),
            events: VecDeque::new(),
            last_id: 0,
        }
    }

    /// Sends responses over UDP back to where the request came from, as if every peer had asked for `rport`
    /// (RFC 3581). Otherwise a peer that did not ask gets them at the port its Via names.
    pub fn reply_to_source(&mut self, always: bool) {
        self.reply_to_source = always;
    }

    /// What the layer has seen so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// How many transactions it holds.
    pub fn len(&self) -> usize {
        self.clients.len() + self.servers.len()
    }

    /// True if it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The next message to send.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        self.transmits.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`TransactionLayer::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Instant> {
        self.alarms.first().map(|(at, _)| *at)
    }

    /// Fires every timer that has come due.
    pub fn handle_timeout(&mut self, now: Instant) {
        while let Some((at, owner)) = self.alarms.first().copied().filter(|(at, _)| *at <= now) {
            self.alarms.remove(&(at, owner));
            match owner {
                Owner::Client(id) => self.client_timeout(id, now),
                Owner::Server(id) => self.server_timeout(id, now),
            }
        }
    }

    /// Sends a request other than an ACK in a transaction of its own; the Via is added here.
    ///
    /// # Errors
    ///
    /// [`Overloaded`] if the layer is full.
    pub fn request(
        &mut self,
        mut request: Request,
        flow: Flow,
        sent_by: SentBy,
        now: Instant,
    ) -> Result<ClientId, Overloaded> {
        if self.len() >= self.limits.transactions {
            return Err(Overloaded);
        }
        let branch = self.identifiers.branch();
        request.via.insert(0, Via::new(flow.transport, sent_by.host, sent_by.port, &branch));
        Ok(self.start_client(request, flow, false, now))
    }

    fn start_client(&mut self, mut request: Request, flow: Flow, silent: bool, now: Instant) -> ClientId {
        let id = ClientId(self.next_id());
        let is_invite = request.method == Method::INVITE;
        let key = key::client(request.via.first().map_or("", Via::branch), &request.method);
        let sent = Transmit { flow, bytes: request.to_bytes().into() };
        self.transmits.push_back(sent.clone());
        self.by_branch.insert(key.clone(), id);
        request.body.clear();
        let entry = ClientEntry {
            machine: Client::new(is_invite, flow.is_reliable(), &self.timers, now),
            key,
            sent,
            invite: is_invite.then(|| Box::new(request)),
            cancel: Cancel::No,
            cancel_headers: Headers::default(),
            accepted: Vec::new(),
            silent,
            armed: None,
        };
        self.clients.insert(id, entry);
        self.arm_client(id);
        id
    }

    /// Sends the ACK of a 2xx, now and whenever that 2xx comes again. The Via is added here.
    pub fn acknowledge(&mut self, invite: ClientId, mut ack: Request, flow: Flow, sent_by: SentBy) {
        let branch = self.identifiers.branch();
        ack.via.insert(0, Via::new(flow.transport, sent_by.host, sent_by.port, &branch));
        let sent = Transmit { flow, bytes: ack.to_bytes().into() };
        let tag = ack.to.tag().unwrap_or("");
        if let Some(entry) = self.clients.get_mut(&invite)
            && let Some((_, slot)) = entry.accepted.iter_mut().find(|(accepted, _)| accepted == tag)
        {
            *slot = Some(sent.clone());
        }
        self.transmits.push_back(sent);
    }

    /// Gives an INVITE up: sends its CANCEL with the headers of `reason`, at once or when the first provisional response comes (§9.1). The final
    /// response, or a timeout, is reported as always; a 2xx that wins the race has to be acknowledged and ended.
    ///
    /// # Errors
    ///
    /// [`Gone`] if the INVITE has its final response.
    pub fn cancel(&mut self, invite: ClientId, reason: Headers, now: Instant) -> Result<(), Gone> {
        let entry = self.clients.get_mut(&invite).filter(|entry| entry.machine.is_open()).ok_or(Gone)?;
        if entry.cancel == Cancel::No && entry.invite.is_some() {
            (entry.cancel, entry.cancel_headers) = (Cancel::Wanted, reason);
            self.send_wanted_cancel(invite, now);
        }
        Ok(())
    }

    fn send_wanted_cancel(&mut self, invite: ClientId, now: Instant) {
        let Some(entry) = self.clients.get_mut(&invite) else { return };
        let Some(request) = &entry.invite else { return };
        if entry.cancel != Cancel::Wanted || !entry.machine.is_proceeding() {
            return;
        }
        entry.cancel = Cancel::Sent;
        entry.machine.cancelled(&self.timers, now);
        let (mut cancel, flow) = (of_invite(request, Method::CANCEL, request.to.clone()), entry.sent.flow);
        entry.cancel_headers.iter().for_each(|header| cancel.headers.push(&header.name, header.value.as_str()));
        self.arm_client(invite);
        self.start_client(cancel, flow, true, now);
    }

    /// Sends a response. A 2xx to an INVITE is sent again until [`Event::Ack`] or [`Event::Unacknowledged`].
    ///
    /// # Errors
    ///
    /// [`Gone`] if the request has its final response, or its transaction has ended.
    pub fn respond(&mut self, transaction: ServerId, response: &Response, now: Instant) -> Result<(), Gone> {
        let entry = self.servers.get_mut(&transaction).ok_or(Gone)?;
        let outcome = entry.machine.respond(response.code(), &self.timers, now).ok_or(Gone)?;
        entry.last = Some(response.to_bytes().into());
        entry.to_tag = response.to.tag().map(str::to_owned);
        if response.is_success() && response.cseq.method == Method::INVITE {
            let tags = (response.from.tag(), response.to.tag());
            let ack_key = key::of_ack(&response.call_id, tags.0, tags.1, response.cseq.sequence);
            entry.ack_key = Some(ack_key.clone());
            self.awaiting_ack.insert(ack_key, transaction);
        }
        self.settle_server(transaction, outcome);
        Ok(())
    }

    /// True until the request has its final response.
    pub fn is_open(&self, transaction: ServerId) -> bool {
        self.servers.get(&transaction).is_some_and(|entry| entry.machine.is_open())
    }

    /// Takes a message from the network.
    pub fn receive(&mut self, message: Message, flow: Flow, now: Instant) {
        match message {
            Message::Request(request) => self.receive_request(request, flow, now),
            Message::Response(response) => self.receive_response(response, flow, now),
        }
    }

    /// The transport cannot deliver to this peer: every open request to it has failed.
    pub fn undeliverable(&mut self, flow: Flow) {
        let failed = |entry: &ClientEntry| {
            let sent = entry.sent.flow;
            (sent.transport, sent.remote) == (flow.transport, flow.remote) && entry.machine.is_open()
        };
        let failed: Vec<_> = self.clients.iter().filter(|(_, entry)| failed(entry)).map(|(id, _)| *id).collect();
        for id in failed {
            if self.remove_client(id).is_some_and(|entry| !entry.silent) {
                self.events.push_back(Event::Undeliverable { transaction: id });
            }
        }
    }

    fn receive_request(&mut self, mut request: Request, flow: Flow, now: Instant) {
        let mut reply_flow = flow;
        if let Some(via) = request.via.first_mut() {
            via.stamp(flow.remote);
            if !flow.is_reliable() && !self.reply_to_source {
                reply_flow.remote = via.reply_address().unwrap_or(flow.remote);
            }
        }
        if request.method == Method::ACK {
            return self.receive_ack(request, now);
        }
        let Some(key) = key::of_request(&request, &request.method) else { return };
        if let Some(id) = self.by_request.get(&key).copied() {
            self.counters.retransmissions += 1;
            let outcome = self.servers.get(&id).map(|entry| entry.machine.retransmission());
            return self.settle_server(id, outcome.unwrap_or_default());
        }
        if self.len() >= self.limits.transactions {
            self.counters.refused += 1;
            if request.method == Method::INVITE {
                let mut refusal = request.response(StatusCode::ServiceUnavailable, Some(&self.identifiers.tag()));
                refusal.headers.push("Retry-After", "10");
                self.transmits.push_back(Transmit { flow: reply_flow, bytes: refusal.to_bytes().into() });
            }
            return;
        }
        self.counters.requests += 1;
        let id = ServerId(self.next_id());
        let entry = ServerEntry {
            machine: Server::new(request.method == Method::INVITE, flow.is_reliable()),
            key: key.clone(),
            reply_flow,
            last: None,
            to_tag: None,
            ack_key: None,
            armed: None,
        };
        self.servers.insert(id, entry);
        self.by_request.insert(key, id);
        match request.method {
            Method::CANCEL => self.receive_cancel(id, request, now),
            _ => self.events.push_back(Event::Request { transaction: id, request: Box::new(request), flow }),
        }
    }

    fn receive_cancel(&mut self, id: ServerId, request: Request, now: Instant) {
        let invite = key::of_request(&request, &Method::INVITE).and_then(|key| self.by_request.get(&key).copied());
        let known = invite.and_then(|invite| self.servers.get(&invite));
        let (status, tag) = match known {
            Some(entry) => (StatusCode::OK, entry.to_tag.clone()),
            None => (StatusCode::CallTransactionDoesNotExist, None),
        };
        let tag = tag.unwrap_or_else(|| self.identifiers.tag());
        if let Some(transaction) = invite.filter(|invite| self.is_open(*invite)) {
            self.events.push_back(Event::Cancelled { transaction, request: Box::new(request.clone()) });
        }
        _ = self.respond(id, &request.response(status, Some(&tag)), now);
    }

    fn receive_ack(&mut self, request: Request, now: Instant) {
        let same_branch = key::of_request(&request, &Method::INVITE).and_then(|key| self.by_request.get(&key));
        let ack_key = key::of_ack(&request.call_id, request.from.tag(), request.to.tag(), request.cseq);
        let Some(id) = same_branch.or_else(|| self.awaiting_ack.get(&ack_key)).copied() else {
            self.counters.stray += 1;
            return;
        };
        let Some(entry) = self.servers.get_mut(&id) else { return };
        let outcome = entry.machine.acknowledge(&self.timers, now);
        if outcome.deliver {
            self.events.push_back(Event::Ack { transaction: id, request: Box::new(request) });
        }
        self.settle_server(id, outcome);
    }

    fn receive_response(&mut self, response: Response, flow: Flow, now: Instant) {
        let found = key::of_response(&response).and_then(|key| self.by_branch.get(&key).copied());
        let Some((id, entry)) = found.and_then(|id| Some((id, self.clients.get_mut(&id)?))) else {
            self.counters.stray += 1;
            return;
        };
        let mut outcome = entry.machine.response(response.code(), &self.timers, now);
        if outcome.acknowledge
            && let Some(invite) = &entry.invite
        {
            let ack = of_invite(invite, Method::ACK, response.to.clone());
            self.transmits.push_back(Transmit { flow: entry.sent.flow, bytes: ack.to_bytes().into() });
        }
        if response.is_success() && entry.invite.is_some() && outcome.deliver {
            let tag = response.to.tag().unwrap_or("");
            match entry.accepted.iter().find(|(accepted, _)| accepted == tag) {
                Some((_, ack)) => {
                    outcome.deliver = false;
                    self.counters.resent += u64::from(ack.is_some());
                    self.transmits.extend(ack.clone());
                }
                None if entry.accepted.len() < MAX_FORKS => entry.accepted.push((tag.to_owned(), None)),
                None => outcome.deliver = false,
            }
        }
        if outcome.deliver && !entry.silent {
            self.events.push_back(Event::Response { transaction: id, response: Box::new(response), flow });
        }
        self.settle_client(id, outcome);
        self.send_wanted_cancel(id, now);
    }

    fn client_timeout(&mut self, id: ClientId, now: Instant) {
        let Some(entry) = self.clients.get_mut(&id) else { return };
        let outcome = entry.machine.timeout(&self.timers, now);
        if outcome.timed_out && !entry.silent {
            self.events.push_back(Event::TimedOut { transaction: id });
        } else if outcome.finished && !entry.accepted.is_empty() {
            self.events.push_back(Event::Ended { transaction: id });
        }
        self.settle_client(id, outcome);
    }

    fn server_timeout(&mut self, id: ServerId, now: Instant) {
        let Some(entry) = self.servers.get_mut(&id) else { return };
        let outcome = entry.machine.timeout(&self.timers, now);
        self.counters.resent += u64::from(outcome.transmit);
        if outcome.timed_out {
            self.events.push_back(Event::Unacknowledged { transaction: id });
        }
        self.settle_server(id, outcome);
    }

    fn settle_client(&mut self, id: ClientId, outcome: Outcome) {
        if outcome.transmit
            && let Some(entry) = self.clients.get(&id)
        {
            self.counters.resent += 1;
            self.transmits.push_back(entry.sent.clone());
        }
        match outcome.finished {
            true => _ = self.remove_client(id),
            false => self.arm_client(id),
        }
    }

    fn settle_server(&mut self, id: ServerId, outcome: Outcome) {
        let Some(entry) = self.servers.get_mut(&id) else { return };
        if outcome.transmit
            && let Some(bytes) = &entry.last
        {
            self.transmits.push_back(Transmit { flow: entry.reply_flow, bytes: Arc::clone(bytes) });
        }
        let next = entry.machine.alarm.next().filter(|_| !outcome.finished);
        let armed = std::mem::replace(&mut entry.armed, next);
        self.move_alarm(Owner::Server(id), armed, next);
        if outcome.finished
            && let Some(entry) = self.servers.remove(&id)
        {
            self.by_request.remove(&entry.key);
            entry.ack_key.map(|key| self.awaiting_ack.remove(&key));
        }
    }

    fn arm_client(&mut self, id: ClientId) {
        let Some(entry) = self.clients.get_mut(&id) else { return };
        let next = entry.machine.alarm.next();
        let armed = std::mem::replace(&mut entry.armed, next);
        self.move_alarm(Owner::Client(id), armed, next);
    }

    fn remove_client(&mut self, id: ClientId) -> Option<ClientEntry> {
        let entry = self.clients.remove(&id)?;
        self.move_alarm(Owner::Client(id), entry.armed, None);
        self.by_branch.remove(&entry.key);
        Some(entry)
    }

    fn move_alarm(&mut self, owner: Owner, from: Option<Instant>, to: Option<Instant>) {
        if let Some(at) = from {
            self.alarms.remove(&(at, owner));
        }
        if let Some(at) = to {
            self.alarms.insert((at, owner));
        }
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

/// The ACK of a failure, or the CANCEL, of an INVITE: hop by hop with its Via, Route and number (§17.1.1.3, §9.1).
fn of_invite(invite: &Request, method: Method, to: crate::sip::wire::NameAddr) -> Request {
    let mut request = Request::new(method, invite.uri.clone(), invite.from.clone(), to, &invite.call_id, invite.cseq);
    request.via = invite.via.iter().take(1).cloned().collect();
    for route in invite.headers.all("Route") {
        request.headers.push("Route", route);
    }
    request
}
