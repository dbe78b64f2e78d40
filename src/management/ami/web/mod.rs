//! The manager over HTTP: one action a request, and events for those who ask by `WaitEvent`.
//!
//! A program is known again by a cookie, which its login gives it, or by HTTP's digest authentication at the pages whose
//! names begin with `a`. Who is silent for `httptimeout` is logged off.

mod form;
mod visits;

use std::net::SocketAddr;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::time::Instant;

pub use form::Form;
use visits::{Visit, Visits};

use super::login;
use super::manager::{Manager, Stranger};
use super::message::Request;
use super::privilege::Privilege;
use super::session::{self, Peer, Session};
use crate::security::Incident;
use crate::sip::authentication::{Account, Authenticator, Credentials, Password, Verdict};

/// A page of the manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Its name in the URL.
    pub name: &'static str,
    /// What it is, as `http show status` calls it.
    pub title: &'static str,
    form: Form,
    /// Programs prove themselves by HTTP's digest authentication instead of `Login`.
    has_digest: bool,
}

const fn page(name: &'static str, title: &'static str, form: Form, has_digest: bool) -> Page {
    Page { name, title, form, has_digest }
}

/// Every page.
pub static PAGES: [Page; 6] = [
    page("manager", "HTML Manager Event Interface", Form::Html, false),
    page("mxml", "XML Manager Event Interface", Form::Xml, false),
    page("rawman", "Raw HTTP Manager Event Interface", Form::Raw, false),
    page("amanager", "HTML Manager Event Interface w/Digest authentication", Form::Html, true),
    page("amxml", "XML Manager Event Interface w/Digest authentication", Form::Xml, true),
    page("arawman", "Raw HTTP Manager Event Interface w/Digest authentication", Form::Raw, true),
];

/// A request as the HTTP server took it apart.
#[derive(Debug)]
pub struct Asking {
    pub local: SocketAddr,
    pub remote: SocketAddr,
    pub is_secure: bool,
    /// `GET`, `POST`
    pub method: String,
    pub cookies: Vec<String>,
    /// The `Authorization` header.
    pub authorization: Option<String>,
    /// The fields of the URL and of the body.
    pub fields: Vec<(String, String)>,
}

/// What is answered.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The type of the body.
    pub kind: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
}

impl Answer {
    fn refusal(status: u16, body: &str) -> Self {
        Self { status, kind: "text/plain", headers: Vec::new(), body: format!("{body}\r\n") }
    }
}

/// The cookie by which a program is known again.
pub const COOKIE: &str = "mansession_id";

/// Programs that come over HTTP.
pub struct Web {
    manager: Arc<Manager>,
    visits: Arc<Visits>,
    authenticator: Mutex<Authenticator>,
}

impl Web {
    pub fn new(manager: &Arc<Manager>) -> Self {
        let mut key = [0; 32];
        visits::fill_with_chance(&mut key);
        Self {
            manager: Arc::clone(manager),
            visits: Arc::new(Visits::new(manager)),
            authenticator: Mutex::new(Authenticator::new("asterisk", key, Instant::now())),
        }
    }

    /// The page of this name, if the manager is offered over HTTP.
    pub fn page(&self, name: &str) -> Option<&'static Page> {
        let settings = self.manager.settings();
        PAGES.iter().find(|page| page.name == name && settings.is_enabled && settings.is_on_web)
    }

    /// Does what a page was asked for.
    pub async fn answer(&self, page: &Page, asking: Asking) -> Answer {
        if !self.manager.admits(asking.remote.ip()) {
            return Answer::refusal(403, "Too many failed logins");
        }
        let visit = match page.has_digest {
            true => match self.prove(&asking) {
                Ok(visit) => Some(visit),
                Err(challenges) => {
                    let headers = challenges.into_iter().map(|challenge| ("WWW-Authenticate", challenge)).collect();
                    return Answer { headers, ..Answer::refusal(401, "Unauthorized") };
                }
            },
            false => asking.cookies.iter().find_map(|id| self.visits.find(id, asking.remote.ip())),
        };
        let visit = visit.unwrap_or_else(|| self.newcomer(&asking));
        let Asking { fields, method, .. } = asking;
        let target = form::Target::of(&fields);
        let wants_something = fields.iter().any(|(key, _)| key.eq_ignore_ascii_case("Action"));
        // A browser comes to the form first.
        if page.form == Form::Html && !wants_something && method == "GET" {
            return self.finish(page, &visit, page.form.render("", &target));
        }
        let request = Request::new(fields.into_iter());
        let reply = self.carry_out(&visit, &request).await;
        let text = reply.render(request.get("ActionID"));
        if reply.is_last {
            self.visits.end(&visit);
        }
        self.finish(page, &visit, page.form.render(&text, &target))
    }

    async fn carry_out(&self, visit: &Arc<Visit>, request: &Request) -> super::reply::Reply {
        let session = &visit.session;
        let was_stranger = session.user().is_none();
        let is_challenge = request.get("Action").is_some_and(|action| action.eq_ignore_ascii_case("challenge"));
        if was_stranger && (session::is_login(request) || is_challenge) && !self.visits.is_kept(visit) {
            let Some(stranger) = Stranger::enter(&self.manager) else {
                return super::reply::Reply::error("Too many programs have not logged in").and_leave();
            };
            self.visits.keep(visit, stranger);
        }
        let reply = session::answer(&self.manager, session, request).await;
        if was_stranger && session.user().is_some() {
            visit.is_known();
            login::welcome(&self.manager, session);
        }
        reply
    }

    /// The answer, with the cookie of who is to be known again.
    fn finish(&self, page: &Page, visit: &Arc<Visit>, body: String) -> Answer {
        let mut headers =
            vec![("Cache-Control", "no-cache, no-store".to_owned()), ("Pragma", "SuppressEvents".to_owned())];
        if !page.has_digest && self.visits.is_kept(visit) {
            let age = self.manager.settings().web_timeout.as_secs();
            let id = &visit.id;
            headers.push((
                "Set-Cookie",
                format!("{COOKIE}=\"{id}\"; Version=1; Max-Age={age}; HttpOnly; SameSite=Strict"),
            ));
        }
        Answer { status: 200, kind: page.form.kind(), headers, body }
    }

    fn newcomer(&self, asking: &Asking) -> Arc<Visit> {
        let peer = Peer {
            number: self.manager.next_number(),
            local: asking.local,
            remote: asking.remote,
            transport: if asking.is_secure { "TLS" } else { "TCP" },
            asks_for_events: true,
        };
        Visit::new(Session::new(peer))
    }

    /// Whoever proves himself by a digest; the challenges otherwise.
    fn prove(&self, asking: &Asking) -> Result<Arc<Visit>, Vec<String>> {
        let authorization = asking.authorization.as_deref();
        let name = authorization.and_then(Credentials::parse).map(|given| given.username).unwrap_or_default();
        let settings = self.manager.settings();
        let user = settings.user(&name).filter(|user| user.is_admitted_from(asking.remote.ip()));
        let password = user.and_then(|user| user.secret.clone()).map(Password::Plain);
        let account = password.as_ref().map(|password| Account { username: &name, password, realm: None });
        let now = Instant::now();
        let verdict = self.authenticator.lock().check(&asking.method, authorization, account, now);
        let challenge = |stale| self.authenticator.lock().challenge(None, stale, now);
        match (verdict, user) {
            (Verdict::Granted, Some(user)) => {
                if let Some(visit) = self.visits.of_user(&name, asking.remote.ip()) {
                    return Ok(visit);
                }
                let visit = self.newcomer(asking);
                visit.session.log_in(Arc::new(user.clone()), Privilege::ALL);
                self.visits.keep_known(&visit);
                self.manager.note_success(&visit.session.peer);
                login::welcome(&self.manager, &visit.session);
                Ok(visit)
            }
            (Verdict::Challenge { stale }, _) => Err(challenge(stale)),
            (Verdict::Refused | Verdict::Granted, _) => {
                let stranger = self.newcomer(asking);
                let incident = if user.is_some() { Incident::InvalidPassword } else { Incident::InvalidAccount };
                stranger.session.report(&self.manager, &name, incident);
                self.manager.note_failure(&stranger.session.peer);
                let address = asking.remote.ip().to_canonical();
                tracing::warn!("{address} failed to authenticate as '{}'", name.escape_debug());
                Err(challenge(false))
            }
        }
    }
}
