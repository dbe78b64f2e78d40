//! Records that wait to be delivered.

use std::path::{Path, PathBuf};
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::{Connection, ErrorCode, params};
use serde::de::DeserializeOwned;

/// Why the spool did not do it.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct SpoolError(String);

impl SpoolError {
    /// Others wait already.
    pub fn waits() -> Self {
        Self("others wait".to_owned())
    }
}

impl From<rusqlite::Error> for SpoolError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

/// Records in an SQLite file, each with the backends that are still to get it.
///
/// What was put in outlives the end of the process, also by kill -9. With `fsync` it outlives a loss of power too, at
/// the price of a wait for the disk with each record; without it the records of the last moments may be lost then.
pub struct Spool {
    path: PathBuf,
    fsync: bool,
    /// Opened when it can be: a full disk keeps nobody from calling.
    connection: Mutex<Option<Connection>>,
}

/// A record that a backend is to get.
pub(super) struct Due<R> {
    pub id: i64,
    /// Nothing where it cannot be read.
    pub record: Option<R>,
    /// A delivery was begun and its end is not known.
    pub is_attempted: bool,
}

impl Spool {
    /// A spool in this file, which is made with its folder where it is missing.
    pub fn new(path: &Path, fsync: bool) -> Self {
        Self { path: path.to_owned(), fsync, connection: Mutex::default() }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Result<T, SpoolError> {
        let mut connection = self.connection.lock();
        if connection.is_none() {
            *connection = Some(self.open()?);
        }
        match connection.as_mut() {
            Some(connection) => Ok(work(connection)?),
            None => Err(SpoolError("not open".to_owned())),
        }
    }

    fn open(&self) -> Result<Connection, SpoolError> {
        let path = self.path.display();
        let failed = |error: &dyn std::fmt::Display| SpoolError(format!("{path}: {error}"));
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        let opened = prepare(&self.path, self.fsync);
        let is_damaged = |error: &rusqlite::Error| {
            matches!(error.sqlite_error_code(), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
        };
        if let Err(error) = &opened
            && is_damaged(error)
        {
            let aside = self.path.with_extension("damaged");
            tracing::error!("{path}: {error}; it is put aside as {}, and a new one is begun", aside.display());
            std::fs::rename(&self.path, aside).map_err(|error| failed(&error))?;
            return prepare(&self.path, self.fsync).map_err(|error| failed(&error));
        }
        opened.map_err(|error| failed(&error))
    }

    /// Keeps a record for these backends.
    ///
    /// # Errors
    /// Where the disk does not take it.
    pub(super) fn put(&self, record: &str, backends: &[String]) -> Result<(), SpoolError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            transaction.prepare_cached("INSERT INTO record (row) VALUES (?1)")?.execute([record])?;
            let id = transaction.last_insert_rowid();
            for backend in backends {
                let mut statement = transaction.prepare_cached("INSERT INTO due (backend, record) VALUES (?1, ?2)")?;
                statement.execute(params![backend, id])?;
            }
            transaction.commit()
        })
    }

    /// The oldest records behind `after` that a backend is to get. From now on a delivery of them counts as begun.
    ///
    /// # Errors
    /// Where the file fails.
    pub(super) fn begin<R: DeserializeOwned>(
        &self,
        backend: &str,
        after: i64,
        most: usize,
    ) -> Result<Vec<Due<R>>, SpoolError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT record.id, record.row, due.attempted FROM due JOIN record ON record.id = due.record
                 WHERE due.backend = ?1 AND due.record > ?2 ORDER BY due.record LIMIT ?3",
            )?;
            let most = i64::try_from(most).unwrap_or(i64::MAX);
            let found = statement.query_map(params![backend, after, most], |row| {
                let text: String = row.get(1)?;
                Ok(Due { id: row.get(0)?, record: serde_json::from_str(&text).ok(), is_attempted: row.get(2)? })
            })?;
            let due = found.collect::<rusqlite::Result<Vec<Due<R>>>>()?;
            if let (Some(first), Some(last)) = (due.first(), due.last()) {
                let mut statement = connection.prepare_cached(
                    "UPDATE due SET attempted = 1 WHERE backend = ?1 AND record BETWEEN ?2 AND ?3 AND attempted = 0",
                )?;
                statement.execute(params![backend, first.id, last.id])?;
            }
            Ok(due)
        })
    }

    /// Notes that a backend has these records.
    ///
    /// # Errors
    /// Where the file fails.
    pub(super) fn done(&self, backend: &str, ids: &[i64]) -> Result<(), SpoolError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            for id in ids {
                transaction
                    .prepare_cached("DELETE FROM due WHERE backend = ?1 AND record = ?2")?
                    .execute(params![backend, id])?;
                transaction
                    .prepare_cached(
                        "DELETE FROM record WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM due WHERE record = ?1)",
                    )?
                    .execute([id])?;
            }
            transaction.commit()
        })
    }

    /// How many records a backend is still to get.
    pub(super) fn count(&self, backend: &str) -> usize {
        let count = self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT COUNT(*) FROM due WHERE backend = ?1")?;
            statement.query_row([backend], |row| row.get::<_, i64>(0))
        });
        count.ok().and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
    }
}

fn prepare(path: &Path, fsync: bool) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(2))?;
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    connection.execute_batch(if fsync { "PRAGMA synchronous = FULL" } else { "PRAGMA synchronous = NORMAL" })?;
    connection.execute_batch(
        "CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY AUTOINCREMENT, row TEXT NOT NULL);
         CREATE TABLE IF NOT EXISTS due (
            backend TEXT NOT NULL, record INTEGER NOT NULL, attempted INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (backend, record)) WITHOUT ROWID;
         CREATE INDEX IF NOT EXISTS due_record ON due (record);",
    )?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The records that a backend is to get, and whether a delivery of them was begun before.
    fn due(spool: &Spool, backend: &str, most: usize) -> (Vec<i64>, Vec<(u64, bool)>) {
        let due = spool.begin::<u64>(backend, 0, most).unwrap();
        due.iter().map(|due| (due.id, (due.record.unwrap(), due.is_attempted))).unzip()
    }

    #[test]
    fn a_record_waits_until_every_backend_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cdr/spool.sqlite3");
        let spool = Spool::new(&path, true);
        for number in 1..=3 {
            spool.put(&number.to_string(), &["csv".to_owned(), "pgsql".to_owned()]).unwrap();
        }
        let (ids, found) = due(&spool, "csv", 2);
        assert_eq!(found, [(1, false), (2, false)]);
        spool.done("csv", &ids[..1]).unwrap();
        drop(spool);
        let spool = Spool::new(&path, false);
        assert_eq!(due(&spool, "csv", 9).1, [(2, true), (3, false)]);
        assert_eq!((spool.count("csv"), spool.count("pgsql")), (2, 3));
        let (ids, _) = due(&spool, "pgsql", 9);
        spool.done("pgsql", &ids).unwrap();
        spool.done("csv", &ids).unwrap();
        let left: i64 =
            spool.with(|connection| connection.query_row("SELECT COUNT(*) FROM record", [], |row| row.get(0))).unwrap();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_damaged_file_is_put_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spool.sqlite3");
        std::fs::write(&path, "this is no database at all, and long enough to be looked at. ".repeat(40)).unwrap();
        let spool = Spool::new(&path, false);
        spool.put("7", &["csv".to_owned()]).unwrap();
        assert_eq!(due(&spool, "csv", 9).1, [(7, false)]);
        assert!(folder.path().join("spool.damaged").exists());
    }
}
