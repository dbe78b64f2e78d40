//! Bringing records from the spool to one backend.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;

use super::spool::{Due, SpoolError};
use super::{Backend, BackendError, Row, Spool};

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
pub async fn run(spool: Arc<Spool>, backend: Arc<dyn Backend>, batch: Option<Batch>, mut news: watch::Receiver<u64>) {
    let (mut pause, mut is_away) = (PAUSE, false);
    loop {
        news.borrow_and_update();
        if let Some(batch) = batch {
            gather(&spool, &*backend, batch, &mut news).await;
        }
        let left = pass(&spool, &*backend).await;
        match left {
            Left::Nothing => {
                if std::mem::take(&mut is_away) {
                    tracing::info!("{} takes call records again: all that waited are there", backend.name());
                }
                pause = PAUSE;
                if news.changed().await.is_err() {
                    return;
                }
            }
            Left::Refused(error) | Left::All(error) => {
                if !std::mem::replace(&mut is_away, true) {
                    let (name, count) = (backend.name(), spool.count(backend.name()));
                    tracing::warn!("{name} takes no call records: {error}; {count} wait and are tried again");
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// Waits until a crowd is there or its time is over.
async fn gather(spool: &Spool, backend: &dyn Backend, batch: Batch, news: &mut watch::Receiver<u64>) {
    let deadline = Instant::now() + batch.time;
    while spool.count(backend.name()) < batch.size {
        match tokio::time::timeout_at(deadline, news.changed()).await {
            Ok(Ok(())) => {}
            // Time, or the end of the program: what is there goes.
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// Delivers all that is there.
async fn pass(spool: &Spool, backend: &dyn Backend) -> Left {
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
async fn deliver(spool: &Spool, backend: &dyn Backend, due: Vec<Due>) -> Result<Option<String>, String> {
    let failed = |error: SpoolError| error.to_string();
    let is_again = due.iter().any(|due| due.is_attempted);
    let (ids, rows): (Vec<i64>, Vec<Row>) = due.into_iter().map(|due| (due.id, due.row)).unzip();
    match backend.deliver(&rows, is_again).await {
        Ok(()) => spool.done(backend.name(), &ids).map(|()| None).map_err(failed),
        Err(BackendError::Unavailable(error)) => Err(error),
        Err(BackendError::Refused(error)) => {
            let mut refused = Some(error);
            if rows.len() > 1 {
                refused = None;
                for (id, row) in ids.iter().zip(&rows) {
                    match backend.deliver(std::slice::from_ref(row), true).await {
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
    use crate::storage::cdr::Delivering;

    /// A backend that is away at first and refuses one record for good.
    #[derive(Default)]
    struct Moody {
        away: Mutex<u32>,
        taken: Mutex<Vec<u64>>,
    }

    impl Backend for Moody {
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

    #[tokio::test(start_paused = true)]
    async fn what_is_not_taken_is_tried_again_and_holds_up_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Arc::new(Spool::open(&folder.path().join("spool"), false).unwrap());
        let moody = Arc::new(Moody { away: Mutex::new(3), ..Moody::default() });
        let (news, heard) = watch::channel(0);
        let put = |number| spool.put(Row { sequence: number, ..Row::default() }, &["moody".to_owned()]).unwrap();
        (11..=14).for_each(put);
        let task = tokio::spawn(run(spool.clone(), moody.clone(), None, heard));
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert_eq!(*moody.taken.lock(), [11, 12, 14]);
        put(15);
        news.send_modify(|count| *count += 1);
        tokio::time::sleep(Duration::from_secs(120)).await;
        assert_eq!(*moody.taken.lock(), [11, 12, 14, 15]);
        assert_eq!(spool.count("moody"), 1);
        task.abort();
    }

    #[tokio::test(start_paused = true)]
    async fn crowds_go_when_they_are_full_or_late() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Arc::new(Spool::open(&folder.path().join("spool"), false).unwrap());
        let moody = Arc::new(Moody::default());
        let (news, heard) = watch::channel(0);
        let put = |number| {
            spool.put(Row { sequence: number, ..Row::default() }, &["moody".to_owned()]).unwrap();
            news.send_modify(|count| *count += 1);
        };
        let batch = Batch { size: 3, time: Duration::from_secs(300) };
        let task = tokio::spawn(run(spool.clone(), moody.clone(), Some(batch), heard));
        put(1);
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(moody.taken.lock().is_empty());
        put(2);
        put(3);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(*moody.taken.lock(), [1, 2, 3]);
        put(4);
        tokio::time::sleep(Duration::from_secs(600)).await;
        assert_eq!(*moody.taken.lock(), [1, 2, 3, 4]);
        task.abort();
    }
}
