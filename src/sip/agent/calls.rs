//! Which calls there are: the dialogs, so that requests find their call, and how many an endpoint has.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};

use crate::sip::dialog::DialogId;
use crate::sip::endpoint::Endpoint;
use crate::sip::transport::ServerTransaction;

/// The most calls at a time; further ones get a 503.
const MAX_CALLS: usize = 10_000;

type Inbox = mpsc::Sender<ServerTransaction>;

/// All live calls.
#[derive(Default)]
pub(super) struct Calls {
    dialogs: Mutex<HashMap<DialogId, Inbox>>,
    /// The names of the channels above dialogs.
    channels: Mutex<HashMap<DialogId, Arc<str>>>,
    /// By technology and endpoint.
    counts: Mutex<HashMap<String, u32>>,
    total: watch::Sender<usize>,
}

/// Why there is no place for another call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// The whole exchange is full.
    Exchange,
    /// The endpoint has as many calls as its `call-limit` allows.
    Endpoint,
}

impl Calls {
    /// Takes a place for a call of an endpoint.
    pub fn enter(self: &Arc<Self>, endpoint: &Endpoint) -> Result<Place, Full> {
        if *self.total.borrow() >= MAX_CALLS {
            return Err(Full::Exchange);
        }
        let name = format!("{}/{}", endpoint.technology, endpoint.name);
        let mut counts = self.counts.lock();
        let count = counts.entry(name.clone()).or_default();
        if endpoint.call_limit > 0 && *count >= endpoint.call_limit {
            return Err(Full::Endpoint);
        }
        *count += 1;
        drop(counts);
        self.total.send_modify(|total| *total += 1);
        Ok(Place { calls: Arc::clone(self), name })
    }

    /// How many calls an endpoint has.
    pub fn of(&self, endpoint: &Endpoint) -> u32 {
        let name = format!("{}/{}", endpoint.technology, endpoint.name);
        self.counts.lock().get(&name).copied().unwrap_or(0)
    }

    /// Sends the requests of a dialog to `inbox` for as long as the entry lives.
    pub fn add_dialog(self: &Arc<Self>, id: &DialogId, inbox: Inbox) -> Entry {
        self.dialogs.lock().insert(id.clone(), inbox);
        Entry { calls: Arc::clone(self), id: id.clone() }
    }

    /// Says which channel stands above a dialog.
    pub fn set_channel(&self, id: &DialogId, channel: &Arc<str>) {
        self.channels.lock().insert(id.clone(), Arc::clone(channel));
    }

    /// The name of the channel above a dialog.
    pub fn channel_of(&self, id: &DialogId) -> Option<Arc<str>> {
        self.channels.lock().get(id).cloned()
    }

    /// Hands a request to its dialog; gives it back where there is none. A call that does not keep up lets it drop,
    /// which answers 500.
    pub fn deliver(&self, id: &DialogId, transaction: ServerTransaction) -> Option<ServerTransaction> {
        let inbox = self.dialogs.lock().get(id).cloned();
        match inbox {
            Some(inbox) => match inbox.try_send(transaction) {
                Err(mpsc::error::TrySendError::Closed(transaction)) => Some(transaction),
                Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => None,
            },
            None => Some(transaction),
        }
    }

    /// Waits until there is no call any more.
    pub async fn all_gone(&self) {
        // Fails only when the sender is gone, which is in here.
        let _ = self.total.subscribe().wait_for(|total| *total == 0).await;
    }
}

/// A place that a call takes; dropping it makes room.
pub(super) struct Place {
    calls: Arc<Calls>,
    name: String,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.calls.counts.lock();
        if let Some(count) = counts.get_mut(&self.name) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.name);
            }
        }
        drop(counts);
        self.calls.total.send_modify(|total| *total = total.saturating_sub(1));
    }
}

/// A dialog whose requests find their call; dropping it forgets the dialog.
pub(super) struct Entry {
    calls: Arc<Calls>,
    id: DialogId,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.calls.dialogs.lock().remove(&self.id);
        self.calls.channels.lock().remove(&self.id);
    }
}
