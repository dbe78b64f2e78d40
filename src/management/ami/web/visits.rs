//! Programs over HTTP between their requests.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::management::ami::manager::{Manager, Stranger};
use crate::management::ami::session::Session;

/// A program and what is known of it.
pub struct Visit {
    /// What its cookie says; nobody can guess it.
    pub id: String,
    pub session: Arc<Session>,
    seen: Mutex<Instant>,
    /// Its place among those who have not logged in.
    stranger: Mutex<Option<Stranger>>,
    is_kept: AtomicBool,
}

impl Visit {
    pub fn new(session: Arc<Session>) -> Arc<Self> {
        let mut id = [0; 16];
        fill_with_chance(&mut id);
        let id = format!("{:032x}", u128::from_be_bytes(id));
        let seen = Mutex::new(Instant::now());
        Arc::new(Self { id, session, seen, stranger: Mutex::default(), is_kept: AtomicBool::default() })
    }

    /// It has logged in.
    pub fn is_known(&self) {
        *self.stranger.lock() = None;
    }
}

/// All that are known again.
pub struct Visits {
    manager: Arc<Manager>,
    by_id: Mutex<HashMap<String, Arc<Visit>>>,
}

impl Visits {
    pub fn new(manager: &Arc<Manager>) -> Self {
        Self { manager: Arc::clone(manager), by_id: Mutex::default() }
    }

    /// The program with this cookie, if it comes from where it came from.
    pub fn find(&self, id: &str, address: IpAddr) -> Option<Arc<Visit>> {
        let visit = self.by_id.lock().get(id).cloned()?;
        self.came_again(visit, address)
    }

    /// The program that this user has at an address.
    pub fn of_user(&self, user: &str, address: IpAddr) -> Option<Arc<Visit>> {
        let is_meant = |visit: &&Arc<Visit>| {
            visit.session.user().is_some_and(|known| known.name == user) && visit.session.remote().ip() == address
        };
        let visit = self.by_id.lock().values().find(is_meant).cloned()?;
        self.came_again(visit, address)
    }

    fn came_again(&self, visit: Arc<Visit>, address: IpAddr) -> Option<Arc<Visit>> {
        if visit.session.remote().ip() != address || visit.session.is_over() {
            return None;
        }
        *visit.seen.lock() = Instant::now();
        Some(visit)
    }

    pub fn is_kept(&self, visit: &Arc<Visit>) -> bool {
        visit.is_kept.load(Ordering::Relaxed)
    }

    /// Keeps a program that has not logged in yet.
    pub fn keep(self: &Arc<Self>, visit: &Arc<Visit>, stranger: Stranger) {
        *visit.stranger.lock() = Some(stranger);
        self.keep_known(visit);
    }

    /// Keeps a program until it has been silent for too long.
    pub fn keep_known(self: &Arc<Self>, visit: &Arc<Visit>) {
        visit.is_kept.store(true, Ordering::Relaxed);
        self.by_id.lock().insert(visit.id.clone(), Arc::clone(visit));
        tokio::spawn(give_up(Arc::downgrade(self), Arc::clone(visit)));
    }

    /// Logs a program off.
    pub fn end(&self, visit: &Arc<Visit>) {
        visit.is_kept.store(false, Ordering::Relaxed);
        *visit.stranger.lock() = None;
        self.by_id.lock().remove(&visit.id);
        visit.session.close();
        self.manager.hub.leave(&visit.session);
        if let Some(user) = visit.session.user().filter(|user| user.displays_connects) {
            tracing::info!("manager {} logged off from {}", user.name, visit.session.remote().ip());
        }
    }
}

/// Ends a program's stay when it has been silent for too long, or its session was ended.
async fn give_up(visits: Weak<Visits>, visit: Arc<Visit>) {
    loop {
        let Some(patience) = visits.upgrade().map(|visits| visits.manager.settings().web_timeout) else { return };
        let due = *visit.seen.lock() + patience;
        if !visit.is_kept.load(Ordering::Relaxed) {
            return;
        }
        tokio::select! {
            () = visit.session.ended() => break,
            () = tokio::time::sleep_until(due) => {}
        }
        if *visit.seen.lock() + patience <= Instant::now() {
            break;
        }
    }
    if let Some(visits) = visits.upgrade().filter(|visits| visits.is_kept(&visit)) {
        visits.end(&visit);
    }
}

/// Fills a key with what nobody can guess.
pub fn fill_with_chance(bytes: &mut [u8]) {
    // A Linux that runs gives as many bytes as this at once.
    if rustix::rand::getrandom(&mut *bytes, rustix::rand::GetRandomFlags::empty()).is_err() {
        bytes.fill_with(|| fastrand::u8(..));
    }
}
