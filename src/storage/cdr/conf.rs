//! What the files `cdr*.conf` say.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::csv::Csv;
use super::{DEFAULT_TABLE, Row};
use crate::channel::record::Settings;
use crate::conf::{Config, Directories, is_true};
use crate::storage::records::places::{self, Custom, Place, TablePlace};
use crate::storage::records::{Backend, Batch, Template};
use crate::storage::sql::Source;

/// How call records are made and where they go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallRecords {
    pub settings: Settings,
    /// A record waits for the disk (`fsync` of `cdr.conf`).
    pub fsync: bool,
    pub batch: Option<Batch>,
    /// Manager programs get an event for each, with these fields of the plan added under these names.
    pub manager: Option<Vec<(String, String)>>,
    /// `Master.csv`.
    pub csv: Option<Csv>,
    pub places: Vec<Place>,
    /// Texts of the admin's own, by the backend that writes them.
    pub templates: Vec<(String, Template)>,
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
    pub odbc: Option<Config>,
    pub syslog: Option<Config>,
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
            is_batched: yes("batch", false),
            backends: Vec::new(),
        };
        let batch = yes("batch", false).then(|| Batch {
            size: usize::try_from(number("size", 100, 1000)).unwrap_or(100),
            time: Duration::from_secs(number("time", 300, 86_400)),
        });
        let mut records = Self { settings, fsync: yes("fsync", false), batch, ..Self::default() };
        records.manager = manager(files.manager.as_ref());
        records.csv = Some(csv(files.cdr.as_ref(), directories));
        let log = &directories.log;
        records.add_custom(places::custom_files(files.custom.as_ref(), "custom", &log.join("cdr-custom")));
        records.add_custom(places::syslog(files.syslog.as_ref()));
        match &files.sqlite {
            Some(config) => records.add_custom(places::custom_tables(Some(config), "sqlite3_custom", "cdr", log)),
            None => records.places.push(Place::Table(Box::new(TablePlace {
                create: Some(DEFAULT_TABLE),
                ..TablePlace::new("sqlite", Source::Sqlite(log.join("master.db")), "cdr")
            }))),
        }
        records.places.extend(places::server("pgsql", files.pgsql.as_ref(), "cdr", Source::Postgres));
        records.places.extend(places::server("mysql", files.mysql.as_ref(), "cdr", Source::Mysql));
        records.places.extend(places::odbc(files.odbc.as_ref(), &files.connections));
        let (adaptive, connections) = (files.adaptive.as_ref(), &files.connections);
        let file = "cdr_adaptive_odbc.conf";
        records.places.extend(places::of_connections(file, "odbc", adaptive, "cdr", connections));
        records.settings.backends = records.backend_names();
        records
    }

    /// In the order in which they are read.
    fn backend_names(&self) -> Vec<String> {
        let manager = self.manager.iter().map(|_| "cdr_manager");
        let csv = self.csv.iter().map(|_| "csv");
        let named = csv.chain(manager).chain(self.places.iter().map(Place::name));
        named.map(str::to_owned).collect()
    }

    fn add_custom(&mut self, customs: impl IntoIterator<Item = Custom>) {
        for (place, template) in customs {
            self.places.push(place);
            self.templates.push(template);
        }
    }

    /// The backends. Inside a runtime only: they connect when they have something to say.
    pub fn backends(&self) -> Vec<Arc<dyn Backend<Row>>> {
        let csv = self.csv.iter().map(|csv| Arc::new(csv.clone()) as Arc<dyn Backend<Row>>);
        csv.chain(self.places.iter().map(Place::backend)).collect()
    }
}

fn csv(cdr: Option<&Config>, directories: &Directories) -> Csv {
    let section = cdr.and_then(|config| config.section("csv"));
    // Where the admin says nothing, everything is told.
    let yes = |key: &str, default: bool| {
        section.map_or(default, |section| section.get(key).map_or(key == "accountlogs", is_true))
    };
    Csv {
        folder: directories.log.join("cdr-csv"),
        zone: if yes("usegmtime", false) { TimeZone::UTC } else { TimeZone::system() },
        has_unique_id: yes("loguniqueid", true),
        has_user_field: yes("loguserfield", true),
        has_new_columns: yes("newcdrcolumns", false),
        has_accounts: yes("accountlogs", true),
    }
}

/// Without the file programs get the event; with it, if it says so.
fn manager(config: Option<&Config>) -> Option<Vec<(String, String)>> {
    let Some(config) = config else { return Some(Vec::new()) };
    let is_enabled = config.section("general").and_then(|section| section.get("enabled")).is_some_and(is_true);
    let mappings = config.all("mappings").flat_map(|section| &section.entries);
    is_enabled.then(|| mappings.map(|entry| (entry.key.to_string(), entry.value.to_string())).collect())
}
