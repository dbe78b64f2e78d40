//! Who gets in at the manager, and how far: addresses, time, numbers, TLS, and what reaches programs and files.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use regex::Regex;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, crypto};

use crate::process::{PATIENCE, eventually};
use crate::program::{Program, address};
use crate::server::{Folder, Server};
use crate::sipp::Scenario;

const PLAN: &str = "[internal]\nexten => 200,1,Answer()\n same => n,Wait(60)\n";

const USERS: &str = "\
[program]
secret = program-secret
read = all
write = all
[caller]
secret = caller-secret
read = none
write = call,originate,reporting
[elsewhere]
secret = elsewhere-secret
deny = 0.0.0.0/0.0.0.0
permit = 10.9.8.0/255.255.255.0
read = all
write = all
[single]
secret = single-secret
read = all
write = all
allowmultiplelogin = no
";

fn folder(general: &str) -> Folder {
    let folder = Folder::new(PLAN);
    let head = "[general]\nenabled = yes\nbindaddr = 127.0.0.1\nport = 0\n";
    folder.write("manager.conf", &format!("{head}{general}\n{USERS}"));
    folder
}

fn server(general: &str) -> Server {
    folder(general).run()
}

#[test]
fn who_may_only_call_does_not_reach_programs_and_files() {
    let server = server("");
    let mut caller = Program::log_in(address(&server), "caller");
    let forbidden = "Originate Access Forbidden: Application";
    let originate = "Action: Originate\nChannel: Local/200@internal\n";
    for (number, (action, message)) in [
        (format!("{originate}Application: System\nData: id"), forbidden),
        (format!("{originate}Application: agi\nData: x"), forbidden),
        (format!("{originate}Application: MixMonitor\nData: x.wav"), forbidden),
        (format!("{originate}Application: NoOp\nData: ${{SHELL(id)}}"), "Originate Access Forbidden: Data"),
        (
            format!("{originate}Context: internal\nExten: 200\nPriority: 1\nVariable: FILE(x)=1"),
            "Originate Access Forbidden: Variable",
        ),
        ("Action: Getvar\nVariable: SHELL(id)".to_owned(), "GetVar Access Forbidden: Variable"),
        ("Action: Setvar\nVariable: FILE(x)\nValue: 1".to_owned(), "SetVar Access Forbidden: Variable"),
        ("Action: Setvar\nVariable: A\nValue: ${SHELL(id)}".to_owned(), "SetVar Access Forbidden: Value"),
        ("Action: Status\nVariables: SHELL(id)".to_owned(), "Status Access Forbidden: Variables"),
        ("Action: Command\nCommand: core show uptime".to_owned(), "Permission denied"),
        ("Action: MixMonitor\nChannel: a\nFile: x.wav".to_owned(), "Permission denied"),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = caller.answer(&action, &format!("f{number}"));
        assert!(answer.contains(&format!("Message: {message}\n")), "{action}\n{answer}");
    }
    let mut program = Program::log_in(address(&server), "program");
    let answer = program.answer("Action: Getvar\nVariable: SHELL(id)", "g");
    assert!(answer.contains("Response: Success\n") && answer.contains("\nValue: \n"), "{answer}");
    assert!(server.log().contains("live_dangerously of asterisk.conf is not set"), "{}", server.log());
    assert!(!server.log().contains("-secret"), "{}", server.log());
}

#[test]
fn addresses_count_and_so_do_names_in_use() {
    let server = server("timestampevents = yes");
    let mut far = Program::connect(address(&server));
    far.ask("Action: Login\nUsername: elsewhere\nSecret: elsewhere-secret");
    far.wait("Message: Authentication failed");
    far.wait_closed();
    let mut first = Program::log_in(address(&server), "single");
    let mut second = Program::connect(address(&server));
    second.ask("Action: Login\nUsername: single\nSecret: single-secret");
    second.wait("Response: Error");
    second.wait_closed();
    first.ask("Action: UserEvent\nUserEvent: Mine");
    first.wait("Event: UserEvent\nPrivilege: user,all\nTimestamp: ");
    let log = server.log();
    assert!(log.contains("SecurityEvent=\"FailedACL\"") && log.contains("SecurityEvent=\"SessionLimit\""), "{log}");
}

#[test]
fn who_says_nothing_is_left_and_too_many_of_them_are_not_taken() {
    let server = server("authtimeout = 1\nauthlimit = 2");
    let mut silent = [(); 2].map(|()| Program::connect(address(&server)));
    let mut third = TcpStream::connect(address(&server)).expect("a connection");
    third.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    assert_eq!(third.read(&mut [0; 10]).unwrap_or(0), 0, "{}", server.log());
    silent.iter_mut().for_each(Program::wait_closed);
    // Who logs in has all the time that there is.
    let mut program = Program::log_in(address(&server), "program");
    program.ask("Action: Ping");
    program.wait("Ping: Pong");
}

#[test]
fn a_half_closed_connection_gets_its_answers() {
    let server = server("");
    let mut program = Program::log_in(address(&server), "program");
    program.ask("Action: Ping\nActionID: last");
    program.stream.shutdown(std::net::Shutdown::Write).expect("half of it");
    program.wait("ActionID: last\nPing: Pong");
    program.wait_closed();
}

#[test]
fn programs_connect_over_tls() {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).expect("a certificate");
    let folder = folder("tlsenable = yes\ntlsbindaddr = 127.0.0.1:0\ntlscertfile = manager.pem");
    folder.write("manager.pem", &(made.cert.pem() + &made.signing_key.serialize_pem()));
    let server = folder.run();
    let log = server.log();
    let line = log.lines().find_map(|line| line.strip_prefix("Manager programs over TLS at "));
    let stream = TcpStream::connect(line.expect("its address")).expect("a connection");
    stream.set_read_timeout(Some(PATIENCE)).expect("a time-out");
    let mut roots = RootCertStore::empty();
    roots.add(made.cert.der().clone()).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").expect("a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = StreamOwned::new(client, stream);
    let action = b"Action: Login\r\nUsername: program\r\nSecret: program-secret\r\n\r\nAction: Logoff\r\n\r\n";
    stream.write_all(action).expect("a login");
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = stream.read(&mut buffer) {
        heard.extend_from_slice(&buffer[..length]);
    }
    let heard = String::from_utf8_lossy(&heard);
    assert!(heard.contains("Authentication accepted") && heard.contains("Response: Goodbye"), "{heard}");
}

/// The beginning of a line of the log as filters for Asterisk's take it, with the source up to its first colon.
const BEGINNING: &str = r"^\[[^\]]+\] (NOTICE|SECURITY|WARNING)\[\d+\]:? [^:]+: ";

#[test]
fn failures_stand_in_the_log_as_filters_for_asterisk_look_for_them() {
    let folder = folder("").peer("2001", "internal", "");
    folder.write("logger.conf", "[logfiles]\nmessages.log => notice,warning,security\n");
    let server = folder.run();
    let outcome = Scenario::new("register", server.address()).user("2001", "wrong").run();
    assert_eq!(outcome.failed, 1, "{outcome:?}");
    for (name, secret) in [("program", "wrong"), ("nobody", "x")] {
        let mut program = Program::connect(address(&server));
        program.ask(&format!("Action: Login\nUsername: {name}\nSecret: {secret}"));
        program.wait("Message: Authentication failed");
    }
    let incident = |event: &str, service: &str, account: &str, transport: &str| {
        format!(
            "SecurityEvent=\"{event}\",EventTV=\"[^\"]+\",Severity=\"Error\",Service=\"{service}\",EventVersion=\"[12]\",\
             AccountID=\"{account}\",SessionID=\"[^\"]+\",LocalAddress=\"IPV4/{transport}/127.0.0.1/\\d+\",\
             RemoteAddress=\"IPV4/{transport}/127.0.0.1/\\d+\"(,SessionTV=\"[^\"]+\")?$"
        )
    };
    let wanted = [
        r"Registration from '[^']*' failed for '127.0.0.1:\d+' - Wrong password$".to_owned(),
        incident("InvalidPassword", "SIP", "2001", "UDP"),
        r"127.0.0.1 failed to authenticate as 'program'$".to_owned(),
        incident("InvalidPassword", "AMI", "program", "TCP"),
        r"127.0.0.1 tried to authenticate with nonexistent user 'nobody'$".to_owned(),
        incident("InvalidAccountID", "AMI", "nobody", "TCP"),
    ];
    for line in wanted {
        let line = Regex::new(&format!("(?m){BEGINNING}{line}")).expect("an expression");
        let log = || std::fs::read_to_string(server.file("var/log/messages.log")).unwrap_or_default();
        let found = eventually(PATIENCE, || line.is_match(&log()).then_some(()));
        assert!(found.is_some(), "{line}\n{}", log());
    }
}
