//! Channel event logging: what happens to channels, a line each, as `cel.conf` wants it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::mpsc;

use super::cel_tables::{self, CelTable, Writers};
use crate::channel::{Channel, Happening, Observer, Phase, State};
use crate::conf::{Config, Directories, is_true};
use crate::interpreter::{Context, Exchange};
use crate::storage::cdr::{ama_word, lines};
use crate::storage::sql::Source;

/// What `cel.conf` and `cel_custom.conf` say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CelConf {
    is_enabled: bool,
    /// Applications whose begin and end are told, in small letters.
    applications: BTreeSet<String>,
    /// The events that are told.
    events: BTreeSet<String>,
    /// As `strftime` has it; seconds and microseconds without one.
    date_format: Option<String>,
    /// Manager programs hear of them.
    tells_manager: bool,
    /// Files, and what a line of each is made of.
    files: Vec<(PathBuf, String)>,
    /// Tables of databases.
    tables: Vec<CelTable>,
}

/// The events by Asterisk's names.
const EVENTS: &[&str] = &[
    "CHAN_START",
    "CHAN_END",
    "HANGUP",
    "ANSWER",
    "APP_START",
    "APP_END",
    "BRIDGE_ENTER",
    "BRIDGE_EXIT",
    "PARK_START",
    "PARK_END",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
    "PICKUP",
    "FORWARD",
    "LINKEDID_END",
    "USER_DEFINED",
    "LOCAL_OPTIMIZE",
];

impl CelConf {
    /// What the files say. Without `enable = yes` in `cel.conf` nothing is logged.
    pub fn read(cel: Option<&Config>, custom: Option<&Config>, directories: &Directories) -> Self {
        let Some(cel) = cel else { return Self::default() };
        let get = |section: &str, key: &str| cel.section(section).and_then(|section| section.get(key)).unwrap_or("");
        let words = |text: &str| -> Vec<String> {
            text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
        };
        let mut events: BTreeSet<String> =
            words(get("general", "events")).iter().map(|word| word.to_uppercase()).collect();
        if events.remove("ALL") {
            events.extend(EVENTS.iter().map(|event| (*event).to_owned()));
        }
        let mappings = custom.into_iter().flat_map(|config| config.all("mappings"));
        let files = mappings.flat_map(|section| &section.entries).map(|entry| {
            let path = directories.log.join("cel-custom").join(entry.key.as_str());
            (path, own_names(&entry.value))
        });
        Self {
            is_enabled: is_true(get("general", "enable")),
            applications: words(get("general", "apps")).iter().map(|word| word.to_lowercase()).collect(),
            events,
            date_format: Some(get("general", "dateformat").to_owned()).filter(|format| !format.is_empty()),
            tells_manager: is_true(get("manager", "enabled")),
            files: files.collect(),
            tables: Vec::new(),
        }
    }

    /// The same with the tables of databases.
    #[must_use]
    pub fn with_tables(
        mut self,
        files: &cel_tables::Files,
        connections: &BTreeMap<String, Source>,
        directories: &Directories,
    ) -> Self {
        self.tables = cel_tables::read(files, connections, directories, own_names);
        self
    }

    fn wants(&self, event: &str) -> bool {
        self.is_enabled && self.events.contains(event)
    }
}

/// The functions of a channel that is gone, as the variables that stand for them.
const NAMES: &[(&str, &str)] = &[
    ("${CALLERID(name)}", "${CallerIDname}"),
    ("${CALLERID(num)}", "${CallerIDnum}"),
    ("${CALLERID(ANI)}", "${CallerIDani}"),
    ("${CALLERID(RDNIS)}", "${CallerIDrdnis}"),
    ("${CALLERID(DNID)}", "${CallerIDdnid}"),
    ("${CHANNEL(exten)}", "${Exten}"),
    ("${CHANNEL(context)}", "${Context}"),
    ("${CHANNEL(channame)}", "${Channel}"),
    ("${CHANNEL(appname)}", "${Application}"),
    ("${CHANNEL(appdata)}", "${AppData}"),
    ("${CHANNEL(amaflags)}", "${AMAFlags}"),
    ("${CHANNEL(accountcode)}", "${AccountCode}"),
    ("${CHANNEL(uniqueid)}", "${UniqueID}"),
    ("${CHANNEL(linkedid)}", "${LinkedID}"),
    ("${CHANNEL(peer)}", "${Peer}"),
    ("${CHANNEL(userfield)}", "${UserField}"),
    ("${BRIDGEPEER}", "${Peer}"),
    ("${eventtype}", "${EventName}"),
    ("${eventtime}", "${EventTime}"),
    ("${eventextra}", "${Extra}"),
];

fn own_names(line: &str) -> String {
    NAMES.iter().fold(line.to_owned(), |line, (theirs, ours)| line.replace(theirs, ours))
}

/// So long the state of a channel that somebody else holds is waited for. Who holds it only computes.
const PATIENCE: std::time::Duration = std::time::Duration::from_millis(50);

/// The fields of one event, by the manager's names, in order.
type Fields = Vec<(&'static str, String)>;

/// Writes what happens to channels.
pub struct EventLog {
    exchange: Weak<Exchange>,
    conf: ArcSwap<CelConf>,
    /// The application that each channel runs, where its begin was told: its name and arguments.
    running: Mutex<HashMap<String, (String, String)>>,
    /// How many channels each call has.
    calls: Mutex<BTreeMap<Arc<str>, usize>>,
    out: mpsc::UnboundedSender<Fields>,
}

impl EventLog {
    /// Begins to log.
    pub fn start(exchange: &Arc<Exchange>, conf: CelConf) -> Arc<Self> {
        let (out, events) = mpsc::unbounded_channel();
        let log = Arc::new(Self {
            exchange: Arc::downgrade(exchange),
            conf: ArcSwap::from_pointee(conf),
            running: Mutex::default(),
            calls: Mutex::default(),
            out,
        });
        exchange.channels.add_observer(log.clone());
        tokio::spawn(write(Arc::downgrade(&log), events));
        log
    }

    /// Takes over what the files say now.
    pub fn set(&self, conf: CelConf) {
        self.conf.store(Arc::new(conf));
    }

    fn tell(&self, event: &'static str, channel: &Channel, state: &State, peer: &str, extra: &str) {
        let conf = self.conf.load();
        let Some(exchange) = self.exchange.upgrade().filter(|_| conf.wants(event)) else { return };
        let name = if event == "USER_DEFINED" { peer } else { event };
        let peer = if event == "USER_DEFINED" { "" } else { peer };
        let now = exchange.clock.now();
        let time = match &conf.date_format {
            Some(format) => now.strftime(format).to_string(),
            None => format!("{}.{:06}", now.timestamp().as_second(), now.subsec_nanosecond() / 1000),
        };
        let running = self.running.lock().get(&**channel.unique_id()).cloned();
        let (application, arguments) = running.unwrap_or_default();
        let fields = vec![
            ("EventName", name.to_owned()),
            ("AccountCode", state.account_code.clone()),
            ("CallerIDnum", state.caller.number().to_owned()),
            ("CallerIDname", state.caller.name().to_owned()),
            ("CallerIDani", state.ani.number().to_owned()),
            ("CallerIDrdnis", state.redirecting_from.number().to_owned()),
            ("CallerIDdnid", state.dialed.clone().unwrap_or_default()),
            ("Exten", state.position.extension.clone()),
            ("Context", state.position.context.clone()),
            ("Channel", channel.name().to_string()),
            ("Application", application),
            ("AppData", arguments),
            ("EventTime", time),
            ("AMAFlags", ama_word(state.ama_flags).to_owned()),
            ("UniqueID", channel.unique_id().to_string()),
            ("LinkedID", channel.linked_id().to_string()),
            ("UserField", state.records.fields.get("userfield").unwrap_or_default().to_owned()),
            ("Peer", peer.to_owned()),
            ("PeerAccount", state.peer_account.clone()),
            ("Extra", extra.to_owned()),
        ];
        // Fails at the end of the program only.
        let _ = self.out.send(fields);
    }

    /// The application before is over; the next one begins, if it is one to be told.
    fn step(&self, channel: &Channel, state: &State, next: Option<(&str, &str)>) {
        let id = channel.unique_id().to_string();
        if self.running.lock().contains_key(&id) {
            self.tell("APP_END", channel, state, "", "");
            self.running.lock().remove(&id);
        }
        if let Some((application, arguments)) = next
            && self.conf.load().applications.contains(&application.to_lowercase())
        {
            self.running.lock().insert(id, (application.to_owned(), arguments.to_owned()));
            self.tell("APP_START", channel, state, "", "");
        }
    }

    fn note(&self, happening: &Happening<'_>, state: &State) {
        match *happening {
            Happening::Created { channel } => {
                *self.calls.lock().entry(channel.linked_id()).or_default() += 1;
                self.tell("CHAN_START", channel, state, "", "");
            }
            Happening::Phase { channel, phase: Phase::Up } => self.tell("ANSWER", channel, state, "", ""),
            Happening::Step { channel, application, arguments, .. } => {
                self.step(channel, state, Some((application, arguments)));
            }
            Happening::BridgeEnter { channel, peer, bridge } => {
                let extra = serde_json::json!({ "bridge_id": &**bridge.unique_id(), "bridge_technology": bridge.kind().technology() });
                let peer = peer.map_or("", |peer| peer.name());
                self.tell("BRIDGE_ENTER", channel, state, peer, &extra.to_string());
            }
            Happening::BridgeLeave { channel, bridge } => {
                let extra = serde_json::json!({ "bridge_id": &**bridge.unique_id(), "bridge_technology": bridge.kind().technology() });
                self.tell("BRIDGE_EXIT", channel, state, "", &extra.to_string());
            }
            Happening::Manager { channel: Some(channel), event, fields, .. } => {
                let field = |name: &str| fields.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
                match event {
                    "BlindTransfer" => self.tell("BLINDTRANSFER", channel, state, "", &extra_of(fields)),
                    "AttendedTransfer" => self.tell("ATTENDEDTRANSFER", channel, state, "", &extra_of(fields)),
                    "ParkedCall" => self.tell("PARK_START", channel, state, "", &extra_of(fields)),
                    "UnParkedCall" | "ParkedCallGiveUp" | "ParkedCallTimeOut" => {
                        self.tell("PARK_END", channel, state, "", &extra_of(fields));
                    }
                    "Pickup" => self.tell("PICKUP", channel, state, field("TargetChannel"), &extra_of(fields)),
                    "CELGenUserEvent" => {
                        let extra = serde_json::json!({ "extra": field("Extra") }).to_string();
                        self.tell("USER_DEFINED", channel, state, field("EventName"), &extra);
                    }
                    _ => {}
                }
            }
            Happening::Hangup { channel, cause } => {
                self.step(channel, state, None);
                let status = state.variables.get("DIALSTATUS").unwrap_or_default();
                let extra =
                    serde_json::json!({ "hangupcause": cause.0, "hangupsource": "", "dialstatus": status }).to_string();
                self.tell("HANGUP", channel, state, "", &extra);
                self.tell("CHAN_END", channel, state, "", "");
                let linked = channel.linked_id();
                let channels = channel.channels().all();
                if !channels.iter().any(|other| other.linked_id() == linked) {
                    self.calls.lock().remove(&linked);
                    self.tell("LINKEDID_END", channel, state, "", "");
                }
            }
            _ => {}
        }
    }
}

fn extra_of(fields: &[(&str, &str)]) -> String {
    let values = fields.iter().map(|(name, value)| ((*name).to_owned(), serde_json::Value::from(*value)));
    serde_json::Value::Object(values.collect()).to_string()
}

impl Observer for EventLog {
    fn happened(&self, happening: &Happening<'_>) {
        if !self.conf.load().is_enabled {
            return;
        }
        let known = happening.channel().and_then(|channel| channel.state_within(PATIENCE));
        if let Some(state) = known.map(|state| state.clone()) {
            self.note(happening, &state);
        }
    }

    fn happened_to(&self, happening: &Happening<'_>, state: &State) {
        if self.conf.load().is_enabled {
            self.note(happening, state);
        }
    }
}

/// Writes the lines and tells the manager, in a task of its own: an observer must neither wait nor tell observers.
async fn write(log: Weak<EventLog>, mut events: mpsc::UnboundedReceiver<Fields>) {
    let mut writers = Writers::default();
    while let Some(fields) = events.recv().await {
        let Some((log, exchange)) = log.upgrade().and_then(|log| {
            let exchange = log.exchange.upgrade()?;
            Some((log, exchange))
        }) else {
            return;
        };
        let conf = log.conf.load_full();
        let plan = exchange.plan();
        let mut lines_of_files = Vec::new();
        let mut rows = Vec::new();
        {
            let mut context = Context::without_channel(&exchange, &plan);
            fields.iter().for_each(|(name, value)| context.state.variables.set(name, value));
            for (path, template) in &conf.files {
                lines_of_files.push((path, context.expand(template).replace(['\n', '\r'], " ")));
            }
            for table in &conf.tables {
                rows.push((table, table.values(&fields, |text| context.expand(text))));
            }
        }
        for (path, line) in lines_of_files {
            if let Err(error) = lines::append(path, &[line], false) {
                tracing::warn!("{}: a channel event is not written: {error}", path.display());
            }
        }
        for (table, values) in rows {
            writers.write(table, values);
        }
        if conf.tells_manager {
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let happening = Happening::Manager { channel: None, event: "CEL", privilege: "call", fields: &fields };
            exchange.channels.publish(&happening);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::channel::simulated::Behaviour;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;
    use crate::server::{BEGINNING, Configuration, Entry, Stage, in_virtual_time};

    fn config(text: &str) -> Config {
        let mut files = Memory::default().with("x.conf", text);
        Config::read(&mut files, Path::new("x.conf"), &mut Sources::default())
    }

    #[test]
    fn events_are_rows_of_a_table() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("extensions.conf"), "[default]\nexten => 1,1,Answer\n").unwrap();
        let cel = config("[general]\nenable=yes\nevents=ALL\n");
        let custom = "[cels]\ntable=cel\ncolumns=eventtype, number\nvalues='${eventtype}','${CALLERID(num)}'\n";
        std::fs::create_dir_all(folder.path().join("var/log")).unwrap();
        let path = folder.path().join("adaptive.db");
        let adaptive = rusqlite::Connection::open(&path).unwrap();
        adaptive.execute_batch("CREATE TABLE events (eventtype TEXT, uniqueid TEXT, who TEXT)").unwrap();
        let odbc = "[one]\nconnection=here\ntable=events\nalias channame=who\n";
        let files = cel_tables::Files {
            sqlite: Some(config(custom)),
            odbc: Some(config(odbc)),
            ..cel_tables::Files::default()
        };
        let connections = BTreeMap::from([("here".to_owned(), Source::Sqlite(path))]);
        let made = in_virtual_time(async {
            let configuration = Configuration::load(folder.path());
            let conf = CelConf::read(Some(&cel), None, &configuration.directories).with_tables(
                &files,
                &connections,
                &configuration.directories,
            );
            let made = configuration.directories.log.join("cels.db");
            std::fs::create_dir_all(&configuration.directories.log).unwrap();
            let stage = Stage::new(configuration, BEGINNING, Behaviour::Rings);
            let _log = EventLog::start(&stage.exchange, conf);
            let entry = Entry { phone: "ann".to_owned(), extension: "1".to_owned(), ..Entry::default() };
            stage.dial(&entry).unwrap();
            stage.wait_for_end(Duration::from_secs(60)).await;
            tokio::time::sleep(Duration::from_secs(5)).await;
            made
        })
        .unwrap();
        let count = |database: &rusqlite::Connection, statement: &str| -> i64 {
            database.query_row(statement, [], |row| row.get(0)).unwrap()
        };
        let made = rusqlite::Connection::open(made).unwrap();
        assert_eq!(count(&made, "SELECT count(*) FROM cel WHERE eventtype = 'ANSWER' AND number <> ''"), 1);
        assert_eq!(
            count(&adaptive, "SELECT count(*) FROM events WHERE eventtype = 'CHAN_END' AND who LIKE 'SIP/ann%'"),
            1
        );
    }

    #[test]
    fn a_call_is_told_event_by_event() {
        let folder = tempfile::tempdir().unwrap();
        let plan = "[default]\nexten => 1,1,Answer\nsame => n,CELGenUserEvent(paid,7)\nsame => n,Wait(1)\n";
        std::fs::write(folder.path().join("extensions.conf"), plan).unwrap();
        let cel = config("[general]\nenable=yes\napps=wait\nevents=ALL\n");
        let line =
            "[mappings]\nMaster.csv => ${CSV_QUOTE(${eventtype})},${CSV_QUOTE(${CHANNEL(appname)})},${eventextra}\n";
        let told = in_virtual_time(async {
            let configuration = Configuration::load(folder.path());
            let conf = CelConf::read(Some(&cel), Some(&config(line)), &configuration.directories);
            let path = configuration.directories.log.join("cel-custom/Master.csv");
            let stage = Stage::new(configuration, BEGINNING, Behaviour::Rings);
            let _log = EventLog::start(&stage.exchange, conf);
            let entry = Entry { phone: "ann".to_owned(), extension: "1".to_owned(), ..Entry::default() };
            stage.dial(&entry).unwrap();
            stage.wait_for_end(Duration::from_secs(60)).await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            std::fs::read_to_string(path).unwrap()
        })
        .unwrap();
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(
            lines[..5],
            [
                "\"CHAN_START\",\"\",",
                "\"ANSWER\",\"\",",
                "\"paid\",\"\",{\"extra\":\"7\"}",
                "\"APP_START\",\"Wait\",",
                "\"APP_END\",\"Wait\",",
            ],
            "{told}"
        );
        assert!(told.contains("HANGUP") && told.contains("CHAN_END") && told.contains("LINKEDID_END"), "{told}");
    }
}
