//! Call records: each call's once, whatever happens to the process, the disk and the databases.

use std::collections::BTreeSet;
use std::fs;

use rusqlite::Connection;

use crate::databases::{Database, Kind};
use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server, password};
use crate::sipp::{Playing, Scenario};

const PLAN: &str = "\
[internal]
exten => 100,1,Set(CDR(userfield)=shop)
 same => n,Set(CDR(colour)=r'ed)
 same => n,Answer()
 same => n,Wait(0.3)
 same => n,Hangup()
";

fn folder() -> Folder {
    let folder = Folder::new(PLAN).peer("2001", "internal", "accountcode=sales");
    folder.write("cel.conf", "[general]\nenable=yes\nevents=ALL\n");
    folder
}

/// What the event log has of each of these calls.
const EVENTS: [&str; 5] = ["ANSWER", "CHAN_END", "CHAN_START", "HANGUP", "LINKEDID_END"];

/// Fails unless these events, each with its channel's unique id, are all of these calls', each once.
#[track_caller]
fn assert_all_events(mut found: Vec<(String, String)>, calls: &[String]) {
    let events = calls.iter().flat_map(|id| EVENTS.map(|event| (event.to_owned(), id.clone())));
    let mut expected: Vec<(String, String)> = events.collect();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

fn calls(server: &Server, calls: u32, rate: u32) -> Playing {
    let scenario = Scenario::new("callee_hangs_up", server.address()).user("2001", &password("2001"));
    scenario.extension("100").calls(calls, rate).start()
}

/// The unique ids in `Master.csv`.
fn in_csv(server: &Server) -> Vec<String> {
    let text = fs::read_to_string(server.file("var/log/cdr-csv/Master.csv")).unwrap_or_default();
    let id = |line: &str| {
        let columns: Vec<&str> = line.split("\",\"").collect();
        columns[columns.len() - 2].trim_matches('"').to_owned()
    };
    text.lines().map(id).collect()
}

/// The unique ids in `master.db`.
fn in_sqlite(server: &Server) -> Vec<String> {
    let Ok(database) = Connection::open(server.file("var/log/master.db")) else { return Vec::new() };
    let Ok(mut statement) = database.prepare("SELECT uniqueid FROM cdr") else { return Vec::new() };
    let rows = statement.query_map([], |row| row.get(0)).expect("the rows");
    rows.map(Result::unwrap).collect()
}

fn each_once(ids: &[String]) -> BTreeSet<&String> {
    let set: BTreeSet<&String> = ids.iter().collect();
    assert_eq!(set.len(), ids.len(), "{ids:?}");
    set
}

#[test]
fn a_call_is_a_line_and_a_row() {
    let server = folder().run();
    calls(&server, 1, 1).finish().assert_good(1);
    assert!(
        eventually(PATIENCE, || (in_sqlite(&server).len() == 1 && in_csv(&server).len() == 1).then_some(())).is_some()
    );
    let line = fs::read_to_string(server.file("var/log/cdr-csv/Master.csv")).unwrap();
    let begin =
        "\"sales\",\"2001\",\"100\",\"internal\",\"\"\"2001\"\" <2001>\",\"SIP/2001-00000000\",\"\",\"Hangup\",\"\",";
    assert!(line.starts_with(begin), "{line}");
    let end = format!(",0,0,\"ANSWERED\",\"DOCUMENTATION\",\"{}\",\"shop\"\n", in_csv(&server)[0]);
    assert!(line.ends_with(&end), "{line}");
    assert_eq!(fs::read_to_string(server.file("var/log/cdr-csv/sales.csv")).unwrap(), line);
}

#[test]
fn killed_under_load_it_loses_and_doubles_nothing() {
    let folder = folder();
    folder.write("cel_custom.conf", "[mappings]\nMaster.csv => ${eventtype} ${CHANNEL(uniqueid)}\n");
    let events =
        "[events]\ncolumns=eventtype,uniqueid,eventtime\nvalues=${eventtype},${CHANNEL(uniqueid)},${eventtime}\n";
    folder.write("cel_sqlite3_custom.conf", events);
    let mut server = folder.run();
    let mut told = 0;
    for _ in 0..3 {
        let playing = calls(&server, 60, 60);
        let before = in_csv(&server).len();
        assert!(eventually(PATIENCE, || (in_csv(&server).len() >= before + 20).then_some(())).is_some());
        server.kill();
        told += playing.stop();
        server.run_again();
    }
    let mut settled = || {
        let (csv, sqlite) = (in_csv(&server), in_sqlite(&server));
        (!csv.is_empty() && csv.len() == sqlite.len()).then_some((csv, sqlite))
    };
    let (csv, sqlite) = eventually(PATIENCE, &mut settled).expect("both have the same");
    assert_eq!(each_once(&csv), each_once(&sqlite));
    // A call that was killed has no record, and the events that it came to.
    let in_file = fs::read_to_string(server.file("var/log/cel-custom/Master.csv")).unwrap_or_default();
    let pair = |line: &str| line.split_once(' ').map(|(event, id)| (event.to_owned(), id.to_owned()));
    let (whole, rest): (Vec<_>, Vec<_>) = in_file.lines().filter_map(pair).partition(|(_, id)| csv.contains(id));
    assert_all_events(whole, &csv);
    let all: BTreeSet<_> = rest.iter().collect();
    assert_eq!(all.len(), rest.len(), "{rest:?}");
    let lines = in_file.lines().count();
    let in_table = || {
        let database = Connection::open(server.file("var/log/events.db")).ok()?;
        let count = "SELECT count(*), count(DISTINCT eventtype || uniqueid) FROM cel";
        let counts: (i64, i64) = database.query_row(count, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
        (counts == (lines as i64, lines as i64)).then_some(())
    };
    assert!(eventually(PATIENCE, in_table).is_some(), "the table has the same {lines} events");
    // A call that sipp saw end in the very moment of a kill may have ended for nobody else.
    assert!(csv.len() as u64 + 3 >= told, "{} records of {told} calls", csv.len());
}

const COLUMNS: &str = "clid varchar(80), src varchar(80), dst varchar(80), dcontext varchar(80), channel varchar(80), \
                       dstchannel varchar(80), lastapp varchar(80), lastdata varchar(80), duration integer, \
                       billsec integer, disposition varchar(45), amaflags integer, accountcode varchar(20), \
                       uniqueid varchar(32), userfield varchar(255), colour varchar(4)";

#[test]
fn a_database_that_was_away_has_all_of_them_once() {
    let (mut postgres, mut maria) = (Database::start(Kind::Postgres), Database::start(Kind::MariaDb));
    postgres.execute(&format!("CREATE TABLE cdr (calldate timestamp NOT NULL, {COLUMNS})"));
    maria.execute(&format!("CREATE TABLE cdr (calldate datetime NOT NULL, {COLUMNS}) DEFAULT CHARSET=utf8mb4"));
    let folder = folder();
    let global = |port| {
        format!("[global]\nhostname=127.0.0.1\nport={port}\ndbname=calls\nuser=exten\npassword=key-exten\ntable=cdr\n")
    };
    folder.write("cdr_pgsql.conf", &global(postgres.port));
    folder.write("cdr_mysql.conf", &format!("{}[columns]\nalias start => calldate\n", global(maria.port)));
    let columns = "eventtype varchar(30), channame varchar(80), uniqueid varchar(32), who varchar(80), extra text";
    postgres.execute(&format!("CREATE TABLE cel (eventtime timestamp, {columns})"));
    maria.execute(&format!("CREATE TABLE events (eventtime datetime, {columns}, source varchar(9))"));
    folder.write("cel_pgsql.conf", &global(postgres.port).replace("table=cdr", "table=cel"));
    folder.write("res_odbc.conf", &format!("[here]\ndsn=mysql://exten:key-exten@127.0.0.1:{}/calls\n", maria.port));
    let odbc = "[events]\nconnection=here\ntable=events\nalias cid_num => who\nstatic \"exten\" => source\n";
    folder.write("cel_odbc.conf", odbc);
    let mut server = folder.run();
    let ids = |database: &Database| -> Vec<String> {
        let rows = database.query("SELECT uniqueid FROM cdr").rows;
        rows.into_iter().map(|row| row[0].clone().unwrap_or_default()).collect()
    };
    let both_have = |postgres: &Database, maria: &Database, count: usize, server: &Server| {
        let full = eventually(PATIENCE, || (ids(postgres).len() >= count && ids(maria).len() >= count).then_some(()));
        assert!(full.is_some(), "{:?} {:?}\n{}", ids(postgres), ids(maria), server.log());
        assert_eq!(each_once(&ids(postgres)).len(), count);
        assert_eq!(each_once(&ids(postgres)), each_once(&ids(maria)));
        for (database, table) in [(postgres, "cel"), (maria, "events")] {
            let statement = format!("SELECT eventtype, uniqueid FROM {table}");
            let events = || database.query(&statement).rows;
            let full = eventually(PATIENCE, || (events().len() >= count * EVENTS.len()).then_some(()));
            assert!(full.is_some(), "{table}: {:?}\n{}", events(), server.log());
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let pairs = events().iter().map(|row| (text(&row[0]), text(&row[1]))).collect();
            assert_all_events(pairs, &ids(postgres));
        }
    };
    calls(&server, 5, 10).finish().assert_good(5);
    both_have(&postgres, &maria, 5, &server);
    let row = "SELECT src, dst, disposition, userfield, colour, amaflags, lastapp FROM cdr LIMIT 1";
    let expected = ["2001", "100", "ANSWERED", "shop", "r'ed", "3", "Hangup"].map(|value| Some(value.to_owned()));
    assert_eq!(postgres.query(row).rows, [expected.to_vec()]);
    assert_eq!(maria.query(row).rows, [expected.to_vec()]);
    let row = "SELECT who, source, channame FROM events WHERE eventtype = 'ANSWER' AND channame LIKE '%-00000000'";
    let expected = ["2001", "exten", "SIP/2001-00000000"].map(|value| Some(value.to_owned()));
    assert_eq!(maria.query(row).rows, [expected.to_vec()]);

    postgres.kill();
    maria.kill();
    calls(&server, 10, 10).finish().assert_good(10);
    server.wait_for_output("pgsql takes no call records");
    server.wait_for_output("mysql takes no call records");
    server.wait_for_output("cel/pgsql takes no channel events");
    server.wait_for_output("cel/odbc/events takes no channel events");
    assert_eq!(server.log().matches("pgsql takes no call records").count(), 1, "{}", server.log());
    assert!(!server.log().contains("key-exten"), "no password in the log");
    server.kill();
    postgres.run_again();
    maria.run_again();
    server.run_again();
    both_have(&postgres, &maria, 15, &server);
}
