//! Where records go, as the files `cdr_*.conf` and `cel_*.conf` say it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::tz::TimeZone;

use super::custom::{CustomFile, CustomTable};
use super::syslog::{SOCKET, Syslog, priority};
use super::table::Table;
pub use super::table::TablePlace;
use super::{Backend, Record, Template};
use crate::conf::{Config, Section, is_true};
use crate::storage::sql::{Login, Source, Sql};

/// Where records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    File { name: String, path: PathBuf },
    CustomTable { name: String, path: PathBuf, table: String, columns: Vec<String> },
    Table(Box<TablePlace>),
    Syslog { name: String, priority: usize },
}

impl Place {
    /// The backend's name in the spool and in the log.
    pub fn name(&self) -> &str {
        match self {
            Self::File { name, .. } | Self::CustomTable { name, .. } | Self::Syslog { name, .. } => name,
            Self::Table(table) => &table.name,
        }
    }

    /// What takes records there. Inside a runtime only: it connects when it has something to say.
    pub fn backend<R: Record>(&self) -> Arc<dyn Backend<R>> {
        match self.clone() {
            Place::File { name, path } => Arc::new(CustomFile { name, path }),
            Place::CustomTable { name, path, table, columns } => {
                Arc::new(CustomTable { name, sql: Sql::new(Source::Sqlite(path)), table, columns })
            }
            Place::Table(place) => Arc::new(Table::new(*place)),
            Place::Syslog { name, priority } => Arc::new(Syslog { name, priority, socket: SOCKET.into() }),
        }
    }
}

/// Places with texts of the admin's own, and these texts by the place's name.
pub type Custom = (Place, (String, Template));

/// The files of a `[mappings]` section, in `folder`.
pub fn custom_files<'a>(config: Option<&'a Config>, prefix: &'a str, folder: &'a Path) -> impl Iterator<Item = Custom> {
    let mappings = config.into_iter().flat_map(|config| config.all("mappings"));
    mappings.flat_map(|section| &section.entries).map(move |entry| {
        let name = format!("{prefix}/{}", entry.key);
        let place = Place::File { name: name.clone(), path: folder.join(entry.key.as_str()) };
        (place, (name, Template::Line(entry.value.to_string())))
    })
}

/// The lines of a `cdr_syslog.conf`: each section has one, and `[general]` what they have in common.
pub fn syslog(config: Option<&Config>) -> Vec<Custom> {
    let sections = config.into_iter().flat_map(|config| &config.sections);
    let general = config.and_then(|config| config.section("general"));
    let own = sections.filter(|section| !section.name.eq_ignore_ascii_case("general")).filter_map(|section| {
        let template = section.get("template")?.trim().trim_matches('"').to_owned();
        let of = |key: &str, default: &'static str| {
            section.get(key).or_else(|| general.and_then(|general| general.get(key))).unwrap_or(default).to_owned()
        };
        let (facility, severity) = (of("facility", "local4"), of("priority", "info"));
        let Some(priority) = priority(&facility, &severity) else {
            tracing::warn!("cdr_syslog.conf: [{}]: there is no {facility}.{severity}", section.name);
            return None;
        };
        let name = format!("syslog/{}", section.name);
        Some((Place::Syslog { name: name.clone(), priority }, (name, Template::Line(template))))
    });
    own.collect()
}

/// The tables of a `…_sqlite3_custom.conf`, whose sections are named as the files are.
pub fn custom_tables(config: Option<&Config>, name: &str, default_table: &str, folder: &Path) -> Vec<Custom> {
    let unquoted = |text: &str| {
        let text = text.trim();
        let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
        inner.unwrap_or(text).to_owned()
    };
    let mut tables: Vec<Custom> = Vec::new();
    for section in config.into_iter().flat_map(|config| &config.sections) {
        let (Some(columns), Some(values)) = (section.get("columns"), section.get("values")) else { continue };
        let columns: Vec<String> = split(columns).into_iter().map(|column| unquoted(&column)).collect();
        let values: Vec<String> = split(values).into_iter().map(|value| unquoted(&value)).collect();
        if columns.len() != values.len() {
            let (columns, values) = (columns.len(), values.len());
            tracing::warn!("{name}: [{}] has {columns} columns and {values} values: it is left out", section.name);
            continue;
        }
        // The first one keeps the plain name.
        let own = if tables.is_empty() { name.to_owned() } else { format!("{name}/{}", section.name) };
        let place = Place::CustomTable {
            name: own.clone(),
            path: folder.join(format!("{}.db", section.name)),
            table: section.get("table").unwrap_or(default_table).to_owned(),
            columns,
        };
        tables.push((place, (own, Template::Values(values))));
    }
    tables
}

/// The server that a `[global]` section names; `kind` makes a source of its login.
pub fn server(
    name: &str,
    config: Option<&Config>,
    default_table: &str,
    kind: impl Fn(Login) -> Source,
) -> Option<Place> {
    let (config, global) = config.and_then(|config| Some((config, config.section("global")?)))?;
    let mut place = TablePlace::new(name, kind(login(global)), &table_of(global, default_table));
    if let Some(zone) = global.get("timezone").or(global.get("cdrzone")).and_then(|zone| TimeZone::get(zone).ok()) {
        place.zone = zone;
    }
    if global.get("usegmtime").is_some_and(is_true) {
        place.zone = TimeZone::UTC;
    }
    config.all("columns").for_each(|section| place.read_columns(section));
    Some(Place::Table(Box::new(place)))
}

/// The tables of a file whose sections name connections of `res_odbc.conf`.
pub fn of_connections(
    file: &str,
    prefix: &str,
    config: Option<&Config>,
    default_table: &str,
    connections: &BTreeMap<String, Source>,
) -> Vec<Place> {
    let mut places = Vec::new();
    for section in config.into_iter().flat_map(|config| &config.sections) {
        let Some(connection) = section.get("connection") else { continue };
        let Some(source) = connections.get(connection) else {
            tracing::warn!("{file}: res_odbc.conf has no connection {connection}");
            continue;
        };
        let name = format!("{prefix}/{}", section.name);
        let mut place = TablePlace::new(&name, source.clone(), &table_of(section, default_table));
        if section.get("usegmtime").is_some_and(is_true) {
            place.zone = TimeZone::UTC;
        }
        place.read_columns(section);
        places.push(Place::Table(Box::new(place)));
    }
    places
}

/// The table of a `[global]` section whose `dsn` names a connection of `res_odbc.conf` (`cdr_odbc.conf`).
pub fn odbc(config: Option<&Config>, connections: &BTreeMap<String, Source>) -> Option<Place> {
    let global = config?.section("global")?;
    let dsn = global.get("dsn").unwrap_or_default();
    let Some(source) = connections.get(dsn) else {
        tracing::warn!("cdr_odbc.conf: res_odbc.conf has no connection `{dsn}`");
        return None;
    };
    let is = |key: &str| global.get(key).is_some_and(is_true);
    let mut place = TablePlace::new("cdr_odbc", source.clone(), &table_of(global, "cdr"));
    place.numbers.push("amaflags");
    if !is("dispositionstring") {
        place.numbers.push("disposition");
    }
    if !is("loguniqueid") {
        place.omitted.extend(["uniqueid", "userfield"]);
    }
    if !is("newcdrcolumns") {
        place.omitted.extend(["peeraccount", "linkedid", "sequence"]);
    }
    if is("usegmtime") {
        place.zone = TimeZone::UTC;
    }
    Some(Place::Table(Box::new(place)))
}

/// `schema` may stand before the table.
fn table_of(section: &Section, default: &str) -> String {
    let table = section.get("table").filter(|table| !table.is_empty()).unwrap_or(default);
    match section.get("schema").filter(|schema| !schema.is_empty()) {
        Some(schema) => format!("{schema}.{table}"),
        None => table.to_owned(),
    }
}

fn login(section: &Section) -> Login {
    let get = |key: &str| section.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
    Login {
        host: get("hostname"),
        port: get("port").and_then(|port| port.parse().ok()),
        socket: get("sock").map(PathBuf::from),
        user: get("user"),
        password: get("password"),
        database: get("dbname"),
        charset: get("charset"),
        application: get("appname"),
    }
}

/// Splits at commas outside of parentheses, braces and quotes.
fn split(text: &str) -> Vec<String> {
    let (mut parts, mut depth, mut is_quoted) = (vec![String::new()], 0_u32, false);
    for letter in text.chars() {
        match letter {
            '\'' => is_quoted = !is_quoted,
            '(' | '{' | '[' => depth += 1,
            ')' | '}' | ']' => depth = depth.saturating_sub(1),
            ',' if depth == 0 && !is_quoted => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    parts
}
