//! Real scripts and a real FastAGI server steer calls on virtual phones.

#![allow(clippy::unwrap_used, clippy::panic)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use exten::channel::simulated::{Behaviour, SimulatedTechnology};
use exten::interpreter::{Call, Clock, Trace};
use exten::server::{Configuration, Setup};

/// A folder with a plan and scripts in `agi-bin`.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new(plan: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("extensions.conf"), format!("[default]\n{plan}")).unwrap();
        std::fs::create_dir(folder.path().join("agi-bin")).unwrap();
        Self(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn script(self, name: &str, text: &str) -> Self {
        let path = self.path().join("agi-bin").join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    /// The steps of a call to 100, in virtual time; the caller hangs up after so many seconds.
    fn call(&self, hang_up_after: f64) -> Vec<String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            // As in the server: what it handles, a script finds in its default state, even where the tests run without it.
            let _hang_ups = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).unwrap();
            let start = "2026-03-02T09:00:00[UTC]".parse().unwrap();
            let clock = Clock::Simulated { start, since: tokio::time::Instant::now() };
            let exchange = Configuration::load(self.path()).exchange(Setup { clock, seed: 1, ..Setup::default() });
            let trace = Trace::new();
            exchange.channels.add_observer(trace.clone());
            let phones = SimulatedTechnology::new([], Behaviour::Rings);
            let (channel, party) = phones.dial(&exchange.channels, "SIP", "ann", |state| {
                state.position.set("default", "100", 1);
            });
            let caller = async {
                tokio::time::sleep(Duration::from_secs_f64(hang_up_after)).await;
                party.hang_up();
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = Call::new(exchange, channel).run() => {}
                () = caller => {}
            }
            trace.channels().remove(0).steps.lines().map(str::to_owned).collect()
        })
    }

    fn last_step(&self, hang_up_after: f64) -> String {
        self.call(hang_up_after).pop().unwrap_or_default()
    }
}

const PLAN: &str = "exten => 100,1,Answer\n same => n,AGI(script)\n same => n,NoOp(${AGISTATUS} ${R})\n";

/// The same, for a caller that hangs up.
fn with_h(first: &str) -> String {
    format!(
        "exten => 100,1,{first}\n same => n,Answer\n same => n,AGI(script)\nexten => h,1,NoOp(h ${{AGISTATUS}} ${{R}})\n"
    )
}

#[test]
fn a_python_script_asks_and_sets() {
    let script = r#"#!/usr/bin/env python3
import sys
facts = {}
for line in sys.stdin:
    if not line.strip():
        break
    name, _, value = line.partition(":")
    facts[name] = value.strip()
def ask(command):
    print(command, flush=True)
    return sys.stdin.readline().strip()
assert facts["agi_extension"] == "100" and facts["agi_type"] == "SIP", facts
assert ask('STREAM FILE beep ""').startswith("200 result=0 endpos="), "the whole file"
ask('SET VARIABLE R "%s"' % ask('GET FULL VARIABLE "${LEN(four)}"'))
"#;
    assert_eq!(
        Folder::new(PLAN).script("script", script).last_step(60.0),
        "100@default:3 NoOp SUCCESS 200 result=1 (4)"
    );
}

/// What commands answer, the last line of each, joined by `|`; the call is up.
fn answers(folder: Folder, commands: &[&str], hang_up_after: f64) -> String {
    let mut script = "#!/bin/sh\ntrap '' HUP\nwhile read -r l && [ -n \"$l\" ]; do :; done\na=\n".to_owned();
    for command in commands {
        let command = command.replace('\'', "'\\''");
        script.push_str(&format!(
            "printf '%s\\n' '{command}'\nread -r r\ncase \"$r\" in 100*) read -r r;; esac\na=\"$a|$r\"\n"
        ));
    }
    script.push_str("printf 'SET VARIABLE R \"%s\"\\n' \"$a\"\nread -r r\n");
    let steps = folder.script("script", &script).call(hang_up_after);
    let answers = steps.iter().find_map(|step| step.split_once('|').filter(|_| step.contains("NoOp")));
    answers.map(|(_, answers)| answers.to_owned()).unwrap_or_else(|| steps.join("\n"))
}

#[test]
fn recordings_end_with_the_time_the_silence_or_the_call() {
    let folder = || Folder::new(PLAN);
    let record = "RECORD FILE note wav \"#\"";
    assert_eq!(answers(folder(), &[&format!("{record} 2000 BEEP")], 60.0), "200 result=0 (timeout) endpos=0");
    assert_eq!(answers(folder(), &[&format!("{record} 9000 s=2")], 60.0), "200 result=0 (timeout) endpos=0");
    let folder_with_h = Folder::new(&format!("{PLAN}exten => h,1,NoOp(${{R}})\n"));
    assert_eq!(answers(folder_with_h, &[&format!("{record} -1")], 3.0), "200 result=-1 (hangup) endpos=0");
    assert_eq!(answers(folder(), &["RECORD FILE note wax \"#\" 500"], 60.0), "200 result=-1 (writefile)");
    assert_eq!(answers(folder(), &["RECORD FILE none/note wav \"#\" 500"], 60.0), "200 result=-1 (writefile)");
}

#[test]
fn a_subroutine_of_the_plan_is_two_answers() {
    let plan = format!("{PLAN}[sub]\nexten => s,1,Set(GOT=${{ARG1}})\n same => n(end),Return()\n");
    let commands = ["GOSUB sub s 1 7", "GET VARIABLE GOT", "GOSUB sub s end", "GOSUB none s 1", "GET VARIABLE EXTEN"];
    assert_eq!(
        answers(Folder::new(&plan), &commands, 60.0),
        "200 result=0 Gosub complete|200 result=1 (7)|200 result=0 Gosub complete|\
         200 result=-1 Gosub label not found|200 result=1 (100)"
    );
}

#[test]
fn moments_music_and_what_ends_at_once() {
    let commands = [
        "SAY DATE 0 \"\"",
        "SET MUSIC ON default",
        "EXEC Hangup",
        "EXEC StopMusicOnHold",
        "SEND TEXT hello",
        "GET OPTION no-such-file 1",
    ];
    assert_eq!(
        answers(Folder::new(PLAN), &commands, 60.0),
        "200 result=0|200 result=0|200 result=-1|200 result=0|200 result=0|200 result=-1 endpos=0"
    );
}

#[test]
fn a_script_that_cannot_be_had_is_told_apart() {
    assert_eq!(Folder::new(PLAN).last_step(60.0), "100@default:3 NoOp NOTFOUND ");
    let folder = Folder::new(PLAN).script("script", "#!/bin/sh\n");
    let path = folder.path().join("agi-bin/script");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!(folder.last_step(60.0), "100@default:3 NoOp FAILURE ");
}

#[test]
fn garbage_and_endless_lines_do_no_harm() {
    let script = "#!/bin/sh\nhead -c 200000 /dev/zero | tr '\\0' x\necho\nprintf '\\377\\376\\n\"\\n'\necho 'SET VARIABLE R ok'\n";
    assert_eq!(Folder::new(PLAN).script("script", script).last_step(60.0), "100@default:3 NoOp SUCCESS ok");
}

#[test]
fn a_script_that_hangs_gets_the_hang_up() {
    let folder = Folder::new(&with_h("NoOp"));
    let seen = folder.path().join("seen");
    let script = format!("#!/bin/sh\ntrap 'echo HUP > {}; exit' HUP\nwhile :; do sleep 0.05; done\n", seen.display());
    let folder = folder.script("script", &script);
    assert_eq!(folder.last_step(1.0), "h@default:1 NoOp h HANGUP ");
    assert_eq!(std::fs::read_to_string(seen).unwrap(), "HUP\n");
}

#[test]
fn settings_spare_the_script_or_leave_it_behind() {
    let script = "#!/bin/sh\nsleep 1\necho 'SET VARIABLE R alive'\nread answer\n";
    let folder = Folder::new(&with_h("Set(AGISIGHUP=no)")).script("script", script);
    assert_eq!(folder.last_step(1.0), "h@default:1 NoOp h HANGUP alive");
    let script = "#!/bin/sh\ntrap '' HUP\nsleep 1\necho 'SET VARIABLE R alive'\n";
    let folder = Folder::new(&with_h("Set(AGIEXITONHANGUP=yes)")).script("script", script);
    assert_eq!(folder.last_step(1.0), "h@default:1 NoOp h HANGUP ");
}

#[test]
fn after_the_hang_up_some_commands_need_a_caller() {
    let plan =
        "exten => 100,1,Answer\n same => n,Hangup\nexten => h,1,AGI(script)\n same => n,NoOp(${R} ${AGISTATUS})\n";
    let script = "#!/bin/sh\nwhile read -r l && [ -n \"$l\" ]; do :; done\necho 'STREAM FILE beep \"\"'\nread -r one\n\
                  echo 'EXEC Wait 1'\nread -r two\necho \"SET VARIABLE R \\\"$one, $two\\\"\"\nread -r l\n";
    assert_eq!(
        Folder::new(plan).script("script", script).last_step(60.0),
        "h@default:2 NoOp 511 Command Not Permitted on a dead channel or intercept routine, 200 result=-1 SUCCESS"
    );
}

#[test]
fn an_eagi_script_hears_the_caller_at_descriptor_3() {
    let plan = "exten => 100,1,Answer\n same => n,EAGI(script)\n same => n,NoOp(${R} ${AGISTATUS})\n";
    let script = "#!/bin/sh\nwhile read -r l && [ -n \"$l\" ]; do case \"$l\" in agi_enhanced*) e=\"$l\";; esac; done\n\
                  [ -e /proc/self/fd/3 ] || e=deaf\necho \"SET VARIABLE R \\\"$e\\\"\"\nread -r l\n";
    assert_eq!(
        Folder::new(plan).script("script", script).last_step(60.0),
        "100@default:3 NoOp agi_enhanced: 1.0 SUCCESS"
    );
}

#[test]
fn a_fastagi_server_on_the_network() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
        let facts: Vec<String> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
        let mut ask = |command: &str| {
            writeln!(&stream, "{command}").unwrap();
            lines.next().unwrap_or_default()
        };
        assert_eq!(ask("ANSWER"), "200 result=0");
        assert_eq!(ask("SET VARIABLE R network"), "200 result=1");
        let hung_up = ask("WAIT FOR DIGIT -1");
        (facts, hung_up, lines.next())
    });
    let plan =
        format!("exten => 100,1,AGI(agi://127.0.0.1:{port}/path/x?y,one)\nexten => h,1,NoOp(${{R}} ${{AGISTATUS}})\n");
    assert_eq!(Folder::new(&plan).last_step(5.0), "h@default:1 NoOp network HANGUP");
    let (facts, first, second) = server.join().unwrap();
    assert_eq!(facts[..2], ["agi_network: yes", "agi_network_script: path/x?y"]);
    assert!(facts.contains(&"agi_arg_1: one".to_owned()), "{facts:?}");
    assert_eq!((first.as_str(), second.as_deref()), ("200 result=-1", Some("HANGUP")));
}

#[test]
fn a_server_that_is_not_there_is_a_failure() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let plan = format!("exten => 100,1,AGI(agi://127.0.0.1:{port})\n same => n,NoOp(${{AGISTATUS}})\n");
    assert_eq!(Folder::new(&plan).last_step(60.0), "100@default:2 NoOp FAILURE");
}
