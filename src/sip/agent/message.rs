//! MESSAGE (RFC 3428): texts in and out.

use std::sync::Arc;

use rsip::StatusCode;

use super::destination::Place;
use super::proof::Proof;
use super::refer::ACCEPTED;
use super::{Agent, identity};
use crate::channel::Outgoing;
use crate::channel::caller_id;
use crate::channel::leg::Unavailable;
use crate::channel::message::TextMessage;
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::transport::{ServerTransaction, Target};
use crate::sip::wire::{Method, NameAddr, Request};

/// The longest text that is sent or taken.
const LONGEST: usize = 64 * 1024;

/// How many requests one text may take, for challenges.
const ATTEMPTS: usize = 4;

/// Takes a MESSAGE outside of dialogs: it becomes a call of the plan.
pub(super) fn received(agent: &Agent, transaction: &ServerTransaction) {
    let Some(endpoint) = agent.admit(transaction) else { return };
    let request = &transaction.request;
    let status = match text(request) {
        None => StatusCode::UnsupportedMediaType,
        Some(body) => {
            let number = request.uri.user().filter(|user| !user.is_empty());
            let number = number.map_or_else(|| "s".to_owned(), |user| user.into_owned());
            let context = endpoint.message_context.as_ref().unwrap_or(&endpoint.context);
            let caller = identity::caller(request, &endpoint);
            let mut message = TextMessage {
                to: request.to.uri.to_string(),
                from: request.from.clone().without_tag().to_string(),
                body,
                data: request.headers.iter().map(|header| (header.name.to_string(), header.value.clone())).collect(),
            };
            message.set_header("SIP_RECVADDR", &transaction.flow.remote.to_string());
            match agent.arrivals.message(context, &number, caller, message) {
                true => StatusCode::from(ACCEPTED),
                false => StatusCode::NotFound,
            }
        }
    };
    // Fails only where the request has been answered already.
    let _ = transaction.respond(&agent.response(transaction, status));
}

/// The text of a request, if it is one.
pub(super) fn text(request: &Request) -> Option<String> {
    let kind = request.headers.get("Content-Type").unwrap_or("text/plain");
    let is_text = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("text/plain"));
    (is_text && request.body.len() <= LONGEST).then(|| String::from_utf8_lossy(&request.body).into_owned())
}

impl Agent {
    /// Sends a text to `2001`, `2001@host`, `endpoint/sip:uri`; with a `default_outbound_endpoint` also to `sip:uri`.
    pub(super) fn send_text(&self, technology: Technology, to: &str, message: &TextMessage) -> Result<(), Unavailable> {
        let address = NameAddr::parse(to).filter(|address| address.uri.as_sip().is_some());
        let by_address = address.filter(|_| technology == Technology::Pjsip).zip(self.outbound_endpoint());
        let (endpoint, places) = match by_address {
            Some((address, endpoint)) => (Arc::new(endpoint), vec![Place::of(address.uri)]),
            None => self.find(technology, to)?,
        };
        let Some(agent) = self.this.upgrade() else { return Ok(()) };
        for place in places {
            tokio::spawn(deliver(Arc::clone(&agent), Arc::clone(&endpoint), place, message.clone()));
        }
        Ok(())
    }
}

async fn deliver(agent: Arc<Agent>, endpoint: Arc<Endpoint>, place: Place, message: TextMessage) {
    let target = match place.target {
        Some(target) => Ok(target),
        None => Target::resolve(place.next_hop()).await,
    };
    let way = target.ok().and_then(|target| agent.way_for(&endpoint, target).ok());
    let Some(way) = way else {
        tracing::warn!("a text to {} could not be sent", endpoint.name);
        return;
    };
    let (name, number) = caller_id::parse(&message.from);
    let from = match NameAddr::parse(&message.from).filter(|address| address.uri.as_sip().is_some()) {
        Some(address) => address.without_tag().with_tag(&agent.handle.new_tag()),
        None => identity::from(&agent, &endpoint, &Outgoing { name, number, ..Outgoing::default() }, &way),
    };
    let to = NameAddr::new(place.uri.clone());
    let mut request = Request::new(Method::MESSAGE, place.uri, from, to, &agent.handle.new_call_id(), 102);
    for route in &place.route {
        request.headers.push("Route", route.to_string());
    }
    agent.sign_request(&mut request);
    for (name, value) in message.data.iter().filter(|(name, _)| is_own(name)) {
        request.headers.push(name.as_str(), value.as_str());
    }
    request.set_body("text/plain", message.body);
    let mut proof = Proof::default();
    for _ in 0..ATTEMPTS {
        let Ok(mut transaction) = agent.handle.send_on(request.clone(), way.clone()) else { return };
        let response = match transaction.final_response().await {
            Ok(response) if response.is_success() => return,
            Ok(response) => response,
            Err(status) => return tracing::warn!("a text to {} got no answer: {status}", endpoint.name),
        };
        match proof.answer(&request, &response, endpoint.outbound_logins()) {
            Some(again) => request = again,
            None => return tracing::warn!("a text to {} was refused: {}", endpoint.name, response.code()),
        }
    }
}

/// Headers that belong to the text, not to the request that brought it.
fn is_own(name: &str) -> bool {
    const OTHERS: [&str; 22] = [
        "Via",
        "From",
        "To",
        "Call-ID",
        "CSeq",
        "Contact",
        "Max-Forwards",
        "Content-Length",
        "Content-Type",
        "Route",
        "Record-Route",
        "User-Agent",
        "Server",
        "Allow",
        "Supported",
        "Require",
        "Proxy-Require",
        "Authorization",
        "Proxy-Authorization",
        "Expires",
        "Accept",
        "SIP_RECVADDR",
    ];
    !OTHERS.iter().any(|other| other.eq_ignore_ascii_case(name))
}
