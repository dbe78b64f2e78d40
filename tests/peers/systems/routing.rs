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
