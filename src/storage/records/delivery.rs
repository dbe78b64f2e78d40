//! Bringing records from the spool to one backend.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::spool::{Due, SpoolError};
use super::{Alarm, Alarms, Backend, BackendError, Record, Spool};

/// Records that are delivered together.
const TOGETHER: usize = 100;

/// The first and the longest pause after a failure.
const PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Records are delivered in crowds: `batch` of `cdr.conf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// So many make a crowd (`size`).
    pub size: usize,
    /// It goes after this time at the latest (`time`).
    pub time: Duration,
}

/// What a pass over the spool left behind.
#[derive(Debug)]
enum Left {
    Nothing,
    /// Some were refused, others may have gone.
    Refused(String),
    /// The backend is away.
    All(String),
}

/// Delivers what the spool has for a backend, and what comes, for as long as the sender of `news` lives.
pub(super) async fn run<R: Record>(
    spool: Arc<Spool>,
    backend: Arc<dyn Backend<R>>,
    batch: Option<Batch>,
    mut news: watch::Receiver<u64>,
    alarms: Alarms,
) {
    let tell = |reason: Option<String>, waiting| {
        (alarms)(Alarm { storage: backend.name().to_owned(), kind: R::KIND, reason, waiting });
    };
    let (mut pause, mut is_away) = (PAUSE, false);
    loop {
        news.borrow_and_update();
        if let Some(batch) = batch {
            gather(&spool, backend.name(), batch, &mut news).await;
        }
        let left = pass(&spool, &*backend).await;
        match left {
            Left::Nothing => {
                if std::mem::take(&mut is_away) {
                    tracing::info!("{} takes {} again: all that waited are there", backend.name(), R::KIND);
                    tell(None, 0);
                }
                pause = PAUSE;
                if news.changed().await.is_err() {
                    return;
                }
            }
            Left::Refused(error) | Left::All(error) => {
                if !std::mem::replace(&mut is_away, true) {
                    let (name, kind, count) = (backend.name(), R::KIND, spool.count(backend.name()));
                    tracing::warn!("{name} takes no {kind}: {error}; {count} wait and are tried again");
                    tell(Some(error), count);
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// The news that nothing comes any more.
pub(super) const END: u64 = u64::MAX;

/// Waits until a crowd is there, its time is over, or no more will come.
async fn gather(spool: &Spool, backend: &str, batch: Batch, news: &mut watch::Receiver<u64>) {
    let deadline = Instant::now() + batch.time;
    while *news.borrow() != END && spool.count(backend) < batch.size {
        match tokio::time::timeout_at(deadline, news.changed()).await {
            Ok(Ok(())) => {}
            // Time, or the end of the program: what is there goes.
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// Delivers all that is there.
async fn pass<R: Record>(spool: &Spool, backend: &dyn Backend<R>) -> Left {
    let (mut after, mut refused) = (0, None);
    loop {
        let due = match spool.begin(backend.name(), after, TOGETHER) {
            Ok(due) => due,
            Err(error) => return Left::All(error.to_string()),
        };
        let Some(last) = due.last() else { break };
        after = last.id;
        match deliver(spool, backend, due).await {
            Ok(None) => {}
            Ok(Some(error)) => refused = Some(error),
            Err(error) => return Left::All(error),
        }
    }
    refused.map_or(Left::Nothing, Left::Refused)
}

/// Delivers a crowd; where the backend refuses it, one by one. Gives why one was refused, or fails where it is away.
async fn deliver<R: Record>(
    spool: &Spool,
    backend: &dyn Backend<R>,
    due: Vec<Due<R>>,
) -> Result<Option<String>, String> {
    let failed = |error: SpoolError| error.to_string();
    let is_again = due.iter().any(|due| due.is_attempted);
    let (mut ids, mut records) = (Vec::new(), Vec::new());
    for due in due {
        match due.record {
            Some(record) => {
                ids.push(due.id);
                records.push(record);
            }
            None => {
                tracing::error!("{}: a record of the spool cannot be read and is left out", backend.name());
                spool.done(backend.name(), &[due.id]).map_err(failed)?;
            }
        }
    }
    match backend.deliver(&records, is_again).await {
        Ok(()) => spool.done(backend.name(), &ids).map(|()| None).map_err(failed),
        Err(BackendError::Unavailable(error)) => Err(error),
        Err(BackendError::Refused(error)) => {
            let mut refused = Some(error);
            if records.len() > 1 {
                refused = None;
                for (id, record) in ids.iter().zip(&records) {
                    match backend.deliver(std::slice::from_ref(record), true).await {
                        Ok(()) => spool.done(backend.name(), &[*id]).map_err(failed)?,
                        Err(BackendError::Unavailable(error)) => return Err(error),
                        Err(BackendError::Refused(error)) => refused = Some(error),
                    }
                }
            }
            Ok(refused)
        }
    }
}

#[cfg(test)]
mod tests {
    use parking_lot::Mutex;

    use super::*;
    use crate::storage::cdr::Row;
    use crate::storage::records::Delivering;

    /// A backend that is away at first and refuses one record for good.
    #[derive(Default)]
    struct Moody {
        away: Mutex<u32>,
        taken: Mutex<Vec<u64>>,
    }

    impl Backend<Row> for Moody {
        fn name(&self) -> &'static str {
            "moody"
        }

        fn deliver<'a>(&'a self, rows: &'a [Row], _: bool) -> Delivering<'a> {
            Box::pin(async move {
                let mut away = self.away.lock();
                if *away > 0 {
                    *away -= 1;
                    return Err(BackendError::Unavailable("away".to_owned()));
                }
                if rows.iter().any(|row| row.sequence == 13) {
                    return Err(BackendError::Refused("unlucky".to_owned()));
                }
                self.taken.lock().extend(rows.iter().map(|row| row.sequence));
                Ok(())
            })
        }
    }

    fn put(spool: &Spool, number: u64) {
        let row = Row { sequence: number, ..Row::default() };
        spool.put(&serde_json::to_string(&row).unwrap(), &["moody".to_owned()]).unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_taken_is_tried_again_and_holds_up_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Arc::new(Spool::new(&folder.path().join("spool"), false));
        let moody = Arc::new(Moody { away: Mutex::new(3), ..Moody::default() });
        let (news, heard) = watch::channel(0);
        let put = |number| put(&spool, number);
        (11..=14).for_each(put);
        let alarms = Arc::new(Mutex::new(Vec::new()));
        let told = alarms.clone();
        let tell: Alarms = Arc::new(move |alarm| told.lock().push(alarm));
        let task = tokio::spawn(run(spool.clone(), moody.clone(), None, heard, tell));
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert_eq!(*moody.taken.lock(), [11, 12, 14]);
        put(15);
        news.send_modify(|count| *count += 1);
        tokio::time::sleep(Duration::from_secs(120)).await;
        assert_eq!(*moody.taken.lock(), [11, 12, 14, 15]);
        assert_eq!(spool.count("moody"), 1);
        let first =
            Alarm { storage: "moody".to_owned(), kind: "call records", reason: Some("away".to_owned()), waiting: 4 };
        assert_eq!(*alarms.lock(), [first], "one is refused for good: it goes on");
        task.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn crowds_go_when_they_are_full_or_late() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Arc::new(Spool::new(&folder.path().join("spool"), false));
        let moody = Arc::new(Moody::default());
        let (news, heard) = watch::channel(0);
        let put_now = |number| {
            put(&spool, number);
            news.send_modify(|count| *count += 1);
        };
        let batch = Batch { size: 3, time: Duration::from_secs(300) };
        let task = tokio::spawn(run(spool.clone(), moody.clone(), Some(batch), heard, Arc::new(|_| {})));
        put_now(1);
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(moody.taken.lock().is_empty());
        put_now(2);
        put_now(3);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(*moody.taken.lock(), [1, 2, 3]);
        put_now(4);
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert_eq!(*moody.taken.lock(), [1, 2, 3, 4]);
        task.abort();
    }
}
