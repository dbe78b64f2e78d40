//! Registering ourselves with others (`register =>`, `type = registration`).

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;
use tokio::time::Instant;

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
        technology: registration.technology,
        name: registration.name.clone(),
        server: registration.server_uri.clone(),
        is_registered: false,
        word: "Unregistered",
        due: None,
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

/// What an admin wants of a registration of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wish {
    /// It is made anew.
    Register,
    /// It is withdrawn, and stays so until it is to be made again.
    Unregister,
}

impl Agent {
    /// Makes a registration of ours anew or withdraws it; false where there is none of this name.
    pub fn order_registration(&self, name: &str, wish: Wish) -> bool {
        let is_known = self.registrations.lock().iter().any(|status| status.name == name);
        // Where nobody hears it the registration is about to end.
        is_known && self.wishes.send((name.to_owned(), wish)).is_ok()
    }
}

/// Keeps one registration until the next reload, or the shutdown, which withdraws it.
async fn keep(agent: Arc<Agent>, registration: Registration) {
    let mut generation = agent.generation.subscribe();
    let mut wishes = agent.wishes.subscribe();
    let number = generation.borrow_and_update().number;
    let mut state = Exchange::new(&agent, &registration);
    let (mut is_wanted, mut failures) = (true, 0);
    loop {
        let granted = match is_wanted {
            true => state.register(&agent, &registration, registration.expiry).await,
            false => Err(Failure::Withdrawn),
        };
        failures = if granted.is_ok() { 0 } else { failures + 1 };
        let pause = match granted {
            // Early enough that a lost request does not end it.
            Ok(granted) => Some(granted.mul_f64(0.8).max(Duration::from_secs(1))),
            Err(failure) => failure.pause(&registration, failures),
        };
        note(&agent, &registration, granted.err(), pause);
        if is_wanted && pause.is_none() {
            tracing::warn!("registration {} is given up: it needs an admin", registration.name);
        }
        let pause = async {
            match pause {
                Some(pause) => tokio::time::sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        let end = generation.wait_for(|generation| generation.number != number || generation.is_last);
        let (wish, is_last) = tokio::select! {
            () = pause, if is_wanted => continue,
            wish = next_wish(&mut wishes, &registration.name) => (Some(wish), false),
            ended = end => (None, ended.is_ok_and(|generation| generation.is_last)),
        };
        is_wanted = wish == Some(Wish::Register);
        failures = 0;
        if granted.is_ok() && (is_last || wish == Some(Wish::Unregister)) {
            // Whatever it answers, the registration is not wanted any more.
            let _ = state.register(&agent, &registration, Duration::ZERO).await;
            note(&agent, &registration, Some(Failure::Withdrawn), None);
        }
        if wish.is_none() {
            return;
        }
    }
}

/// The next wish for this registration.
async fn next_wish(wishes: &mut broadcast::Receiver<(String, Wish)>, name: &str) -> Wish {
    loop {
        match wishes.recv().await {
            Ok((wanted, wish)) if wanted == name => return wish,
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
            // Wishes for others, or so many that some were lost.
            Ok(_) | Err(_) => {}
        }
    }
}

/// Why a registration does not stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    /// The server refused it, with this status.
    Rejected(u16),
    /// The server is not reached.
    Unanswered,
    /// It is not wanted.
    Withdrawn,
}

impl Failure {
    /// How long to wait before the next attempt; `None` gives up.
    fn pause(self, registration: &Registration, failures: u32) -> Option<Duration> {
        let persistence = &registration.persistence;
        let temporary = Some(registration.retry);
        let pause = match self {
            Failure::Rejected(401 | 407) if persistence.gives_up_on_password => None,
            Failure::Rejected(403) if persistence.gives_up_on_password => persistence.after_forbidden,
            Failure::Rejected(401 | 403 | 407 | 408 | 423 | 480 | 500 | 502 | 503 | 504) => temporary,
            Failure::Rejected(_) if persistence.retries.is_some() => persistence.after_fatal,
            Failure::Rejected(_) | Failure::Unanswered | Failure::Withdrawn => temporary,
        };
        pause.filter(|_| persistence.retries.is_none_or(|most| failures <= most))
    }
}

fn note(agent: &Agent, registration: &Registration, failure: Option<Failure>, pause: Option<Duration>) {
    let word = match failure {
        None => "Registered",
        Some(Failure::Rejected(_)) => "Rejected",
        Some(Failure::Unanswered | Failure::Withdrawn) => "Unregistered",
    };
    let before = {
        let mut known = agent.registrations.lock();
        let Some(status) = known.iter_mut().find(|status| status.name == registration.name) else { return };
        status.is_registered = failure.is_none();
        status.due = pause.map(|pause| Instant::now() + pause);
        std::mem::replace(&mut status.word, word)
    };
    if before == word {
        return;
    }
    agent.announce_registration(registration, word);
    if before == "Registered" || word == "Registered" {
        let word = if failure.is_none() { "Registered with" } else { "No longer registered with" };
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
    ///
    /// # Errors
    /// Why the registration does not stand.
    async fn register(
        &mut self,
        agent: &Agent,
        registration: &Registration,
        expiry: Duration,
    ) -> Result<Duration, Failure> {
        let failed = |reason: &dyn std::fmt::Display| {
            tracing::warn!("registration {} with {} failed: {reason}", registration.name, registration.server_uri);
        };
        let unanswered = || Failure::Unanswered;
        let server = Uri::parse(&registration.server_uri).ok_or_else(unanswered)?;
        let client = NameAddr::new(Uri::parse(&registration.client_uri).ok_or_else(unanswered)?);
        let route = registration.outbound_proxy.as_deref().and_then(proxy);
        let hop = route.as_ref().map_or(&server, |route| &route.uri);
        let target = Target::resolve(hop).await.inspect_err(|error| failed(error)).map_err(|_| unanswered())?;
        let way = agent
            .way_to(target, registration.technology, registration.transport.as_deref())
            .inspect_err(|error| failed(error))
            .map_err(|_| unanswered())?;
        let mut contact = way.contact(Some(&registration.contact_user));
        if let (Some(line), Some(uri)) = (&registration.line, contact.uri.as_sip_mut()) {
            uri.params.set("line", Some(line));
        }
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
            let mut transaction = agent.handle.send_on(request.clone(), way.clone()).map_err(|_| unanswered())?;
            let response = match transaction.final_response().await {
                Ok(response) => response,
                Err(status) => {
                    failed(&status);
                    return Err(Failure::Unanswered);
                }
            };
            if response.is_success() {
                return Ok(granted(&response, &contact).unwrap_or(expiry));
            }
            if let Some(again) = proof.answer(&request, &response, registration.login.iter()) {
                request = again;
            } else if let (423, Some(minimum)) = (response.code(), response.headers.get("Min-Expires")) {
                request.headers.set("Expires", minimum.to_owned());
                request.cseq = request.cseq.saturating_add(1);
            } else {
                failed(&response.status);
                return Err(Failure::Rejected(response.code()));
            }
            self.cseq = request.cseq;
        }
        failed(&"too many challenges");
        Err(Failure::Rejected(401))
    }
}

/// How long our contact lives, by the registrar's answer.
fn granted(response: &Response, contact: &NameAddr) -> Option<Duration> {
    let contacts = response.headers.addresses("Contact");
    let ours = contacts.iter().find(|known| known.uri == contact.uri);
    let own = ours.and_then(|known| known.params.get("expires")).and_then(|seconds| seconds.parse().ok());
    own.or(response.headers.expires()).map(|seconds: u32| Duration::from_secs(seconds.into()))
}
