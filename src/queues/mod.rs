//! Call queues: their settings, members and waiting callers. Plain state: the applications call and talk.
//!
//! [`Queues`] is all of them; a [`Queue`] keeps its members and callers over a reload.

pub mod agents;
pub mod log;
pub mod member;
pub mod report;
pub mod rules;
pub mod settings;
pub mod strategy;

mod empty;
mod persistence;
mod queue;

use std::sync::Arc;

use parking_lot::RwLock;

pub use empty::Conditions;
pub use log::{Log, LogFile};
pub use member::{Member, Pausing};
pub use queue::{Entry, Queue, Refusal, Statistics};
pub use settings::{General, QueueSettings, Settings};
pub use strategy::Strategy;

use crate::storage::astdb::Database;
use rules::Rule;

/// All queues.
#[derive(Default)]
pub struct Queues {
    queues: RwLock<Vec<Arc<Queue>>>,
    general: RwLock<Arc<General>>,
    rules: RwLock<Vec<(String, Vec<Rule>)>>,
    pub log: Log,
}

/// Why a member could not be added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    NoSuchQueue,
    AlreadyThere,
    NotThere,
    NotDynamic,
}

impl Queues {
    /// The queue of exactly this name.
    pub fn find(&self, name: &str) -> Option<Arc<Queue>> {
        self.queues.read().iter().find(|queue| queue.name() == name).cloned()
    }

    /// All queues, in the order of the file.
    pub fn all(&self) -> Vec<Arc<Queue>> {
        self.queues.read().clone()
    }

    /// What `[general]` says.
    pub fn general(&self) -> Arc<General> {
        self.general.read().clone()
    }

    /// The changes of penalties that `queuerules.conf` has under a name, in any case.
    pub fn rule(&self, name: &str) -> Vec<Rule> {
        let rules = self.rules.read();
        let found = rules.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, rules)| rules.clone()).unwrap_or_default()
    }

    /// All rules of `queuerules.conf`.
    pub fn rules(&self) -> Vec<(String, Vec<Rule>)> {
        self.rules.read().clone()
    }

    /// Puts settings into service. Queues that are gone take no callers any more, those that stay keep their dynamic
    /// members, their callers and their figures.
    pub fn apply(&self, settings: QueueSettings, now: i64) {
        *self.general.write() = Arc::new(settings.general);
        *self.rules.write() = settings.rules;
        let mut queues = self.queues.write();
        let before = std::mem::take(&mut *queues);
        for (name, own, members) in settings.queues {
            let queue = match before.iter().find(|queue| queue.name() == name) {
                Some(queue) => Arc::clone(queue),
                None => Arc::new(Queue::new(&name)),
            };
            queue.apply(own, members, now);
            queues.push(queue);
        }
        // Who waits in a queue that is gone waits on; nobody joins it any more.
        for gone in &before {
            if !queues.iter().any(|queue| Arc::ptr_eq(queue, gone)) {
                gone.retire();
            }
        }
    }

    /// Takes a queue that stands in a database, or what has changed of it.
    pub fn take(&self, name: &str, settings: Settings, members: Vec<Member>, now: i64) {
        let known = self.find(name);
        let queue = known.unwrap_or_else(|| {
            let queue = Arc::new(Queue::new(name));
            queue.set_of_database();
            self.queues.write().push(Arc::clone(&queue));
            queue
        });
        let numbered = members.into_iter().enumerate().map(|(position, member)| Member { position, ..member });
        queue.apply(settings, numbered.collect(), now);
    }

    /// Adds the dynamic members that were stored before the last stop.
    pub fn restore_members(&self, database: &dyn Database, now: i64) {
        if self.general().persistent_members {
            persistence::restore(self, database, now);
        }
    }

    /// Adds a dynamic member.
    ///
    /// # Errors
    /// Where there is no such queue, or the interface is a member already.
    pub fn add_member(&self, queue: &str, member: Member, database: &dyn Database) -> Result<Arc<Queue>, Fault> {
        let queue = self.find(queue).ok_or(Fault::NoSuchQueue)?;
        if !queue.add(member) {
            return Err(Fault::AlreadyThere);
        }
        self.store_members(&queue, database);
        Ok(queue)
    }

    /// Removes a dynamic member.
    ///
    /// # Errors
    /// Where there is no such queue or member, or the member stands in the file.
    pub fn remove_member(&self, queue: &str, interface: &str, database: &dyn Database) -> Result<Removed, Fault> {
        let queue = self.find(queue).ok_or(Fault::NoSuchQueue)?;
        let member = queue.member(interface).ok_or(Fault::NotThere)?;
        if !member.is_dynamic {
            return Err(Fault::NotDynamic);
        }
        queue.remove(interface);
        self.store_members(&queue, database);
        Ok(Removed { queue, member })
    }

    /// Keeps a queue's dynamic members over a restart, where `persistentmembers` says so.
    pub fn store_members(&self, queue: &Queue, database: &dyn Database) {
        if self.general().persistent_members {
            persistence::store(queue, database);
        }
    }

    /// A member took a call: it counts in its queue, and as its last call in the others, too, where they share that.
    pub fn note_call(&self, queue: &Arc<Queue>, interface: &str, now: i64) {
        let shares = self.general().shared_last_call;
        for other in self.all() {
            if Arc::ptr_eq(&other, queue) || shares {
                other.change(interface, |member| {
                    member.calls += 1;
                    member.last_call = now;
                });
            }
        }
    }
}

/// A member that was removed.
pub struct Removed {
    pub queue: Arc<Queue>,
    pub member: Member,
}
