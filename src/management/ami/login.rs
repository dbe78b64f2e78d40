//! Logging in: by password, or by the answer to a challenge.

use std::sync::Arc;

use md5::{Digest as _, Md5};

use super::manager::Manager;
use super::message::Request;
use super::privilege::Privilege;
use super::reply::{Fields, Reply};
use super::session::Session;
use super::settings::User;
use crate::security::Incident;

/// How a login is proven.
enum Proof {
    Password,
    Challenge(Option<String>),
}

/// Lets a program in, or tells it in as few words as Asterisk that it may not come in.
pub fn log_in(manager: &Arc<Manager>, session: &Arc<Session>, request: &Request) -> Reply {
    if session.user().is_some() {
        return Reply::done("Already authenticated");
    }
    let name = request.get("Username").unwrap_or("");
    let settings = manager.settings();
    let by_challenge = request.get("AuthType").is_some_and(|kind| kind.eq_ignore_ascii_case("MD5"));
    let proof = if by_challenge { Proof::Challenge(session.take_challenge()) } else { Proof::Password };
    let incident = match settings.user(name) {
        None => Incident::InvalidAccount,
        Some(user) if !user.is_admitted_from(session.peer.remote.ip()) => Incident::FailedAcl,
        Some(user) if !proves(user, &proof, request) => match &proof {
            Proof::Challenge(Some(challenge)) => {
                Incident::ChallengeFailed { challenge, response: request.get("Key").unwrap_or("") }
            }
            _ => Incident::InvalidPassword,
        },
        Some(user) => return admit(manager, session, request, user),
    };
    session.report(manager, name, incident);
    manager.note_failure(&session.peer);
    // The words are Asterisk's: programs that shut out who guesses look for them in the log.
    let (address, name) = (session.peer.remote.ip().to_canonical(), name.escape_debug());
    match incident {
        Incident::InvalidAccount => tracing::warn!("{address} tried to authenticate with nonexistent user '{name}'"),
        Incident::FailedAcl => tracing::warn!("{address} failed to pass IP ACL as '{name}'"),
        _ => tracing::warn!("{address} failed to authenticate as '{name}'"),
    }
    Reply::error("Authentication failed").and_leave()
}

fn proves(user: &User, proof: &Proof, request: &Request) -> bool {
    let Some(secret) = &user.secret else { return false };
    match proof {
        Proof::Password => {
            let given = request.get("Secret").unwrap_or("");
            !secret.expose().is_empty() && is_same(given.as_bytes(), secret.expose().as_bytes())
        }
        Proof::Challenge(Some(challenge)) => {
            let expected = hex(&Md5::digest(format!("{challenge}{}", secret.expose())));
            let given = request.get("Key").unwrap_or("").to_ascii_lowercase();
            is_same(given.as_bytes(), expected.as_bytes())
        }
        Proof::Challenge(None) => false,
    }
}

fn admit(manager: &Arc<Manager>, session: &Arc<Session>, request: &Request, user: &User) -> Reply {
    let is_there = |other: &Arc<Session>| other.user().is_some_and(|other| other.name == user.name);
    if !user.allows_multiple_login && manager.hub.sessions().iter().any(is_there) {
        session.report(manager, &user.name, Incident::SessionLimit);
        return Reply::error("Login Already In Use").and_leave();
    }
    let mask = request.get("Events").map_or(Privilege::ALL, Privilege::parse_mask);
    manager.note_success(&session.peer);
    session.log_in(Arc::new(user.clone()), mask);
    if user.displays_connects {
        tracing::info!("manager {} logged on from {}", user.name, session.peer.remote.ip());
    }
    Reply::done("Authentication accepted")
}

/// Who has logged in hears what happens from then on, and first that the server runs; programs over HTTP ask for that.
pub fn welcome(manager: &Arc<Manager>, session: &Arc<Session>) {
    if manager.hub.sessions().iter().any(|other| Arc::ptr_eq(other, session)) {
        return;
    }
    if session.hears().meets(Privilege::SYSTEM) && !session.peer.asks_for_events {
        let pbx = &manager.pbx;
        let now = pbx.exchange.clock.now();
        let since = |moment: &jiff::Zoned| now.timestamp().as_second() - moment.timestamp().as_second();
        let fields = Fields::new()
            .with("Uptime", since(&pbx.started))
            .with("LastReload", since(&pbx.reloaded.lock()))
            .with("Status", "Fully Booted");
        let text =
            super::events::rendered("FullyBooted", Privilege::SYSTEM, &fields, manager.settings().has_timestamps, "");
        session.tell("FullyBooted", Privilege::SYSTEM, &text);
    }
    manager.hub.enter(session);
    // It may hear of its own coming, too. Asterisk counts a login by password and one by challenge alike.
    if let Some(user) = session.user() {
        session.report(manager, &user.name, Incident::SuccessfulAuth { with_password: false });
    }
}

/// Gives a challenge that the next login may answer.
pub fn challenge(session: &Session, request: &Request) -> Reply {
    if !request.get("AuthType").is_some_and(|kind| kind.eq_ignore_ascii_case("MD5")) {
        return Reply::error("Must specify AuthType");
    }
    let challenge = fastrand::u32(100_000_000..1_000_000_000).to_string();
    session.set_challenge(challenge.clone());
    Reply::success().with("Challenge", challenge)
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Compares in a time that tells nothing of where the two differ.
fn is_same(given: &[u8], expected: &[u8]) -> bool {
    given.len() == expected.len() && given.iter().zip(expected).fold(0, |all, (one, other)| all | (one ^ other)) == 0
}
