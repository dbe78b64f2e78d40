//! Who may come in: finding the endpoint behind a request, and asking it for its password.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use rsip::StatusCode;
use tokio::time::Instant;

use super::Agent;
use crate::security::{self, Incident, Subject};
use crate::sip::authentication::{Account, Credentials, Verdict};
use crate::sip::endpoint::{Caller, Endpoint, Identified, Technology};
use crate::sip::transport::ServerTransaction;
use crate::sip::wire::Method;

impl Agent {
    /// The endpoint that a request outside of dialogs comes from, once it has proved itself; a guest gets one of its
    /// own. `None` where the request has been answered: with a challenge, or a refusal.
    pub(super) fn admit(&self, transaction: &ServerTransaction) -> Option<Arc<Endpoint>> {
        let (endpoint, authenticate) = self.identify(transaction);
        if !authenticate {
            return endpoint;
        }
        let user = user_of(transaction);
        let login = endpoint.as_ref().and_then(|endpoint| endpoint.login_of(user.as_deref()));
        let account = login.map(|login| login.account());
        let is_proved = self.prove(transaction, account);
        endpoint.filter(|_| is_proved)
    }

    /// The same for OPTIONS, which `sip.conf` answers to everybody.
    pub(super) fn admit_asking(&self, transaction: &ServerTransaction) -> Option<Arc<Endpoint>> {
        match self.identify(transaction).0 {
            Some(endpoint) if endpoint.technology == Technology::Sip => Some(endpoint),
            None if self.technology_of(transaction) == Technology::Sip => {
                Some(Arc::new(Endpoint::new(Technology::Sip, "stranger")))
            }
            _ => self.admit(transaction),
        }
    }

    /// Whose request it is, and whether that has to be proved.
    pub(super) fn identify(&self, transaction: &ServerTransaction) -> (Option<Arc<Endpoint>>, bool) {
        let settings = self.settings.load();
        let request = &transaction.request;
        let auth_user = user_of(transaction);
        let source = canonical(transaction.flow.remote);
        let registered = {
            let registrar = self.registrar.lock();
            registrar.bound_to(transaction.flow.remote, Instant::now()).map(str::to_owned)
        };
        let (user, domain) = (request.from.uri.user(), request.from.uri.host().map(ToString::to_string));
        let caller = Caller {
            user: user.as_deref(),
            domain: domain.as_deref(),
            auth_user: auth_user.as_deref(),
            line: request.uri.as_sip().and_then(|uri| uri.params.get("line")),
            source,
            registered: registered.as_deref(),
            headers: &request.headers,
        };
        match settings.identify(&caller) {
            Identified::Endpoint { endpoint, authenticate } => (Some(Arc::new(endpoint.clone())), authenticate),
            Identified::Guest { guest } => {
                let guest = Endpoint { name: source.ip().to_string(), ..guest.clone() };
                (Some(Arc::new(guest)), false)
            }
            Identified::Unknown => (None, true),
        }
    }

    /// Refuses a request from an address that may send none.
    pub(super) fn keep_out(&self, transaction: &ServerTransaction) {
        self.tell_incident(transaction, self.technology_of(transaction), Incident::FailedAcl);
        // Fails only where the request has been answered already.
        let _ = transaction.respond(&self.response(transaction, StatusCode::Forbidden));
    }

    /// Whether a request carries the account's proof; where not, it is answered. Nobody's account is refused just as
    /// a wrong password is, and every technology's alike: else the answer would tell who exists.
    pub(super) fn prove(&self, transaction: &ServerTransaction, account: Option<Account<'_>>) -> bool {
        let request = &transaction.request;
        let now = Instant::now();
        let given = request.headers.get("Authorization");
        let source = canonical(transaction.flow.remote).ip();
        if given.is_some() && self.is_locked_out(transaction, source, now) {
            return false;
        }
        let mut authenticator = self.authenticator.lock();
        let verdict = authenticator.check(request.method.as_str(), given, account, now);
        let stale = match (verdict, self.technology_of(transaction)) {
            (Verdict::Granted, technology) => {
                drop(authenticator);
                self.tell_incident(transaction, technology, Incident::SuccessfulAuth { with_password: true });
                return true;
            }
            (Verdict::Challenge { stale }, _) => stale,
            (Verdict::Refused, Technology::Pjsip) => false,
            (Verdict::Refused, Technology::Sip) => {
                drop(authenticator);
                self.note_refusal(transaction, account.is_some());
                // Fails only where the request has been answered already.
                let _ = transaction.respond(&self.response(transaction, StatusCode::Forbidden));
                return false;
            }
        };
        let realm = account.and_then(|account| account.realm);
        let challenges = authenticator.challenge(realm, stale, now);
        drop(authenticator);
        let nonce = challenges.first().and_then(|challenge| challenge.split("nonce=\"").nth(1)?.split('"').next());
        let technology = self.technology_of(transaction);
        // Nobody's request is told of at once, as who looks for accounts sends no password at all.
        if technology == Technology::Pjsip && account.is_none() && verdict != Verdict::Refused {
            self.tell_incident(transaction, technology, Incident::InvalidAccount);
        }
        let sent = Incident::ChallengeSent { challenge: nonce.unwrap_or_default() };
        self.tell_incident(transaction, technology, sent);
        if verdict == Verdict::Refused {
            self.note_refusal(transaction, account.is_some());
        }
        let mut response = self.response(transaction, StatusCode::Unauthorized);
        for challenge in challenges {
            response.headers.push("WWW-Authenticate", challenge);
        }
        let _ = transaction.respond(&response);
        false
    }

    /// Tells of a refusal, in the words that programs such as fail2ban look for.
    fn note_refusal(&self, transaction: &ServerTransaction, is_known: bool) {
        let (request, technology) = (&transaction.request, self.technology_of(transaction));
        let address = |text: &str| text.replace(['\'', '\n', '\r'], "");
        let from = address(&request.from.to_string());
        let source = canonical(transaction.flow.remote);
        match (technology, &request.method) {
            (Technology::Sip, &Method::REGISTER) => {
                let reason = if is_known { "Wrong password" } else { "No matching peer found" };
                tracing::warn!("Registration from '{from}' failed for '{source}' - {reason}");
            }
            (_, method) => {
                let reason = if is_known { "Failed to authenticate" } else { "No matching endpoint found" };
                let id = address(&request.call_id.to_string());
                tracing::warn!("Request '{method}' from '{from}' failed for '{source}' (callid: {id}) - {reason}");
            }
        }
        let given = request.headers.get("Authorization").and_then(Credentials::parse).unwrap_or_default();
        let incident = match (is_known, technology) {
            (false, _) => Incident::InvalidAccount,
            (true, Technology::Sip) => Incident::InvalidPassword,
            (true, Technology::Pjsip) => {
                Incident::ChallengeFailed { challenge: &given.nonce, response: &given.response }
            }
        };
        self.tell_incident(transaction, technology, incident);
        if self.guard.lock().failed(source.ip(), Instant::now()) {
            tracing::warn!("{} sent too many wrong passwords: none is looked at for a minute", source.ip());
        }
    }

    /// Tells of an incident.
    pub(super) fn tell_incident(
        &self,
        transaction: &ServerTransaction,
        technology: Technology,
        incident: Incident<'_>,
    ) {
        let (request, flow) = (&transaction.request, &transaction.flow);
        let account = request.from.uri.user().unwrap_or_default();
        let subject = Subject {
            service: &technology.to_string(),
            account: &account,
            session: &request.call_id.to_string(),
            local: flow.local,
            remote: canonical(flow.remote),
            transport: &flow.transport.to_string(),
            since: None,
        };
        security::tell(&self.channels, &subject, incident);
    }

    /// Whether an address guessed passwords; the request is refused then. Where a phone is registered from the address
    /// nobody is locked out.
    fn is_locked_out(&self, transaction: &ServerTransaction, source: IpAddr, now: Instant) -> bool {
        if self.guard.lock().admits(source, now) {
            return false;
        }
        let is_home =
            self.registrar.lock().iter().any(|binding| binding.expires > now && binding.source.ip() == source);
        if is_home {
            return false;
        }
        self.tell_incident(
            transaction,
            self.technology_of(transaction),
            Incident::NotAllowed { request: transaction.request.method.as_str() },
        );
        let _ = transaction.respond(&self.response(transaction, StatusCode::Forbidden));
        true
    }
}

/// Whom the credentials of a request are of.
pub(super) fn user_of(transaction: &ServerTransaction) -> Option<String> {
    let credentials = transaction.request.headers.get("Authorization").and_then(Credentials::parse)?;
    Some(credentials.username)
}

/// An IPv4 address that came over an IPv6 socket, as an IPv4 address.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}
