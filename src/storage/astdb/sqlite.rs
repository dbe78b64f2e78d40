//! The AstDB in a file, with the table that Asterisk has in its own: other programs may read and write it meanwhile.

use std::path::Path;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Database, DatabaseError, whole_key};

/// So long a write waits for another program that has the file locked.
const PATIENCE: Duration = Duration::from_secs(2);

/// A database in an SQLite file.
///
/// What was written outlives the end of the process, also by kill -9. The file is written ahead to a log (`-wal` beside
/// it) without waiting for the disk: if the machine loses its power, the values of the last moments may be the old ones.
pub struct Sqlite {
    connection: Mutex<Connection>,
}

impl Sqlite {
    /// Opens the file, and makes it with its folder where it is missing.
    ///
    /// # Errors
    /// Where the file cannot be made or is no database.
    pub fn open(path: &Path) -> Result<Self, DatabaseError> {
        let failed = |error: &dyn std::fmt::Display| {
            DatabaseError(format!("{}: {error}; astdbdir in asterisk.conf names its folder", path.display()))
        };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        let connection = Self::prepare(path).map_err(|error| failed(&error))?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    fn prepare(path: &Path) -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(PATIENCE)?;
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
        connection.execute_batch(
            "PRAGMA synchronous = NORMAL;
             CREATE TABLE IF NOT EXISTS astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))",
        )?;
        Ok(connection)
    }
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        Self(error.to_string())
    }
}

/// A column as text, whatever another program put there.
fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    let value = row.get_ref(column)?;
    let bytes = value.as_bytes_or_null().ok().flatten();
    Ok(match (bytes, value) {
        (Some(bytes), _) => String::from_utf8_lossy(bytes).into_owned(),
        (None, rusqlite::types::ValueRef::Integer(number)) => number.to_string(),
        (None, rusqlite::types::ValueRef::Real(number)) => number.to_string(),
        (None, _) => String::new(),
    })
}

/// The keys below a prefix: the one that it is itself, and those from the first with a slash behind it up to the first
/// that sorts after them all. The character after `/` is `0`.
struct Below {
    itself: String,
    from: String,
    to: String,
}

impl Below {
    fn new(prefix: &str) -> Self {
        let prefix = prefix.trim_matches('/');
        let itself = format!("/{prefix}");
        if prefix.is_empty() {
            return Self { from: itself.clone(), to: "0".to_owned(), itself };
        }
        Self { from: format!("{itself}/"), to: format!("{itself}0"), itself }
    }
}

impl Database for Sqlite {
    fn get(&self, family: &str, key: &str) -> Result<Option<String>, DatabaseError> {
        let key = whole_key(family, key)?;
        let connection = self.connection.lock();
        let mut statement = connection.prepare_cached("SELECT value FROM astdb WHERE key = ?1")?;
        Ok(statement.query_row([key], |row| text(row, 0)).optional()?)
    }

    fn put(&self, family: &str, key: &str, value: &str) -> Result<(), DatabaseError> {
        let key = whole_key(family, key)?;
        let connection = self.connection.lock();
        let mut statement = connection.prepare_cached("INSERT OR REPLACE INTO astdb (key, value) VALUES (?1, ?2)")?;
        statement.execute(params![key, value])?;
        Ok(())
    }

    fn delete(&self, family: &str, key: &str) -> Result<bool, DatabaseError> {
        let key = whole_key(family, key)?;
        let connection = self.connection.lock();
        let mut statement = connection.prepare_cached("DELETE FROM astdb WHERE key = ?1")?;
        Ok(statement.execute([key])? > 0)
    }

    fn tree(&self, prefix: &str) -> Result<Vec<(String, String)>, DatabaseError> {
        let Below { itself, from, to } = Below::new(prefix);
        let connection = self.connection.lock();
        let mut statement = connection
            .prepare_cached("SELECT key, value FROM astdb WHERE key = ?1 OR (key >= ?2 AND key < ?3) ORDER BY key")?;
        let rows = statement.query_map(params![itself, from, to], |row| Ok((text(row, 0)?, text(row, 1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn query(&self, statement: &str) -> Result<Vec<Vec<(String, String)>>, DatabaseError> {
        let connection = self.connection.lock();
        let mut statement = connection.prepare(statement)?;
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut found = Vec::new();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let values = names.iter().enumerate().map(|(at, name)| Ok((name.clone(), text(row, at)?)));
            found.push(values.collect::<rusqlite::Result<_>>()?);
        }
        Ok(found)
    }

    fn delete_tree(&self, prefix: &str) -> Result<usize, DatabaseError> {
        let Below { itself, from, to } = Below::new(prefix);
        let connection = self.connection.lock();
        let mut statement =
            connection.prepare_cached("DELETE FROM astdb WHERE key = ?1 OR (key >= ?2 AND key < ?3)")?;
        Ok(statement.execute(params![itself, from, to])?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_asterisks_own_and_shared_with_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("astdb.sqlite3");
        let database = Sqlite::open(&path).unwrap();
        database.put("fam", "key", "value").unwrap();
        let script = Connection::open(&path).unwrap();
        let value: String =
            script.query_row("SELECT value FROM astdb WHERE key='/fam/key'", [], |row| row.get(0)).unwrap();
        assert_eq!(value, "value");
        script.execute("INSERT INTO astdb VALUES ('/fam/number', 5)", []).unwrap();
        script.execute("INSERT INTO astdb VALUES ('/fam/bytes', x'ff41')", []).unwrap();
        assert_eq!(database.get("fam", "number").unwrap().as_deref(), Some("5"));
        assert_eq!(database.get("fam", "bytes").unwrap().as_deref(), Some("\u{fffd}A"));
        let rows = database.query("SELECT key, value FROM astdb WHERE value = 5").unwrap();
        assert_eq!(rows, [[("key".to_owned(), "/fam/number".to_owned()), ("value".to_owned(), "5".to_owned())]]);
        assert!(database.query("SELECT nothing").is_err());
    }

    #[test]
    fn what_is_no_database_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("astdb.sqlite3");
        std::fs::write(
            &path,
            "this is text and longer than the header of a database file, which has a hundred bytes, so it can be told",
        )
        .unwrap();
        let error = Sqlite::open(&path).map(drop).unwrap_err().to_string();
        assert!(error.contains("not a database") && error.contains("astdbdir"), "{error}");
    }
}
