//! What the manager's actions do to calls, not only what they answer.

use std::path::Path;

use crate::process::{PATIENCE, eventually};
use crate::program::{Program, address};
use crate::server::{Folder, Server};

const PLAN: &str = "\
[internal]
exten => 200,1,Answer()
 same => n,Wait(60)
exten => 201,1,Wait(60)
exten => 300,1,Set(__COLOR=red)
 same => n,Set(CHANNEL(hangup_handler_push)=bye,s,1(x))
 same => n,Gosub(sub,s,1(one,two))
 same => n,Macro(m,alpha)
 same => n,Hangup()
exten => 310,1,Answer()
 same => n,Dial(SIP/2002,60,tT)
 same => n,Wait(60)
exten => 400,1,UserEvent(Arrived,By: ${BLINDTRANSFER})
 same => n,Wait(60)
exten => 600,1,Answer()
 same => n,Dial(Local/200@internal)
[sub]
exten => s,1,Set(LOCAL(x)=${ARG1})
 same => n,Return(done)
[macro-m]
exten => s,1,Set(LETTER=${ARG1})
[bye]
exten => s,1,Return()
";

const MANAGER: &str = "\
[general]
enabled = yes
bindaddr = 127.0.0.1
port = 0

[program]
secret = program-secret
read = all
write = all
";

fn folder() -> Folder {
    let folder = Folder::new(PLAN).peer("2001", "internal", "").peer("2002", "internal", "");
    folder.write("manager.conf", MANAGER);
    folder.write("features.conf", "[general]\natxferabort=*3\n[featuremap]\natxfer=*2\n");
    folder
}

fn server() -> (Server, Program) {
    let server = folder().run();
    let program = Program::log_in(address(&server), "program");
    (server, program)
}

fn originate(program: &mut Program, extension: &str, id: &str) {
    program.ask(&format!(
        "Action: Originate\nChannel: Local/{extension}@internal\nApplication: Wait\nData: 60\nChannelId: {id}\nAsync: 1"
    ));
}

/// The name and value of every variable that was told of on channels of this unique id.
fn variables(program: &Program, id: &str) -> Vec<String> {
    let own = format!("\nUniqueid: {id}\n");
    let events = program.heard.split("\n\n").filter(|event| event.starts_with("Event: VarSet") && event.contains(&own));
    let field =
        |event: &str, name: &str| event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().to_owned();
    events.map(|event| format!("{}={}", field(event, "Variable: "), field(event, "Value: "))).collect()
}

#[test]
fn every_variable_of_a_plan_is_told() {
    let (_server, mut program) = server();
    program.ask(
        "Action: Originate\nChannel: Local/200@internal\nContext: internal\nExten: 300\nPriority: 1\nChannelId: a\n\
         Async: 1\nVariable: SIZE=2",
    );
    program.wait("Event: HangupHandlerRun");
    program.wait("Event: Hangup\n");
    let told = variables(&program, "a");
    assert_eq!(
        told,
        [
            "SIZE=2",
            "__COLOR=red",
            "LOCAL(ARG1)=one",
            "LOCAL(ARG2)=two",
            "LOCAL(ARGC)=2",
            "LOCAL(x)=one",
            "x=",
            "ARGC=",
            "ARG2=",
            "ARG1=",
            "GOSUB_RETVAL=done",
            "MACRO_EXTEN=300",
            "MACRO_CONTEXT=internal",
            "MACRO_PRIORITY=4",
            "ARG1=alpha",
            "MACRO_DEPTH=1",
            "LETTER=alpha",
            "ARG1=",
            "MACRO_PRIORITY=",
            "MACRO_CONTEXT=",
            "MACRO_EXTEN=",
            "MACRO_DEPTH=0",
            "LOCAL(ARG1)=x",
            "LOCAL(ARGC)=1",
            "ARGC=",
            "ARG1=",
            "GOSUB_RETVAL=",
        ]
    );
    assert!(program.heard.contains("Event: HangupHandlerPush\n") && program.heard.contains("Handler: bye,s,1(x)\n"));
    // The other end of the Local channel has the variable, too, and only once.
    assert_eq!(variables(&program, "a;2"), ["SIZE=2"]);
}

#[test]
fn what_came_of_an_originate_has_the_lines_of_its_kind() {
    let (_server, mut program) = server();
    originate(&mut program, "200", "a");
    program.wait("Event: OriginateResponse\n");
    let response = |program: &Program| {
        let events: Vec<&str> = program.heard.split("\n\n").collect();
        events.into_iter().find(|event| event.starts_with("Event: OriginateResponse")).unwrap_or_default().to_owned()
    };
    assert_eq!(
        response(&program),
        "Event: OriginateResponse\nPrivilege: call,all\nResponse: Success\nChannel: Local/200@internal-00000000;1\n\
         Application: Wait\nData: 60\nReason: 4\nUniqueid: a\nCallerIDNum: <unknown>\nCallerIDName: <unknown>"
    );
    program.heard.clear();
    program.ask(
        "Action: Originate\nChannel: SIP/2001\nContext: internal\nExten: 200\nPriority: 1\nAsync: 1\nActionID: 9\n\
         CallerID: Ann <2001>",
    );
    program.wait("Event: OriginateResponse\n");
    assert_eq!(
        response(&program),
        "Event: OriginateResponse\nPrivilege: call,all\nActionID: 9\nResponse: Failure\nChannel: SIP/2001\n\
         Context: internal\nExten: 200\nReason: 0\nUniqueid: <unknown>\nCallerIDNum: 2001\nCallerIDName: Ann"
    );
}

#[test]
fn a_program_consults_a_third_for_a_telephone_and_thinks_better_of_it() {
    let (server, mut program) = server();
    let (mut ann, mut bob) = (server.phone("2001", 600), server.phone("2002", 700));
    ann.dial("310");
    bob.wait_ringing();
    bob.answer();
    bob.wait_established();
    ann.wait_hears(&[700], &[]);
    let of = |program: &mut Program, start: &str| {
        let answer = program.answer("Action: CoreShowChannels", "list");
        let name =
            answer.lines().filter_map(|line| line.strip_prefix("Channel: ")).find(|name| name.starts_with(start));
        name.expect("its channel").to_owned()
    };
    let callers = of(&mut program, "SIP/2001");
    let answer = program.answer(&format!("Action: Atxfer\nChannel: {callers}\nContext: internal\nExten: 201"), "at");
    assert!(answer.contains("Message: Atxfer successfully queued"), "{answer}");
    // Bob hears music while the third rings.
    program.wait("Event: MusicOnHoldStart\n");
    program.wait("Extension: 201\n");
    let answer = program.answer(&format!("Action: CancelAtxfer\nChannel: {callers}"), "cancel");
    assert!(answer.contains("Message: CancelAtxfer successfully queued"), "{answer}");
    ann.wait_hears(&[700], &[]);
    bob.wait_hears(&[600], &[]);
    let answer =
        program.answer(&format!("Action: BlindTransfer\nChannel: {callers}\nContext: internal\nExten: 400"), "b");
    assert!(answer.contains("Message: Transfer succeeded"), "{answer}");
    program.wait("UserEvent: Arrived\n");
    assert!(program.heard.contains(&format!("By: {callers}\n")), "{}", program.heard);
    assert!(program.heard.contains("Event: BlindTransfer\n"), "{}", program.heard);
    let answer = program.answer(&format!("Action: BlindTransfer\nChannel: {callers}\nExten: 400"), "c");
    assert!(answer.contains("Response: Error"), "{answer}");
}

#[test]
fn how_well_a_call_is_heard_is_told() {
    let (server, mut program) = server();
    let mut ann = server.phone("2001", 600);
    ann.dial("200");
    ann.wait_established();
    for event in ["RTCPSent", "RTCPReceived"] {
        program.wait(&format!("Event: {event}\nPrivilege: reporting,all\nChannel: SIP/2001-00000000\n"));
    }
    let event = program.heard.split("\n\n").find(|event| event.starts_with("Event: RTCPSent")).unwrap_or_default();
    assert!(event.contains("\nTo: 127.0.0.1:") && event.contains("\nReport0FractionLost: 0\n"), "{event}");
}

#[test]
fn who_is_kicked_leaves_the_bridge_and_a_bridge_is_destroyed() {
    let (_server, mut program) = server();
    for action in ["BridgeKick", "BridgeDestroy"] {
        program.heard.clear();
        program.ask(
            "Action: Originate\nChannel: Local/200@internal\nContext: internal\nExten: 600\nPriority: 1\nAsync: 1",
        );
        program.wait("BridgeNumChannels: 2\n");
        let enter = program.heard.split("\n\n").filter(|event| event.starts_with("Event: BridgeEnter")).last();
        let enter = enter.expect("the last to enter").to_owned();
        let field = |name: &str| {
            enter.lines().find_map(|line| line.strip_prefix(&format!("{name}: "))).expect("a field").to_owned()
        };
        let (bridge, channel) = (field("BridgeUniqueid"), field("Channel"));
        let info = program.answer(&format!("Action: BridgeInfo\nBridgeUniqueid: {bridge}"), "info");
        assert!(info.contains("ListItems: 2\n") && info.contains(&format!("Channel: {channel}\n")), "{info}");
        program.heard.clear();
        program.ask(&format!("Action: {action}\nBridgeUniqueid: {bridge}\nChannel: {channel}"));
        program.wait("Response: Success");
        program.wait("Event: BridgeDestroy\n");
    }
}

#[test]
fn a_channel_ends_when_its_time_is_up() {
    let (_server, mut program) = server();
    originate(&mut program, "200", "a");
    program.wait("Event: OriginateResponse\n");
    program.heard.clear();
    assert!(program.answer("Action: AbsoluteTimeout\nChannel: a\nTimeout: 0.3", "t").contains("Timeout Set"));
    program.wait("Event: Hangup\n");
}

fn message(folder: &Path, number: u32, id: &str) {
    std::fs::create_dir_all(folder).expect("a folder");
    let text = format!("[message]\norigmailbox=500\ncallerid=\"Ann\" <2001>\nduration=2\nflag=\nmsg_id={id}\n");
    std::fs::write(folder.join(format!("msg{number:04}.txt")), text).expect("a message");
    std::fs::write(folder.join(format!("msg{number:04}.wav")), "sound").expect("its sound");
}

#[test]
fn messages_are_moved_copied_and_removed() {
    let folder = folder();
    folder.write("voicemail.conf", "[default]\n500 => 1234,Ann\n501 => 1234,Bob\n");
    let server = folder.run();
    let mut program = Program::log_in(address(&server), "program");
    let spool = server.file("var/spool/voicemail/default");
    let inbox = spool.join("500/INBOX");
    message(&inbox, 0, "one");
    message(&inbox, 1, "two");
    let mailbox = "Context: default\nMailbox: 500";
    let listed = program.answer(&format!("Action: VoicemailBoxSummary\n{mailbox}"), "l");
    assert!(listed.contains("Folder: INBOX\nCallerID: \"Ann\" <2001>\n") && listed.contains("ID: two\n"), "{listed}");
    let moved = format!("Action: VoicemailMove\n{mailbox}\nFolder: INBOX\nID: one\nToFolder: Old");
    assert!(program.answer(&moved, "m").contains("Message: Message move successful"));
    assert!(spool.join("500/Old/msg0000.wav").exists() && inbox.join("msg0000.txt").exists());
    assert!(!inbox.join("msg0001.txt").exists(), "the gap is closed");
    program.wait("Event: MessageWaiting\n");
    let forward = "ToContext: default\nToMailbox: 501\nToFolder: INBOX";
    let forwarded = format!("Action: VoicemailForward\n{mailbox}\nFolder: Old\nID: one\n{forward}");
    let answer = program.answer(&forwarded, "f");
    assert!(answer.contains("Message: Message forward successful"), "{answer}");
    assert!(spool.join("501/INBOX/msg0000.wav").exists() && spool.join("500/Old/msg0000.wav").exists());
    let removed = format!("Action: VoicemailRemove\n{mailbox}\nFolder: Old\nID: one");
    assert!(program.answer(&removed, "r").contains("Message: Message remove successful"));
    assert!(!spool.join("500/Old/msg0000.wav").exists());
    assert!(program.answer(&removed, "again").contains("Message: Message remove failed"));
    assert!(program.answer("Action: MailboxCount\nMailbox: 501@default", "c").contains("NewMessages: 1\n"));
}

#[test]
fn a_program_is_kicked_from_the_console() {
    let (server, mut program) = server();
    let (listed, _) = server.tell("manager show connected");
    let row = listed.lines().find(|line| line.contains("program")).expect("it").to_owned();
    let number = row.split_whitespace().nth(4).expect("its number").to_owned();
    assert!(server.tell(&format!("manager kick session {number}")).1, "{row}");
    program.wait_closed();
    let gone = eventually(PATIENCE, || server.tell("manager show connected").0.contains("0 users").then_some(()));
    assert!(gone.is_some());
    assert!(!server.tell(&format!("manager kick session {number}")).1);
}

#[test]
fn a_phone_hears_the_tones_of_multi_frequency_signalling() {
    let (server, mut program) = server();
    let mut ann = server.phone("2001", 440);
    ann.dial("200");
    ann.wait_established();
    program.wait("Event: Newstate\nPrivilege: call,all\nChannel: SIP/2001-00000000");
    program.ask("Action: PlayMF\nChannel: SIP/2001-00000000\nDigit: 1\nDuration: 5000");
    program.wait("Message: MF successfully queued");
    ann.wait_hears(&[700, 900], &[1100, 1300, 1500]);
    ann.wait_silence();
    program.ask("Action: Hangup\nChannel: SIP/2001-00000000");
    ann.wait_closed();
}

#[test]
fn an_origination_offers_the_codecs_that_it_names() {
    let (server, mut program) = server();
    let mut ann = server.phone("2001", 440);
    program
        .ask("Action: Originate\nChannel: SIP/2001\nApplication: Wait\nData: 60\nCodecs: alaw\nAsync: 1\nChannelId: c");
    ann.wait_ringing();
    ann.answer();
    program.wait("Event: OriginateResponse");
    let offer = ann.log();
    let invite = offer.split("INVITE sip:").last().unwrap_or_default();
    assert!(invite.contains("PCMA/8000") && !invite.contains("PCMU/8000"), "{offer}");
}
