//! Call records on their way out: from the hang-up to the spool, and to the manager.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::channel::record::{Disposition, Finished};
use crate::channel::{Happening, Observer};
use crate::conf::Files;
use crate::diagnostic::{Diagnostic, Sources};
use crate::interpreter::{Context, Exchange};
use crate::storage::cdr::conf::{self, CallRecords, Template};
use crate::storage::cdr::spool::SpoolError;
use crate::storage::cdr::{Row, Spool, ama_word, delivery};
use crate::storage::realtime::{Places, Realtime};
use crate::storage::sql::{Source, odbc};

use super::configuration::read_if_there;
use crate::conf::Directories;

/// While the disk takes no record, it is asked so often.
const AGAIN: std::time::Duration = std::time::Duration::from_secs(1);

/// At the stop of the program the backends get so long to take what they can.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(3);

/// Reads the connections of `res_odbc.conf`.
pub fn connections(
    files: &mut dyn Files,
    directories: &Directories,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> BTreeMap<String, Source> {
    let Some(res_odbc) = read_if_there(files, &directories.etc.join("res_odbc.conf"), sources) else {
        return BTreeMap::new();
    };
    diagnostics.extend(res_odbc.diagnostics.iter().cloned());
    let own = read_if_there(files, &directories.etc.join("odbc.ini"), sources);
    let ini = own.or_else(|| read_if_there(files, "/etc/odbc.ini".as_ref(), sources)).unwrap_or_default();
    let (mut connections, problems) = odbc::sources(&res_odbc, &ini);
    for problem in problems {
        tracing::warn!("{problem}");
    }
    for source in connections.values_mut() {
        if let Source::Sqlite(path) = source {
            *path = directories.etc.join(&*path);
        }
    }
    connections
}

/// Reads the tables of `extconfig.conf`.
pub fn realtime(
    files: &mut dyn Files,
    directories: &Directories,
    connections: &BTreeMap<String, Source>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Realtime {
    let mut read = |name: &str| {
        let config = read_if_there(files, &directories.etc.join(name), sources)?;
        diagnostics.extend(config.diagnostics.iter().cloned());
        Some(config)
    };
    let Some(extconfig) = read("extconfig.conf") else { return Realtime::default() };
    let (sqlite, pgsql) = (read("res_config_sqlite3.conf"), read("res_pgsql.conf"));
    let mysql = read("res_config_mysql.conf").or_else(|| read("res_mysql.conf"));
    let places =
        Places { odbc: Some(connections), sqlite: sqlite.as_ref(), pgsql: pgsql.as_ref(), mysql: mysql.as_ref() };
    let (realtime, problems) = Realtime::read(&extconfig, &places, &directories.etc);
    for problem in problems {
        tracing::warn!("{problem}");
    }
    realtime
}

/// Reads what the files `cdr*.conf` say.
pub fn read(
    files: &mut dyn Files,
    directories: &Directories,
    connections: BTreeMap<String, Source>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> CallRecords {
    let mut config = |name: &str| {
        let config = read_if_there(files, &directories.etc.join(name), sources);
        diagnostics.extend(config.iter().flat_map(|config| config.diagnostics.iter().cloned()));
        config
    };
    let adaptive = config("cdr_adaptive_odbc.conf");
    let [cdr, manager, custom, sqlite, pgsql, mysql] = [
        "cdr.conf",
        "cdr_manager.conf",
        "cdr_custom.conf",
        "cdr_sqlite3_custom.conf",
        "cdr_pgsql.conf",
        "cdr_mysql.conf",
    ]
    .map(config);
    let files = conf::Files { cdr, manager, custom, sqlite, pgsql, mysql, adaptive, connections };
    CallRecords::read(&files, directories)
}

/// Takes records as channels hang up.
pub struct Recorder {
    exchange: Weak<Exchange>,
    spool: Arc<Spool>,
    conf: ArcSwap<CallRecords>,
    names: ArcSwap<Vec<String>>,
    news: watch::Sender<u64>,
    tasks: Mutex<Vec<JoinHandle<()>>>,
    manager: mpsc::UnboundedSender<Row>,
}

impl Recorder {
    /// Opens the spool and begins to deliver, also what waits from before.
    ///
    /// # Errors
    /// Where the spool cannot be opened.
    pub fn start(exchange: &Arc<Exchange>, conf: CallRecords) -> Result<Arc<Self>, SpoolError> {
        let spool = Spool::open(&exchange.directories.spool.join("cdr/spool.sqlite3"), conf.fsync)?;
        let (manager, events) = mpsc::unbounded_channel();
        let recorder = Arc::new(Self {
            exchange: Arc::downgrade(exchange),
            spool: Arc::new(spool),
            conf: ArcSwap::default(),
            names: ArcSwap::default(),
            news: watch::Sender::new(0),
            tasks: Mutex::default(),
            manager,
        });
        recorder.set(conf);
        exchange.channels.add_observer(recorder.clone());
        tokio::spawn(tell_manager(Arc::downgrade(&recorder), events));
        tokio::spawn(unload_memory(Arc::downgrade(&recorder)));
        Ok(recorder)
    }

    /// Takes over what the files say now.
    pub fn set(&self, conf: CallRecords) {
        if let Some(exchange) = self.exchange.upgrade() {
            exchange.channels.ledger().set_settings(conf.settings.clone());
        }
        let is_same = **self.conf.load() == conf && !self.tasks.lock().is_empty();
        if is_same {
            return;
        }
        let backends = conf.backends();
        self.names.store(Arc::new(backends.iter().map(|backend| backend.name().to_owned()).collect()));
        let mut tasks = self.tasks.lock();
        // What they were about to deliver is looked for by those who follow them.
        tasks.drain(..).for_each(|task| task.abort());
        for backend in backends {
            let work = delivery::run(Arc::clone(&self.spool), backend, conf.batch, self.news.subscribe());
            tasks.push(tokio::spawn(work));
        }
        drop(tasks);
        self.conf.store(Arc::new(conf));
    }

    /// Waits, a little, until the backends have what they can take.
    pub async fn finish(&self) {
        self.news.send_modify(|count| *count += 1);
        let names = self.names.load_full();
        let empty = async {
            while names.iter().any(|name| self.spool.count(name) > 0) {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        // What they did not take waits for the next start.
        let _ = tokio::time::timeout(FAREWELL, empty).await;
    }

    fn row(&self, exchange: &Arc<Exchange>, record: &Finished, conf: &CallRecords) -> Row {
        let micros = |moment| exchange.clock.at(moment).timestamp().as_microsecond();
        let mut row = Row {
            accountcode: record.account.clone(),
            src: record.source.clone(),
            dst: record.extension.clone(),
            dcontext: record.context.clone(),
            clid: record.clid.clone(),
            channel: record.channel.to_string(),
            dstchannel: record.destination_channel.as_deref().unwrap_or_default().to_owned(),
            lastapp: record.application.to_owned(),
            lastdata: record.arguments.clone(),
            start: micros(record.start),
            answer: record.answer.map(micros),
            end: micros(record.end),
            duration: record.duration(),
            billsec: record.billed(),
            disposition: Disposition::word(record.disposition).to_owned(),
            disposition_number: Disposition::number(record.disposition),
            amaflags: record.ama_flags,
            uniqueid: record.unique_id.to_string(),
            userfield: record.user_field.clone(),
            linkedid: record.linked_id.to_string(),
            peeraccount: record.peer_account.clone(),
            sequence: record.sequence,
            fields: record.fields.clone(),
            texts: Vec::new(),
        };
        if !conf.templates.is_empty() {
            let plan = exchange.plan();
            let mut context = Context::without_channel(exchange, &plan);
            context.record = Some(record);
            for (backend, template) in &conf.templates {
                let text = match template {
                    Template::Line(line) => context.expand(line),
                    Template::Values(values) => {
                        let values: Vec<String> = values.iter().map(|value| context.expand(value)).collect();
                        serde_json::to_string(&values).unwrap_or_default()
                    }
                };
                row.texts.push((backend.clone(), text));
            }
        }
        row
    }
}

impl Observer for Recorder {
    fn happened(&self, happening: &Happening<'_>) {
        let Happening::Recorded { record, .. } = happening else { return };
        let Some(exchange) = self.exchange.upgrade() else { return };
        let conf = self.conf.load();
        let row = self.row(&exchange, record, &conf);
        if conf.manager.is_some() {
            // Fails at the end of the program only.
            let _ = self.manager.send(row.clone());
        }
        if let Err(error) = self.spool.put(row, &self.names.load()) {
            tracing::error!("a call record waits in memory, because the disk takes none: {error}");
        }
        self.news.send_modify(|count| *count += 1);
    }
}

/// Puts records that wait in memory onto the disk as soon as it takes them.
async fn unload_memory(recorder: Weak<Recorder>) {
    let mut waited = 0;
    loop {
        tokio::time::sleep(AGAIN).await;
        let Some(recorder) = recorder.upgrade() else { return };
        let waits = recorder.spool.put_waiting();
        if waits < waited {
            recorder.news.send_modify(|count| *count += 1);
        }
        if waits == 0 && waited > 0 {
            tracing::info!("the disk takes call records again: none is lost");
        }
        waited = waits;
    }
}

/// The event `Cdr`. It is told from a task of its own: an observer must not tell observers.
async fn tell_manager(recorder: Weak<Recorder>, mut rows: mpsc::UnboundedReceiver<Row>) {
    while let Some(row) = rows.recv().await {
        let Some((recorder, exchange)) = recorder.upgrade().and_then(|recorder| {
            let exchange = recorder.exchange.upgrade()?;
            Some((recorder, exchange))
        }) else {
            return;
        };
        let zone = exchange.clock.now().time_zone().clone();
        let field = |name: &str| row.value(name, false, &zone).unwrap_or_default();
        let mut fields = vec![
            ("AccountCode", row.accountcode.clone()),
            ("Source", row.src.clone()),
            ("Destination", row.dst.clone()),
            ("DestinationContext", row.dcontext.clone()),
            ("CallerID", row.clid.clone()),
            ("Channel", row.channel.clone()),
            ("DestinationChannel", row.dstchannel.clone()),
            ("LastApplication", row.lastapp.clone()),
            ("LastData", row.lastdata.clone()),
            ("StartTime", field("start")),
            ("AnswerTime", field("answer")),
            ("EndTime", field("end")),
            ("Duration", row.duration.to_string()),
            ("BillableSeconds", row.billsec.to_string()),
            ("Disposition", row.disposition.clone()),
            ("AMAFlags", ama_word(row.amaflags).to_owned()),
            ("UniqueID", row.uniqueid.clone()),
            ("UserField", row.userfield.clone()),
        ];
        let conf = recorder.conf.load();
        for (own, name) in conf.manager.iter().flatten() {
            fields.push((name, field(own)));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let happening = Happening::Manager { channel: None, event: "Cdr", privilege: "cdr", fields: &fields };
        exchange.channels.publish(&happening);
    }
}
