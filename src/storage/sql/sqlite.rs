//! SQLite in a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};

use super::{Rows, SqlError};

/// So long a statement waits for another program that has the file locked.
const PATIENCE: Duration = Duration::from_secs(5);

/// A file, opened when it is needed.
#[derive(Clone, Debug)]
pub(super) struct File {
    path: PathBuf,
    open: Arc<Mutex<Option<Connection>>>,
}

impl From<rusqlite::Error> for SqlError {
    fn from(error: rusqlite::Error) -> Self {
        let is_away = matches!(
            error.sqlite_error_code(),
            Some(
                ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::DiskFull
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::CannotOpen
                    | ErrorCode::ReadOnly
            )
        );
        if is_away { Self::Unavailable(error.to_string()) } else { Self::Refused(error.to_string()) }
    }
}

impl File {
    pub fn new(path: PathBuf) -> Self {
        Self { path, open: Arc::default() }
    }

    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, SqlError> + Send + 'static,
    ) -> Result<T, SqlError> {
        let Self { path, open } = self.clone();
        let done = tokio::task::spawn_blocking(move || {
            let mut open = open.lock();
            if open.is_none() {
                if let Some(folder) = path.parent() {
                    // If that fails, so does the file, which tells why.
                    let _ = std::fs::create_dir_all(folder);
                }
                let connection = Connection::open(&path)?;
                connection.busy_timeout(PATIENCE)?;
                *open = Some(connection);
            }
            match open.as_mut() {
                Some(connection) => work(connection),
                None => Err(SqlError::Unavailable("not open".to_owned())),
            }
        });
        done.await.unwrap_or_else(|error| Err(SqlError::Unavailable(error.to_string())))
    }

    pub async fn execute(&self, statements: Vec<String>) -> Result<u64, SqlError> {
        self.with(move |connection| {
            let transaction = connection.transaction()?;
            let mut changed = 0;
            for statement in statements {
                transaction.execute_batch(&statement)?;
                changed = transaction.changes();
            }
            transaction.commit()?;
            Ok(changed)
        })
        .await
    }

    pub async fn query(&self, statement: String) -> Result<Rows, SqlError> {
        self.with(move |connection| {
            let mut statement = connection.prepare(&statement)?;
            let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let width = columns.len();
            let mut found = Rows { columns, rows: Vec::new() };
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let values = (0..width).map(|column| Ok(text(row.get_ref(column)?)));
                found.rows.push(values.collect::<Result<_, rusqlite::Error>>()?);
            }
            Ok(found)
        })
        .await
    }
}

fn text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
    }
}
