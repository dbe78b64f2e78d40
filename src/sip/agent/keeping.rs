//! Registrations outlive a restart: each binding stands in the AstDB, in the family `registrar/contact` as Asterisk's do.

use std::sync::Arc;

use md5::{Digest as _, Md5};
use tokio::time::Instant;

use super::Agent;
use crate::sip::registrar::{Change, Event, SavedBinding};
use crate::storage::astdb::{Database, DatabaseError};

const FAMILY: &str = "registrar/contact";

/// Where bindings are kept.
pub(super) struct Keeper {
    database: Arc<dyn Database>,
    /// The seconds since 1970.
    epoch: Box<dyn Fn() -> i64 + Send + Sync>,
}

/// The key of a contact: it may be longer than a key, its digest is not.
fn key(aor: &str, contact: &str) -> String {
    let digest: String = Md5::digest(contact).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{aor};@{digest}")
}

impl Agent {
    /// Takes back the bindings that the database has, and keeps them there from now on. `epoch` tells the seconds since
    /// 1970.
    pub fn keep_registrations(&self, database: Arc<dyn Database>, epoch: impl Fn() -> i64 + Send + Sync + 'static) {
        let restored = self.restore(&*database, epoch());
        match restored {
            Ok(0) => {}
            Ok(count) => tracing::info!("{count} registrations are still valid"),
            Err(error) => tracing::warn!("registrations of before are not known: {error}"),
        }
        // Set once, right after the start.
        let _ = self.keeper.set(Keeper { database, epoch: Box::new(epoch) });
    }

    fn restore(&self, database: &dyn Database, epoch: i64) -> Result<usize, DatabaseError> {
        let settings = self.settings.load();
        let mut restored = 0;
        for (key, value) in database.tree(FAMILY)? {
            let saved: Option<SavedBinding> = serde_json::from_str(&value).ok();
            let takes = |saved: &SavedBinding| settings.aor(&saved.endpoint).is_some_and(|aor| aor.max_contacts > 0);
            let is_back =
                saved.filter(takes).is_some_and(|saved| self.registrar.lock().restore(saved, Instant::now(), epoch));
            if is_back {
                restored += 1;
            } else if let Some(key) = key.strip_prefix('/').and_then(|key| key.strip_prefix(FAMILY)) {
                database.delete(FAMILY, key.trim_start_matches('/'))?;
            }
        }
        // Those who wait for the next binding to expire have to look again.
        self.generation.send_modify(|_| {});
        Ok(restored)
    }

    /// Keeps what changed about a binding.
    pub(super) fn keep(&self, event: &Event) {
        let Some(keeper) = self.keeper.get() else { return };
        let key = key(&event.aor, &event.contact);
        let kept = match event.change {
            Change::Added(_) | Change::Refreshed(_) => {
                let now = Instant::now();
                let registrar = self.registrar.lock();
                let mut bindings = registrar.bindings(&event.aor, now);
                let binding = bindings.find(|binding| binding.contact.to_string() == event.contact);
                let saved = binding.map(|binding| SavedBinding::new(binding, now, (keeper.epoch)()));
                let Some(text) = saved.and_then(|saved| serde_json::to_string(&saved).ok()) else { return };
                keeper.database.put(FAMILY, &key, &text)
            }
            Change::Removed | Change::Expired => keeper.database.delete(FAMILY, &key).map(drop),
        };
        if let Err(error) = kept {
            tracing::warn!("the registration of {} is not kept for a restart: {error}", event.aor);
        }
    }
}
