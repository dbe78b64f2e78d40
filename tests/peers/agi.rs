//! Scripts of real languages and libraries steer calls of real telephones.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server, password};
use crate::sipp::Scenario;

const PLAN: &str = "\
[internal]
exten => 100,1,AGI(menu.py,first)
 same => n,Set(DB(menu/status)=${AGISTATUS} ${OUTCOME})
exten => _1XX,1,AGI(route.php,${EXTEN},0,${CALLERID(num)})
 same => n,Set(DB(route/agi)=${AGISTATUS})
exten => _2XX,1,Answer()
 same => n,AGI(bad-${EXTEN})
 same => n,Set(DB(bad/${EXTEN})=${AGISTATUS})
 same => n,Hangup()
exten => _200X,1,Dial(SIP/${EXTEN},20)
[waiting]
exten => w,1,Set(DB(waiting/${CALLERID(num)})=${CHANNEL})
 same => n,MusicOnHold()
exten => r,1,Set(DB(waiting/refused)=${CALLERID(num)})
 same => n,Hangup()
";

/// A server whose scripts are those of `tests/peers/scripts`, and others given here.
fn server(scripts: &[(&str, String)]) -> Server {
    let folder = Folder::new(PLAN);
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("python/bin/python");
    assert!(python.exists(), "{} is missing: tests/run installs it", python.display());
    let script = |name: &str, first: &str| {
        let text = std::fs::read_to_string(here.join("tests/peers/scripts").join(name)).expect("the script");
        install(&folder, name, &format!("#!{first}\n{text}"));
    };
    script("menu.py", &python.display().to_string());
    script("route.php", "/usr/bin/env -S php -q");
    for (name, text) in scripts {
        install(&folder, name, text);
    }
    folder.peer("2001", "internal", "").peer("2002", "internal", "").peer("2003", "internal", "").run()
}

fn install(folder: &Folder, name: &str, text: &str) {
    let name = format!("agi-bin/{name}");
    folder.write(&name, text);
    let path = folder.path().join(name);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("a program");
}

/// Waits until the AstDB has a value.
#[track_caller]
fn wait_value(server: &Server, key: &str, value: &str) {
    let mut last = String::new();
    let found = eventually(PATIENCE, || {
        last = server.tell(&format!("database get {key}")).0;
        (last == format!("Value: {value}\n")).then_some(())
    });
    assert!(found.is_some(), "{key} is {last}\n{}", server.log());
}

#[test]
fn a_menu_in_python_with_pyst2() {
    let server = server(&[]);
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    ann.dial("100");
    ann.wait_established();
    wait_value(&server, "menu argument", "first");
    ann.press("2002");
    bob.wait_ringing();
    bob.answer();
    bob.wait_established();
    ann.wait_hears(&[700], &[600]);
    bob.hangup();
    wait_value(&server, "menu digits", "2002");
    wait_value(&server, "menu status", "SUCCESS ANSWER");
    wait_value(&server, "menu caller", "2001");
}

#[test]
fn a_router_in_php_connects_rings_all_and_lets_wait() {
    let rule = |line: &str| line.to_owned();
    let server = server(&[
        ("rule-101", rule("2|0|SIP/2002")),
        ("rule-102", rule("2|1|SIP/2002&SIP/2003")),
        ("rule-103", rule("1|0|")),
        ("rule-104", rule("0|0|")),
    ]);
    let mut ann = server.phone("2001", 600);
    let mut bob = server.phone("2002", 700);
    let mut eve = server.phone("2003", 800);
    ann.dial("101");
    bob.wait_ringing();
    bob.answer();
    ann.wait_hears(&[700], &[600]);
    bob.hangup();
    ann.wait_closed();
    wait_value(&server, "route status", "ANSWER");

    ann.dial("102");
    bob.wait_ringing();
    eve.wait_ringing();
    eve.answer();
    bob.wait_closed();
    ann.wait_hears(&[800], &[600]);
    ann.hangup();
    eve.wait_closed();

    ann.dial("103");
    ann.wait_established();
    let channel = eventually(PATIENCE, || {
        let (text, found) = server.tell("database get waiting 2001");
        found.then(|| text.trim_start_matches("Value: ").trim().to_owned())
    });
    let channel = channel.expect("the waiting caller");
    let (text, redirected) = server.tell(&format!("channel redirect {channel} internal,2003,1"));
    assert!(redirected, "{text}");
    eve.wait_ringing();
    eve.answer();
    ann.wait_hears(&[800], &[600]);
    ann.hangup();
    eve.wait_closed();

    ann.dial("104");
    ann.wait_closed();
    wait_value(&server, "waiting refused", "2001");
}

#[test]
fn scripts_that_die_hang_flood_or_talk_nonsense_harm_nobody() {
    let shell = |text: &str| format!("#!/bin/sh\n{text}\n");
    let server = server(&[
        // Dies in the middle of a command.
        ("bad-201", shell("printf 'SET VARI'\nexit 3")),
        // Never reads, never ends: it is left behind with the hang-up.
        ("bad-202", shell("trap 'exit 0' HUP\nwhile :; do sleep 1; done")),
        // A megabyte of commands at once, and no reading.
        (
            "bad-203",
            shell("i=0\nwhile [ $i -lt 20000 ]; do echo 'NOOP there is much to say about nothing'; i=$((i+1)); done"),
        ),
        // An endless line.
        ("bad-204", shell("head -c 5000000 /dev/zero | tr '\\000' x")),
        // Bytes that are no text.
        ("bad-205", shell("head -c 20000 /dev/urandom")),
    ]);
    for (extension, status) in [("201", "FAILURE"), ("203", "SUCCESS"), ("204", "*"), ("205", "*"), ("206", "NOTFOUND")]
    {
        let scenario = Scenario::new("callee_hangs_up", server.address()).user("2001", &password("2001"));
        scenario.extension(extension).calls(1, 1).run().assert_good(1);
        if status == "*" {
            let known = eventually(PATIENCE, || server.tell(&format!("database get bad {extension}")).1.then_some(()));
            assert!(known.is_some(), "the plan went on after {extension}");
        } else {
            wait_value(&server, &format!("bad {extension}"), status);
        }
    }
    let mut ann = server.phone("2001", 600);
    ann.dial("202");
    ann.wait_established();
    let count = |wanted: &str| {
        eventually(PATIENCE, || (server.tell("core show channels count").0.starts_with(wanted)).then_some(()))
    };
    assert!(count("1 active channel\n").is_some());
    ann.hangup();
    assert!(count("0 active channels\n").is_some(), "{}", server.tell("core show channels").0);
}

#[test]
fn what_scripts_and_calls_say_is_shown_to_who_asks_for_it() {
    let says = "#!/bin/sh\nwhile read line && [ -n \"$line\" ]; do :; done\necho NOOP one\nread answer\n";
    let mut server = server(&[("bad-200", says.to_owned())]);
    assert_eq!(server.tell("agi set debug on"), ("AGI Debugging Enabled\n".to_owned(), true));
    assert!(server.tell("channel originate Local/200@internal application Wait 5").1);
    server.wait_for_output("AGI Tx >> agi_request: bad-200");
    server.wait_for_output("AGI Rx << NOOP one");
    server.wait_for_output("AGI Tx >> 200 result=0");
    assert_eq!(server.tell("agi set debug off"), ("AGI Debugging Disabled\n".to_owned(), true));
    wait_value(&server, "bad 200", "SUCCESS");
}
