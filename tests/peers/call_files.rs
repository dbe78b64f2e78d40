//! Call files: what is moved into `outgoing` becomes a call, once.

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use rusqlite::Connection;

use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server};

const PLAN: &str = "\
[internal]
exten => answer,1,Answer()
 same => n,Wait(1)
exten => count,1,Set(DB(count/${ROOM})=$[0${DB(count/${ROOM})} + 1])
exten => busy,1,Set(DB(tried/busy)=$[0${DB(tried/busy)} + 1])
 same => n,Hangup(17)
exten => ring,1,Set(DB(tried/ring)=$[0${DB(tried/ring)} + 1])
 same => n,Ringing()
 same => n,Wait(60)
";

fn server() -> Server {
    Folder::new(PLAN).run()
}

/// A file with a call to a number; `lines` are added.
fn prepare(server: &Server, name: &str, number: &str, lines: &str) -> PathBuf {
    let path = server.file("var").join(name);
    let text = format!(
        "Channel: Local/{number}@internal\nContext: internal\nExtension: count\nSet: ROOM={name}\nArchive: yes\n{lines}"
    );
    fs::write(&path, text).unwrap();
    path
}

fn outgoing(server: &Server, name: &str) -> PathBuf {
    server.file("var/spool/outgoing").join(name)
}

fn stored(server: &Server, key: &str) -> Option<String> {
    let database = Connection::open(server.file("var/lib/astdb.sqlite3")).ok()?;
    database.query_row("SELECT value FROM astdb WHERE key = ?1", [key], |row| row.get(0)).ok()
}

#[track_caller]
fn wait_archived(server: &Server, name: &str) -> String {
    let path = server.file("var/spool/outgoing_done").join(name);
    let text = eventually(PATIENCE, || fs::read_to_string(&path).ok());
    text.unwrap_or_else(|| panic!("{name} is not archived\n{}", server.log()))
}

#[test]
fn a_file_moved_in_is_a_call_and_one_of_the_future_waits() {
    let server = server();
    let later = prepare(&server, "later", "answer", "");
    File::options()
        .append(true)
        .open(&later)
        .unwrap()
        .set_modified(SystemTime::now() + Duration::from_secs(3600))
        .unwrap();
    fs::rename(&later, outgoing(&server, "later")).unwrap();
    fs::rename(prepare(&server, "now", "answer", ""), outgoing(&server, "now")).unwrap();
    assert!(wait_archived(&server, "now").ends_with("Status: Completed\n"));
    let counted = || stored(&server, "/count/now");
    assert_eq!(eventually(PATIENCE, counted).as_deref(), Some("1"), "{}", server.log());
    assert!(outgoing(&server, "later").exists());
    let file = File::options().append(true).open(outgoing(&server, "later")).unwrap();
    file.set_modified(SystemTime::now()).unwrap();
    drop(file);
    wait_archived(&server, "later");
}

#[test]
fn nobody_answers_and_it_is_tried_again() {
    let server = server();
    let file = prepare(&server, "try", "busy", "MaxRetries: 1\nRetryTime: 1\n");
    fs::rename(file, outgoing(&server, "try")).unwrap();
    let text = wait_archived(&server, "try");
    assert!(text.ends_with("Status: Expired\n"), "{text}");
    assert_eq!(text.matches("StartRetry").count(), 2, "{text}");
    assert_eq!(stored(&server, "/tried/busy").as_deref(), Some("2"));
}

#[test]
fn a_restart_makes_no_call_twice() {
    let mut server = server();
    fs::rename(prepare(&server, "once", "ring", ""), outgoing(&server, "once")).unwrap();
    let rings = || stored(&server, "/tried/ring");
    assert_eq!(eventually(PATIENCE, rings).as_deref(), Some("1"));
    server.kill();
    // What came while nobody was there is called at the start.
    fs::rename(prepare(&server, "meanwhile", "answer", ""), outgoing(&server, "meanwhile")).unwrap();
    server.run_again();
    assert!(wait_archived(&server, "meanwhile").ends_with("Status: Completed\n"));
    let text = wait_archived(&server, "once");
    assert!(text.contains("AbortRetry") && text.ends_with("Status: Expired\n"), "{text}");
    assert_eq!(stored(&server, "/tried/ring").as_deref(), Some("1"));
}
