//! A call that has a dialog: what the peer asks inside it, and how it ends.

use std::sync::Arc;
use std::time::Duration;

use rsip::StatusCode;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Agent;
use super::calls::{Entry, Place};
use super::extensions::supported;
use super::leg::{Command, Line, Order, Orders};
use super::refer::Transfer;
use super::reoffer::Reoffer;
use super::session_timer::SessionTimer;
use super::{identity, info, reasons, refer};
use crate::channel::{Cause, Channel, Event, Indication, Party};
use crate::sip::dialog::Dialog;
use crate::sip::sdp::{Description, Direction, Negotiated, Negotiation};
use crate::sip::transport::{ClientTransaction, ServerEvent, ServerTransaction, Unreachable, Way};
use crate::sip::wire::{Method, NameAddr, Request, Response};

/// Requests of a peer that may wait for their call.
pub(super) const REQUESTS: usize = 16;

/// A telephone of `pjsip.conf` that transferred its call ends it within this time, or else we do.
const LINGER: Duration = Duration::from_secs(60);

/// What a call brings into its session.
pub(super) struct Beginning {
    pub agent: Arc<Agent>,
    pub line: Arc<Line>,
    pub channel: Arc<Channel>,
    pub orders: Orders,
    pub dialog: Dialog,
    pub way: Way,
    pub contact: NameAddr,
    pub negotiation: Negotiation,
    pub timer: Option<SessionTimer>,
    pub place: Place,
}

/// One dialog and the channel above it.
pub(super) struct Session {
    pub agent: Arc<Agent>,
    pub line: Arc<Line>,
    pub channel: Arc<Channel>,
    pub orders: Orders,
    pub requests: mpsc::Receiver<ServerTransaction>,
    pub dialog: Dialog,
    /// The way of the INVITE.
    pub way: Way,
    pub contact: NameAddr,
    pub negotiation: Negotiation,
    /// Our 200 to an INVITE whose ACK has not come.
    pub unacknowledged: Option<ServerTransaction>,
    pub is_on_hold: bool,
    pub timer: Option<SessionTimer>,
    /// Our re-INVITE, and what the next is for.
    pub reoffer: Reoffer,
    /// The transfer that the peer asked for and has not heard the end of.
    pub transfer: Option<Transfer>,
    /// The peer's transfer has come off, and it is for the peer to end its call.
    pub has_transferred: bool,
    /// Held for as long as the call lives.
    pub _held: (Entry, Place),
}

impl Session {
    /// A session whose dialog finds it from now on.
    pub fn begin(beginning: Beginning) -> Self {
        let Beginning { agent, line, channel, orders, dialog, way, contact, negotiation, timer, place } = beginning;
        let (sender, requests) = mpsc::channel(REQUESTS);
        let entry = agent.calls.add_dialog(dialog.id(), sender);
        agent.calls.set_channel(dialog.id(), channel.name());
        line.facts.lock().dialog = facts_of(&dialog, &way);
        Self {
            agent,
            line,
            channel,
            orders,
            requests,
            dialog,
            way,
            contact,
            negotiation,
            unacknowledged: None,
            is_on_hold: false,
            timer,
            reoffer: Reoffer::default(),
            transfer: None,
            has_transferred: false,
            _held: (entry, place),
        }
    }

    /// Serves the call from the answer to its end.
    pub async fn talk(mut self) {
        let mut silence = Silence::new();
        let mut ends = None;
        loop {
            // Who asked for a transfer hears how it ended before its own call ends.
            if let (Some(cause), None) = (ends, &self.transfer) {
                return self.leave(cause).await;
            }
            let (is_wanted, not_before) = self.next_reoffer();
            // An ACK comes before what the peer asks right behind it.
            tokio::select! {
                biased;
                event = next(&mut self.unacknowledged) => {
                    if let Err(cause) = self.acknowledged(event) {
                        self.channel.party_hung_up(cause);
                        return self.leave(cause).await;
                    }
                }
                order = self.orders.next() => match order {
                    Order::HangUp(cause) => {
                        self.line.audio.stop();
                        self.orders.note_end();
                        ends = Some(cause);
                    }
                    Order::Command(command) => self.obey(command).await,
                },
                () = Transfer::over(&self.transfer) => self.transfer = None,
                Some(request) = self.requests.recv() => {
                    if self.take(request).await.is_break() {
                        return;
                    }
                }
                event = self.reoffer.event() => {
                    if !self.reoffered(event).await {
                        return self.leave(Cause::NORMAL).await;
                    }
                }
                () = Reoffer::due(is_wanted, not_before) => self.send_reoffer().await,
                () = SessionTimer::due(self.timer) => {
                    if self.timer.as_ref().is_some_and(SessionTimer::is_ours) {
                        self.refresh().await;
                    } else {
                        tracing::warn!("{}: the peer did not refresh its session", self.channel.name());
                        self.channel.party_hung_up(Cause::NORMAL);
                        return self.leave(Cause::NORMAL).await;
                    }
                }
                () = silence.lasts_too_long(&self.line, self.is_on_hold) => {
                    tracing::warn!("{}: no audio came for too long", self.channel.name());
                    self.channel.party_hung_up(Cause::NORMAL);
                    return self.leave(Cause::NORMAL).await;
                }
            }
        }
    }

    async fn obey(&mut self, command: Command) {
        match command {
            Command::Info(digit, length) => {
                let mut request = self.dialog.request(Method::INFO);
                request.set_body("application/dtmf-relay", info::body(digit, length));
                self.send_aside(request).await;
            }
            Command::Transfer(destination) => {
                let request = refer::request(self, &destination);
                self.ask_to_transfer(request).await;
            }
            Command::Text(text) => self.send_document("text/plain", text).await,
            Command::Document(kind, text) => self.send_document(kind, text).await,
            Command::Identify(party) => self.identify(&party).await,
            Command::Refresh { by_update: true } if self.takes_update() => {
                let request = self.dialog.request(Method::UPDATE);
                self.send_aside(request).await;
            }
            Command::Refresh { .. } => self.want_refresh(),
            Command::Transferred(progress) => refer::tell(self, progress).await,
            Command::Indicate(Indication::Hold) if self.passes_hold() => self.want_direction(Direction::SendOnly),
            Command::Indicate(Indication::Unhold) if self.passes_hold() => self.want_direction(Direction::SendRecv),
            // What comes after the answer is heard, not signalled.
            Command::Answer | Command::Indicate(_) => {}
        }
    }

    /// Sends a REFER; a refusal is its outcome. Where it is taken a NOTIFY tells of that.
    async fn ask_to_transfer(&self, request: Request) {
        let Ok(mut transaction) = self.send(request).await else { return };
        let channel = Arc::clone(&self.channel);
        tokio::spawn(async move {
            let status = match transaction.final_response().await {
                Ok(response) if response.is_success() => return,
                Ok(response) => response.code(),
                Err(status) => status.code(),
            };
            channel.report(Event::Transferred(status));
        });
    }

    fn passes_hold(&self) -> bool {
        self.line.endpoint.signalling.passes_hold
    }

    async fn send_document(&mut self, kind: &str, text: String) {
        let mut request = self.dialog.request(Method::MESSAGE);
        request.set_body(kind, text);
        self.send_aside(request).await;
    }

    /// Whether the peer takes an UPDATE (RFC 3311).
    fn takes_update(&self) -> bool {
        self.line.facts.lock().headers.lists("Allow", "UPDATE")
    }

    /// Refreshes the session by an UPDATE, or else a re-INVITE. A peer that does not know of the call any more ends it.
    async fn refresh(&mut self) {
        let takes_update = self.takes_update();
        let Some(timer) = &mut self.timer else { return };
        timer.restart();
        if !takes_update {
            return self.want_refresh();
        }
        let timer = *timer;
        let mut request = self.dialog.request(Method::UPDATE);
        timer.refresh(&mut request.headers);
        let Ok(mut transaction) = self.send(request).await else { return };
        let channel = Arc::clone(&self.channel);
        tokio::spawn(async move {
            let is_gone = match transaction.final_response().await {
                Ok(response) => matches!(response.code(), 408 | 481),
                Err(_) => true,
            };
            if is_gone {
                tracing::warn!("{}: the peer does not know of the call any more", channel.name());
                channel.party_hung_up(Cause::NORMAL);
            }
        });
    }

    /// A request of the peer refreshes the session.
    pub fn refreshed(&mut self, request: &Request) {
        match SessionTimer::asked(request, &self.line.endpoint.session_timers) {
            Ok(Some(timer)) if request.headers.get("Session-Expires").is_some() => self.timer = Some(timer),
            _ => self.timer.iter_mut().for_each(SessionTimer::restart),
        }
    }

    /// Tells a peer that believes us whom it is connected with, by an UPDATE where it takes one, or else a re-INVITE.
    async fn identify(&mut self, party: &Party) {
        let endpoint = &self.line.endpoint;
        let is_told = endpoint.sends_identity() && endpoint.signalling.tells_connected;
        if !is_told || !self.dialog.is_confirmed() {
            return;
        }
        if !self.takes_update() {
            return self.want_connected(party);
        }
        let mut request = self.dialog.request(Method::UPDATE);
        identity::assert_connected(&mut request.headers, &self.line.endpoint, party, &self.contact);
        self.send_aside(request).await;
    }

    /// Audio goes as was settled; tells the channel of hold.
    pub fn settle(&mut self, settled: &Negotiated) {
        self.line.audio.connect(settled, self.line.endpoint.nat.symmetric_rtp);
        if std::mem::replace(&mut self.is_on_hold, settled.on_hold) != settled.on_hold {
            self.channel.report(if settled.on_hold { Event::Held } else { Event::Resumed });
        }
    }

    /// What came of our 200.
    ///
    /// # Errors
    /// The cause of the end where its ACK never came, or did not answer our offer.
    pub fn acknowledged(&mut self, event: Option<ServerEvent>) -> Result<(), Cause> {
        self.unacknowledged = None;
        match event {
            Some(ServerEvent::Acknowledged(ack)) if self.negotiation.is_open() => {
                if ack.description().is_empty() {
                    return Err(Cause::NONE);
                }
                let settled = Description::parse(ack.description())
                    .and_then(|answer| self.negotiation.accept(&answer, Direction::SendRecv));
                self.negotiation.withdraw();
                let settled = settled.map_err(|error| {
                    tracing::info!("{}: the answer in the ACK is of no use: {error}", self.channel.name());
                    Cause(58)
                })?;
                self.settle(&settled);
                Ok(())
            }
            Some(ServerEvent::Acknowledged(_) | ServerEvent::Cancelled(_)) => Ok(()),
            Some(ServerEvent::Unacknowledged) | None => Err(Cause::NO_USER_RESPONSE),
        }
    }

    /// Ends the call with a BYE. The ACK of our 200 has to come first (RFC 3261 §15).
    pub async fn leave(mut self, cause: Cause) {
        self.line.audio.stop();
        if self.has_transferred && tokio::time::timeout(LINGER, self.taken_leave_of()).await.is_ok() {
            return;
        }
        while self.unacknowledged.is_some() {
            tokio::select! {
                event = next(&mut self.unacknowledged) => { let _ = self.acknowledged(event); }
                Some(request) = self.requests.recv() => {
                    if self.take(request).await.is_break() {
                        return;
                    }
                }
            }
        }
        let mut bye = self.dialog.request(Method::BYE);
        reasons::state(&mut bye.headers, &self.line.endpoint, cause);
        let Ok(mut bye) = self.send(bye).await else { return };
        loop {
            tokio::select! {
                _ = bye.final_response() => return,
                Some(request) = self.requests.recv() => {
                    if self.take(request).await.is_break() {
                        return;
                    }
                }
            }
        }
    }

    /// Comes back when the peer has ended the call.
    async fn taken_leave_of(&mut self) {
        while let Some(request) = self.requests.recv().await {
            if self.take(request).await.is_break() {
                return;
            }
        }
    }

    /// A 200 with our Contact, and a description if there is one.
    pub fn success(&self, transaction: &ServerTransaction, description: Option<String>) -> Response {
        let mut response = self.agent.response(transaction, StatusCode::OK);
        response.headers.set("Contact", self.contact.to_string());
        response.headers.set("Supported", supported(&self.line.endpoint));
        if let Some(timer) = &self.timer {
            timer.answer(&mut response.headers);
        }
        if let Some(description) = description {
            response.set_body("application/sdp", description);
        }
        response
    }

    pub fn reply(&self, transaction: &ServerTransaction, status: StatusCode) {
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&self.agent.response(transaction, status));
    }

    /// Sends a request inside the dialog.
    pub async fn send(&self, mut request: Request) -> Result<ClientTransaction, Unreachable> {
        self.agent.sign_request(&mut request);
        if !matches!(request.method, Method::BYE | Method::INFO) {
            request.headers.set("Contact", self.contact.to_string());
            request.headers.set("Supported", supported(&self.line.endpoint));
        }
        let way = self.way_of(&request).await;
        self.agent.handle.send_on(request, way)
    }

    /// Sends a request whose answer changes nothing.
    pub async fn send_aside(&self, request: Request) {
        if let Ok(mut transaction) = self.send(request).await {
            tokio::spawn(async move { transaction.final_response().await });
        }
    }

    /// Where a request inside the dialog goes.
    pub async fn way_of(&self, request: &Request) -> Way {
        self.agent.way_inside(&self.line.endpoint, &self.way, request).await
    }
}

impl Drop for Session {
    /// Requests that crossed the end: a BYE is welcome, others come too late.
    fn drop(&mut self) {
        self.requests.close();
        while let Ok(transaction) = self.requests.try_recv() {
            let status = match transaction.request.method {
                Method::BYE => StatusCode::OK,
                _ => StatusCode::CallTransactionDoesNotExist,
            };
            self.reply(&transaction, status);
        }
    }
}

/// What `CHANNEL(pjsip,…)` tells of a dialog.
fn facts_of(dialog: &Dialog, way: &Way) -> Vec<(&'static str, String)> {
    let tag = |address: &NameAddr| address.tag().unwrap_or_default().to_owned();
    let is_secure = way.flow.transport == rsip::Transport::Tls;
    vec![
        ("call-id", dialog.id().call_id.clone()),
        ("secure", if is_secure { "1" } else { "0" }.to_owned()),
        ("target_uri", dialog.remote_target().to_string()),
        ("local_uri", dialog.local().uri.to_string()),
        ("local_tag", tag(dialog.local())),
        ("remote_uri", dialog.remote().uri.to_string()),
        ("remote_tag", tag(dialog.remote())),
        ("t38state", "DISABLED".to_owned()),
        ("local_addr", way.flow.local.to_string()),
        ("remote_addr", way.flow.remote.to_string()),
    ]
}

/// The next thing that happens to an INVITE, if there is one.
pub(super) async fn next(transaction: &mut Option<ServerTransaction>) -> Option<ServerEvent> {
    match transaction {
        Some(transaction) => transaction.next().await,
        None => std::future::pending().await,
    }
}

/// Notices that no audio comes (`rtptimeout`, `rtpholdtimeout`).
struct Silence {
    since: Instant,
    received: u32,
}

impl Silence {
    const LOOK: Duration = Duration::from_secs(1);

    fn new() -> Self {
        Self { since: Instant::now(), received: 0 }
    }

    /// Comes back when silence has lasted too long; never where there is no limit.
    async fn lasts_too_long(&mut self, line: &Line, is_on_hold: bool) {
        let endpoint = &line.endpoint;
        let Some(limit) = (if is_on_hold { endpoint.rtp_hold_timeout } else { endpoint.rtp_timeout }) else {
            return std::future::pending().await;
        };
        loop {
            let received = line.audio.statistics().received;
            if std::mem::replace(&mut self.received, received) != received {
                self.since = Instant::now();
            }
            if self.since.elapsed() >= limit {
                return;
            }
            tokio::time::sleep(Self::LOOK).await;
        }
    }
}
