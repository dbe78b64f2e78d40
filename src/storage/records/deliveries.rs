//! The records of one kind, from where they come into being to the tasks that deliver them.

use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::spool::SpoolError;
use super::{Alarm, Alarms, Backend, Batch, Record, Spool, delivery};

/// While the disk takes no record, it is asked so often.
const AGAIN: Duration = Duration::from_secs(1);

/// At the stop of the program the backends get so long to take what they can.
const FAREWELL: Duration = Duration::from_secs(3);

/// So many records wait in memory at most while the disk takes none.
const MOST_IN_MEMORY: usize = 100_000;

/// A record that the disk did not take, and the backends that are to get it.
type Waiting = (String, Arc<Vec<String>>);

/// Keeps the records of one kind in the spool and has them delivered.
pub struct Deliveries {
    spool: Arc<Spool>,
    kind: &'static str,
    names: ArcSwap<Vec<String>>,
    waiting: Mutex<Vec<Waiting>>,
    news: watch::Sender<u64>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    alarms: Alarms,
}

impl Deliveries {
    /// Deliveries of records of the kind `R`, which has no backends yet.
    pub fn new<R: Record>(spool: &Arc<Spool>, alarms: Alarms) -> Arc<Self> {
        let deliveries = Arc::new(Self {
            spool: Arc::clone(spool),
            kind: R::KIND,
            names: ArcSwap::default(),
            waiting: Mutex::default(),
            news: watch::Sender::new(0),
            tasks: Mutex::default(),
            alarms,
        });
        tokio::spawn(unload(Arc::downgrade(&deliveries)));
        deliveries
    }

    /// Delivers to these backends from now on, also what waits for them from before.
    pub fn set<R: Record>(&self, backends: Vec<Arc<dyn Backend<R>>>, batch: Option<Batch>) {
        self.names.store(Arc::new(backends.iter().map(|backend| backend.name().to_owned()).collect()));
        let mut tasks = self.tasks.lock();
        // What they were about to deliver is looked for by those who follow them.
        tasks.drain(..).for_each(|task| task.abort());
        let run = |backend| {
            let (spool, alarms) = (Arc::clone(&self.spool), Arc::clone(&self.alarms));
            delivery::run(spool, backend, batch, self.news.subscribe(), alarms)
        };
        tasks.extend(backends.into_iter().map(|backend| tokio::spawn(run(backend))));
    }

    /// Takes a record: onto the disk, or into memory as long as the disk takes none.
    pub fn put<R: Record>(&self, record: &R) {
        let names = self.names.load_full();
        let text = match serde_json::to_string(record) {
            Ok(text) if !names.is_empty() => text,
            _ => return,
        };
        // Behind those that wait already.
        let mut waiting = self.waiting.lock();
        let kept = match waiting.is_empty() {
            true => self.spool.put(&text, &names),
            false => Err(SpoolError::waits()),
        };
        match kept {
            Ok(()) => self.news.send_modify(|count| *count = count.saturating_add(1)),
            Err(error) => {
                if waiting.is_empty() {
                    tracing::error!("{} wait in memory, because the disk takes none: {error}", self.kind);
                    self.tell(Some(error.to_string()), 1);
                }
                if waiting.len() < MOST_IN_MEMORY {
                    waiting.push((text, names));
                } else {
                    let kind = self.kind;
                    tracing::error!(
                        "{kind}: one is lost: the disk takes none, and {MOST_IN_MEMORY} wait in memory already: {text}"
                    );
                }
            }
        }
    }

    /// Puts what waits in memory onto the disk, as far as it takes it.
    fn put_waiting(&self) {
        let mut waiting = self.waiting.lock();
        if waiting.is_empty() {
            return;
        }
        let written = waiting.iter().take_while(|(text, names)| self.spool.put(text, names).is_ok()).count();
        waiting.drain(..written);
        if written > 0 {
            self.news.send_modify(|count| *count = count.saturating_add(1));
        }
        if waiting.is_empty() {
            tracing::info!("the disk takes {} again: none is lost", self.kind);
            self.tell(None, 0);
        }
    }

    fn tell(&self, reason: Option<String>, waiting: usize) {
        (self.alarms)(Alarm { storage: "disk".to_owned(), kind: self.kind, reason, waiting });
    }

    /// Waits, a little, until the backends have what they can take; batches wait for no more.
    pub async fn finish(&self) {
        self.put_waiting();
        self.news.send_replace(delivery::END);
        let names = self.names.load_full();
        let empty = async {
            while names.iter().any(|name| self.spool.count(name) > 0) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        // What they did not take waits for the next start.
        let _ = tokio::time::timeout(FAREWELL, empty).await;
    }
}

async fn unload(deliveries: Weak<Deliveries>) {
    loop {
        tokio::time::sleep(AGAIN).await;
        let Some(deliveries) = deliveries.upgrade() else { return };
        deliveries.put_waiting();
    }
}
