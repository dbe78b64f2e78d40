//! A peer calls: from its INVITE to the answer.

use std::hash::{BuildHasher as _, RandomState};
use std::ops::ControlFlow;
use std::sync::Arc;

use rsip::StatusCode;

use super::audio::Audio;
use super::calls::{Full, Place};
use super::contact::media_addresses;
use super::leg::{Command, Facts, Line, Order};
use super::reliable::{self, Reliable};
use super::session::{Beginning, Session};
use super::session_timer::{SessionTimer, TooSmall};
use super::{Agent, codecs, identity, reasons};
use crate::channel::arrivals::Reach;
use crate::channel::caller_id::Party;
use crate::channel::{Cause, Indication, Phase, State};
use crate::sip::cause;
use crate::sip::dialog::Dialog;
use crate::sip::endpoint::{Endpoint, Technology, Transport};
use crate::sip::sdp::{CodecList, Description, Direction, Local, Negotiated, Negotiation, Security};
use crate::sip::transport::{ServerEvent, ServerTransaction, Way};
use crate::sip::wire::{Method, NameAddr, Request, Response};

/// Takes an INVITE outside of dialogs.
pub(super) fn invited(agent: &Agent, transaction: ServerTransaction) {
    let Some(endpoint) = agent.admit(&transaction) else { return };
    if let Err(TooSmall(least)) = SessionTimer::asked(&transaction.request, &endpoint.session_timers) {
        let mut response = agent.response(&transaction, StatusCode::from(422));
        response.headers.set("Min-SE", least.as_secs().to_string());
        let _ = transaction.respond(&response);
        return;
    }
    let replaced = transaction.request.headers.get("Replaces").map(|value| agent.replaced(value)).transpose();
    let accepted = replaced.and_then(|partner| {
        let reliable = Reliable::agreed(&transaction.request, endpoint.signalling.reliability)?;
        Ok((accept(agent, &endpoint, &transaction, partner.is_some())?, reliable, partner))
    });
    match (accepted, agent.this.upgrade()) {
        (Ok((accepted, reliable, partner)), Some(this)) => {
            // Fails only where the INVITE has been cancelled, which is noticed later.
            let _ = transaction.reply(StatusCode::Trying);
            let ringing = Ringing::begin(this, endpoint, transaction, accepted, reliable);
            let channel = Arc::clone(&ringing.session.channel);
            tokio::spawn(ringing.run());
            match partner {
                Some(partner) => agent.arrivals.take_over(channel, partner),
                None => agent.arrivals.arrive(channel),
            }
        }
        (Err(status), _) => {
            // Only codecs are looked at after the call has begun.
            if endpoint.technology == Technology::Pjsip && status == StatusCode::NotAcceptableHere {
                let _ = transaction.reply(StatusCode::Trying);
            }
            let mut response = agent.response(&transaction, status);
            match response.code() {
                415 => response.headers.set("Accept", "application/sdp"),
                420 => response.headers.set("Unsupported", reliable::TAG),
                421 => response.headers.set("Require", reliable::TAG),
                _ => {}
            }
            let _ = transaction.respond(&response);
        }
        (Ok(_), None) => {}
    }
}

/// A call that is not answered yet.
struct Ringing {
    session: Session,
    transaction: ServerTransaction,
    /// Our answer to the offer in the INVITE; none if it brought no offer.
    answer: Option<String>,
    /// The last provisional status sent.
    indicated: u16,
    reliable: Reliable,
    /// The plan has answered; the caller has to acknowledge something first.
    answers: bool,
    /// What the caller hears where ringing is audio.
    tone: Option<tokio::task::AbortHandle>,
}

/// What is settled about a call before it gets its channel.
struct Accepted {
    place: Place,
    number: String,
    caller: Party,
    dialog: Dialog,
    way: Way,
    audio: Audio,
    negotiation: Negotiation,
    answer: Option<(String, Negotiated)>,
}

impl Ringing {
    fn begin(
        agent: Arc<Agent>,
        endpoint: Arc<Endpoint>,
        transaction: ServerTransaction,
        accepted: Accepted,
        reliable: Reliable,
    ) -> Self {
        let Accepted { place, number, caller, dialog, way, audio, negotiation, answer } = accepted;
        let (line, orders) = Line::new(Arc::clone(&endpoint), audio, facts(&transaction));
        let channel = agent.make_channel(&line, Phase::Ring, None, |state| {
            fill(state, &endpoint, &transaction.request, caller, &number);
        });
        let own_number = (endpoint.technology == Technology::Sip).then_some(number.as_str());
        let contact = way.contact(endpoint.signalling.contact_user.as_deref().or(own_number));
        let timer = SessionTimer::asked(&transaction.request, &line.endpoint.session_timers).ok().flatten();
        agent.note_call(&transaction.request.call_id, &channel);
        let beginning = Beginning { agent, line, channel, orders, dialog, way, contact, negotiation, timer, place };
        let mut session = Session::begin(beginning);
        let answer = answer.map(|(answer, settled)| {
            session.settle(&settled);
            answer
        });
        Self { session, transaction, answer, indicated: 100, reliable, answers: false, tone: None }
    }

    async fn run(mut self) {
        loop {
            tokio::select! {
                order = self.session.orders.next() => match order {
                    Order::HangUp(cause) => return self.refuse(status_of(cause), cause),
                    Order::Command(Command::Answer) if self.reliable.is_open() => self.answers = true,
                    Order::Command(Command::Answer) => break,
                    Order::Command(Command::Indicate(indication)) => {
                        if let ControlFlow::Break((status, cause)) = self.indicate(indication) {
                            self.refuse(status, cause);
                            return self.session.channel.party_hung_up(cause);
                        }
                    }
                    Order::Command(Command::Transfer(destination)) => return self.redirect(&destination),
                    // The next response says it.
                    Order::Command(_) => {}
                },
                event = self.transaction.next() => match event {
                    Some(ServerEvent::Cancelled(cancel)) => {
                        let cause = reasons::of_cancel(&cancel.headers, &self.session.line.endpoint);
                        self.end(StatusCode::RequestTerminated, None);
                        return self.session.channel.party_hung_up(cause);
                    }
                    Some(_) => {}
                    None => {
                        return self.session.channel.party_hung_up(Cause::NORMAL);
                    }
                },
                Some(request) = self.session.requests.recv() => {
                    if request.request.method == Method::PRACK {
                        self.acknowledged(&request);
                        if self.answers && !self.reliable.is_open() {
                            break;
                        }
                    } else if self.session.take(request).await.is_break() {
                        return self.refuse(StatusCode::RequestTerminated, Cause::NORMAL);
                    }
                }
                () = reliable::at(self.reliable.due()) => {
                    if self.reliable.resend(&self.transaction).is_break() {
                        self.refuse(StatusCode::ServerTimeOut, Cause(102));
                        return self.session.channel.party_hung_up(Cause(102));
                    }
                }
            }
        }
        self.answer().await;
    }

    /// A PRACK; it may bring an offer of its own.
    fn acknowledged(&mut self, prack: &ServerTransaction) {
        let session = &mut self.session;
        if let Err(status) = session.dialog.receive_request(&prack.request) {
            return session.reply(prack, status);
        }
        let t1 = session.agent.settings.load().general.timer_t1;
        if !self.reliable.acknowledge(&self.transaction, &prack.request, t1) {
            return session.reply(prack, StatusCode::CallTransactionDoesNotExist);
        }
        session.update(prack);
    }

    /// The plan may want other codecs than those that were settled when the call came, unless the caller knows of these.
    fn settle_again(&mut self) {
        let wish = codecs::for_incoming(&self.session.line.endpoint, &self.session.channel);
        let Some(codecs) = wish.filter(|_| self.answer.is_some() && self.indicated != 183) else { return };
        let mut negotiation = self.session.negotiation.clone();
        negotiation.set_local(Local { codecs, ..negotiation.local().clone() });
        let offer = Description::parse(self.transaction.request.description());
        match offer.and_then(|offer| negotiation.answer(&offer, Direction::SendRecv)) {
            Ok((answer, settled)) => {
                self.session.settle(&settled);
                self.session.negotiation = negotiation;
                self.answer = Some(answer);
            }
            Err(error) => tracing::info!("{}: SIP_CODEC: {error}", self.session.channel.name()),
        }
    }

    async fn answer(mut self) {
        self.settle_again();
        if self.answer.is_none() {
            let Ok(offer) = self.session.negotiation.offer(Direction::SendRecv) else {
                self.refuse(StatusCode::NotAcceptableHere, Cause(58));
                return self.session.channel.party_hung_up(Cause(58));
            };
            self.answer = Some(offer);
        }
        // What the caller has acknowledged already is not said twice.
        let description = self.answer.take().filter(|_| !(self.reliable.is_wanted() && self.indicated == 183));
        let mut response = self.session.success(&self.transaction, description);
        self.identify(&mut response);
        self.fall_silent();
        let Self { mut session, transaction, .. } = self;
        if transaction.respond(&response).is_err() {
            return session.channel.party_hung_up(Cause::NORMAL);
        }
        session.dialog.confirm();
        session.unacknowledged = Some(transaction);
        session.talk().await;
    }

    /// Tells the caller about progress; breaks with what ends the call.
    fn indicate(&mut self, indication: Indication) -> ControlFlow<(StatusCode, Cause)> {
        let endpoint = &self.session.line.endpoint;
        let rings_in_audio = endpoint.signalling.rings_in_audio
            || self.indicated == 183
                && endpoint.technology == Technology::Pjsip
                && !self.session.agent.settings.load().general.global.rings_after_progress;
        let status = match indication {
            Indication::Ringing if rings_in_audio && self.answer.is_some() => {
                self.ring();
                StatusCode::SessionProgress
            }
            Indication::Ringing => StatusCode::Ringing,
            Indication::Progress if self.answer.is_none() => {
                self.answer = self.session.negotiation.offer(Direction::SendRecv).ok();
                StatusCode::SessionProgress
            }
            Indication::Progress => StatusCode::SessionProgress,
            Indication::Busy => return ControlFlow::Break((StatusCode::BusyHere, Cause::BUSY)),
            Indication::Congestion => {
                return ControlFlow::Break((StatusCode::ServiceUnavailable, Cause::CONGESTION));
            }
            Indication::Incomplete => return ControlFlow::Break((StatusCode::AddressIncomplete, Cause(28))),
            Indication::Proceeding | Indication::Hold | Indication::Unhold => return ControlFlow::Continue(()),
        };
        if std::mem::replace(&mut self.indicated, status.code()) == status.code() {
            return ControlFlow::Continue(());
        }
        if indication == Indication::Progress {
            self.fall_silent();
        }
        let mut response = self.session.agent.response(&self.transaction, status);
        response.headers.set("Contact", self.session.contact.to_string());
        self.identify(&mut response);
        if let (183, Some(answer)) = (response.code(), &self.answer) {
            response.set_body("application/sdp", answer.as_str());
        }
        let t1 = self.session.agent.settings.load().general.timer_t1;
        self.reliable.send(&self.transaction, response, t1);
        ControlFlow::Continue(())
    }

    /// Lets the caller hear that it rings.
    fn ring(&mut self) {
        if self.tone.is_none() {
            let line = Arc::clone(&self.session.line);
            self.tone = Some(tokio::spawn(async move { line.audio.ring().await }).abort_handle());
        }
    }

    fn fall_silent(&mut self) {
        if let Some(tone) = self.tone.take() {
            tone.abort();
        }
    }

    /// Says whom the caller is connected with.
    fn identify(&self, response: &mut Response) {
        let party = self.session.channel.state().connected.clone();
        identity::assert_connected(&mut response.headers, &self.session.line.endpoint, &party, &self.session.contact);
    }

    fn refuse(&mut self, status: StatusCode, cause: Cause) {
        self.end(status, Some(cause));
    }

    /// Ends the call before its answer; a caller who gave up knows why.
    fn end(&mut self, status: StatusCode, cause: Option<Cause>) {
        self.fall_silent();
        let session = &self.session;
        session.line.audio.stop();
        let mut response = session.agent.response(&self.transaction, status);
        if let Some(cause) = cause {
            reasons::give(&mut response.headers, &session.line.endpoint, cause);
        }
        // Fails only where the INVITE has been answered already.
        let _ = self.transaction.respond(&response);
    }

    /// Sends the caller elsewhere by a 302.
    fn redirect(&mut self, destination: &str) {
        let target = super::refer::target(destination, &self.transaction.request.uri);
        let Some(target) = target else { return self.refuse(StatusCode::ServerInternalError, Cause::NORMAL) };
        let mut response = self.session.agent.response(&self.transaction, StatusCode::MovedTemporarily);
        response.headers.set("Contact", NameAddr::new(target).to_string());
        let _ = self.transaction.respond(&response);
        self.session.channel.party_hung_up(Cause::NORMAL);
    }
}

/// The status that ends a call before its answer; a cause that names no failure declines it.
fn status_of(cause: Cause) -> StatusCode {
    let status = u8::try_from(cause.0).ok().and_then(cause::to_status);
    StatusCode::from(status.unwrap_or(603))
}

/// Checks everything that can turn a call away, and settles the audio.
///
/// A call that takes the place of another needs no number in the plan.
fn accept(
    agent: &Agent,
    endpoint: &Endpoint,
    transaction: &ServerTransaction,
    takes_over: bool,
) -> Result<Accepted, StatusCode> {
    let request = &transaction.request;
    if agent.channels.is_closed() {
        return Err(StatusCode::ServiceUnavailable);
    }
    let place = agent.calls.enter(endpoint).map_err(|full| match full {
        Full::Exchange => StatusCode::ServiceUnavailable,
        Full::Endpoint => StatusCode::TemporarilyUnavailable,
    })?;
    let number = agent.dialled(&request.uri).unwrap_or_else(|| "s".to_owned());
    let caller = identity::caller(request, endpoint);
    match agent.arrivals.reach(&endpoint.context, &number, caller.number()) {
        Reach::Complete => {}
        Reach::Partial | Reach::Unknown if takes_over => {}
        Reach::Partial if endpoint.signalling.allows_overlap => return Err(StatusCode::AddressIncomplete),
        Reach::Partial | Reach::Unknown => {
            let (name, context) = (&endpoint.name, &endpoint.context);
            tracing::info!("call from '{name}' to extension '{number}' rejected: not found in context '{context}'");
            return Err(StatusCode::NotFound);
        }
    }
    let dialog = Dialog::server(request, transaction.to_tag())?;
    let way = agent.way_back(transaction.flow);
    let (shown, local) = media_addresses(&way);
    let audio = Audio::open(local, agent.settings.load().general.rtp, endpoint.dtmf_mode).map_err(|error| {
        tracing::error!("call from '{}' refused: {error}", endpoint.name);
        StatusCode::ServiceUnavailable
    })?;
    let security = endpoint.encryption.security(false).map_err(|error| {
        tracing::warn!("call from '{}' refused: {error}", endpoint.name);
        StatusCode::NotAcceptableHere
    })?;
    let mut negotiation = negotiation(endpoint, endpoint.codecs.clone(), security, shown, &audio);
    let answer = match request.description() {
        [] if endpoint.technology == Technology::Pjsip && !request.body.is_empty() => {
            return Err(StatusCode::UnsupportedMediaType);
        }
        [] => None,
        offer => {
            let answer = Description::parse(offer).and_then(|offer| negotiation.answer(&offer, Direction::SendRecv));
            Some(answer.map_err(|error| {
                tracing::info!("call from '{}' refused: {error}", endpoint.name);
                StatusCode::from(error.status())
            })?)
        }
    };
    Ok(Accepted { place, number, caller, dialog, way, audio, negotiation, answer })
}

/// Our side of a call's descriptions.
pub(super) fn negotiation(
    endpoint: &Endpoint,
    codecs: CodecList,
    security: Option<Security>,
    shown: std::net::IpAddr,
    audio: &Audio,
) -> Negotiation {
    let port = audio.local_port();
    if security.as_ref().is_some_and(|security| !security.is_optional) {
        audio.expect_keys();
    }
    let telephone_events = endpoint.dtmf_mode.offers_events();
    let title = endpoint.signalling.title.clone();
    let address = endpoint.signalling.media_address.unwrap_or(shown);
    let local = Local { address, port, codecs, telephone_events, security, title };
    Negotiation::new(RandomState::new().hash_one(port), local)
}

/// What the plan knows of a caller when its call begins.
fn fill(state: &mut State, endpoint: &Endpoint, request: &Request, caller: Party, number: &str) {
    state.ani = caller.clone();
    state.caller = caller;
    state.dialed = Some(number.to_owned());
    identity::diverted(request, state);
    describe(state, endpoint);
    if endpoint.technology == Technology::Sip {
        let host = request.uri.host().map(ToString::to_string).unwrap_or_default();
        let contact = request.headers.contact().map(|contact| contact.uri.to_string()).unwrap_or_default();
        state.variables.set("SIPCALLID", &request.call_id);
        state.variables.set("SIPDOMAIN", &host);
        state.variables.set("SIPURI", &contact);
    }
    state.position.set(&endpoint.context, number, 1);
}

/// What the configuration says about every call of an endpoint.
pub(super) fn describe(state: &mut State, endpoint: &Endpoint) {
    if let Some(language) = &endpoint.language {
        state.language.clone_from(language);
    }
    let numbers = |groups: &[u8]| groups.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    let groups = [
        ("CHANNEL/callgroup", numbers(&endpoint.call_groups)),
        ("CHANNEL/pickupgroup", numbers(&endpoint.pickup_groups)),
        ("CHANNEL/namedcallgroup", endpoint.named_call_groups.join(", ")),
        ("CHANNEL/namedpickupgroup", endpoint.named_pickup_groups.join(", ")),
    ];
    for (setting, groups) in groups.iter().filter(|(_, groups)| !groups.is_empty()) {
        state.settings.set(setting, groups);
    }
    if let Some(zone) = &endpoint.signalling.tone_zone {
        state.tone_zone.clone_from(zone);
    }
    if let Some(music) = &endpoint.music_class {
        state.music_class.clone_from(music);
    }
    if let Some(account) = &endpoint.account_code {
        state.account_code.clone_from(account);
    }
    for (name, value) in &endpoint.variables {
        state.variables.set(name, value);
    }
}

fn facts(transaction: &ServerTransaction) -> Facts {
    let request = &transaction.request;
    let routing = ["Via", "From", "To", "Call-ID", "CSeq"];
    Facts {
        source: Some(transaction.flow.remote),
        is_over_tls: transaction.flow.transport == Transport::Tls,
        from: request.from.uri.to_string(),
        uri: request.headers.contact().map(|contact| contact.uri.to_string()).unwrap_or_default(),
        user_agent: request.headers.get("User-Agent").unwrap_or_default().to_owned(),
        headers: request.headers.clone(),
        dialog: Vec::new(),
        routing: routing.into_iter().filter_map(|name| Some((name, request.field(name, 0)?.into_owned()))).collect(),
    }
}
