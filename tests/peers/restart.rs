//! What a PBX knows outlives its process, also one that is killed.

use rusqlite::Connection;

use crate::server::{Folder, Server, password};
use crate::sipp::Scenario;

const PLAN: &str = "\
[internal]
exten => 100,1,Set(COUNT=${DB(count/${CALLERID(num)})})
 same => n,Set(DB(count/${CALLERID(num)})=$[0${COUNT} + 1])
 same => n,Set(DB(seen/${UNIQUEID})=${ASTDBDIR})
 same => n,Answer()
 same => n,Wait(1)
 same => n,Hangup()
exten => _200X,1,Dial(SIP/${EXTEN},20)
";

fn call(server: &Server, calls: u32) {
    let scenario = Scenario::new("callee_hangs_up", server.address()).user("2001", &password("2001"));
    scenario.extension("100").calls(calls, 50).run().assert_good(calls.into());
}

/// Reads the AstDB as an admin's script does.
fn stored(server: &Server, query: &str) -> Vec<String> {
    let database = Connection::open(server.file("var/lib/astdb.sqlite3")).expect("the database");
    let mut statement = database.prepare(query).expect("the table astdb(key, value)");
    let rows = statement.query_map([], |row| row.get(0)).expect("the rows");
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_astdb_outlives_a_kill() {
    let mut server = Folder::new(PLAN).peer("2001", "internal", "").run();
    call(&server, 20);
    server.kill_and_run_again();
    assert_eq!(stored(&server, "SELECT value FROM astdb WHERE key = '/count/2001'"), ["20"]);
    assert_eq!(stored(&server, "SELECT key FROM astdb WHERE key LIKE '/seen/%'").len(), 20);
    call(&server, 1);
    assert_eq!(stored(&server, "SELECT value FROM astdb WHERE key = '/count/2001'"), ["21"]);
}

#[test]
fn a_registered_phone_is_called_after_a_kill_without_registering_again() {
    let mut server = Folder::new(PLAN).peer("2001", "internal", "").peer("2002", "internal", "").run();
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    server.kill_and_run_again();
    assert!(server.log().contains("2 registrations are still valid"), "{}", server.log());
    ann.dial("2002");
    bob.wait_ringing();
    bob.answer();
    ann.wait_hears(&[700], &[600]);
    bob.hangup();
    ann.wait_closed();
}

#[test]
fn a_spoiled_database_is_named_and_nothing_starts() {
    let folder = Folder::new(PLAN);
    folder.write("var/lib/astdb.sqlite3", &"this is no database ".repeat(100));
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_exten"))
        .arg("run")
        .arg(folder.path())
        .output()
        .expect("exten runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success(), "{said}");
    assert!(said.contains("astdb.sqlite3") && said.contains("not a database"), "{said}");
}
