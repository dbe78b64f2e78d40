//! The queues' log: in its file, and in a table where `extconfig.conf` names one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Weak};

use jiff::tz::TimeZone;
use parking_lot::Mutex;

use super::alarms::alarms;
use crate::interpreter::Exchange;
use crate::queues::log::{Line, LogFile, LogSettings};
use crate::storage::queue_log::Row;
use crate::storage::records::places::{Place, TablePlace};
use crate::storage::records::{Deliveries, Spool};

/// Keeps the queues' log.
pub struct QueueLog {
    exchange: Weak<Exchange>,
    /// The folder of logs.
    folder: PathBuf,
    deliveries: Arc<Deliveries>,
    place: Mutex<Option<TablePlace>>,
}

impl QueueLog {
    /// Begins to keep it, and to deliver what waits from before.
    pub fn start(exchange: &Arc<Exchange>, settings: &LogSettings, folder: &Path, spool: &Arc<Spool>) -> Self {
        let deliveries = Deliveries::new::<Row>(spool, alarms(exchange));
        let exchange_of = Arc::downgrade(exchange);
        let log = Self { exchange: exchange_of, folder: folder.to_owned(), deliveries, place: Mutex::default() };
        log.set(settings);
        exchange.queues.log.note(exchange.epoch(), "QUEUESTART");
        log
    }

    /// Takes over what the files say now.
    pub fn set(&self, settings: &LogSettings) {
        let Some(exchange) = self.exchange.upgrade() else { return };
        let table = exchange.realtime.load().family("queue_log").and_then(|tables| tables.into_iter().next());
        let place = table.filter(|_| settings.is_kept).map(|table| {
            let zone = if settings.uses_utc { TimeZone::UTC } else { exchange.clock.now().time_zone().clone() };
            TablePlace { zone, ..table.place("queue_log") }
        });
        let goes_to_file = settings.is_kept && (place.is_none() || settings.goes_to_file);
        let path = self.folder.join(&settings.name);
        exchange.queues.log.set_file(goes_to_file.then_some(LogFile { path }));
        let (deliveries, weak) = (Arc::clone(&self.deliveries), self.exchange.clone());
        let put = move |line: &Line<'_>| {
            let now = weak.upgrade().map(|exchange| exchange.clock.now().timestamp().as_microsecond());
            let text = str::to_owned;
            deliveries.put(&Row {
                time: now.unwrap_or(line.time * 1_000_000),
                call: text(line.call),
                queue: text(line.queue),
                agent: text(line.agent),
                event: text(line.event),
                data: text(line.data),
            });
        };
        exchange.queues.log.set_table(place.as_ref().map(|_| Arc::new(put) as _));
        let mut known = self.place.lock();
        if *known != place {
            let backends = place.iter().map(|place| Place::Table(Box::new(place.clone())).backend::<Row>()).collect();
            self.deliveries.set(backends, None);
            *known = place;
        }
    }

    /// Waits, a little, until the table has what it can take.
    pub async fn finish(&self) {
        self.deliveries.finish().await;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::channel::simulated::Behaviour;
    use crate::conf::Disk;
    use crate::server::{BEGINNING, Configuration, Entry, Stage, in_virtual_time};

    /// A caller waits in a queue for two seconds; gives the rows of the table, and whether there is a file.
    fn rows(columns: &str, logger: &str) -> (Vec<String>, bool) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("queues.db");
        let database = rusqlite::Connection::open(&path).unwrap();
        database
            .execute_batch(&format!(
                "CREATE TABLE lines (time TEXT, callid TEXT, queuename TEXT, agent TEXT, event TEXT, {columns})"
            ))
            .unwrap();
        for (name, text) in [
            ("extensions.conf", "[default]\nexten => 1,1,Queue(q,,,,2)\n"),
            ("queues.conf", "[q]\n"),
            ("logger.conf", logger),
            ("extconfig.conf", "[settings]\nqueue_log => sqlite3,main,lines\n"),
            ("res_config_sqlite3.conf", &format!("[main]\ndbfile={}\n", path.display())),
        ] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let has_file = in_virtual_time(async {
            let configuration = Configuration::load_from(&mut Disk::default(), folder.path());
            let (log, settings) = (configuration.directories.log.clone(), configuration.queue_log.clone());
            let stage = Stage::new(configuration, BEGINNING, Behaviour::Rings);
            let spool = Arc::new(Spool::new(&folder.path().join("spool.sqlite3"), false));
            let kept = QueueLog::start(&stage.exchange, &settings, &log, &spool);
            stage.dial(&Entry { phone: "ann".to_owned(), extension: "1".to_owned(), ..Entry::default() }).unwrap();
            stage.wait_for_end(Duration::from_secs(60)).await;
            kept.finish().await;
            log.join("calls").exists()
        })
        .unwrap();
        let data = if columns.contains("data1") { "data1||'|'||data2||'|'||data3" } else { "data" };
        let mut statement =
            database.prepare(&format!("SELECT time||' '||queuename||' '||event||' '||{data} FROM lines")).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap().map(Result::unwrap);
        (rows.collect(), has_file)
    }

    #[test]
    fn a_table_in_extconfig_conf_has_the_log() {
        let columns = "data1 TEXT, data2 TEXT, data3 TEXT, data4 TEXT, data5 TEXT";
        let (lines, has_file) = rows(columns, "[general]\nqueue_log_name=calls\n");
        assert_eq!(
            lines,
            [
                "2026-03-02 09:00:00.000000 NONE QUEUESTART ||",
                "2026-03-02 09:00:00.000000 q ENTERQUEUE |ann|1",
                "2026-03-02 09:00:02.000000 q EXITWITHTIMEOUT 1|1|2"
            ]
        );
        assert!(!has_file, "the table has it, and nobody wants the file");
        let (lines, has_file) = rows("data TEXT", "[general]\nqueue_log_name=calls\nqueue_log_to_file=yes\n");
        assert_eq!(lines.last().map(String::as_str), Some("2026-03-02 09:00:02.000000 q EXITWITHTIMEOUT 1|1|2"));
        assert!(has_file);
        assert_eq!(rows("data TEXT", "[general]\nqueue_log=no\n").0, [""; 0]);
    }
}
