//! One manager program: what it sends is carried out in order, what it is told waits in its outbox.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::Notify;

use super::actions::{self, Asked};
use super::events::filter::{Filter, lets_through};
use super::manager::{Manager, Stranger};
use super::message::{Message, Parser, Request};
use super::outbox::Outbox;
use super::privilege::Privilege;
use super::reply::Reply;
use super::settings::User;
use crate::security::{self, Incident, Subject};

/// The ends of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer {
    /// Counts the connections.
    pub number: u64,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// `TCP` or `TLS`.
    pub transport: &'static str,
    /// Events wait until it asks for them, as programs over HTTP do.
    pub asks_for_events: bool,
}

/// A program that is connected.
pub struct Session {
    pub peer: Peer,
    /// When it connected.
    pub since: tokio::time::Instant,
    outbox: Outbox,
    user: Mutex<Option<Arc<User>>>,
    /// When it logged in, as the security log writes it.
    logged_in: Mutex<Option<String>>,
    /// The classes of the events that it gets: those that its user may see and it wants.
    hears: AtomicU32,
    filters: Mutex<Vec<Filter>>,
    /// The challenge that a login by MD5 answers.
    challenge: Mutex<Option<String>>,
    /// How many events it was told, for those who wait for one.
    told: AtomicU64,
    has_news: Notify,
}

impl Session {
    pub fn new(peer: Peer) -> Arc<Self> {
        Arc::new(Self {
            peer,
            since: tokio::time::Instant::now(),
            outbox: Outbox::default(),
            user: Mutex::default(),
            logged_in: Mutex::default(),
            hears: AtomicU32::default(),
            filters: Mutex::default(),
            challenge: Mutex::default(),
            told: AtomicU64::default(),
            has_news: Notify::new(),
        })
    }

    /// Who it is, once it has logged in.
    pub fn user(&self) -> Option<Arc<User>> {
        self.user.lock().clone()
    }

    /// The classes of the events that it gets.
    pub fn hears(&self) -> Privilege {
        Privilege(self.hears.load(Ordering::Relaxed))
    }

    /// Whether it may do what wants one of these classes.
    pub fn may(&self, class: Privilege) -> bool {
        class == Privilege::NONE || self.user().is_some_and(|user| user.write.meets(class))
    }

    /// It has logged in, and wants events of these classes.
    pub(super) fn log_in(&self, user: Arc<User>, mask: Privilege) {
        *self.filters.lock() = user.filters.clone();
        *self.user.lock() = Some(user);
        *self.logged_in.lock() = Some(security::moment(&jiff::Zoned::now()));
        self.listen_to(mask);
    }

    /// Which of the events that its user may see it gets.
    pub fn listen_to(&self, mask: Privilege) {
        let read = self.user().map_or(Privilege::NONE, |user| user.read);
        self.hears.store(read.and(mask).0, Ordering::Relaxed);
    }

    /// Adds a filter for events.
    pub fn add_filter(&self, filter: Filter) {
        self.filters.lock().push(filter);
    }

    pub(super) fn set_challenge(&self, challenge: String) {
        *self.challenge.lock() = Some(challenge);
    }

    /// The challenge, which is good for one login.
    pub(super) fn take_challenge(&self) -> Option<String> {
        self.challenge.lock().take()
    }

    /// An event, if it may see it and wants to.
    pub(super) fn tell(&self, event: &str, class: Privilege, text: &Arc<str>) {
        if !self.hears().meets(class) {
            return;
        }
        let filters = self.filters.lock();
        if !filters.is_empty() && !lets_through(&filters, event, text) {
            return;
        }
        drop(filters);
        self.told.fetch_add(1, Ordering::Relaxed);
        self.has_news.notify_waiters();
        self.written(self.outbox.push_event(text));
    }

    /// Writes a text, as soon as what waits before it is written.
    pub fn send(&self, text: &Arc<str>) {
        self.written(self.outbox.push(text));
    }

    /// Tells the admin of a program that is cut off because a text does not fit any more.
    fn written(&self, fits: bool) {
        if !fits {
            let user = self.user().map(|user| user.name.clone()).unwrap_or_default();
            tracing::warn!(
                "the manager program {user} at {} does not read what it asked for: it is cut off",
                self.peer.remote
            );
        }
    }

    /// Whether the conversation is over.
    pub(super) fn is_over(&self) -> bool {
        self.outbox.is_over()
    }

    /// Waits until the conversation is over.
    pub(super) async fn ended(&self) {
        let _ = self.outbox.ended().await;
    }

    /// Ends the conversation behind what waits.
    pub fn close(&self) {
        self.outbox.close();
    }

    /// The events that wait until it asks for them; if there are none, the next.
    pub async fn waiting_events(&self) -> String {
        self.outbox.filled().await;
        self.outbox.take().iter().map(|text| &**text).collect()
    }

    /// Waits until it has been told an event since this began.
    pub async fn next_event(&self) {
        let before = self.told.load(Ordering::Relaxed);
        loop {
            let news = self.has_news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if self.told.load(Ordering::Relaxed) != before {
                return;
            }
            news.await;
        }
    }

    /// Tells of an incident.
    pub(super) fn report(&self, manager: &Manager, account: &str, incident: Incident<'_>) {
        let Peer { number, local, remote, transport, .. } = self.peer;
        let session = format!("{number:#x}");
        let since = self.logged_in.lock().clone();
        // Asterisk has the beginning of time for who has not logged in.
        let since = Some(since.as_deref().unwrap_or("1970-01-01T00:00:00.000+0000"));
        let subject = Subject { service: "AMI", account, session: &session, local, remote, transport, since };
        security::tell(&manager.pbx.exchange.channels, &subject, incident);
    }

    /// Where it comes from.
    pub fn remote(&self) -> SocketAddr {
        self.peer.remote
    }

    fn account(&self) -> String {
        self.user().map(|user| user.name.clone()).unwrap_or_default()
    }
}

/// Leaves the hub when the conversation ends, however it does.
struct Presence {
    manager: Arc<Manager>,
    session: Arc<Session>,
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.session.outbox.close();
        self.manager.hub.leave(&self.session);
        if let Some(user) = self.session.user().filter(|user| user.displays_connects) {
            tracing::info!("manager {} logged off from {}", user.name, self.session.peer.remote.ip());
        }
    }
}

/// Holds a conversation to its end.
pub async fn serve(
    manager: Arc<Manager>,
    stream: impl AsyncRead + AsyncWrite + Send + 'static,
    peer: Peer,
    stranger: Stranger,
) {
    let (reader, writer) = tokio::io::split(stream);
    let session = Session::new(peer);
    let _presence = Presence { manager: Arc::clone(&manager), session: Arc::clone(&session) };
    let writing = tokio::spawn(write(writer, Arc::clone(&session)));
    session.send(&format!("Asterisk Call Manager/{}\r\n", super::VERSION).into());
    tokio::select! {
        () = listen(&manager, &session, reader, stranger) => {}
        // It is cut off, or the server takes leave.
        _ = session.outbox.ended() => {}
    }
    session.outbox.close();
    // Who does not read any more is left when its time to do so is over.
    let _ = writing.await;
}

/// Reads and carries out, one action after the other.
async fn listen(
    manager: &Arc<Manager>,
    session: &Arc<Session>,
    mut reader: impl AsyncRead + Unpin,
    stranger: Stranger,
) {
    let deadline = tokio::time::Instant::now() + manager.settings().auth_timeout;
    let mut stranger = Some(stranger);
    let mut parser = Parser::default();
    let mut buffer = [0; 4096];
    loop {
        while let Some(message) = parser.pop() {
            let reply = carry_out(manager, session, &message).await;
            if session.user().is_some() {
                stranger = None;
            }
            if reply.is_last {
                return;
            }
        }
        let read = tokio::select! {
            read = reader.read(&mut buffer) => read,
            () = tokio::time::sleep_until(deadline), if stranger.is_some() => {
                tracing::info!("{} did not log in to the manager in time", session.peer.remote);
                return;
            }
        };
        match read {
            Ok(0) | Err(_) => return,
            Ok(length) => parser.feed(buffer.get(..length).unwrap_or_default()),
        }
    }
}

/// Does what was asked and sends the answer.
async fn carry_out(manager: &Arc<Manager>, session: &Arc<Session>, message: &Message) -> Reply {
    session.outbox.hold();
    let (reply, id) = match message {
        Message::Request(request) => (answer(manager, session, request).await, request.get("ActionID")),
        Message::TooLong(id) => {
            tracing::warn!(
                "the manager program {} at {} sent an action that is too long: it was passed over",
                session.account(),
                session.peer.remote
            );
            session.report(manager, &session.account(), Incident::BadFormat { request: "too long" });
            (Reply::error("Failed to parse message: line too long"), id.as_deref())
        }
    };
    session.send(&reply.render(id).into());
    // What follows a login comes behind its answer.
    if let Message::Request(request) = message
        && is_login(request)
        && session.user().is_some()
    {
        super::login::welcome(manager, session);
    }
    session.outbox.release();
    reply
}

/// Whether somebody wants to come in.
pub(super) fn is_login(request: &Request) -> bool {
    request.get("Action").is_some_and(|action| action.eq_ignore_ascii_case("login"))
}

/// Does what was asked; gives the answer.
pub(super) async fn answer(manager: &Arc<Manager>, session: &Arc<Session>, request: &Request) -> Reply {
    let Some(name) = request.get("Action") else { return Reply::error("Missing action in request") };
    let is_known = session.user().is_some();
    let asked_for = format!("Action: {name}");
    let Some(action) = actions::find(name) else {
        let told = asked_for.as_str();
        let incident =
            if is_known { Incident::BadFormat { request: told } } else { Incident::NotAllowed { request: told } };
        session.report(manager, &session.account(), incident);
        return match is_known {
            true => Reply::error(format_args!(
                "Invalid/unknown command: {name}. Use Action: ListCommands to show available commands."
            )),
            false => Reply::error("Permission denied"),
        };
    };
    let is_open = ["login", "challenge", "logoff"].iter().any(|open| action.name.eq_ignore_ascii_case(open));
    if !is_open && (!is_known || !session.may(action.privilege)) {
        session.report(manager, &session.account(), Incident::NotAllowed { request: &asked_for });
        if is_known {
            tracing::warn!(
                "manager {} may not do {}: its `write` in manager.conf has to name one of {}",
                session.account(),
                action.name,
                action.privilege
            );
        }
        return Reply::error("Permission denied");
    }
    tracing::debug!("manager {} at {}: {}", session.account(), session.peer.remote, action.name);
    action.run(&Asked { manager, session, request }).await
}

/// Writes what waits, until there is no more or nobody reads it.
async fn write(mut writer: impl AsyncWrite + Unpin, session: Arc<Session>) {
    while let Some(texts) = session.outbox.next().await {
        let patience = session.user().map_or(Duration::from_secs(10), |user| user.write_timeout);
        // Few writes: events come in bursts.
        let mut bytes = Vec::with_capacity(texts.iter().map(|text| text.len()).sum());
        texts.iter().for_each(|text| bytes.extend_from_slice(text.as_bytes()));
        let mut rest = bytes.as_slice();
        while !rest.is_empty() {
            let written = tokio::select! {
                written = tokio::time::timeout(patience, writer.write(rest)) => written,
                () = session.outbox.is_cut() => return,
            };
            match written {
                Ok(Ok(written)) if written > 0 => rest = rest.get(written..).unwrap_or_default(),
                Ok(_) => {
                    session.outbox.cut();
                    return;
                }
                Err(_) => {
                    if session.outbox.cut() {
                        tracing::warn!(
                            "the manager program {} at {} has read nothing for {} ms (writetimeout): it is cut off",
                            session.account(),
                            session.peer.remote,
                            patience.as_millis()
                        );
                    }
                    return;
                }
            }
        }
        let _ = writer.flush().await;
    }
    let _ = writer.shutdown().await;
}
