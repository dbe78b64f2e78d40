//! Registering ourselves with others (`register =>`, `type = registration`).

use std::sync::Arc;
use std::time::Duration;

use super::Agent;
use super::contact::proxy;
use super::proof::Proof;
use super::status::RegistrationStatus;
use crate::sip::endpoint::Registration;
use crate::sip::transport::Target;
use crate::sip::wire::{Method, NameAddr, Request, Response, Uri};

/// How many REGISTERs one attempt may take: for challenges and a longer expiry.
const ATTEMPTS: usize = 4;

/// Begins to keep every registration of the configuration; those of an earlier configuration end by themselves.
pub(super) fn start(agent: &Agent) {
    let Some(this) = agent.this.upgrade() else { return };
    let settings = agent.settings.load();
    let status = |registration: &Registration| RegistrationStatus {
        name: registration.name.clone(),
        server: registration.server_uri.clone(),
        is_registered: false,
    };
    *agent.registrations.lock() = settings.registrations.iter().map(status).collect();
    for registration in &settings.registrations {
        tokio::spawn(keep(Arc::clone(&this), registration.clone()));
    }
}

/// Waits until no registration of ours stands any more.
pub(super) async fn all_withdrawn(agent: &Agent) {
    while agent.registrations.lock().iter().any(|status| status.is_registered) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Keeps one registration until the next reload, or the shutdown, which withdraws it.
async fn keep(agent: Arc<Agent>, registration: Registration) {
    let mut generation = agent.generation.subscribe();
    let number = generation.borrow_and_update().number;
    let mut state = Exchange::new(&agent, &registration);
    loop {
        let granted = state.register(&agent, &registration, registration.expiry).await;
        note(&agent, &registration, granted.is_some());
        // Early enough that a lost request does not end it.
        let pause = granted.map_or(registration.retry, |granted| granted.mul_f64(0.8).max(Duration::from_secs(1)));
        let end = generation.wait_for(|generation| generation.number != number || generation.is_last);
        let is_last = tokio::select! {
            () = tokio::time::sleep(pause) => continue,
            ended = end => ended.is_ok_and(|generation| generation.is_last),
        };
        if is_last && granted.is_some() {
            state.register(&agent, &registration, Duration::ZERO).await;
            note(&agent, &registration, false);
        }
        return;
    }
}

fn note(agent: &Agent, registration: &Registration, is_registered: bool) {
    let mut known = agent.registrations.lock();
    let Some(status) = known.iter_mut().find(|status| status.name == registration.name) else { return };
    if std::mem::replace(&mut status.is_registered, is_registered) != is_registered {
        let word = if is_registered { "Registered with" } else { "No longer registered with" };
        tracing::info!("{word} {} as {}", registration.server_uri, registration.client_uri);
    }
}

/// What the requests of one registration have in common (RFC 3261 §10.2).
struct Exchange {
    call_id: String,
    tag: String,
    cseq: u32,
}

impl Exchange {
    fn new(agent: &Agent, _registration: &Registration) -> Self {
        Self { call_id: agent.handle.new_call_id(), tag: agent.handle.new_tag(), cseq: 101 }
    }

    /// Registers; gives the time that was granted.
    async fn register(&mut self, agent: &Agent, registration: &Registration, expiry: Duration) -> Option<Duration> {
        let failed = |reason: &dyn std::fmt::Display| {
            tracing::warn!("registration {} with {} failed: {reason}", registration.name, registration.server_uri);
        };
        let server = Uri::parse(&registration.server_uri)?;
        let client = NameAddr::new(Uri::parse(&registration.client_uri)?);
        let route = registration.outbound_proxy.as_deref().and_then(proxy);
        let hop = route.as_ref().map_or(&server, |route| &route.uri);
        let target = Target::resolve(hop).await.inspect_err(|error| failed(error)).ok()?;
        let way = agent
            .way_to(target, registration.technology, registration.transport.as_deref())
            .inspect_err(|error| failed(error))
            .ok()?;
        let contact = way.contact(Some(&registration.contact_user));
        self.cseq = self.cseq.saturating_add(1);
        let from = client.clone().with_tag(&self.tag);
        let mut request = Request::new(Method::REGISTER, server, from, client, &self.call_id, self.cseq);
        if let Some(route) = route {
            request.headers.push("Route", route.to_string());
        }
        request.headers.set("Contact", contact.to_string());
        request.headers.set("Expires", expiry.as_secs().to_string());
        agent.sign_request(&mut request);
        let mut proof = Proof::default();
        for _ in 0..ATTEMPTS {
            let mut transaction = agent.handle.send_on(request.clone(), way.clone()).ok()?;
            let response = match transaction.final_response().await {
                Ok(response) => response,
                Err(status) => {
                    failed(&status);
                    return None;
                }
            };
            if response.is_success() {
                return Some(granted(&response, &contact).unwrap_or(expiry));
            }
            if let Some(again) = proof.answer(&request, &response, registration.login.as_ref()) {
                request = again;
            } else if let (423, Some(minimum)) = (response.code(), response.headers.get("Min-Expires")) {
                request.headers.set("Expires", minimum.to_owned());
                request.cseq = request.cseq.saturating_add(1);
            } else {
                failed(&response.status);
                return None;
            }
            self.cseq = request.cseq;
        }
        failed(&"too many challenges");
        None
    }
}

/// How long our contact lives, by the registrar's answer.
fn granted(response: &Response, contact: &NameAddr) -> Option<Duration> {
    let contacts = response.headers.addresses("Contact");
    let ours = contacts.iter().find(|known| known.uri == contact.uri);
    let own = ours.and_then(|known| known.params.get("expires")).and_then(|seconds| seconds.parse().ok());
    own.or(response.headers.expires()).map(|seconds: u32| Duration::from_secs(seconds.into()))
}
