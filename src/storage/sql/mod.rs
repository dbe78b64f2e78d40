//! Databases that speak SQL: SQLite in a file, PostgreSQL and MySQL or MariaDB over the network.
//!
//! Statements are texts and values come back as texts, as the dialplan has them.

pub mod odbc;
#[cfg(feature = "databases")]
mod remote;
mod sqlite;

use std::path::PathBuf;

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    Sqlite(PathBuf),
    Postgres(Login),
    /// MySQL or MariaDB.
    Mysql(Login),
}

impl Source {
    /// Asterisk's name for what talks with it.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "sqlite3",
            Self::Postgres(_) => "pgsql",
            Self::Mysql(_) => "mysql",
        }
    }
}

/// How to reach a server.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Login {
    pub host: Option<String>,
    pub port: Option<u16>,
    /// A Unix socket in place of host and port.
    pub socket: Option<PathBuf>,
    pub user: Option<String>,
    pub password: Option<String>,
    pub database: Option<String>,
    pub charset: Option<String>,
    /// What the server shows of us.
    pub application: Option<String>,
}

impl std::fmt::Debug for Login {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { host, port, socket, user, database, .. } = self;
        out.debug_struct("Login")
            .field("host", host)
            .field("port", port)
            .field("socket", socket)
            .field("user", user)
            .field("database", database)
            .finish_non_exhaustive()
    }
}

/// Why a statement was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    /// The database is away: it may be back later.
    #[error("{0}")]
    Unavailable(String),
    /// The database says no to this statement.
    #[error("{0}")]
    Refused(String),
}

/// What a query gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    pub columns: Vec<String>,
    /// A value is nothing where it is NULL.
    pub rows: Vec<Vec<Option<String>>>,
}

/// A database. Connections are made when they are needed, and again after they broke.
#[derive(Clone, Debug)]
pub struct Sql {
    source: Source,
    connection: Connection,
}

#[derive(Clone, Debug)]
enum Connection {
    Sqlite(sqlite::File),
    #[cfg(feature = "databases")]
    Postgres(sqlx::PgPool),
    #[cfg(feature = "databases")]
    Mysql(sqlx::MySqlPool),
    #[cfg(not(feature = "databases"))]
    Absent,
}

impl Sql {
    /// A database, not yet connected.
    pub fn new(source: Source) -> Self {
        let connection = match &source {
            Source::Sqlite(path) => Connection::Sqlite(sqlite::File::new(path.clone())),
            #[cfg(feature = "databases")]
            Source::Postgres(login) => Connection::Postgres(remote::postgres(login)),
            #[cfg(feature = "databases")]
            Source::Mysql(login) => Connection::Mysql(remote::mysql(login)),
            #[cfg(not(feature = "databases"))]
            _ => Connection::Absent,
        };
        Self { source, connection }
    }

    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Runs statements in one transaction, all or none; gives how many rows the last one changed.
    ///
    /// # Errors
    /// Where the database is away or refuses one of them.
    pub async fn execute(&self, statements: &[String]) -> Result<u64, SqlError> {
        match &self.connection {
            Connection::Sqlite(file) => file.execute(statements.to_vec()).await,
            #[cfg(feature = "databases")]
            Connection::Postgres(pool) => remote::execute_postgres(pool, statements).await,
            #[cfg(feature = "databases")]
            Connection::Mysql(pool) => remote::execute_mysql(pool, statements).await,
            #[cfg(not(feature = "databases"))]
            Connection::Absent => Err(absent()),
        }
    }

    /// Runs a query.
    ///
    /// # Errors
    /// Where the database is away or refuses it.
    pub async fn query(&self, statement: &str) -> Result<Rows, SqlError> {
        match &self.connection {
            Connection::Sqlite(file) => file.query(statement.to_owned()).await,
            #[cfg(feature = "databases")]
            Connection::Postgres(pool) => remote::query_postgres(pool, statement).await,
            #[cfg(feature = "databases")]
            Connection::Mysql(pool) => remote::query_mysql(pool, statement).await,
            #[cfg(not(feature = "databases"))]
            Connection::Absent => Err(absent()),
        }
    }

    /// A text as a literal of this database.
    pub fn quote(&self, text: &str) -> String {
        let text = text.replace('\0', "").replace('\'', "''");
        match self.source {
            Source::Mysql(_) => format!("'{}'", text.replace('\\', "\\\\")),
            Source::Sqlite(_) | Source::Postgres(_) => format!("'{text}'"),
        }
    }

    /// The name of a table or column as this database writes it.
    pub fn name(&self, name: &str) -> String {
        let quote = if matches!(self.source, Source::Mysql(_)) { '`' } else { '"' };
        let parts: Vec<String> = name
            .split('.')
            .map(|part| format!("{quote}{}{quote}", part.replace(quote, &quote.to_string().repeat(2))))
            .collect();
        parts.join(".")
    }

    /// The statement that adds a row: columns by their plain names, with literals of this database.
    pub fn insertion(&self, table: &str, values: &[(&str, String)]) -> String {
        let names: Vec<String> = values.iter().map(|(column, _)| self.name(column)).collect();
        let literals: Vec<&str> = values.iter().map(|(_, literal)| literal.as_str()).collect();
        format!("INSERT INTO {} ({}) VALUES ({})", self.name(table), names.join(","), literals.join(","))
    }

    /// The columns of a table.
    ///
    /// # Errors
    /// Where the database is away, or there is no such table.
    pub async fn columns(&self, table: &str) -> Result<Vec<Column>, SqlError> {
        let (schema, name) = table.rsplit_once('.').map_or((None, table), |(schema, name)| (Some(schema), name));
        let statement = match &self.source {
            Source::Sqlite(_) => format!("SELECT name, type, NULL, NULL FROM pragma_table_info({})", self.quote(name)),
            Source::Postgres(_) | Source::Mysql(_) => {
                let schema = match (schema, &self.source) {
                    (Some(schema), _) => self.quote(schema),
                    (None, Source::Mysql(_)) => "DATABASE()".to_owned(),
                    (None, _) => "ANY (current_schemas(false))".to_owned(),
                };
                format!(
                    "SELECT column_name, data_type, character_maximum_length, datetime_precision \
                     FROM information_schema.columns \
                     WHERE table_name = {} AND table_schema = {schema} ORDER BY ordinal_position",
                    self.quote(name)
                )
            }
        };
        let found = self.query(&statement).await?;
        let columns: Vec<Column> = found.rows.into_iter().filter_map(Column::of).collect();
        match columns.is_empty() {
            true => Err(SqlError::Refused(format!("there is no table {table}"))),
            false => Ok(columns),
        }
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// The type's name, in small letters.
    pub kind: String,
    /// Longer texts do not fit.
    pub length: Option<usize>,
    /// Digits of a time's fraction of a second that fit.
    pub precision: Option<usize>,
}

impl Column {
    fn of(row: Vec<Option<String>>) -> Option<Self> {
        let mut values = row.into_iter();
        let (name, kind) = (values.next()??, values.next()?.unwrap_or_default().to_ascii_lowercase());
        let mut number = || values.next().flatten().and_then(|number| number.parse().ok());
        Some(Self { name, kind, length: number(), precision: number() })
    }

    fn is(&self, kinds: &[&str]) -> bool {
        kinds.iter().any(|kind| self.kind.contains(kind))
    }

    /// Whether it holds numbers.
    pub fn is_number(&self) -> bool {
        self.is(&["int", "serial"]) || self.is_fraction()
    }

    /// Whether it holds numbers with a fraction.
    pub fn is_fraction(&self) -> bool {
        self.is(&["numeric", "decimal", "float", "double", "real"])
    }

    /// Whether it holds dates or times.
    pub fn is_time(&self) -> bool {
        self.is(&["date", "time"])
    }
}

#[cfg(not(feature = "databases"))]
fn absent() -> SqlError {
    SqlError::Refused("this exten was built without PostgreSQL and MySQL".to_owned())
}
