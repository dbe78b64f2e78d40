//! Channel events in databases: `cel_sqlite3_custom.conf`, `cel_pgsql.conf`, `cel_odbc.conf`.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::conf::{Config, Directories};
use crate::storage::cdr::conf::{login, split};
use crate::storage::sql::{Source, Sql, SqlError};

/// A table that takes events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CelTable {
    source: Source,
    table: String,
    columns: Columns,
}

/// Which columns get what.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Columns {
    /// Those of the table that are named as the event's fields; the names of the file go before.
    Found { aliases: Vec<(String, String)>, fixed: Vec<(String, String)> },
    /// Columns and texts of the admin's own; the table is made if it is not there.
    Given(Vec<(String, String)>),
}

/// The columns by Asterisk's names, and the event's fields.
const COLUMNS: [(&str, &str); 20] = [
    ("eventtype", "EventName"),
    ("eventtime", "EventTime"),
    ("cid_name", "CallerIDname"),
    ("cid_num", "CallerIDnum"),
    ("cid_ani", "CallerIDani"),
    ("cid_rdnis", "CallerIDrdnis"),
    ("cid_dnid", "CallerIDdnid"),
    ("exten", "Exten"),
    ("context", "Context"),
    ("channame", "Channel"),
    ("appname", "Application"),
    ("appdata", "AppData"),
    ("amaflags", "AMAFlags"),
    ("accountcode", "AccountCode"),
    ("uniqueid", "UniqueID"),
    ("linkedid", "LinkedID"),
    ("userfield", "UserField"),
    ("peer", "Peer"),
    ("peeraccount", "PeerAccount"),
    ("extra", "Extra"),
];

/// The files that name tables.
#[derive(Default)]
pub struct Files {
    pub sqlite: Option<Config>,
    pub pgsql: Option<Config>,
    pub odbc: Option<Config>,
}

/// Reads the tables. `own_names` gives a text of Asterisk's with the names that events have here.
pub fn read(
    files: &Files,
    connections: &BTreeMap<String, Source>,
    directories: &Directories,
    own_names: impl Fn(&str) -> String,
) -> Vec<CelTable> {
    let mut tables = Vec::new();
    for section in files.sqlite.iter().flat_map(|config| &config.sections) {
        let (Some(columns), Some(values)) = (section.get("columns"), section.get("values")) else { continue };
        let bare = |text: String| text.trim().trim_matches('\'').to_owned();
        let columns = split(columns).into_iter().map(bare);
        let values = split(values).into_iter().map(|value| own_names(&bare(value)));
        tables.push(CelTable {
            source: Source::Sqlite(directories.log.join(format!("{}.db", section.name))),
            table: section.get("table").unwrap_or("cel").to_owned(),
            columns: Columns::Given(columns.zip(values).collect()),
        });
    }
    if let Some(global) = files.pgsql.as_ref().and_then(|config| config.section("global")) {
        let table = global.get("table").unwrap_or("cel").to_owned();
        let columns = Columns::Found { aliases: Vec::new(), fixed: Vec::new() };
        tables.push(CelTable { source: Source::Postgres(login(global)), table, columns });
    }
    for section in files.odbc.iter().flat_map(|config| &config.sections) {
        let Some(connection) = section.get("connection") else { continue };
        let Some(source) = connections.get(connection) else {
            tracing::warn!("cel_odbc.conf: res_odbc.conf has no connection {connection}");
            continue;
        };
        let (mut aliases, mut fixed) = (Vec::new(), Vec::new());
        for entry in &section.entries {
            let value = entry.value.trim().to_owned();
            if let Some(field) = entry.key.strip_prefix("alias ") {
                aliases.push((field.trim().to_ascii_lowercase(), value));
            } else if let Some(text) = entry.key.strip_prefix("static ") {
                fixed.push((value, text.trim().trim_matches('"').to_owned()));
            }
        }
        let table = section.get("table").unwrap_or("cel").to_owned();
        tables.push(CelTable { source: source.clone(), table, columns: Columns::Found { aliases, fixed } });
    }
    tables
}

/// The columns of an event, and their values.
pub type Values = Vec<(String, String)>;

impl CelTable {
    /// What an event has for this table. `expand` substitutes the fields of the event in a text.
    pub fn values(&self, fields: &[(&'static str, String)], mut expand: impl FnMut(&str) -> String) -> Values {
        match &self.columns {
            Columns::Given(columns) => columns.iter().map(|(column, text)| (column.clone(), expand(text))).collect(),
            Columns::Found { aliases, fixed } => {
                let column = |known: &str| {
                    let alias = aliases.iter().find(|(field, _)| field == known);
                    alias.map_or(known, |(_, column)| column.as_str()).to_owned()
                };
                let value =
                    |field: &str| fields.iter().find(|(name, _)| *name == field).map(|(_, value)| value.clone());
                let own = COLUMNS.iter().filter_map(|(known, field)| Some((column(known), value(field)?)));
                own.chain(fixed.iter().cloned()).collect()
            }
        }
    }
}

/// So many events wait for a database that is away; later ones are lost.
const WAITING: usize = 10_000;

/// So long until a database that is away is tried again.
const PAUSE: Duration = Duration::from_secs(5);

/// Writes events to their tables, each in its own task.
#[derive(Default)]
pub struct Writers {
    open: Vec<(CelTable, mpsc::Sender<Values>)>,
}

impl Writers {
    /// Takes an event for a table.
    pub fn write(&mut self, table: &CelTable, values: Values) {
        let known = self.open.iter().find(|(known, _)| known == table).map(|(_, sender)| sender.clone());
        let sender = known.unwrap_or_else(|| {
            let (sender, events) = mpsc::channel(WAITING);
            tokio::spawn(deliver(table.clone(), events));
            self.open.push((table.clone(), sender.clone()));
            sender
        });
        if sender.try_send(values).is_err() {
            tracing::warn!("CEL: table {} does not keep up: a channel event is lost", table.table);
        }
    }
}

async fn deliver(table: CelTable, mut events: mpsc::Receiver<Values>) {
    let database = Sql::new(table.source.clone());
    let mut columns: Option<Vec<String>> = None;
    let mut is_away = false;
    while let Some(values) = events.recv().await {
        loop {
            match insert(&database, &table, &mut columns, &values).await {
                Ok(()) => {
                    if std::mem::take(&mut is_away) {
                        tracing::info!("CEL: the database of table {} is back", table.table);
                    }
                    break;
                }
                Err(SqlError::Refused(error)) => {
                    tracing::warn!("CEL: table {}: a channel event is lost: {error}", table.table);
                    break;
                }
                Err(SqlError::Unavailable(error)) => {
                    if !std::mem::replace(&mut is_away, true) {
                        tracing::warn!("CEL: the database of table {} is away: {error}", table.table);
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

async fn insert(
    database: &Sql,
    table: &CelTable,
    columns: &mut Option<Vec<String>>,
    values: &Values,
) -> Result<(), SqlError> {
    let known = match columns {
        Some(known) => known,
        None => {
            if let Columns::Given(given) = &table.columns {
                let made: Vec<String> =
                    given.iter().map(|(column, _)| format!("{} TEXT", database.name(column))).collect();
                let made = made.join(", ");
                let name = database.name(&table.table);
                let statement = format!("CREATE TABLE IF NOT EXISTS {name} (AcctId INTEGER PRIMARY KEY, {made})");
                database.execute(&[statement]).await?;
            }
            let found = database.columns(&table.table).await?;
            columns.insert(found.into_iter().map(|column| column.name.to_ascii_lowercase()).collect())
        }
    };
    let wanted = values.iter().filter(|(column, _)| known.contains(&column.to_ascii_lowercase()));
    let row: Vec<(&str, String)> = wanted.map(|(column, value)| (column.as_str(), database.quote(value))).collect();
    if row.is_empty() {
        return Err(SqlError::Refused("it has no column of an event".to_owned()));
    }
    database.execute(&[database.insertion(&table.table, &row)]).await.map(drop)
}
