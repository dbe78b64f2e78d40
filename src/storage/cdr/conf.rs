//! What the files `cdr*.conf` say.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::Backend;
use super::csv::Csv;
use super::custom::{CUSTOM_TABLE, CustomFile, CustomTable};
use super::delivery::Batch;
use super::table::{DEFAULT_TABLE, Table};
use crate::channel::record::Settings;
use crate::conf::{Config, Directories, Section, is_true};
use crate::storage::sql::{Login, Source, Sql};

/// How call records are made and where they go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallRecords {
    pub settings: Settings,
    /// A record waits for the disk (`fsync` of `cdr.conf`).
    pub fsync: bool,
    pub batch: Option<Batch>,
    /// Manager programs get an event for each, with these fields of the plan added under these names.
    pub manager: Option<Vec<(String, String)>>,
    pub places: Vec<Place>,
    /// Texts of the admin's own, by the backend that writes them.
    pub templates: Vec<(String, Template)>,
}

/// A text to be made of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Template {
    Line(String),
    Values(Vec<String>),
}

/// Where records go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Csv(Csv),
    File { name: String, path: PathBuf },
    CustomTable { path: PathBuf, table: String, columns: Vec<String> },
    Table(Box<TablePlace>),
}

/// A table with columns named as the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePlace {
    pub name: String,
    pub source: Source,
    pub table: String,
    pub aliases: Vec<(String, String)>,
    pub fixed: Vec<(String, String)>,
    pub filters: Vec<(String, String)>,
    pub zone: TimeZone,
    pub is_created: bool,
}

/// The files, read; those that are not there are nothing.
#[derive(Default)]
pub struct Files {
    pub cdr: Option<Config>,
    pub manager: Option<Config>,
    pub custom: Option<Config>,
    pub sqlite: Option<Config>,
    pub pgsql: Option<Config>,
    pub mysql: Option<Config>,
    pub adaptive: Option<Config>,
    /// The connections of `res_odbc.conf`.
    pub connections: BTreeMap<String, Source>,
}

impl CallRecords {
    /// What the files say. Without any, records go to `cdr-csv/Master.csv` and to the SQLite file `master.db`, both in
    /// the folder of logs.
    pub fn read(files: &Files, directories: &Directories) -> Self {
        let general = files.cdr.as_ref().and_then(|config| config.section("general"));
        let yes = |key: &str, default: bool| general.and_then(|section| section.get(key)).map_or(default, is_true);
        let number = |key: &str, default: u64, most: u64| {
            let given = general.and_then(|section| section.get(key)).and_then(|number| number.parse().ok());
            given.unwrap_or(default).clamp(1, most)
        };
        let settings = Settings {
            is_enabled: yes("enable", true),
            tells_unanswered: yes("unanswered", false),
            tells_congestion: yes("congestion", false),
            ends_before_h: yes("endbeforehexten", true),
            rounds_up: yes("initiatedseconds", false),
            is_default: yes("channeldefaultenabled", true),
        };
        let batch = yes("batch", false).then(|| Batch {
            size: usize::try_from(number("size", 100, 1000)).unwrap_or(100),
            time: Duration::from_secs(number("time", 300, 86_400)),
        });
        let mut records = Self { settings, fsync: yes("fsync", false), batch, ..Self::default() };
        records.manager = manager(files.manager.as_ref());
        records.add_csv(files.cdr.as_ref(), directories);
        records.add_custom_files(files.custom.as_ref(), directories);
        match &files.sqlite {
            Some(config) => records.add_custom_table(config, directories),
            None => records.places.push(Place::Table(Box::new(TablePlace {
                is_created: true,
                ..place("sqlite", Source::Sqlite(directories.log.join("master.db")), "cdr")
            }))),
        }
        records.add_server("pgsql", files.pgsql.as_ref());
        records.add_server("mysql", files.mysql.as_ref());
        records.add_adaptive(files.adaptive.as_ref(), &files.connections);
        records
    }

    fn add_csv(&mut self, cdr: Option<&Config>, directories: &Directories) {
        let section = cdr.and_then(|config| config.section("csv"));
        // Where the admin says nothing, everything is told.
        let yes = |key: &str, default: bool| {
            section.map_or(default, |section| section.get(key).map_or(key == "accountlogs", is_true))
        };
        self.places.push(Place::Csv(Csv {
            folder: directories.log.join("cdr-csv"),
            zone: if yes("usegmtime", false) { TimeZone::UTC } else { TimeZone::system() },
            has_unique_id: yes("loguniqueid", true),
            has_user_field: yes("loguserfield", true),
            has_new_columns: yes("newcdrcolumns", false),
            has_accounts: yes("accountlogs", true),
        }));
    }

    fn add_custom_files(&mut self, custom: Option<&Config>, directories: &Directories) {
        let mappings = custom.into_iter().flat_map(|config| config.all("mappings"));
        for entry in mappings.flat_map(|section| &section.entries) {
            let name = format!("custom/{}", entry.key);
            let path = directories.log.join("cdr-custom").join(entry.key.as_str());
            self.places.push(Place::File { name: name.clone(), path });
            self.templates.push((name, Template::Line(entry.value.to_string())));
        }
    }

    fn add_custom_table(&mut self, config: &Config, directories: &Directories) {
        // The section is the name of the file.
        for section in &config.sections {
            let (Some(columns), Some(values)) = (section.get("columns"), section.get("values")) else { continue };
            let unquoted = |text: &str| {
                let text = text.trim();
                let inner = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
                inner.unwrap_or(text).to_owned()
            };
            let columns: Vec<String> = split(columns).into_iter().map(|column| unquoted(&column)).collect();
            let values: Vec<String> = split(values).into_iter().map(|value| unquoted(&value)).collect();
            self.places.push(Place::CustomTable {
                path: directories.log.join(format!("{}.db", section.name)),
                table: section.get("table").unwrap_or("cdr").to_owned(),
                columns,
            });
            self.templates.push((CUSTOM_TABLE.to_owned(), Template::Values(values)));
            // As in Asterisk, there is one.
            break;
        }
    }

    fn add_server(&mut self, kind: &str, config: Option<&Config>) {
        let Some((config, global)) = config.and_then(|config| Some((config, config.section("global")?))) else {
            return;
        };
        let login = login(global);
        let table = global.get("table").unwrap_or("cdr");
        let source = if kind == "mysql" { Source::Mysql(login) } else { Source::Postgres(login) };
        let mut place = place(kind, source, table);
        if let Some(zone) = global.get("timezone").or(global.get("cdrzone")).and_then(|zone| TimeZone::get(zone).ok()) {
            place.zone = zone;
        }
        for section in config.all("columns") {
            for entry in &section.entries {
                let value = entry.value.trim().to_owned();
                if let Some(field) = entry.key.strip_prefix("alias ") {
                    place.aliases.push((field.trim().to_owned(), value));
                } else if let Some(text) = entry.key.strip_prefix("static ") {
                    place.fixed.push((text.trim().trim_matches('"').to_owned(), value));
                }
            }
        }
        self.places.push(Place::Table(Box::new(place)));
    }

    fn add_adaptive(&mut self, config: Option<&Config>, connections: &BTreeMap<String, Source>) {
        for section in config.into_iter().flat_map(|config| &config.sections) {
            let Some(connection) = section.get("connection") else { continue };
            let Some(source) = connections.get(connection) else {
                tracing::warn!("cdr_adaptive_odbc.conf: res_odbc.conf has no connection {connection}");
                continue;
            };
            let table = section.get("table").unwrap_or("cdr");
            let mut place = place(&format!("odbc/{}", section.name), source.clone(), table);
            if section.get("usegmtime").is_some_and(is_true) {
                place.zone = TimeZone::UTC;
            }
            for entry in &section.entries {
                let value = entry.value.trim().to_owned();
                if let Some(field) = entry.key.strip_prefix("alias ") {
                    place.aliases.push((field.trim().to_owned(), value));
                } else if let Some(text) = entry.key.strip_prefix("static ") {
                    place.fixed.push((text.trim().trim_matches('"').to_owned(), value));
                } else if let Some(field) = entry.key.strip_prefix("filter ") {
                    place.filters.push((field.trim().to_owned(), value));
                }
            }
            self.places.push(Place::Table(Box::new(place)));
        }
    }

    /// The backends. Inside a runtime only: they connect when they have something to say.
    pub fn backends(&self) -> Vec<Arc<dyn Backend>> {
        self.places.iter().map(Place::backend).collect()
    }
}

impl Place {
    fn backend(&self) -> Arc<dyn Backend> {
        match self.clone() {
            Place::Csv(csv) => Arc::new(csv),
            Place::File { name, path } => Arc::new(CustomFile { name, path }),
            Place::CustomTable { path, table, columns } => {
                Arc::new(CustomTable { sql: Sql::new(Source::Sqlite(path)), table, columns })
            }
            Place::Table(place) => {
                let TablePlace { name, source, table, aliases, fixed, filters, zone, is_created } = *place;
                let create = is_created.then_some(DEFAULT_TABLE);
                let mut table = Table::new(&name, Sql::new(source), &table);
                (table.aliases, table.fixed, table.filters) = (aliases, fixed, filters);
                (table.zone, table.create) = (zone, create);
                Arc::new(table)
            }
        }
    }
}

fn place(name: &str, source: Source, table: &str) -> TablePlace {
    TablePlace {
        name: name.to_owned(),
        source,
        table: table.to_owned(),
        aliases: Vec::new(),
        fixed: Vec::new(),
        filters: Vec::new(),
        zone: TimeZone::system(),
        is_created: false,
    }
}

pub fn login(section: &Section) -> Login {
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

/// Without the file programs get the event; with it, if it says so.
fn manager(config: Option<&Config>) -> Option<Vec<(String, String)>> {
    let Some(config) = config else { return Some(Vec::new()) };
    let is_enabled = config.section("general").and_then(|section| section.get("enabled")).is_some_and(is_true);
    let mappings = config.all("mappings").flat_map(|section| &section.entries);
    is_enabled.then(|| mappings.map(|entry| (entry.key.to_string(), entry.value.to_string())).collect())
}

/// Splits at commas outside of parentheses, braces and quotes.
pub fn split(text: &str) -> Vec<String> {
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
