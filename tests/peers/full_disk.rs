//! A full disk: calls go on, the admin is told, and what was to be written is there once there is room again.
//!
//! `var` is a file system of a few megabytes in a namespace of the server's own, so that it is really full.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use crate::process::{PATIENCE, eventually};
use crate::program::{Program, address};
use crate::server::{Folder, Server, password};
use crate::sipp::Scenario;

const PLAN: &str = "\
[internal]
exten => 100,1,Answer()
 same => n,Set(DB(room/key)=${EPOCH})
 same => n,Wait(0.2)
 same => n,Hangup()
exten => 200,1,Answer()
 same => n,Record(/DISK/said.wav,0,2,q)
 same => n,UserEvent(Recorded,Status: ${RECORD_STATUS})
exten => 300,1,Answer()
 same => n,VoiceMail(300,s)
 same => n,UserEvent(Left,Status: ${VMSTATUS})
exten => 400,1,Answer()
 same => n,MixMonitor(mixed.wav)
 same => n,Wait(1)
 same => n,UserEvent(Mixed)
exten => 500,1,Answer()
 same => n,Set(CONFBRIDGE(bridge,record_conference)=yes)
 same => n,Set(TIMEOUT(absolute)=2)
 same => n,ConfBridge(1)
exten => 600,1,Answer()
 same => n,Queue(sales,,,,1)
 same => n,UserEvent(Queued,Status: ${QUEUESTATUS})
exten => 700,1,Answer()
 same => n,Set(CONFBRIDGE(bridge,record_conference)=yes)
 same => n,Set(CONFBRIDGE(bridge,record_file)=room.wav)
 same => n,Set(CONFBRIDGE(bridge,record_file_timestamp)=no)
 same => n,MixMonitor(long.wav)
 same => n,UserEvent(Begun)
 same => n,ConfBridge(2)
exten => h,1,UserEvent(Over,Number: ${EXTEN})
";

/// The file system gives room by so much.
const PAGE: usize = 4096;

/// Where the server sees its `var`.
fn disk(server: &Server) -> PathBuf {
    PathBuf::from(format!("/proc/{}/root{}", server.id(), server.file("var").display()))
}

/// Takes all room there is, also that behind the end of files that grow.
fn fill(server: &Server) {
    for log in ["log/queue_log", "log/messages.log"] {
        let mut file = fs::OpenOptions::new().append(true).create(true).open(disk(server).join(log)).expect("a log");
        let length = file.metadata().expect("its length").len() as usize;
        file.write_all(&vec![b'\n'; length.next_multiple_of(PAGE) - length]).expect("a full page");
    }
    let mut file = fs::File::create(disk(server).join("everything")).expect("a file on the small disk");
    let mut piece = vec![0; 65536];
    while !piece.is_empty() {
        if file.write_all(&piece).is_err() {
            piece.truncate(piece.len() / 2);
        }
    }
}

fn folder() -> Folder {
    let folder = Folder::new("").peer("2001", "internal", "accountcode=sales").small_disk();
    folder.write("extensions.conf", &PLAN.replace("/DISK", &folder.path().join("var").display().to_string()));
    folder.write("voicemail.conf", "[general]\nformat=wav\nmaxsecs=2\n[default]\n300 => 1234,Ann\n");
    folder.write("queues.conf", "[sales]\njoinempty=yes\n");
    folder.write("logger.conf", "[logfiles]\nmessages.log => notice,warning,error\n");
    folder.write("cel.conf", "[general]\nenable=yes\nevents=HANGUP\n");
    folder.write("cel_custom.conf", "[mappings]\nMaster.csv => ${eventtype} ${CHANNEL(uniqueid)}\n");
    folder.write("manager.conf", "[general]\nenabled=yes\nport=0\n[ann]\nsecret=ann-secret\nread=all\nwrite=all\n");
    folder
}

/// A call from a program whose other end says something all the time.
fn call(program: &mut Program, number: &str, event: &str) {
    program.heard.clear();
    program.ask(&format!("Action: Originate\nChannel: Local/{number}@internal/n\nApplication: Milliwatt\nAsync: true"));
    program.wait(event);
}

fn lines(server: &Server, file: &str) -> Vec<String> {
    let text = fs::read_to_string(disk(server).join(file)).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn calls_go_on_and_nothing_is_lost() {
    let mut server = folder().run();
    let mut program = Program::log_in(address(&server), "ann");
    call(&mut program, "700", "Event: ConfbridgeJoin");
    fill(&server);

    let phones = Scenario::new("callee_hangs_up", server.address()).user("2001", &password("2001"));
    phones.extension("100").calls(40, 20).run().assert_good(40);
    program.wait("Event: StorageAlarm");
    program.wait("Storage: disk");
    call(&mut program, "200", "UserEvent: Recorded");
    program.wait("Status: ERROR");
    call(&mut program, "300", "UserEvent: Left");
    program.wait("Status: FAILED");
    call(&mut program, "400", "UserEvent: Mixed");
    call(&mut program, "500", "Event: ConfbridgeEnd");
    call(&mut program, "600", "UserEvent: Queued");
    program.wait("Status: TIMEOUT");
    for told in [
        "call records wait in memory, because the disk takes none",
        "long.wav: the recording could not be written",
        "room.wav",
        "channel events wait in memory, because the disk takes none",
        "DB: the database failed",
        "said.wav",
        "mailbox 300@default",
        "mixed.wav",
        "the conference is not recorded",
        "messages.log cannot be written",
        "a line of the queues' log is lost",
    ] {
        server.wait_for_output(told);
    }
    program.wait("Event: Cdr");
    assert_eq!(lines(&server, "log/cdr-csv/Master.csv").len(), 0);

    fs::remove_file(disk(&server).join("everything")).expect("room again");
    let all = eventually(PATIENCE, || {
        let (calls, events) = (lines(&server, "log/cdr-csv/Master.csv"), lines(&server, "log/cel-custom/Master.csv"));
        // Each call from a program has two channels.
        (calls.len() >= 45 && events.len() >= 50).then_some((calls, events))
    });
    assert!(all.is_some(), "{}", server.log());
    server.wait_for_output("the disk takes call records again: none is lost");
    server.wait_for_output("the disk takes channel events again: none is lost");
    program.wait("Event: StorageAlarmClear");
    program.heard.clear();
    program.ask("Action: ConfbridgeKick\nConference: 2\nChannel: all");
    program.wait("Event: ConfbridgeEnd");
    for recording in ["long.wav", "room.wav"] {
        let path = disk(&server).join("spool/monitor").join(recording);
        let whole = eventually(PATIENCE, || {
            let bytes = fs::read(&path).ok()?;
            let length = u32::from_le_bytes(bytes.get(40..44)?.try_into().ok()?);
            (length > 0 && length as usize + 44 == bytes.len()).then_some(())
        });
        assert!(whole.is_some(), "{recording} is not whole");
    }
    call(&mut program, "300", "UserEvent: Left");
    program.wait("Status: SUCCESS");
    assert!(!lines(&server, "log/messages.log").is_empty());
    assert!(disk(&server).join("spool/voicemail/default/300/INBOX/msg0000.wav").exists());
    assert!(!disk(&server).join("spool/voicemail/default/300/INBOX/msg0001.txt").exists());
}
