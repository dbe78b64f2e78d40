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

use super::alarms::alarms;
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
    let [adaptive, odbc, syslog] = ["cdr_adaptive_odbc.conf", "cdr_odbc.conf", "cdr_syslog.conf"].map(&mut config);
    let [cdr, manager, custom, sqlite, pgsql, mysql] = [
        "cdr.conf",
        "cdr_manager.conf",
        "cdr_custom.conf",
        "cdr_sqlite3_custom.conf",
        "cdr_pgsql.conf",
        "cdr_mysql.conf",
    ]
    .map(config);
    let files = conf::Files { cdr, manager, custom, sqlite, pgsql, mysql, adaptive, odbc, syslog, connections };
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
            deliveries: Deliveries::new::<Row>(spool, alarms(exchange)),
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use parking_lot::Mutex;

    use super::*;
    use crate::channel::simulated::Behaviour;
    use crate::conf::Disk;
    use crate::server::{BEGINNING, Configuration, Entry, Stage, in_virtual_time};

    const PLAN: &str = "[default]\nexten => 1,1,Set(CDR(shop)=7)\nsame => n,Set(CDR(userfield)=it's)\n\
                        same => n,Dial(SIP/bob,30)\n";

    type Fields = Vec<(String, String)>;

    /// The manager's events.
    #[derive(Default)]
    struct Events(Mutex<Vec<(String, Fields)>>);

    impl Observer for Events {
        fn happened(&self, happening: &Happening<'_>) {
            if let Happening::Manager { event, fields, .. } = happening {
                let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
                self.0.lock().push(((*event).to_owned(), fields.collect()));
            }
        }
    }

    /// Lets ann talk with bob for ten seconds, with these files in the folder; gives the folder and the manager's events
    /// `Cdr`.
    fn one_call(files: &[(&str, &str)]) -> (tempfile::TempDir, Vec<Fields>) {
        let folder = folder(files);
        let events = in_virtual_time(tell(folder.path())).unwrap();
        let records = events.into_iter().filter(|(event, _)| event == "Cdr").map(|(_, fields)| fields);
        (folder, records.collect())
    }

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let phones = "[ann]\ntype=friend\nhost=dynamic\ncallerid=Ann <2001>\n[bob]\ntype=friend\nhost=dynamic\n";
        for (name, text) in [("extensions.conf", PLAN), ("sip.conf", phones)].iter().chain(files) {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        folder
    }

    async fn tell(folder: &Path) -> Vec<(String, Fields)> {
        let mut configuration = Configuration::load_from(&mut Disk::default(), folder);
        let (records, spool) = (std::mem::take(&mut configuration.records), folder.join("spool.sqlite3"));
        let stage = Stage::new(configuration, BEGINNING, Behaviour::Answers(Duration::from_secs(2)));
        let events = Arc::new(Events::default());
        stage.add_observer(events.clone());
        let recorder = Recorder::start(&stage.exchange, records, &Arc::new(Spool::new(&spool, false)));
        stage.dial(&Entry { phone: "ann".to_owned(), extension: "1".to_owned(), ..Entry::default() }).unwrap();
        tokio::time::sleep(Duration::from_secs(12)).await;
        stage.phones.party("bob").unwrap().hang_up();
        stage.wait_for_end(Duration::from_secs(60)).await;
        recorder.finish().await;
        std::mem::take(&mut *events.0.lock())
    }

    /// The rows of a table, each as text.
    fn rows(folder: &Path, database: &str, query: &str) -> Vec<String> {
        let database = rusqlite::Connection::open(folder.join(database)).unwrap();
        let mut statement = database.prepare(query).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }

    #[test]
    fn without_any_file_there_are_csv_and_sqlite_and_the_event() {
        let (folder, events) = one_call(&[]);
        let csv = std::fs::read_to_string(folder.path().join("var/log/cdr-csv/Master.csv")).unwrap();
        assert!(csv.contains(",12,10,\"ANSWERED\",\"DOCUMENTATION\",") && csv.ends_with("\"it's\"\n"), "{csv}");
        let found = rows(folder.path(), "var/log/master.db", "SELECT duration||' '||billsec||' '||userfield FROM cdr");
        assert_eq!(found, ["12 10 it's"]);
        let names: Vec<&str> = events[0].iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            [
                "AccountCode",
                "Source",
                "Destination",
                "DestinationContext",
                "CallerID",
                "Channel",
                "DestinationChannel",
                "LastApplication",
                "LastData",
                "StartTime",
                "AnswerTime",
                "EndTime",
                "Duration",
                "BillableSeconds",
                "Disposition",
                "AMAFlags",
                "UniqueID",
                "UserField"
            ]
        );
    }

    #[test]
    fn cdr_conf_chooses_the_columns_of_the_csv_or_no_records_at_all() {
        let conf = "[general]\n[csv]\nloguniqueid=no\nloguserfield=no\nnewcdrcolumns=yes\naccountlogs=no\n";
        let (folder, _) = one_call(&[("cdr.conf", conf)]);
        let csv = std::fs::read_to_string(folder.path().join("var/log/cdr-csv/Master.csv")).unwrap();
        let end = csv.split("\"DOCUMENTATION\",").nth(1).unwrap();
        assert!(end.starts_with("\"\",\"") && end.ends_with("\",0\n"), "{csv}");
        let (folder, events) = one_call(&[("cdr.conf", "[general]\nenable=no\n")]);
        assert!(events.is_empty() && !folder.path().join("var/log/cdr-csv").exists());
    }

    #[test]
    fn cdr_custom_conf_has_lines_of_the_admins_own() {
        let custom = "[mappings]\nOwn.csv => ${CSV_QUOTE(${CDR(clid)})},${CDR(billsec,f)},${CDR(shop)},${CDR(disposition,u)}\n\
                      Other.csv => ${CDR(src)} ${LEN(${CDR(userfield)})}\n";
        let (folder, _) = one_call(&[("cdr_custom.conf", custom)]);
        let read = |name: &str| std::fs::read_to_string(folder.path().join("var/log/cdr-custom").join(name)).unwrap();
        assert_eq!(read("Own.csv"), "\"\"\"Ann\"\" <2001>\",10.000000,7,8\n");
        assert_eq!(read("Other.csv"), "2001 4\n");
    }

    #[test]
    fn cdr_sqlite3_custom_conf_has_columns_of_the_admins_own() {
        let custom = "[master]\ntable => calls\ncolumns => who, shop, secs\n\
                      values => '${CDR(src)}','${CDR(shop)}','${CDR(billsec)}'\n";
        let (folder, _) = one_call(&[("cdr_sqlite3_custom.conf", custom)]);
        assert_eq!(rows(folder.path(), "var/log/master.db", "SELECT who||shop||secs FROM calls"), ["2001710"]);
    }

    #[test]
    fn cdr_adaptive_odbc_conf_fills_the_columns_that_a_table_has() {
        let (folder, database) = (tempfile::tempdir().unwrap(), "records.db");
        let table = "CREATE TABLE calls (calldate TEXT, src TEXT, shop TEXT, note TEXT, who TEXT, billsec REAL, \
                     disposition INTEGER)";
        rusqlite::Connection::open(folder.path().join(database)).unwrap().execute_batch(table).unwrap();
        let adaptive = |filter: &str| {
            format!("[one]\nconnection=here\ntable=calls\nalias channel => who\nstatic \"own\" => note\n{filter}")
        };
        let told = |filter: &str| {
            let dsn = format!("[here]\nenabled=yes\ndsn=sqlite:{}\n", folder.path().join(database).display());
            one_call(&[("res_odbc.conf", &dsn), ("cdr_adaptive_odbc.conf", &adaptive(filter))]);
            rows(folder.path(), database, "SELECT src||shop||note||substr(who,1,7)||billsec||disposition FROM calls")
        };
        assert_eq!(told("filter shop => 7\n"), ["20017ownSIP/ann10.08"]);
        assert_eq!(told("filter shop => !7\n").len(), 1, "a record that the filter does not want is left out");
    }

    #[test]
    fn cdr_odbc_conf_fills_the_table_of_old() {
        let table = "CREATE TABLE cdr (calldate TEXT, src TEXT, disposition TEXT, amaflags TEXT, uniqueid TEXT, \
                     userfield TEXT, linkedid TEXT)";
        let told = |options: &str| {
            let folder = tempfile::tempdir().unwrap();
            let database = folder.path().join("records.db");
            rusqlite::Connection::open(&database).unwrap().execute_batch(table).unwrap();
            let dsn = format!("[here]\nenabled=yes\ndsn=sqlite:{}\n", database.display());
            let odbc = format!("[global]\ndsn=here\n{options}");
            one_call(&[("res_odbc.conf", &dsn), ("cdr_odbc.conf", &odbc)]);
            let query = "SELECT src||' '||disposition||' '||amaflags||' '||coalesce(userfield, '-')||' '||(linkedid IS NULL) FROM cdr";
            rows(folder.path(), "records.db", query)
        };
        assert_eq!(told(""), ["2001 8 3 - 1"]);
        assert_eq!(told("dispositionstring=yes\nloguniqueid=yes\nnewcdrcolumns=yes\n"), ["2001 ANSWERED 3 it's 0"]);
    }

    #[test]
    fn cdr_manager_conf_adds_fields_to_the_event_or_has_none() {
        let (_, events) = one_call(&[(
            "cdr_manager.conf",
            "[general]\nenabled=yes\n[mappings]\nshop => Shop\nlinkedid => LinkedID\n",
        )]);
        let field = |name: &str| events[0].iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
        assert_eq!((field("Shop"), field("BillableSeconds")), (Some("7"), Some("10")));
        assert_eq!(field("LinkedID"), field("UniqueID"));
        assert!(one_call(&[("cdr_manager.conf", "[general]\nenabled=no\n")]).1.is_empty());
    }

    #[test]
    fn programs_are_told_of_a_place_that_takes_no_records() {
        let folder = folder(&[]);
        // A file stands where the folder of the CSV is to be.
        let csv = folder.path().join("var/log/cdr-csv");
        std::fs::create_dir_all(csv.parent().unwrap()).unwrap();
        std::fs::write(csv, "").unwrap();
        let events = in_virtual_time(tell(folder.path())).unwrap();
        let alarm = events.iter().find(|(event, _)| event == "StorageAlarm").map(|(_, fields)| fields).unwrap();
        let known: Vec<_> = alarm.iter().map(|(name, value)| (name.as_str(), value.as_str())).take(3).collect();
        assert_eq!(known, [("Storage", "csv"), ("Kind", "call records"), ("Waiting", "1")]);
        assert_eq!(alarm[3].0, "Reason");
    }

    #[test]
    fn cdr_syslog_conf_sends_lines_of_the_admins_own() {
        let conf = "[general]\nfacility=local2\n[one]\ntemplate = \"${CDR(src)} ${CDR(billsec)}\"\n\
                    [two]\ntemplate=x\npriority=loud\n";
        let folder = folder(&[("cdr_syslog.conf", conf)]);
        let records = Configuration::load(folder.path()).records;
        let line = Template::Line("${CDR(src)} ${CDR(billsec)}".to_owned());
        assert_eq!(records.templates, [("syslog/one".to_owned(), line)]);
        let names: Vec<String> = in_virtual_time(async { records.backends() })
            .unwrap()
            .iter()
            .map(|backend| backend.name().to_owned())
            .collect();
        assert_eq!(names, ["csv", "syslog/one", "sqlite"]);
    }

    #[test]
    fn batches_wait_for_their_time() {
        let conf = "[general]\nbatch=yes\nsize=5\ntime=60\n";
        let (folder, _) = one_call(&[("cdr.conf", conf)]);
        let csv = std::fs::read_to_string(folder.path().join("var/log/cdr-csv/Master.csv")).unwrap();
        assert_eq!(csv.lines().count(), 1, "what waits is delivered at the end");
    }
    #[test]
    fn a_queue_may_name_the_member_in_the_record() {
        let plan = ("extensions.conf", "[default]\nexten => 1,1,Queue(q,,,,60)\n");
        let called = |general: &str| {
            let queues = format!("[general]\n{general}\n[q]\nmember => SIP/bob,0,Bob Lee\n");
            let (folder, _) = one_call(&[plan, ("queues.conf", &queues)]);
            rows(folder.path(), "var/log/master.db", "SELECT dstchannel||' '||disposition FROM cdr")
        };
        assert_eq!(called("updatecdr=yes"), ["Bob Lee ANSWERED"]);
        assert!(called("")[0].starts_with("SIP/bob-"));
    }
}
