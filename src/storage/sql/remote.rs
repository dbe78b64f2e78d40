//! PostgreSQL and MySQL or MariaDB. Statements go as texts, so that values come back as texts of any type.

use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlPoolOptions, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgSslMode};
use sqlx::{AssertSqlSafe, Column as _, Executor as _, MySqlPool, PgPool, Row as _};

use super::{Login, Rows, SqlError};

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections to one database at a time.
const MOST: u32 = 8;

/// What both servers are told of a login.
macro_rules! addressed {
    ($options:expr, $login:expr, $port:literal) => {{
        let (login, mut options) = ($login, $options);
        options = options.host(login.host.as_deref().unwrap_or("localhost")).port(login.port.unwrap_or($port));
        if let Some(socket) = &login.socket {
            options = options.socket(socket);
        }
        if let Some(user) = &login.user {
            options = options.username(user);
        }
        if let Some(password) = &login.password {
            options = options.password(password);
        }
        if let Some(database) = &login.database {
            options = options.database(database);
        }
        options
    }};
}

pub(super) fn postgres(login: &Login) -> PgPool {
    let options = PgConnectOptions::new_without_pgpass().ssl_mode(PgSslMode::Disable);
    let options = addressed!(options, login, 5432).application_name(login.application.as_deref().unwrap_or("exten"));
    PgPoolOptions::new().max_connections(MOST).acquire_timeout(PATIENCE).connect_lazy_with(options)
}

pub(super) fn mysql(login: &Login) -> MySqlPool {
    let options = MySqlConnectOptions::new().ssl_mode(MySqlSslMode::Disabled);
    let options = addressed!(options, login, 3306).charset(login.charset.as_deref().unwrap_or("utf8mb4"));
    // The server's own zone, as Asterisk's records expect, and its own rules.
    let options = options.timezone(None).pipes_as_concat(false).no_engine_substitution(false);
    MySqlPoolOptions::new().max_connections(MOST).acquire_timeout(PATIENCE).connect_lazy_with(options)
}

/// Errors that say that the server goes, comes, or has no room.
const AWAY: &[&str] = &["08", "53", "57"];

impl From<sqlx::Error> for SqlError {
    fn from(error: sqlx::Error) -> Self {
        let is_refused = error
            .as_database_error()
            .is_some_and(|error| !error.code().is_some_and(|code| AWAY.iter().any(|away| code.starts_with(away))));
        if is_refused { Self::Refused(error.to_string()) } else { Self::Unavailable(error.to_string()) }
    }
}

macro_rules! statements {
    ($execute:ident, $query:ident, $pool:ty) => {
        pub(super) async fn $execute(pool: &$pool, statements: &[String]) -> Result<u64, SqlError> {
            let mut transaction = pool.begin().await?;
            let mut changed = 0;
            for statement in statements {
                let done = transaction.execute(sqlx::raw_sql(AssertSqlSafe(statement.clone()))).await?;
                changed = done.rows_affected();
            }
            transaction.commit().await?;
            Ok(changed)
        }

        pub(super) async fn $query(pool: &$pool, statement: &str) -> Result<Rows, SqlError> {
            let rows = pool.fetch_all(sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))).await?;
            let mut found = Rows::default();
            if let Some(first) = rows.first() {
                found.columns = first.columns().iter().map(|column| column.name().to_owned()).collect();
            }
            for row in &rows {
                let values = (0..row.len()).map(|column| row.try_get_unchecked::<Option<String>, _>(column));
                found.rows.push(values.collect::<Result<_, sqlx::Error>>()?);
            }
            Ok(found)
        }
    };
}

statements!(execute_postgres, query_postgres, PgPool);
statements!(execute_mysql, query_mysql, MySqlPool);
