//! Records that wait to be delivered.

use std::path::Path;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::{Connection, params};

use super::Row;

/// So many records wait in memory at most while the disk takes none.
const MOST_IN_MEMORY: usize = 100_000;

/// Why the spool did not keep a record.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct SpoolError(String);

impl From<rusqlite::Error> for SpoolError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

impl From<serde_json::Error> for SpoolError {
    fn from(error: serde_json::Error) -> Self {
        Self(error.to_string())
    }
}

/// Records in an SQLite file, each with the backends that are still to get it.
///
/// What was put in outlives the end of the process, also by kill -9. With `fsync` it outlives a loss of power too, at
/// the price of a wait for the disk with each record; without it the records of the last moments may be lost then.
pub struct Spool {
    connection: Mutex<Connection>,
    /// Records that the disk did not take, with the backends that are to get them.
    waiting: Mutex<Vec<(Row, Vec<String>)>>,
}

/// A record that a backend is to get.
pub struct Due {
    pub id: i64,
    pub row: Row,
    /// A delivery was begun and its end is not known.
    pub is_attempted: bool,
}

impl Spool {
    /// Opens the file, and makes it with its folder where it is missing.
    ///
    /// # Errors
    /// Where the file cannot be made or is no database.
    pub fn open(path: &Path, fsync: bool) -> Result<Self, SpoolError> {
        let failed = |error: &dyn std::fmt::Display| SpoolError(format!("{}: {error}", path.display()));
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        let connection = Self::prepare(path, fsync).map_err(|error| failed(&error))?;
        Ok(Self { connection: Mutex::new(connection), waiting: Mutex::default() })
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

    /// Keeps a record for these backends; in memory where the disk takes it not.
    ///
    /// # Errors
    /// Where the disk does not take it; it is kept in memory then, until [`Spool::put_waiting`] has more luck.
    pub fn put(&self, row: Row, backends: &[String]) -> Result<(), SpoolError> {
        let written = self.write(&row, backends);
        if written.is_err() {
            let mut waiting = self.waiting.lock();
            if waiting.len() < MOST_IN_MEMORY {
                waiting.push((row, backends.to_vec()));
            } else {
                tracing::error!(
                    "a call record is lost: the disk takes none, and {MOST_IN_MEMORY} wait in memory already: {}",
                    serde_json::to_string(&row).unwrap_or_default()
                );
            }
        }
        written
    }

    fn write(&self, row: &Row, backends: &[String]) -> Result<(), SpoolError> {
        let text = serde_json::to_string(row)?;
        let mut connection = self.connection.lock();
        let transaction = connection.transaction()?;
        transaction.prepare_cached("INSERT INTO record (row) VALUES (?1)")?.execute([text])?;
        let id = transaction.last_insert_rowid();
        for backend in backends {
            let mut statement = transaction.prepare_cached("INSERT INTO due (backend, record) VALUES (?1, ?2)")?;
            statement.execute(params![backend, id])?;
        }
        Ok(transaction.commit()?)
    }

    /// Puts the records that wait in memory onto the disk; gives how many still wait.
    pub fn put_waiting(&self) -> usize {
        let mut waiting = self.waiting.lock();
        let written = waiting.iter().take_while(|(row, backends)| self.write(row, backends).is_ok()).count();
        waiting.drain(..written);
        waiting.len()
    }

    /// The oldest records behind `after` that a backend is to get. From now on a delivery of them counts as begun.
    ///
    /// # Errors
    /// Where the file fails.
    pub fn begin(&self, backend: &str, after: i64, most: usize) -> Result<Vec<Due>, SpoolError> {
        let connection = self.connection.lock();
        let mut statement = connection.prepare_cached(
            "SELECT record.id, record.row, due.attempted FROM due JOIN record ON record.id = due.record
             WHERE due.backend = ?1 AND due.record > ?2 ORDER BY due.record LIMIT ?3",
        )?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let found = statement.query_map(params![backend, after, most], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?))
        })?;
        let mut due = Vec::new();
        for found in found {
            let (id, text, is_attempted) = found?;
            due.push(Due { id, row: serde_json::from_str(&text)?, is_attempted });
        }
        if let (Some(first), Some(last)) = (due.first(), due.last()) {
            let mut statement = connection.prepare_cached(
                "UPDATE due SET attempted = 1 WHERE backend = ?1 AND record BETWEEN ?2 AND ?3 AND attempted = 0",
            )?;
            statement.execute(params![backend, first.id, last.id])?;
        }
        Ok(due)
    }

    /// Notes that a backend has these records.
    ///
    /// # Errors
    /// Where the file fails.
    pub fn done(&self, backend: &str, ids: &[i64]) -> Result<(), SpoolError> {
        let mut connection = self.connection.lock();
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
        Ok(transaction.commit()?)
    }

    /// How many records a backend is still to get.
    pub fn count(&self, backend: &str) -> usize {
        let connection = self.connection.lock();
        let count =
            connection.query_row("SELECT COUNT(*) FROM due WHERE backend = ?1", [backend], |row| row.get::<_, i64>(0));
        count.ok().and_then(|count| usize::try_from(count).ok()).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_waits_until_every_backend_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cdr/spool.sqlite3");
        let row = |number: u64| Row { sequence: number, ..Row::default() };
        let spool = Spool::open(&path, true).unwrap();
        for number in 1..=3 {
            spool.put(row(number), &["csv".to_owned(), "pgsql".to_owned()]).unwrap();
        }
        let due = spool.begin("csv", 0, 2).unwrap();
        assert_eq!(
            due.iter().map(|due| (due.row.sequence, due.is_attempted)).collect::<Vec<_>>(),
            [(1, false), (2, false)]
        );
        spool.done("csv", &[due[0].id]).unwrap();
        drop(spool);
        let spool = Spool::open(&path, false).unwrap();
        let due = spool.begin("csv", 0, 9).unwrap();
        assert_eq!(
            due.iter().map(|due| (due.row.sequence, due.is_attempted)).collect::<Vec<_>>(),
            [(2, true), (3, false)]
        );
        assert_eq!((spool.count("csv"), spool.count("pgsql")), (2, 3));
        let ids: Vec<i64> = spool.begin("pgsql", 0, 9).unwrap().iter().map(|due| due.id).collect();
        spool.done("pgsql", &ids).unwrap();
        spool.done("csv", &ids).unwrap();
        let left: i64 = spool.connection.lock().query_row("SELECT COUNT(*) FROM record", [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0);
    }
}
