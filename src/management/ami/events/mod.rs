//! Events: what happens, told to every manager program that may and wants to know.
//!
//! An event is rendered once and shared by all who get it. While nobody listens the hub is no observer at all, so that
//! calls cost nothing more; an event that nobody may see is not rendered.

pub mod catalogue;
pub mod filter;
pub mod snapshot;
#[cfg(test)]
mod tests;
mod words;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::{Mutex, RwLock};

use super::privilege::Privilege;
use super::reply::Fields;
use super::session::Session;
use super::settings::Settings;
use crate::channel::{Channels, Happening, Observer, State};
use words::Source;

/// So long a channel's state is waited for.
const PATIENCE: Duration = Duration::from_millis(50);

/// Everybody who listens.
pub struct Hub {
    this: Weak<Hub>,
    channels: Arc<Channels>,
    settings: Arc<ArcSwap<Settings>>,
    sessions: RwLock<Vec<Arc<Session>>>,
    /// The classes that anybody gets.
    wanted: AtomicU32,
    /// Whether it stands among the observers.
    is_observing: Mutex<bool>,
}

impl Hub {
    pub fn new(channels: Arc<Channels>, settings: Arc<ArcSwap<Settings>>) -> Arc<Self> {
        Arc::new_cyclic(|this| Self {
            this: Weak::clone(this),
            channels,
            settings,
            sessions: RwLock::default(),
            wanted: AtomicU32::default(),
            is_observing: Mutex::default(),
        })
    }

    /// A program has logged in.
    pub fn enter(&self, session: &Arc<Session>) {
        self.sessions.write().push(Arc::clone(session));
        self.look_again();
    }

    /// A program has left.
    pub fn leave(&self, session: &Arc<Session>) {
        self.sessions.write().retain(|other| !Arc::ptr_eq(other, session));
        self.look_again();
    }

    /// Who has logged in, those that came first.
    pub fn sessions(&self) -> Vec<Arc<Session>> {
        self.sessions.read().clone()
    }

    /// Finds out anew what anybody wants to hear.
    pub fn look_again(&self) {
        let mut is_observing = self.is_observing.lock();
        let classes = self.sessions.read().iter().fold(Privilege::NONE, |all, session| all.or(session.hears()));
        self.wanted.store(classes.0, Ordering::Relaxed);
        let should_observe = classes != Privilege::NONE;
        if should_observe != std::mem::replace(&mut *is_observing, should_observe)
            && let Some(this) = self.this.upgrade()
        {
            let observer: Arc<dyn Observer> = this;
            match should_observe {
                true => self.channels.add_observer(observer),
                false => self.channels.remove_observer(&observer),
            }
        }
    }

    /// Whether anybody gets events of a class.
    pub fn wants(&self, class: Privilege) -> bool {
        Privilege(self.wanted.load(Ordering::Relaxed)).meets(class)
    }

    /// Tells of something that is no channel's happening.
    pub fn raise(&self, event: &str, class: Privilege, fields: &Fields) {
        if self.wants(class) {
            self.send(event, class, fields);
        }
    }

    fn send(&self, event: &str, class: Privilege, fields: &Fields) {
        let settings = self.settings.load();
        if settings.disabled_events.iter().any(|disabled| disabled.eq_ignore_ascii_case(event)) {
            return;
        }
        let text = rendered(event, class, fields, settings.has_timestamps, &settings.system_name);
        for session in &*self.sessions.read() {
            session.tell(event, class, &text);
        }
    }

    fn tell(&self, happening: &Happening<'_>, state: Option<&State>) {
        let Some(title) = words::title(happening).filter(|title| self.wants(title.class)) else { return };
        let settings = self.settings.load();
        let source = Source { state, variables: &settings.channel_variables };
        for event in [Some(title.event), words::further(happening)].into_iter().flatten() {
            self.send(event, title.class, &words::fields(event, happening, &source));
        }
    }
}

impl Observer for Hub {
    fn happened(&self, happening: &Happening<'_>) {
        self.tell(happening, None);
    }

    fn happened_to(&self, happening: &Happening<'_>, state: &State) {
        self.tell(happening, Some(state));
    }
}

/// The bytes of an event.
pub fn rendered(event: &str, class: Privilege, fields: &Fields, has_timestamp: bool, system: &str) -> Arc<str> {
    let mut text = format!("Event: {event}\r\nPrivilege: {class}\r\n");
    if has_timestamp {
        let now = jiff::Timestamp::now();
        text.push_str(&format!("Timestamp: {}.{:06}\r\n", now.as_second(), now.subsec_microsecond()));
    }
    if !system.is_empty() {
        text.push_str(&format!("SystemName: {system}\r\n"));
    }
    text.push_str(fields.as_str());
    text.push_str("\r\n");
    text.into()
}
