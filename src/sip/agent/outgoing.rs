//! We call: from the INVITE to the answer.

use std::sync::Arc;

use rsip::StatusCode;

use super::contact::media_addresses;
use super::destination::Place;
use super::early::{self, Early};
use super::extensions::offered;
use super::incoming::negotiation;
use super::leg::{Line, Order, Orders};
use super::proof::Proof;
use super::session::{Beginning, Session};
use super::session_timer::{self, SessionTimer};
use super::{Agent, calls, codecs, identity, reasons, reliable};
use crate::channel::{Cause, Channel, Event, Outgoing};
use crate::sip::cause;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{Endpoint, Reliability, Technology, Transport};
use crate::sip::sdp::{Description, Direction, Negotiation, Security};
use crate::sip::transport::{ClientEvent, ClientTransaction, Target, Way};
use crate::sip::wire::{Headers, Method, NameAddr, Request, Response};

/// How many INVITEs one call may take: for challenges and redirects.
const ATTEMPTS: usize = 8;
/// The most headers that the plan may add, and their longest value.
const HEADERS: usize = 64;
const HEADER_LENGTH: usize = 2048;
/// Headers that are ours to write.
const OURS: [&str; 7] =
    ["Contact", "Content-Type", "Max-Forwards", "Allow", "Authorization", "Proxy-Authorization", "User-Agent"];

/// An outgoing call that has its channel.
pub(super) struct Calling {
    pub agent: Arc<Agent>,
    pub line: Arc<Line>,
    pub orders: Orders,
    pub call: calls::Place,
    pub place: Place,
    /// Our Contact, once the way is known.
    pub contact: Option<NameAddr>,
    pub early: Option<Early>,
}

/// How an INVITE ended.
enum Ended {
    Answered(Box<Response>),
    /// It was refused, or wants to be sent again.
    Refused(Box<Response>),
    /// There was no final response.
    Failed(StatusCode),
    /// The channel hung up.
    GivenUp(Cause),
}

impl Calling {
    /// Places the call and serves it to its end.
    pub async fn run(mut self, channel: Arc<Channel>, outgoing: Outgoing) {
        let Some(mut way) = self.way().await else {
            tracing::info!("{}: no way to {}", channel.name(), self.place.next_hop());
            return self.fail(&channel, Cause(20));
        };
        let security = match self.security(&channel, &way) {
            Ok(security) => security,
            Err(reason) => {
                tracing::warn!("{}: the call is not placed: {reason}", channel.name());
                return self.fail(&channel, Cause(58));
            }
        };
        let (shown, _) = media_addresses(&way);
        let codecs = codecs::for_outgoing(&self.line.endpoint, &channel, &outgoing);
        let mut negotiation = negotiation(&self.line.endpoint, codecs, security, shown, &self.line.audio);
        let Ok(offer) = negotiation.offer(Direction::SendRecv) else { return self.fail(&channel, Cause(58)) };
        let mut request = self.compose(&outgoing, &way, offer);
        self.agent.note_call(&request.call_id, &channel);
        // Who sent the caller here by a REFER said on whose behalf.
        let referred_by = channel.state().variables.get("SIPREFERREDBYHDR").map(str::to_owned);
        if let Some(referred_by) = referred_by.filter(|value| !value.is_empty() && value.len() <= HEADER_LENGTH) {
            request.headers.push("Referred-By", referred_by);
        }
        self.contact = request.headers.contact();
        let mut proof = Proof::default();
        for _ in 0..ATTEMPTS {
            let Ok(mut transaction) = self.agent.handle.send_on(request.clone(), way.clone()) else {
                return self.fail(&channel, Cause::CONGESTION);
            };
            {
                let mut facts = self.line.facts.lock();
                facts.source = Some(way.flow.remote);
                facts.is_over_tls = way.flow.transport == Transport::Tls;
            }
            self.early = None;
            let response = match self.wait(&mut transaction, &channel, &mut negotiation, &way).await {
                Ended::Answered(response) => {
                    note(&channel, &response, Cause::NORMAL);
                    return self.answered(channel, transaction, &response, negotiation, way).await;
                }
                Ended::Refused(response) => {
                    note(&channel, &response, cause_of(response.code()));
                    response
                }
                Ended::Failed(status) => return self.fail(&channel, cause_of(status.code())),
                // Dropping the transaction ends a call whose answer crosses.
                Ended::GivenUp(cause) => return self.cancel(&transaction, cause),
            };
            if let Some(again) = proof.answer(&request, &response, self.line.endpoint.outbound_logins()) {
                request = again;
            } else if session_timer::ask_again(&mut request, &response) {
                tracing::debug!("{}: asked again with a longer session", channel.name());
            } else if let Some(target) = self.forwarding(&response) {
                self.line.audio.stop();
                identity::forwarded(&response, &mut channel.state());
                return channel.report(Event::Forwarded(target.into()));
            } else if let Some(place) = redirection(&response, &way) {
                tracing::info!("{}: redirected to {}", channel.name(), place.uri);
                self.place = place;
                let Some(there) = self.way().await else { return self.fail(&channel, Cause(20)) };
                way = there;
                request.uri = self.place.uri.clone();
                request.cseq = request.cseq.saturating_add(1);
                let contact = self.agent.contact(&request, &way, &self.line.endpoint);
                request.headers.set("Contact", contact.to_string());
                self.contact = Some(contact);
                for header in ["Route", "Authorization", "Proxy-Authorization"] {
                    request.headers.remove(header);
                }
                proof = Proof::default();
            } else {
                let given = reasons::given(&response.headers, &self.line.endpoint);
                let cause = given.unwrap_or_else(|| cause_of(response.code()));
                if let Some(word) = word_of(self.line.endpoint.technology, response.code()) {
                    channel.state().hangup_cause = cause;
                    channel.report(word);
                }
                return self.fail(&channel, cause);
            }
        }
        self.fail(&channel, Cause::CONGESTION);
    }

    /// How the call's media is secured: as the endpoint has it, and as the plan demands by `CHANNEL(secure_bridge_media)` of
    /// the caller. The demand on signalling is for SIP over TLS.
    fn security(&self, channel: &Channel, way: &Way) -> Result<Option<Security>, String> {
        let demands = |item: &str| channel.state().settings.get(&format!("CHANNEL/secure_bridge_{item}")) == Some("1");
        if demands("signaling") && way.flow.transport != Transport::Tls {
            return Err("the plan demands secure signalling, and its way is not TLS".to_owned());
        }
        self.line.endpoint.encryption.security(demands("media")).map_err(|error| error.to_string())
    }

    /// Gives the call up, and says why.
    fn cancel(&self, transaction: &ClientTransaction, cause: Cause) {
        let mut headers = Headers::default();
        reasons::give(&mut headers, &self.line.endpoint, cause);
        // Fails only where the call has been answered or refused already.
        let _ = transaction.cancel(headers);
    }

    fn fail(&self, channel: &Channel, cause: Cause) {
        self.line.audio.stop();
        channel.party_hung_up(cause);
    }

    async fn way(&self) -> Option<Way> {
        let target = match self.place.target {
            Some(target) => target,
            None => Target::resolve(self.place.next_hop()).await.ok()?,
        };
        self.agent.way_for(&self.line.endpoint, target).ok()
    }

    /// The `extension@context` that a 3xx sends the call to, unless the endpoint may say any address.
    fn forwarding(&self, response: &Response) -> Option<String> {
        let endpoint = &self.line.endpoint;
        if !(300..400).contains(&response.code()) || endpoint.follows_redirects {
            return None;
        }
        let uri = response.headers.contact()?.uri;
        let user = uri.user().filter(|user| !user.is_empty())?;
        Some(format!("{user}@{}", endpoint.context))
    }

    fn compose(&self, outgoing: &Outgoing, way: &Way, offer: String) -> Request {
        let endpoint = &self.line.endpoint;
        let handle = &self.agent.handle;
        let mut from = identity::from(&self.agent, endpoint, outgoing, way);
        let mut uri = self.place.uri.clone();
        if endpoint.marks_numbers {
            identity::mark_number(&mut from.uri);
            identity::mark_number(&mut uri);
        }
        let to = NameAddr::new(uri.clone());
        let mut request = Request::new(Method::INVITE, uri, from, to, &handle.new_call_id(), 102);
        for route in &self.place.route {
            request.headers.push("Route", route.to_string());
        }
        request.headers.set("Contact", self.agent.contact(&request, way, endpoint).to_string());
        self.agent.sign_request(&mut request);
        request.headers.set("Supported", offered(endpoint));
        if endpoint.signalling.reliability == Reliability::Required {
            request.headers.set("Require", reliable::TAG);
        }
        identity::assert_identity(&mut request, endpoint, outgoing, way);
        if endpoint.signalling.tells_diversion {
            identity::divert(&mut request, outgoing);
        }
        if endpoint.signalling.tells_history {
            identity::tell_history(&mut request, outgoing);
        }
        for (name, value) in outgoing.headers.iter().take(HEADERS) {
            let is_sound = value.len() <= HEADER_LENGTH && !value.contains(['\r', '\n']);
            if is_sound && !OURS.iter().any(|ours| ours.eq_ignore_ascii_case(name)) {
                request.headers.push(name, value.as_str());
            }
        }
        session_timer::offer(&mut request, &endpoint.session_timers);
        request.set_body("application/sdp", offer);
        request
    }

    /// Follows the call until its final response, and tells the channel how it goes.
    async fn wait(
        &mut self,
        transaction: &mut ClientTransaction,
        channel: &Channel,
        negotiation: &mut Negotiation,
        way: &Way,
    ) -> Ended {
        loop {
            let event = tokio::select! {
                event = transaction.next() => event,
                order = self.orders.next() => match order {
                    Order::HangUp(cause) => return Ended::GivenUp(cause),
                    // Before the answer there is nobody to tell anything.
                    Order::Command(_) => continue,
                },
                request = early::request(&mut self.early) => {
                    self.take(&request, channel, negotiation);
                    continue;
                }
            };
            let response = match event {
                Some(ClientEvent::Response(response)) => response,
                Some(ClientEvent::TimedOut) => return Ended::Failed(StatusCode::RequestTimeout),
                Some(ClientEvent::Undeliverable) | None => return Ended::Failed(StatusCode::ServiceUnavailable),
            };
            if response.is_provisional() && !self.proceed(transaction.request(), &response, way).await {
                continue;
            }
            match response.code() {
                180 if !self.brings_ringing(&response) => channel.report(Event::Ringing),
                // To chan_sip, progress that nobody hears is ringing.
                183 if self.is_mute(&response) => {
                    channel.report(Event::Ringing);
                    continue;
                }
                181 | 182 => channel.report(Event::Proceeding),
                ..200 => {}
                200..300 => return Ended::Answered(response),
                _ => return Ended::Refused(response),
            }
            let early = self.listen(&response, negotiation);
            let is_bare = !early && self.line.endpoint.signalling.ignores_bare_progress;
            if early || response.code() == 183 && !is_bare {
                channel.report(Event::Progress);
            }
        }
    }

    /// Whether a 180 brings the sound of ringing along: to `chan_pjsip` it is audio before the answer then.
    fn brings_ringing(&self, response: &Response) -> bool {
        self.line.endpoint.technology == Technology::Pjsip && !response.description().is_empty()
    }

    /// Whether a 183 to a call of `sip.conf` lacks a description.
    fn is_mute(&self, response: &Response) -> bool {
        self.line.endpoint.technology == Technology::Sip && response.description().is_empty()
    }

    /// Connects the audio as a response describes it; false if it does not.
    fn listen(&self, response: &Response, negotiation: &mut Negotiation) -> bool {
        let settled = Description::parse(response.description())
            .and_then(|description| negotiation.accept(&description, Direction::SendRecv));
        let Ok(settled) = settled else { return false };
        self.line.audio.connect(&settled, self.line.endpoint.nat.symmetric_rtp);
        true
    }

    async fn answered(
        mut self,
        channel: Arc<Channel>,
        transaction: ClientTransaction,
        response: &Response,
        mut negotiation: Negotiation,
        way: Way,
    ) {
        let has_audio = self.listen(response, &mut negotiation) || response.body.is_empty();
        negotiation.withdraw();
        let early = self.early.take().and_then(|early| early.into_dialog(response));
        let Some(dialog) = early.or_else(|| Dialog::client(transaction.request(), response)) else {
            return self.fail(&channel, Cause::INTERWORKING);
        };
        identity::answered(response, &self.line.endpoint, &mut channel.state());
        let contact = self.agent.contact(transaction.request(), &way, &self.line.endpoint);
        let timer = SessionTimer::answered(response, &self.line.endpoint.session_timers);
        self.line.facts.lock().headers = response.headers.clone();
        let Self { agent, line, orders, call: place, .. } = self;
        let beginning = Beginning { agent, line, channel, orders, dialog, way, contact, negotiation, timer, place };
        let session = Session::begin(beginning);
        let ack = session.dialog.ack(response);
        let ack_way = session.way_of(&ack).await;
        transaction.acknowledge(ack, &ack_way);
        drop(transaction);
        if has_audio {
            session.channel.report(Event::Answered);
            session.talk().await;
        } else {
            tracing::info!("{}: the answer holds no audio that we understand", session.channel.name());
            session.channel.party_hung_up(Cause(58));
            session.leave(Cause(58)).await;
        }
    }
}

/// Keeps for `HANGUPCAUSE()` what the called side said.
fn note(channel: &Channel, response: &Response, cause: Cause) {
    let said = format!("SIP {} {}", response.code(), response.reason);
    let settings = &mut channel.state().settings;
    settings.set("HANGUPCAUSE/tech", &said);
    settings.set("HANGUPCAUSE/ast", cause.words());
}

/// What `chan_sip` says of a refusal beside its cause: the caller is told by this word. `chan_pjsip` says none.
fn word_of(technology: Technology, status: u16) -> Option<Event> {
    match (technology, status) {
        (Technology::Sip, 480 | 486 | 600 | 603) => Some(Event::Busy),
        (Technology::Sip, 410 | 482 | 500 | 502..=504 | 513 | 580) => Some(Event::Congestion),
        _ => None,
    }
}

fn cause_of(status: u16) -> Cause {
    Cause(cause::from_status(status).into())
}

impl Agent {
    /// Our Contact in a call of ours.
    fn contact(&self, request: &Request, way: &Way, endpoint: &Endpoint) -> NameAddr {
        let named = endpoint.signalling.contact_user.as_deref();
        match endpoint.technology {
            Technology::Sip => way.contact(named.or(request.from.uri.user().as_deref())),
            Technology::Pjsip => {
                let settings = self.settings.load();
                let nobody = settings.general.global.from_user.as_str();
                way.contact(named.or(endpoint.from_user.as_deref()).or(Some(nobody)))
            }
        }
    }
}

/// Where a 3xx sends the call; `None` if it is no redirection, or one back to us.
fn redirection(response: &Response, way: &Way) -> Option<Place> {
    if !(300..400).contains(&response.code()) {
        return None;
    }
    let uri = response.headers.contact()?.uri;
    let sip = uri.as_sip()?;
    let is_ours = sip.host == way.sent_by.host && sip.port.unwrap_or(5060) == way.sent_by.port.unwrap_or(5060);
    (!is_ours).then(|| Place::of(uri))
}
