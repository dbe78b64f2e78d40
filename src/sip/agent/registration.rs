//! REGISTER: phones say where they are.

use std::sync::Arc;
use std::time::Duration;

use rsip::StatusCode;
use tokio::time::Instant;

use super::admission::{canonical, user_of};
use super::{Agent, Reach};
use crate::security::Incident;
use crate::sip::endpoint::{Aor, Technology};
use crate::sip::registrar::{Change, Event, Register};
use crate::sip::transport::ServerTransaction;
use crate::sip::wire::{Contacts, NameAddr, Uri};

impl Agent {
    /// Answers a REGISTER.
    pub(super) fn register(&self, transaction: &ServerTransaction) {
        let settings = self.settings.load();
        let request = &transaction.request;
        let user = request.to.uri.user().unwrap_or_default();
        let source = transaction.flow.remote;
        let identified = self.identify(transaction).0.filter(|endpoint| endpoint.technology == Technology::Pjsip);
        let found = match &identified {
            Some(endpoint) => match settings.aor_of(endpoint, &user) {
                Some(aor) => Some((&**endpoint, aor)),
                // Whoever it is has to prove it before it hears of an address of record that is not its own.
                None => return self.refuse_stray(transaction),
            },
            None => settings.registrant(&user),
        };
        let is_permitted = found.is_none_or(|(endpoint, _)| endpoint.access.permits(source.ip()));
        if let Some((endpoint, _)) = found.filter(|_| !is_permitted) {
            self.tell_incident(transaction, endpoint.technology, Incident::FailedAcl);
        }
        let found = found.filter(|_| is_permitted);
        let credentials = user_of(transaction);
        let login = found.and_then(|(endpoint, _)| endpoint.login_of(credentials.as_deref()));
        if (found.is_none() || login.is_some()) && !self.prove(transaction, login.map(|login| login.account())) {
            return;
        }
        let Some((endpoint, aor)) = found else { return };
        let Some(mut contacts) = request.headers.contacts() else {
            let _ = transaction.respond(&self.response(transaction, StatusCode::BadRequest));
            return;
        };
        // A peer of sip.conf is at one place: what else its telephone tells of is passed over.
        if let (Technology::Sip, Contacts::List(list)) = (endpoint.technology, &mut contacts) {
            list.truncate(1);
        }
        let path: Vec<String> = request.headers.list("Path").map(str::to_owned).collect();
        let (takes_path, has_path) = (aor.supports_path, !path.is_empty());
        if takes_path && has_path && !request.headers.lists("Supported", "path") {
            let mut response = self.response(transaction, StatusCode::BadExtension);
            response.headers.set("Unsupported", "path");
            let _ = transaction.respond(&response);
            return;
        }
        let path = if takes_path { path } else { Vec::new() };
        let access = &settings.general.global.contact_access;
        let is_kept_out = |contact: &NameAddr| match contact.uri.host() {
            Some(rsip::Host::IpAddr(address)) => !access.permits(*address),
            _ => false,
        };
        if matches!(&contacts, Contacts::List(contacts) if contacts.iter().any(is_kept_out)) {
            return self.keep_out(transaction);
        }
        let away = if aor.remove_unavailable { self.away(aor) } else { Vec::new() };
        let register = Register {
            away: &away,
            aor,
            contacts: &contacts,
            expires: request.headers.expires(),
            call_id: &request.call_id,
            source: canonical(source),
            transport: transaction.flow.transport,
            user_agent: request.headers.get("User-Agent"),
            path: &path,
            rewrite: endpoint.nat.rewrite_contact,
        };
        let registered = self.registrar.lock().register(&register, Instant::now());
        let response = match registered {
            Ok(registered) => {
                registered.events.iter().for_each(|event| self.tell(event));
                self.generation.send_modify(|_| {});
                let mut response = self.response(transaction, StatusCode::OK);
                response.headers.set("Date", date());
                if let Some(granted) = registered.granted {
                    response.headers.set("Expires", granted.as_secs().to_string());
                }
                if aor.supports_path && endpoint.technology == Technology::Pjsip {
                    response.headers.set("Supported", "path");
                }
                for contact in registered.contacts {
                    response.headers.push("Contact", contact);
                }
                for value in path {
                    response.headers.push("Path", value);
                }
                response
            }
            Err(error) => {
                tracing::warn!("REGISTER of {} from {source} refused: {error}", aor.name);
                self.response(transaction, StatusCode::from(error.status()))
            }
        };
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&response);
    }

    /// The contacts of an address of record that do not answer.
    fn away(&self, aor: &Aor) -> Vec<Uri> {
        let registrar = self.registrar.lock();
        let targets = registrar.bindings(&aor.name, Instant::now()).map(|binding| binding.target.clone());
        targets.filter(|target| self.reachability.of(target) == Some(Reach::Unreachable)).collect()
    }

    /// Answers who would register an address of record that is not its own.
    fn refuse_stray(&self, transaction: &ServerTransaction) {
        let Some(endpoint) = self.admit(transaction) else { return };
        let user = transaction.request.to.uri.user().unwrap_or_default();
        tracing::warn!("AOR '{user}' not found for endpoint '{}'", endpoint.name);
        let status = if endpoint.aors.is_empty() { StatusCode::Forbidden } else { StatusCode::NotFound };
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&self.response(transaction, status));
    }

    /// Tells the admin about a binding, and keeps it for a restart.
    pub(super) fn tell(&self, event: &Event) {
        self.keep(event);
        let settings = self.settings.load();
        let technology = settings.registrant(&event.aor).map_or(Technology::Sip, |(endpoint, _)| endpoint.technology);
        let (name, source) = (&event.aor, event.source);
        self.arrivals.device_changed(&format!("{technology}/{name}"));
        match event.change {
            Change::Added(_) => tracing::info!("Registered {technology}/{name} at {source}"),
            Change::Removed => tracing::info!("Unregistered {technology}/{name} at {source}"),
            Change::Expired => tracing::info!("Registration of {technology}/{name} at {source} expired"),
            Change::Refreshed(_) => tracing::debug!("{event}"),
        }
        if let Some((endpoint, _)) = settings.registrant(&event.aor) {
            self.announce_binding(endpoint, event);
            if matches!(event.change, Change::Added(_)) {
                self.light_up(endpoint);
            }
        }
    }
}

/// Lets bindings expire, until the agent shuts down.
pub(super) async fn expire(agent: Arc<Agent>) {
    let mut generation = agent.generation.subscribe();
    loop {
        let next = agent.registrar.lock().next_expiry();
        let due = async {
            match next {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {
                let expired = agent.registrar.lock().expire(Instant::now());
                expired.iter().for_each(|event| agent.tell(event));
            }
            changed = generation.changed() => {
                if changed.is_err() || generation.borrow().is_last {
                    return;
                }
                // Registrations come in crowds; none expires within a moment of coming.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

/// The time as the Date header has it (RFC 3261 §20.17).
fn date() -> String {
    jiff::Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
