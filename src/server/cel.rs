//! Channel event logging: what happens to channels, as `cel.conf` wants it told.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use serde_json::Value;
use tokio::sync::mpsc;

use super::alarms::alarms;
use super::configuration::read_if_there;
use crate::channel::{Bridge, Channel, Happening, Observer, Phase, State};
use crate::conf::{self, Directories};
use crate::diagnostic::{Diagnostic, Sources};
use crate::interpreter::{Context, Exchange};
use crate::storage::cel::Event;
use crate::storage::cel::conf::{CelConf, Files};
use crate::storage::records::{Deliveries, Record as _, Spool, ama_word, time, time_as};
use crate::storage::sql::Source;

/// So long the state of a channel that somebody else holds is waited for. Who holds it only computes.
const PATIENCE: Duration = Duration::from_millis(50);

/// Reads what the files `cel*.conf` say.
pub fn read(
    files: &mut dyn conf::Files,
    directories: &Directories,
    connections: &BTreeMap<String, Source>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> CelConf {
    let [cel, custom, sqlite, pgsql, odbc] =
        ["cel.conf", "cel_custom.conf", "cel_sqlite3_custom.conf", "cel_pgsql.conf", "cel_odbc.conf"].map(|name| {
            let config = read_if_there(files, &directories.etc.join(name), sources);
            diagnostics.extend(config.iter().flat_map(|config| config.diagnostics.iter().cloned()));
            config
        });
    CelConf::read(&Files { cel, custom, sqlite, pgsql, odbc }, connections, directories)
}

/// What an event has of its own, beside what is known of its channel.
#[derive(Default)]
struct Own<'a> {
    name: &'a str,
    peer: &'a str,
    extra: String,
}

impl Own<'_> {
    fn extra(facts: &[(&str, &str)]) -> Self {
        let facts: Vec<_> = facts.iter().map(|(name, value)| (*name, Value::from(*value))).collect();
        Self { extra: object(&facts), ..Self::default() }
    }
}

/// An application that a channel runs.
#[derive(Clone, Default)]
struct Running {
    name: String,
    arguments: String,
    /// Its begin was told, so its end has to be.
    is_told: bool,
}

/// Tells what happens to channels: to files and tables by way of the spool, and to the manager.
pub struct EventLog {
    exchange: Weak<Exchange>,
    conf: ArcSwap<CelConf>,
    /// The application that each channel runs.
    running: Mutex<HashMap<Arc<str>, Running>>,
    deliveries: Arc<Deliveries>,
    manager: mpsc::UnboundedSender<Event>,
}

impl EventLog {
    /// Begins to log, and to deliver what waits from before.
    pub fn start(exchange: &Arc<Exchange>, conf: CelConf, spool: &Arc<Spool>) -> Arc<Self> {
        let (manager, events) = mpsc::unbounded_channel();
        let log = Arc::new(Self {
            exchange: Arc::downgrade(exchange),
            conf: ArcSwap::default(),
            running: Mutex::default(),
            deliveries: Deliveries::new::<Event>(spool, alarms(exchange)),
            manager,
        });
        log.set(conf);
        exchange.channels.add_observer(log.clone());
        tokio::spawn(tell_manager(Arc::downgrade(&log), events));
        log
    }

    /// Takes over what the files say now.
    pub fn set(&self, conf: CelConf) {
        if **self.conf.load() != conf {
            self.deliveries.set(conf.backends(), None);
            self.conf.store(Arc::new(conf));
        }
    }

    /// Waits, a little, until the backends have what they can take.
    pub async fn finish(&self) {
        self.deliveries.finish().await;
    }

    fn tell(&self, kind: &'static str, channel: &Channel, state: &State, own: Own<'_>) {
        let conf = self.conf.load();
        let Some(exchange) = self.exchange.upgrade().filter(|_| conf.wants(kind)) else { return };
        let running = self.running.lock().get(channel.unique_id()).cloned();
        let Running { name: appname, arguments: appdata, .. } = running.unwrap_or_default();
        let mut event = Event {
            kind: kind.to_owned(),
            own_name: own.name.to_owned(),
            time: exchange.clock.now().timestamp().as_microsecond(),
            cid_name: state.caller.name().to_owned(),
            cid_num: state.caller.number().to_owned(),
            cid_ani: state.ani.number().to_owned(),
            cid_rdnis: state.redirecting_from.number().to_owned(),
            cid_dnid: state.dialed.clone().unwrap_or_default(),
            exten: state.position.extension.clone(),
            context: state.position.context.clone(),
            channame: channel.name().to_string(),
            appname,
            appdata,
            amaflags: state.ama_flags,
            accountcode: state.account_code.clone(),
            peeraccount: state.peer_account.clone(),
            uniqueid: channel.unique_id().to_string(),
            linkedid: channel.linked_id().to_string(),
            userfield: state.settings.get("CHANNEL/userfield").unwrap_or_default().to_owned(),
            peer: own.peer.to_owned(),
            extra: own.extra,
            texts: Vec::new(),
        };
        if kind == "CHAN_START" {
            // Asterisk tells of a channel before it knows these.
            event.cid_ani.clear();
            event.cid_dnid.clear();
        }
        event.texts = texts(&event, &conf, &exchange);
        self.deliveries.put(&event);
        if conf.tells_manager {
            // Fails at the end of the program only.
            let _ = self.manager.send(event);
        }
    }

    /// The application before is over; the next one begins, if it is one to be told.
    fn step(&self, channel: &Channel, state: &State, next: Option<(&str, &str)>) {
        let id = channel.unique_id();
        if self.running.lock().get(id).is_some_and(|running| running.is_told) {
            self.tell("APP_END", channel, state, Own::default());
        }
        let Some((application, arguments)) = next else { return };
        let is_told = self.conf.load().wants_application(application);
        let running = Running { name: application.to_owned(), arguments: arguments.to_owned(), is_told };
        self.running.lock().insert(Arc::clone(id), running);
        if is_told {
            self.tell("APP_START", channel, state, Own::default());
        }
    }

    fn note(&self, happening: &Happening<'_>, state: &State) {
        match *happening {
            Happening::Created { channel } => self.tell("CHAN_START", channel, state, Own::default()),
            Happening::Phase { channel, phase: Phase::Up } => self.tell("ANSWER", channel, state, Own::default()),
            Happening::Step { channel, application, arguments, .. } => {
                self.step(channel, state, Some((application, arguments)));
            }
            Happening::Purpose { channel, application } => {
                let (name, arguments) = (application.to_owned(), Channel::OUTGOING_LINE.to_owned());
                let running = Running { name, arguments, is_told: false };
                self.running.lock().insert(Arc::clone(channel.unique_id()), running);
            }
            Happening::BridgeEnter { channel, bridge, .. } => {
                let peer = &others(bridge, channel);
                self.tell("BRIDGE_ENTER", channel, state, Own { peer, ..facts_of(bridge) });
            }
            Happening::BridgeLeave { channel, bridge } => {
                let peer = &others(bridge, channel);
                self.tell("BRIDGE_EXIT", channel, state, Own { peer, ..facts_of(bridge) });
            }
            Happening::LocalOptimization { first, second, .. } => {
                self.tell("LOCAL_OPTIMIZE_BEGIN", first, state, ends_of(second));
            }
            Happening::LocalOptimized { first, second, .. } => {
                self.tell("LOCAL_OPTIMIZE", first, state, ends_of(second));
            }
            Happening::DialEnd { caller: Some(channel), forward, .. } if !forward.is_empty() => {
                self.tell("FORWARD", channel, state, Own::extra(&[("forward", forward)]));
            }
            Happening::Hangup { channel, cause } => {
                self.step(channel, state, None);
                // A plan that is over runs nothing; a called channel keeps its purpose.
                let mut running = self.running.lock();
                if running.get(channel.unique_id()).is_some_and(|one| one.arguments != Channel::OUTGOING_LINE) {
                    running.remove(channel.unique_id());
                }
                drop(running);
                let status = state.variables.get("DIALSTATUS").unwrap_or_default();
                let facts = [
                    ("hangupcause", Value::from(cause.0)),
                    ("hangupsource", Value::from(state.hangup_source.as_str())),
                    ("dialstatus", Value::from(status)),
                ];
                self.tell("HANGUP", channel, state, Own { extra: object(&facts), ..Own::default() });
                self.tell("CHAN_END", channel, state, Own::default());
                self.running.lock().remove(channel.unique_id());
                let linked = channel.linked_id();
                if !channel.channels().all().iter().any(|other| other.linked_id() == linked) {
                    self.tell("LINKEDID_END", channel, state, Own::default());
                }
            }
            _ => {}
        }
    }

    /// Notes what applications tell the manager in words of their own.
    fn note_event(&self, channel: Option<&Channel>, event: &str, fields: &[(&str, &str)]) {
        let field = |name: &str| fields.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
        let transferee = ("transferee_channel_name", "transferee_channel_uniqueid");
        let (kind, subject, own) = match event {
            "BlindTransfer" => {
                let extra = [
                    ("extension", field("Extension")),
                    ("context", field("Context")),
                    ("bridge_id", field("BridgeUniqueid")),
                    (transferee.0, field("TransfereeChannel")),
                    (transferee.1, field("TransfereeUniqueid")),
                ];
                ("BLINDTRANSFER", "TransfererChannel", Own::extra(&extra))
            }
            "AttendedTransfer" => {
                let extra = [
                    ("bridge1_id", field("OrigBridgeUniqueid")),
                    ("channel2_name", field("SecondTransfererChannel")),
                    ("channel2_uniqueid", field("SecondTransfererUniqueid")),
                    ("bridge2_id", field("SecondBridgeUniqueid")),
                    (transferee.0, field("TransfereeChannel")),
                    (transferee.1, field("TransfereeUniqueid")),
                    ("transfer_target_channel_name", field("TransferTargetChannel")),
                    ("transfer_target_channel_uniqueid", field("TransferTargetUniqueid")),
                ];
                ("ATTENDEDTRANSFER", "OrigTransfererChannel", Own::extra(&extra))
            }
            "ParkedCall" => {
                let (parker, lot) = (field("ParkerDialString"), field("Parkinglot"));
                let extra = [("parker_dial_string", parker), ("parking_lot", lot)];
                ("PARK_START", "ParkeeChannel", Own::extra(&extra))
            }
            "UnParkedCall" => {
                let extra = [("reason", "ParkedCallUnparked"), ("retriever", field("RetrieverChannel"))];
                ("PARK_END", "ParkeeChannel", Own::extra(&extra))
            }
            "ParkedCallGiveUp" | "ParkedCallTimeOut" => ("PARK_END", "ParkeeChannel", Own::extra(&[("reason", event)])),
            "Pickup" => {
                let id = channel.map_or("", |channel| channel.unique_id());
                let name = channel.map_or("", |channel| channel.name());
                let extra = [("pickup_channel", name), ("pickup_channel_uniqueid", id)];
                ("PICKUP", "TargetChannel", Own::extra(&extra))
            }
            "CELGenUserEvent" => {
                let extra = [("extra", field("Extra"))];
                ("USER_DEFINED", "", Own { name: field("EventName"), ..Own::extra(&extra) })
            }
            _ => return,
        };
        let named = self.exchange.upgrade().and_then(|exchange| exchange.channels.find(field(subject)));
        let Some(channel) = named.as_deref().or(channel) else { return };
        if let Some(state) = channel.state_within(PATIENCE).map(|state| state.clone()) {
            self.tell(kind, channel, &state, own);
        }
    }
}

/// What an event tells of a Local channel's second end.
fn ends_of(second: &Channel) -> Own<'static> {
    Own::extra(&[("local_two", second.name()), ("local_two_uniqueid", second.unique_id())])
}

/// What an event tells of a bridge.
fn facts_of(bridge: &Bridge) -> Own<'static> {
    Own::extra(&[("bridge_id", bridge.unique_id()), ("bridge_technology", bridge.kind().technology())])
}

/// Who is in a bridge besides a channel.
fn others(bridge: &Bridge, channel: &Channel) -> String {
    let members = bridge.members();
    let others = members.iter().filter(|member| !std::ptr::eq(&***member, channel));
    others.map(|member| &**member.name()).collect::<Vec<_>>().join(",")
}

/// A JSON object whose fields stand in this order.
fn object(fields: &[(&str, Value)]) -> String {
    let fields: Vec<_> = fields.iter().map(|(name, value)| format!("{}:{value}", Value::from(*name))).collect();
    format!("{{{}}}", fields.join(","))
}

/// What the backends with a text of their own write.
fn texts(event: &Event, conf: &CelConf, exchange: &Arc<Exchange>) -> Vec<(String, String)> {
    if conf.templates.is_empty() {
        return Vec::new();
    }
    let (plan, zone) = (exchange.plan(), exchange.clock.now().time_zone().clone());
    let mut context = Context::without_channel(exchange, &plan);
    for name in Event::FIELDS {
        let value = event.value(name, None, &zone).unwrap_or_default();
        context.state.variables.set(name, &value);
    }
    let time = match &conf.date_format {
        Some(format) => time_as(format, Some(event.time), &zone),
        None => format!("{}.{:06}", event.time / 1_000_000, event.time % 1_000_000),
    };
    context.state.variables.set("eventtime", &time);
    let mut text = |template: &crate::storage::records::Template| template.text(|text| context.expand(text));
    conf.templates.iter().map(|(backend, template)| (backend.clone(), text(template))).collect()
}

impl Observer for EventLog {
    fn happened(&self, happening: &Happening<'_>) {
        if !self.conf.load().is_enabled {
            return;
        }
        if let Happening::Manager { channel, event, fields, .. } = *happening {
            return self.note_event(channel, event, fields);
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

/// The event `CEL`. It is told from a task of its own: an observer must not tell observers.
async fn tell_manager(log: Weak<EventLog>, mut events: mpsc::UnboundedReceiver<Event>) {
    while let Some(event) = events.recv().await {
        let Some((log, exchange)) = log.upgrade().and_then(|log| {
            let exchange = log.exchange.upgrade()?;
            Some((log, exchange))
        }) else {
            return;
        };
        let shows_user_defined = log.conf.load().shows_user_defined && !event.own_name.is_empty();
        let time = time(Some(event.time), exchange.clock.now().time_zone());
        let mut fields = vec![
            ("EventName", if shows_user_defined { &event.kind } else { event.name() }),
            ("AccountCode", &event.accountcode),
            ("CallerIDnum", &event.cid_num),
            ("CallerIDname", &event.cid_name),
            ("CallerIDani", &event.cid_ani),
            ("CallerIDrdnis", &event.cid_rdnis),
            ("CallerIDdnid", &event.cid_dnid),
            ("Exten", &event.exten),
            ("Context", &event.context),
            ("Channel", &event.channame),
            ("Application", &event.appname),
            ("AppData", &event.appdata),
            ("EventTime", &time),
            ("AMAFlags", ama_word(event.amaflags)),
            ("UniqueID", &event.uniqueid),
            ("LinkedID", &event.linkedid),
            ("Userfield", &event.userfield),
            ("Peer", &event.peer),
            ("PeerAccount", &event.peeraccount),
        ];
        if shows_user_defined {
            fields.push(("UserDefType", &event.own_name));
        }
        fields.push(("Extra", &event.extra));
        let happening = Happening::Manager { channel: None, event: "CEL", privilege: "call", fields: &fields };
        exchange.channels.publish(&happening);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::channel::simulated::Behaviour;
    use crate::conf::{Config, Memory};
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
        let custom = "[cels]\ntable=cel\ncolumns=eventtype, number\nvalues='${eventtype}','${CALLERID(num)}'\n";
        let path = folder.path().join("adaptive.db");
        let adaptive = rusqlite::Connection::open(&path).unwrap();
        adaptive.execute_batch("CREATE TABLE events (eventtype TEXT, uniqueid TEXT, who TEXT)").unwrap();
        let odbc = "[one]\nconnection=here\ntable=events\nalias channame=who\n";
        let files = Files {
            cel: Some(config("[general]\nenable=yes\nevents=ALL\n")),
            sqlite: Some(config(custom)),
            odbc: Some(config(odbc)),
            ..Files::default()
        };
        let connections = BTreeMap::from([("here".to_owned(), Source::Sqlite(path))]);
        let made = in_virtual_time(async {
            let configuration = Configuration::load(folder.path());
            let conf = CelConf::read(&files, &connections, &configuration.directories);
            let made = configuration.directories.log.join("cels.db");
            let spool = Arc::new(Spool::new(&configuration.directories.spool.join("cdr/spool.sqlite3"), false));
            let stage = Stage::new(configuration, BEGINNING, Behaviour::Rings);
            let _log = EventLog::start(&stage.exchange, conf, &spool);
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
            let files = Files { cel: Some(cel), custom: Some(config(line)), ..Files::default() };
            let conf = CelConf::read(&files, &BTreeMap::new(), &configuration.directories);
            let spool = Arc::new(Spool::new(&configuration.directories.spool.join("cdr/spool.sqlite3"), false));
            let path = configuration.directories.log.join("cel-custom/Master.csv");
            let stage = Stage::new(configuration, BEGINNING, Behaviour::Rings);
            let _log = EventLog::start(&stage.exchange, conf, &spool);
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
                "\"ANSWER\",\"Answer\",",
                "\"paid\",\"CELGenUserEvent\",{\"extra\":\"7\"}",
                "\"APP_START\",\"Wait\",",
                "\"APP_END\",\"Wait\",",
            ],
            "{told}"
        );
        assert!(told.contains("HANGUP") && told.contains("CHAN_END") && told.contains("LINKEDID_END"), "{told}");
    }
}
