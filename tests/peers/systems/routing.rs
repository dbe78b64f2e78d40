//! `dialplans/routing`: a script decides, and a second program takes callers who wait to agents who are free.

use std::process::Command;

use super::{plan, wait_told, with_manager};
use crate::process::{PATIENCE, Process, eventually};
use crate::server::Server;

fn waiting(server: &Server) -> Option<Vec<String>> {
    let database = rusqlite::Connection::open(server.file("var/lib/waiting.sqlite3")).ok()?;
    let mut rows = database.prepare("SELECT channel FROM waiting ORDER BY rowid").ok()?;
    rows.query_map([], |row| row.get(0)).ok()?.collect::<Result<_, _>>().ok()
}

#[track_caller]
fn wait_waiting(server: &Server, count: usize) {
    let found = eventually(PATIENCE, || waiting(server).filter(|waiting| waiting.len() == count));
    assert!(found.is_some(), "waiting: {:?}\n{}", waiting(server), server.log());
}

#[test]
fn callers_wait_until_an_agent_is_free() {
    let (folder, _) = with_manager(plan("routing", "internal", &["2001", "2002", "2003", "2004"]));
    let server = folder.run();
    let log = server.file("dispatch.log");
    let mut program = Command::new(server.file("bin/dispatch.py"));
    let mut dispatch = Process::start("dispatch.py", program.arg(server.file("")), &log);
    let mut ann = server.phone("2001", 500);
    let mut bob = server.phone("2002", 600);
    let mut eve = server.phone("2003", 700);
    let mut dan = server.phone("2004", 800);
    // The agent is free: it rings at once.
    ann.dial("701");
    bob.wait_ringing();
    bob.answer();
    ann.wait_hears(&[600], &[]);
    // Now it is not: two wait.
    eve.dial("701");
    eve.wait_established();
    wait_waiting(&server, 1);
    dan.dial("701");
    dan.wait_established();
    wait_waiting(&server, 2);
    // Who hung up is noticed.
    eve.hangup();
    wait_waiting(&server, 1);
    // The agent is free again, and gets who still waits.
    ann.hangup();
    bob.wait_closed();
    bob.wait_ringing();
    bob.answer();
    dan.wait_hears(&[600], &[]);
    bob.wait_hears(&[800], &[500, 700]);
    wait_waiting(&server, 0);
    bob.hangup();
    dan.wait_closed();
    wait_told(&server, "core show channels count", |text| text.starts_with("0 active channels"));
    assert!(dispatch.ended().is_none(), "{}", dispatch.last_words());
}

#[test]
fn an_agent_who_refuses_lets_the_caller_wait_and_be_sent_again() {
    let (folder, _) = with_manager(plan("routing", "internal", &["2001", "2002", "2003"]));
    let server = folder.run();
    let mut ann = server.phone("2001", 500);
    let mut bob = server.phone("2002", 600);
    ann.dial("701");
    bob.wait_ringing();
    bob.hangup();
    // The script is told that nobody took the call, and lets the caller wait.
    wait_waiting(&server, 1);
    ann.wait_for_sound("music", |heard| heard.loudness() > -45.0 && heard.misses(&[500]));
    let log = server.file("dispatch.log");
    let mut program = Command::new(server.file("bin/dispatch.py"));
    let _dispatch = Process::start("dispatch.py", program.arg(server.file("")), &log);
    bob.wait_ringing();
    bob.answer();
    ann.wait_hears(&[600], &[]);
    // It is the caller who hangs up this time.
    ann.hangup();
    bob.wait_closed();
    wait_waiting(&server, 0);
    wait_told(&server, "core show channels count", |text| text.starts_with("0 active channels"));
}

#[test]
fn a_script_that_dies_is_told_to_the_caller() {
    for death in ["os.kill(os.getpid(), 9)", "sys.exit(3)", "raise ValueError(number)"] {
        let (folder, _) = with_manager(plan("routing", "internal", &["2001", "2002"]));
        let script = std::fs::read_to_string(folder.path().join("agi-bin/route.py")).expect("the script");
        let dying = script.replace("    number = sys.argv[1]\n", &format!("    number = sys.argv[1]\n    {death}\n"));
        assert_ne!(script, dying);
        std::fs::write(folder.path().join("agi-bin/route.py"), dying).expect("the script");
        let server = folder.run();
        let mut ann = server.phone("2001", 500);
        ann.dial("701");
        ann.wait_closed();
        let heard = ann.heard();
        assert!(!heard.is_silent(), "{death}: {heard:?}\n{}", server.log());
        wait_told(&server, "core show channels count", |text| text.starts_with("0 active channels"));
    }
}
