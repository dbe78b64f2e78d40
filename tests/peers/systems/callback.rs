//! `dialplans/callback`: two parties are called, one after the other, and talk; who has had its share is refused.

use std::process::{Command, Output};

use super::{plan, wait_told, with_manager};
use crate::process::{PATIENCE, eventually};
use crate::server::Server;

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
