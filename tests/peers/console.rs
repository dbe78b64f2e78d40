//! The console from outside: the control socket, `exten cli`, and the name `asterisk`.

use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::ports;
use crate::process::{PATIENCE, eventually};
use crate::server::{Folder, Server, password};
use crate::sipp::Scenario;

const PLAN: &str = "\
[internal]
exten => 100,1,Answer()
 same => n,Verbose(1,heard from the plan)
 same => n,Wait(2)
 same => n,Hangup()
";

#[track_caller]
fn wait(what: &str, is_so: impl Fn() -> bool) {
    assert!(eventually(PATIENCE, || is_so().then_some(())).is_some(), "{what} did not come");
}

fn server() -> Server {
    Folder::new(PLAN).peer("2001", "internal", "").run()
}

#[test]
fn commands_reach_a_server_and_say_how_they_went() {
    let server = server();
    assert_eq!(server.tell("core waitfullybooted"), ("Asterisk has fully booted.\n".to_owned(), true));
    let (text, succeeded) = server.tell("core sho");
    assert!(text.starts_with("No such command 'core sho' (type 'core show help core sho'"), "{text}");
    assert!(!succeeded);
    server.edit("extensions.conf", "[internal\nexten => 100,1,Answer()\n");
    let (text, succeeded) = server.tell("dialplan reload");
    assert!(text.contains("extensions.conf:1:1: error[X0002]") && !succeeded, "{text}");
    server.edit("extensions.conf", PLAN);
    assert_eq!(server.tell("dialplan reload"), ("Dialplan reloaded.\n".to_owned(), true));
    let mode = std::fs::metadata(server.file("var/run/asterisk.ctl")).expect("the socket").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "nobody else gives commands");
}

#[test]
fn a_socket_that_a_kill_left_behind_is_replaced() {
    let mut server = server();
    server.kill();
    assert!(server.file("var/run/asterisk.ctl").exists());
    let (text, succeeded) = server.tell("core show uptime");
    assert!(text.starts_with("Unable to connect to remote asterisk (does ") && !succeeded, "{text}");
    server.run_again();
    assert!(server.tell("core show uptime").1);
}

#[test]
fn calls_are_made_from_the_console() {
    let server = Folder::new(PLAN).peer("2001", "internal", "").run();
    let mut ann = server.phone("2001", 600);
    assert_eq!(server.tell("channel originate SIP/2001 extension 100@internal"), (String::new(), true));
    ann.wait_ringing();
    ann.answer();
    ann.wait_established();
    wait("the plan's first step", || server.tell("core show channels").0.contains("100@internal:3"));
    ann.wait_closed();
    assert!(server.tell("channel originate SIP/2001 application Echo").1);
    ann.wait_ringing();
    ann.answer();
    ann.wait_hears(&[600], &[]);
    assert!(server.tell("channel request hangup all").1);
    ann.wait_closed();
    let (text, succeeded) = server.tell("channel originate SIP/nobody application Echo");
    assert!(text.starts_with("SIP/nobody cannot be called: ") && !succeeded, "{text}");
    assert!(server.tell("channel originate SIP/2001 nowhere").0.starts_with("Usage: channel originate "));
}

#[test]
fn one_who_looks_on_sees_the_steps_of_calls() {
    let server = server();
    let mut cli = Command::new(env!("CARGO_BIN_EXE_exten"))
        .arg("cli")
        .arg(server.file(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("exten cli");
    let mut keys = cli.stdin.take().expect("its input");
    // The file of logger.conf sees the same lines.
    server.edit("logger.conf", "[logfiles]\nfull => notice,warning,error,verbose\n");
    writeln!(keys, "logger reload\ncore set verbose 3").expect("commands");
    let full = server.file("var/log/full");
    wait("the log file", || full.exists());
    Scenario::new("callee_hangs_up", server.address())
        .user("2001", &password("2001"))
        .extension("100")
        .calls(1, 1)
        .run()
        .assert_good(1);
    wait("the steps in the log", || {
        let text = std::fs::read_to_string(&full).unwrap_or_default();
        text.contains("    -- Executing [100@internal:1] Answer(\"SIP/2001-00000000\", \"\") in new stack")
            && text.contains("heard from the plan")
    });
    writeln!(keys, "exit").expect("a command");
    drop(keys);
    let output = cli.wait_with_output().expect("its output");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("Connected to Asterisk 20."), "{text}");
}

/// A program called `asterisk`, and an asterisk.conf beside the configuration it names.
struct ByName {
    folder: tempfile::TempDir,
}

impl ByName {
    fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("exten-").tempdir().expect("a folder");
        symlink(env!("CARGO_BIN_EXE_exten"), folder.path().join("asterisk")).expect("a link");
        let etc = folder.path().join("etc");
        std::fs::create_dir(&etc).expect("a folder");
        let port = ports::reserve(2);
        let write = |path: PathBuf, text: &str| std::fs::write(path, text).expect("a file");
        write(etc.join("extensions.conf"), PLAN);
        write(etc.join("sip.conf"), &format!("[general]\nudpbindaddr=127.0.0.1:{port}\n"));
        let here = folder.path().display();
        write(
            folder.path().join("other.conf"),
            &format!("[directories]\nastetcdir => {here}/etc\nastrundir => {here}/run\nastdbdir => {here}/db\n"),
        );
        Self { folder }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let main = self.folder.path().join("other.conf");
        Command::new(self.folder.path().join("asterisk"))
            .arg("-C")
            .arg(Path::new(&main))
            .args(arguments)
            .output()
            .expect("asterisk")
    }
}

#[test]
fn by_the_name_of_asterisk_it_behaves_as_one() {
    let asterisk = ByName::new();
    let said = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said(&asterisk.run(&["-V"])).starts_with("Asterisk 20."));
    let none = asterisk.run(&["-rx", "core show uptime"]);
    assert_eq!(none.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&none.stderr).contains("/run/asterisk.ctl exist?)"));
    // Without -f it goes into the background, and comes back when consoles can connect.
    assert!(asterisk.run(&["-q", "-g"]).status.success());
    assert_eq!(said(&asterisk.run(&["-rx", "core waitfullybooted"])), "Asterisk has fully booted.\n");
    assert!(!asterisk.run(&["-f", "-q", "-g", "-n", "-vvv"]).status.success(), "it runs already");
    assert!(said(&asterisk.run(&["-r", "-x", "core show uptime seconds"])).starts_with("System uptime: "));
    assert!(asterisk.run(&["-rx", "core stop now"]).status.success());
    let socket = asterisk.folder.path().join("run/asterisk.ctl");
    wait("the end", || !socket.exists());
}

#[test]
fn it_runs_as_another_user_where_root_wants_it() {
    let asterisk = ByName::new();
    let words = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let refused = asterisk.run(&["-f", "-U", "nobody-of-this-name"]);
    assert!(!refused.status.success());
    let told = words(&refused);
    assert_eq!(told, "cannot run as nobody-of-this-name: there is no user `nobody-of-this-name` on this machine\n");

    let folder = asterisk.folder.path();
    let open = |mode| std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).expect("permissions");
    open(0o777);
    let started = asterisk.run(&["-q", "-U", "nobody"]);
    let root = std::fs::metadata("/proc/self").expect("this process").uid() == 0;
    assert_eq!(started.status.success(), root, "{}", words(&started));
    if root {
        let socket = folder.join("run/asterisk.ctl");
        let owner = std::fs::metadata(&socket).expect("the socket").uid();
        assert_ne!(owner, 0, "the server gave up what root may do");
        assert!(asterisk.run(&["-rx", "core stop now"]).status.success());
        wait("the end", || !socket.exists());
    } else {
        assert!(words(&started).contains("only root may run exten as another user"), "{}", words(&started));
    }
    open(0o700);
}

#[test]
fn calls_beyond_the_limit_are_turned_away() {
    let asterisk = ByName::new();
    let main = asterisk.folder.path().join("other.conf");
    let text = std::fs::read_to_string(&main).expect("other.conf");
    let options = "[options]\nmaxcalls = 1\nsystemname = box\ndefaultlanguage = es\n";
    std::fs::write(&main, format!("{text}{options}")).expect("other.conf");
    let plan = "[internal]\nexten => 300,1,Answer()\n same => n,Wait(60)\n";
    std::fs::write(asterisk.folder.path().join("etc/extensions.conf"), plan).expect("a plan");
    assert!(asterisk.run(&["-q"]).status.success());
    let tell = |command: &str| String::from_utf8_lossy(&asterisk.run(&["-rx", command]).stdout).into_owned();
    tell("channel originate Local/300@internal application Wait 60");
    tell("channel originate Local/300@internal application Wait 60");
    wait("the second call to be turned away", || tell("core show channels count").starts_with("2 active channels"));
    let shown = tell("core show channels concise");
    assert!(shown.lines().all(|line| line.contains("!box-")), "{shown}");
    let settings = tell("core show settings");
    for line in ["Maximum calls:               1 (Current 1)", "Default language:            es"] {
        assert!(settings.contains(line), "{line}\n{settings}");
    }
    assert!(asterisk.run(&["-rx", "core stop now"]).status.success());
}

#[test]
fn a_terminal_has_completion_and_history() {
    let server = server();
    let home = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/clients/terminal.py");
    let type_lines = || {
        let mut python = Command::new("python3");
        python.arg(&script).arg(env!("CARGO_BIN_EXE_exten")).arg("cli").arg(server.file(""));
        let output = python.env("HOME", home.path()).output().expect("python3");
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
    };
    assert_eq!(type_lines(), "left with 0\n");
    let history = std::fs::read_to_string(home.path().join(".exten_history")).expect("the history");
    assert!(history.contains("core show uptime seconds"), "{history}");
}
