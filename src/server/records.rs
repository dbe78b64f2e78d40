//! Call records on their way out: from the hang-up to the spool, and to the manager.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use arc_swap::ArcSwap;
use tokio::sync::mpsc;

use crate::channel::record::{Disposition, Finished};
use crate::channel::{Happening, Observer};
use crate::conf::Files;
use crate::diagnostic::{Diagnostic, Sources};
use crate::interpreter::{Context, Exchange};
use crate::storage::cdr::Row;
use crate::storage::cdr::conf::{self, CallRecords};
use crate::storage::realtime::{Places, Realtime};
use crate::storage::records::{Deliveries, Spool, Template, ama_word};
use crate::storage::sql::{Source, odbc};

use super::configuration::read_if_there;
use crate::conf::Directories;

/// Reads the connections of `res_odbc.conf`; what is wrong with them beside.
pub fn connections(
    files: &mut dyn Files,
    directories: &Directories,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> (BTreeMap<String, Source>, Vec<String>) {
    let Some(res_odbc) = read_if_there(files, &directories.etc.join("res_odbc.conf"), sources) else {
        return Default::default();
    };
    diagnostics.extend(res_odbc.diagnostics.iter().cloned());
    let own = read_if_there(files, &directories.etc.join("odbc.ini"), sources);
    let ini = own.or_else(|| read_if_there(files, "/etc/odbc.ini".as_ref(), sources)).unwrap_or_default();
    let (mut connections, problems) = odbc::sources(&res_odbc, &ini);
    for source in connections.values_mut() {
        if let Source::Sqlite(path) = source {
            *path = directories.etc.join(&*path);
        }
    }
    (connections, problems)
}

/// Reads the tables of `extconfig.conf`; what is wrong with them beside.
pub fn realtime(
    files: &mut dyn Files,
    directories: &Directories,
    connections: &BTreeMap<String, Source>,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Realtime, Vec<String>) {
    let mut read = |name: &str| {
        let config = read_if_there(files, &directories.etc.join(name), sources)?;
        diagnostics.extend(config.diagnostics.iter().cloned());
        Some(config)
    };
    let Some(extconfig) = read("extconfig.conf") else { return Default::default() };
    let (sqlite, pgsql) = (read("res_config_sqlite3.conf"), read("res_pgsql.conf"));
    let mysql = read("res_config_mysql.conf").or_else(|| read("res_mysql.conf"));
    let places =
        Places { odbc: Some(connections), sqlite: sqlite.as_ref(), pgsql: pgsql.as_ref(), mysql: mysql.as_ref() };
    Realtime::read(&extconfig, &places, &directories.etc)
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
    conf: ArcSwap<CallRecords>,
    deliveries: Arc<Deliveries>,
    manager: mpsc::UnboundedSender<Row>,
}

impl Recorder {
    /// Begins to take records, and to deliver what waits from before.
    pub fn start(exchange: &Arc<Exchange>, conf: CallRecords, spool: &Arc<Spool>) -> Arc<Self> {
        let (manager, events) = mpsc::unbounded_channel();
        let recorder = Arc::new(Self {
            exchange: Arc::downgrade(exchange),
            conf: ArcSwap::default(),
            deliveries: Deliveries::new::<Row>(spool),
            manager,
        });
        recorder.set(conf);
        exchange.channels.add_observer(recorder.clone());
        tokio::spawn(tell_manager(Arc::downgrade(&recorder), events));
        recorder
    }

    /// Takes over what the files say now.
    pub fn set(&self, conf: CallRecords) {
        if let Some(exchange) = self.exchange.upgrade() {
            exchange.channels.ledger().set_settings(conf.settings.clone());
        }
        if **self.conf.load() != conf {
            self.deliveries.set(conf.backends(), conf.batch);
            self.conf.store(Arc::new(conf));
        }
    }

    /// Waits, a little, until the backends have what they can take.
    pub async fn finish(&self) {
        self.deliveries.finish().await;
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
            let mut text = |template: &Template| template.text(|text| context.expand(text));
            let texts = conf.templates.iter().map(|(backend, template)| (backend.clone(), text(template)));
            row.texts = texts.collect();
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
        self.deliveries.put(&row);
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
        let field = |name: &str| row.field(name, false, &zone).unwrap_or_default();
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
