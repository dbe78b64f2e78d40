//! Manager programs: those of other makers, and sockets that behave badly.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::Command;

use crate::process::{PATIENCE, eventually};
use crate::program::{Program, address};
use crate::server::{Folder, Server};

const PLAN: &str = "\
[internal]
exten => 200,1,Answer()
 same => n,Wait(60)
exten => 300,1,Wait(60)
exten => 400,1,UserEvent(Arrived,Color: ${COLOR},Size: ${SIZE})
 same => n,Wait(60)
exten => 500,1,Dial(Local/501@internal)
exten => 501,1,Answer()
 same => n,Wait(1)
exten => 502,1,Answer()
 same => n,Dial(Local/200@internal)
exten => 600,1,Set(COUNT=0)
 same => n(next),Set(COUNT=$[${COUNT} + 1])
 same => n,GotoIf($[${COUNT} < 20]?next)
 same => n,Hangup()
exten => 700,1,Answer()
 same => n,AGI(agi:async)
 same => n,UserEvent(Agi,Status: ${AGISTATUS})
 same => n,Wait(60)
";

const MANAGER: &str = "\
[general]
enabled = yes
bindaddr = 127.0.0.1
port = 0
authlimit = 500

[program]
secret = program-secret
read = all
write = all
writetimeout = 500

[watcher]
secret = watcher-secret
read = call
write = reporting
eventfilter = !Event: Newstate
";

fn folder() -> Folder {
    let folder = Folder::new(PLAN);
    folder.write("manager.conf", MANAGER);
    folder
}

fn server() -> (Server, SocketAddr) {
    let server = folder().run();
    let address = address(&server);
    (server, address)
}

fn clients() -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/ami-clients");
    assert!(folder.is_dir(), "{} is not there: tests/run installs what the tests need", folder.display());
    folder
}

#[track_caller]
fn run(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    text
}

fn script(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/peers/clients").join(name)
}

#[test]
fn panoramisk_originates_redirects_and_hangs_up() {
    let (server, address) = server();
    let mut python = Command::new(clients().join("python/bin/python"));
    let text = run(python.arg(script("manager.py")).arg(address.port().to_string()));
    assert!(text.contains("hung up"), "{text}\n{}", server.log());
}

#[test]
fn asterisk_manager_calls_a_telephone_back() {
    let folder = folder().peer("2001", "internal", "");
    let server = folder.run();
    let mut ann = server.phone("2001", 600);
    let port = address(&server).port().to_string();
    let node = std::thread::spawn(move || {
        let modules = clients().join("node/node_modules");
        let mut node = Command::new("node");
        run(node.env("NODE_PATH", modules).arg(script("manager.js")).args([&port, "SIP/2001"]))
    });
    ann.wait_ringing();
    ann.answer();
    ann.wait_established();
    ann.wait_closed();
    let text = node.join().expect("its end");
    assert!(text.contains("talks") && text.contains("over "), "{text}");
}

#[test]
fn both_sides_of_a_talk_are_sent_elsewhere_at_once() {
    let (_server, address) = server();
    let mut program = Program::log_in(address, "program");
    program.ask("Action: Originate\nChannel: Local/200@internal\nContext: internal\nExten: 502\nPriority: 1\nChannelId: a\nAsync: 1");
    program.wait("Event: BridgeEnter");
    program.ask("Action: Status\nChannel: a");
    program.wait("Event: StatusComplete");
    let other = program.heard.lines().filter_map(|line| line.strip_prefix("DestChannel: ")).next_back();
    let other = other.expect("the called channel").to_owned();
    program.ask(&format!(
        "Action: Redirect\nChannel: a\nExtraChannel: {other}\nContext: internal\nExten: 300\nPriority: 1\n\
         ExtraContext: internal\nExtraExten: 400\nExtraPriority: 1"
    ));
    program.wait("Message: Dual Redirect successful");
    program.wait("UserEvent: Arrived");
    program.heard.clear();
    program.ask("Action: CoreShowChannels");
    program.wait("CoreShowChannelsComplete");
    assert!(program.heard.contains("Exten: 300") && program.heard.contains("Exten: 400"), "{}", program.heard);
}

#[test]
fn commands_come_to_a_call_that_waits_for_them() {
    let (_server, address) = server();
    let mut program = Program::log_in(address, "program");
    program.ask("Action: Originate\nChannel: Local/200@internal\nContext: internal\nExten: 700\nPriority: 1\nChannelId: a\nAsync: 1");
    program.wait("Event: AsyncAGIStart");
    assert!(program.heard.contains("Env: agi_request%3A%20async%0A"), "{}", program.heard);
    program.ask("Action: AGI\nChannel: a\nCommand: SET VARIABLE A 5\nCommandID: one");
    program.wait("CommandId: one");
    program.wait("Result: 200%20result%3D1%0A");
    program.ask("Action: AGI\nChannel: a\nCommand: JUMP UP\nCommandID: two");
    program.wait("Result: 510%20Invalid%20or%20unknown%20command%0A");
    program.ask("Action: AGI\nChannel: a\nCommand: ASYNCAGI BREAK");
    program.wait("Event: AsyncAGIEnd");
    program.wait("Status: SUCCESS");
    program.ask("Action: AGI\nChannel: a\nCommand: ANSWER");
    program.wait("is not at Async AGI");
}

#[test]
fn what_an_action_brings_about_is_told_behind_its_answer() {
    let (_server, address) = server();
    let mut program = Program::log_in(address, "program");
    program.wait("Event: FullyBooted");
    program.wait("Event: SuccessfulAuth");
    program.ask("Action: UserEvent\nUserEvent: Mine\nSp:  a  b \nEmpty:");
    program.wait("Event: UserEvent\nPrivilege: user,all\nUserEvent: Mine\nSp:  a  b \nEmpty:\n\n");
    program.ask("Action: Originate\nChannel: Local/200@internal\nApplication: NoOp\nChannelId: a");
    program.wait("Event: Newchannel");
    program.ask("");
    program.wait("Message: Missing action in request");
    let at = |text: &str| program.heard.find(text).unwrap_or(usize::MAX);
    let order = [
        "Message: Authentication accepted",
        "Event: FullyBooted",
        "Event: SuccessfulAuth",
        "Message: Event Sent",
        "Event: UserEvent",
        "Message: Originate successfully queued",
        "Event: Newchannel",
        "Message: Missing action in request",
    ];
    assert!(order.iter().map(|text| at(text)).is_sorted(), "{}", program.heard);
}

#[test]
fn who_may_not_is_told_so() {
    let (server, address) = server();
    let mut thief = Program::connect(address);
    thief.ask("Action: Ping");
    thief.wait("Message: Permission denied");
    thief.ask("Action: Login\nUsername: program\nSecret: guessed");
    thief.wait("Message: Authentication failed");
    thief.wait_closed();
    let mut watcher = Program::log_in(address, "watcher");
    watcher.ask("Action: Originate\nChannel: Local/200@internal\nApplication: Wait\nData: 1");
    watcher.wait("Message: Permission denied");
    let mut program = Program::log_in(address, "program");
    program.ask("Action: Originate\nChannel: Local/600@internal\nApplication: Wait\nData: 1\nAsync: 1");
    watcher.wait("Event: Hangup");
    assert!(
        !watcher.heard.contains("Event: VarSet") && !watcher.heard.contains("Event: Newstate"),
        "{}",
        watcher.heard
    );
    let log = server.log();
    assert!(log.contains("SecurityEvent=\"InvalidPassword\"") && log.contains("RequestNotAllowed"), "{log}");
    assert!(!log.contains("guessed") && !log.contains("program-secret"), "{log}");
}

#[test]
fn who_guesses_passwords_is_shut_out() {
    let (server, address) = server();
    for _ in 0..10 {
        let mut thief = Program::connect(address);
        thief.ask("Action: Login\nUsername: program\nSecret: guessed");
        thief.wait_closed();
    }
    let mut late = TcpStream::connect(address).expect("a connection");
    late.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    assert_eq!(late.read(&mut [0; 10]).unwrap_or(0), 0, "{}", server.log());
}

#[test]
fn a_login_by_challenge() {
    use md5::{Digest as _, Md5};
    let (_server, address) = server();
    let mut program = Program::connect(address);
    program.ask("Action: Challenge\nAuthType: MD5");
    program.wait("Challenge: ");
    let challenge = program.heard.lines().find_map(|line| line.strip_prefix("Challenge: ")).expect("it").to_owned();
    let key: String =
        Md5::digest(format!("{challenge}program-secret")).iter().map(|byte| format!("{byte:02x}")).collect();
    program.ask(&format!("Action: Login\nAuthType: MD5\nUsername: program\nKey: {key}\nEvents: off"));
    program.wait("Message: Authentication accepted");
}

#[test]
fn an_endless_line_harms_nobody() {
    let (mut server, address) = server();
    let mut program = Program::log_in(address, "program");
    let flood = "x".repeat(1_000_000);
    program.ask(&format!("Action: Setvar\nVariable: A\nValue: {flood}\nActionID: 9"));
    program.wait("Message: Failed to parse message: line too long");
    program.ask("Action: Ping");
    program.wait("Ping: Pong");
    server.assert_running();
}

#[test]
fn who_does_not_read_is_cut_off_and_others_hear_everything() {
    let (mut server, address) = server();
    let deaf = Program::log_in(address, "program");
    let mut program = Program::log_in(address, "program");
    let body = "y".repeat(8000);
    for number in 0..2000 {
        program.ask(&format!("Action: UserEvent\nUserEvent: Flood\nNumber: {number}\nBody: {body}"));
        if number % 20 == 19 {
            program.wait(&format!("Number: {number}\n"));
            program.heard.clear();
        }
        if server.log().contains("it is cut off") {
            break;
        }
    }
    server.wait_for_output("it is cut off");
    program.ask("Action: Ping");
    program.wait("Ping: Pong");
    drop(deaf);
    server.assert_running();
}

#[test]
fn two_hundred_programs_lose_nothing() {
    const PROGRAMS: usize = 200;
    const CALLS: usize = 50;
    let (mut server, address) = server();
    let mut programs: Vec<Program> = (0..PROGRAMS).map(|_| Program::log_in(address, "program")).collect();
    let mut caller = Program::log_in(address, "program");
    for _ in 0..CALLS {
        caller.ask("Action: Originate\nChannel: Local/600@internal\nApplication: Wait\nData: 0\nAsync: 1");
    }
    for program in &mut programs {
        let all = eventually(PATIENCE * 4, || {
            program.listen();
            let ended = program.count("Event: Hangup\n") >= CALLS * 2;
            (ended && program.count("Event: OriginateResponse\n") >= CALLS).then_some(())
        });
        assert!(all.is_some(), "{} of {} hang-ups", program.count("Event: Hangup\n"), CALLS * 2);
        assert_eq!(program.count("Event: Hangup\n"), CALLS * 2);
        assert_eq!(program.count("Event: Newchannel\n"), CALLS * 2);
        assert_eq!(program.count("Variable: COUNT\n"), CALLS * 21);
        assert_eq!(program.count("Event: OriginateResponse\n"), CALLS);
    }
    server.assert_running();
}

#[test]
fn a_program_that_dies_in_the_middle_of_a_line_is_forgotten() {
    let (mut server, address) = server();
    for _ in 0..20 {
        let mut program = Program::log_in(address, "program");
        let _ = program.stream.write_all(b"Action: Originate\r\nChannel: Lo");
    }
    let mut program = Program::log_in(address, "program");
    program.ask("Action: Ping");
    program.wait("Ping: Pong");
    server.assert_running();
}
