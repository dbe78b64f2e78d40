//! `dialplans/callback`: two parties are called, one after the other, and talk; who has had its share is refused.

use std::process::{Command, Output};

use super::{plan, wait_told, with_manager};
use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server};
use crate::sipp::Scenario;

fn run(server: &Server, program: &str, arguments: &[&str]) -> Output {
    let program = server.file("bin").join(program);
    Command::new(program).arg(server.file("")).args(arguments).output().expect("a Python program")
}

#[test]
fn both_parties_are_called_and_the_third_call_is_refused() {
    let (folder, _) = with_manager(plan("callback", "internal", &["2001", "2002"]));
    let server = folder.run();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    for calls in 1..=2 {
        let asked = run(&server, "callback.py", &["2001", "2002"]);
        assert!(asked.status.success(), "{asked:?}");
        assert!(ann.wait_ringing().contains("2002"), "{}", ann.log());
        ann.answer();
        assert!(bob.wait_ringing().contains("2001"), "{}", bob.log());
        bob.answer();
        ann.wait_hears(&[700], &[600]);
        bob.wait_hears(&[600], &[700]);
        bob.hangup();
        ann.wait_closed();
        wait_told(&server, "core show channels count", |text| text.starts_with("0 active channels"));
        let counted = eventually(PATIENCE, || {
            assert!(run(&server, "monitor.py", &["once"]).status.success());
            let database = rusqlite::Connection::open(server.file("var/lib/callbacks.sqlite3")).ok()?;
            let row = database.query_row("SELECT calls FROM callbacks WHERE number = '2001'", [], |row| row.get(0));
            row.ok().filter(|counted: &i64| *counted == calls)
        });
        let csv = std::fs::read_to_string(server.file("var/log/cdr-csv/Master.csv")).unwrap_or_default();
        assert!(counted.is_some(), "{calls} calls are not in the records:\n{csv}\n{}", server.log());
    }
    let refused = run(&server, "callback.py", &["2001", "2002"]);
    assert_eq!(String::from_utf8_lossy(&refused.stderr), "refused: 2001 has had 2 calls\n");
    let records = rusqlite::Connection::open(server.file("var/log/master.db")).expect("the records");
    let field: String = records
        .query_row("SELECT userfield FROM cdr WHERE dcontext = 'callback-second' AND userfield != ''", [], |row| {
            row.get(0)
        })
        .expect("a record");
    assert_eq!(field, "Hangupcause:16");
}

#[test]
fn a_second_party_that_is_not_there_is_told_to_the_first() {
    let (folder, _) = with_manager(plan("callback", "internal", &["2001", "2002"]));
    let server = folder.run();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    bob.dial("2001");
    ann.wait_ringing();
    ann.answer();
    bob.wait_established();
    ann.hangup();
    bob.wait_closed();
    assert!(run(&server, "callback.py", &["2001", "2002"]).status.success());
    ann.wait_ringing();
    ann.answer();
    bob.wait_ringing();
    bob.hangup();
    ann.wait_closed();
    let full = server.log();
    assert!(!full.contains("ERROR"), "{full}");
}

/// Changes what is written in the plan.
fn with_plan(folder: &Folder, changes: &[(&str, &str)]) {
    let plan = folder.path().join("extensions.conf");
    let text = std::fs::read_to_string(&plan).expect("the plan");
    let changed = changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from} is not in the plan");
        text.replace(from, to)
    });
    folder.write("extensions.conf", &changed);
}

/// What the records say of the call to the second party: how it ended, how long they talked, and the cause that the plan
/// noted; that has a record of its own, because the plan went on after the call.
#[track_caller]
fn record(server: &Server) -> (String, i64, String) {
    let row = eventually(PATIENCE, || {
        let records = rusqlite::Connection::open(server.file("var/log/master.db")).ok()?;
        let call = "SELECT disposition, billsec FROM cdr WHERE dcontext = 'callback-second' AND dstchannel != ''";
        let note = "SELECT userfield FROM cdr WHERE dcontext != 'callback-first' AND userfield != ''";
        let (disposition, seconds) = records.query_row(call, [], |row| Ok((row.get(0)?, row.get(1)?))).ok()?;
        Some((disposition, seconds, records.query_row(note, [], |row| row.get(0)).ok()?))
    });
    row.unwrap_or_else(|| {
        let csv = std::fs::read_to_string(server.file("var/log/cdr-csv/Master.csv")).unwrap_or_default();
        panic!("no record of the second party\n{csv}\n{}", server.log())
    })
}

#[test]
fn the_first_party_hears_how_much_time_is_left_and_that_it_is_up() {
    let (folder, _) = with_manager(plan("callback", "internal", &["2001", "2002"]));
    // A warning when 8 seconds are left, and again when 4 are.
    with_plan(
        &folder,
        &[("TALK = 300000", "TALK = 12000"), ("WARN = 20000", "WARN = 8000:4000"), (":${WARN}:${WARN}", ":${WARN}")],
    );
    let server = folder.run();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    assert!(run(&server, "callback.py", &["2001", "2002"]).status.success());
    ann.wait_ringing();
    ann.answer();
    bob.wait_ringing();
    bob.answer();
    ann.wait_hears(&[700], &[600]);
    for _ in 0..2 {
        ann.wait_for_sound("how much time is left", |heard| {
            heard.loudness() > -40.0 && heard.misses(&[600]) && !heard.hears(&[700])
        });
        ann.wait_hears(&[700], &[600]);
    }
    bob.wait_closed();
    let over = ann.moment();
    ann.wait_closed();
    let heard = ann.heard_between(over, ann.moment());
    assert!(heard.loudness() > -45.0, "the time is up: {heard:?}");
    let (disposition, seconds, field) = record(&server);
    assert_eq!((&*disposition, &*field), ("ANSWERED", "Hangupcause:16"), "{}", server.log());
    assert!(seconds >= 12, "{seconds} seconds\n{}", server.log());
    let heard = bob.heard();
    assert!(!heard.is_silent(), "{heard:?}");
}

#[test]
fn why_the_second_party_is_not_reached_chooses_what_the_first_hears() {
    for (status, cause, disposition) in [
        ("486 Busy Here", 17, "BUSY"),
        ("403 Forbidden", 21, "NO ANSWER"),
        ("480 Temporarily Unavailable", 19, "BUSY"),
        ("500 Server Internal Error", 38, "FAILED"),
    ] {
        let callee = Scenario::waiting("refuse").key("status", status).start();
        let address = callee.address();
        let at = format!("host={}\nport={}", address.ip(), address.port());
        let (folder, _) = with_manager(plan("callback", "internal", &["2001"]).peer("2002", "internal", &at));
        let server = folder.run();
        let mut ann = server.phone("2001", 600);
        assert!(run(&server, "callback.py", &["2001", "2002"]).status.success());
        ann.wait_ringing();
        ann.answer();
        if callee.finish().failed > 0 {
            panic!("{}", server.log());
        }
        ann.wait_closed();
        let (found, _, field) = record(&server);
        let wanted = (disposition, &*format!("Hangupcause:{cause}"));
        assert_eq!((&*found, &*field), wanted, "{status}\n{}", server.log());
    }
}
