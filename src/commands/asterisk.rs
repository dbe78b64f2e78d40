//! What exten answers to when it is called by the name `asterisk`.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use exten::conf::Disk;
use exten::diagnostic::Sources;
use exten::management::console::client::Client;
use exten::management::pbx::VERSION;
use exten::security::account::become_account;
use exten::server::{Origin, Settings};

use super::run::Serving;
use super::{cli, run};

/// Asterisk's command line. Runs the PBX in the background, unless an option says otherwise.
#[derive(Parser)]
#[command(name = "asterisk", disable_version_flag = true)]
struct Line {
    /// Reads this asterisk.conf, whose section [directories] says where everything else is.
    #[arg(short = 'C', value_name = "FILE", default_value = "/etc/asterisk/asterisk.conf")]
    main: PathBuf,
    /// Stays in the foreground.
    #[arg(short = 'f')]
    foreground: bool,
    /// Stays in the foreground and is a console.
    #[arg(short = 'c')]
    console: bool,
    /// Connects to the PBX that runs and is its console.
    #[arg(short = 'r')]
    remote: bool,
    /// The same.
    #[arg(short = 'R')]
    remote_again: bool,
    /// Gives the PBX that runs a command and ends.
    #[arg(short = 'x', value_name = "COMMAND")]
    execute: Option<String>,
    /// The control socket, where it is not that of the configuration.
    #[arg(short = 's', value_name = "SOCKET")]
    socket: Option<PathBuf>,
    /// Shows more of what calls do; several times for more.
    #[arg(short = 'v', action = clap::ArgAction::Count)]
    verbose: u8,
    /// Logs more of what exten does itself.
    #[arg(short = 'd', action = clap::ArgAction::Count)]
    debug: u8,
    /// Prints nothing at the start.
    #[arg(short = 'q')]
    quiet: bool,
    /// No colours.
    #[arg(short = 'n')]
    plain: bool,
    /// Prints the version.
    #[arg(short = 'V')]
    version: bool,
    /// The user to run as, where root starts exten; without -G with the user's group.
    #[arg(short = 'U', value_name = "USER")]
    user: Option<String>,
    /// The group to run as, where root starts exten.
    #[arg(short = 'G', value_name = "GROUP")]
    group: Option<String>,
    /// Stays in the background, which is what happens anyway.
    #[arg(short = 'F')]
    fork: bool,
    /// Accepted and without effect, as there is nothing of the kind: -g core dumps, -m muted console, -p priority,
    /// -i and -I initial keys and timing, -t and -T time stamps and files, -B and -W colours, -X #exec.
    #[arg(short = 'g', short_aliases = ['m', 'p', 'i', 'I', 't', 'T', 'B', 'W', 'X'], action = clap::ArgAction::Count)]
    without_effect: u8,
}

pub fn run() -> ExitCode {
    let line = Line::parse();
    if line.version {
        println!("Asterisk {VERSION}");
        return ExitCode::SUCCESS;
    }
    let origin = Origin::named_by(&mut Disk::default(), &line.main);
    let socket = line.socket.clone().unwrap_or_else(|| origin.directories(&mut Disk::default()).socket());
    if line.execute.is_some() || line.remote || line.remote_again {
        let Some(client) = cli::connect(&socket) else { return ExitCode::from(1) };
        return match &line.execute {
            // Asterisk's console ends well also where the command did not.
            Some(command) => match cli::execute(client, command) {
                Some(_) => ExitCode::SUCCESS,
                None => ExitCode::from(1),
            },
            None => cli::talk(client, u32::from(line.verbose), line.plain),
        };
    }
    if !line.main.exists() {
        eprintln!("There is no {}: name the configuration with -C FILE.", line.main.display());
        return ExitCode::from(1);
    }
    // Before there are threads, and before anything is made that the user could not write to.
    let options = Settings::read(&origin.main(&mut Disk::default(), &mut Sources::default()));
    let (user, group) = (line.user.or(options.user), line.group.or(options.group));
    if let Err(error) = become_account(user.as_deref(), group.as_deref()) {
        eprintln!("cannot run as {}: {error}", user.or(group).unwrap_or_default());
        return ExitCode::from(1);
    }
    if !line.foreground && !line.console {
        return in_background(&socket);
    }
    let console = line.console.then_some(socket);
    let (verbose, debug) = (u32::from(line.verbose), u32::from(line.debug));
    run::serve(&Serving { origin, is_quiet: line.quiet, verbose, debug, console, ..Serving::default() })
}

/// A server gets so long to begin.
const START: Duration = Duration::from_secs(30);

/// Starts the same in the foreground of a process of its own, and comes back when that takes consoles.
fn in_background(socket: &Path) -> ExitCode {
    use std::os::unix::process::CommandExt as _;
    if Client::connect(socket).is_ok() {
        eprintln!("Asterisk already running on {}. Use 'asterisk -r' to connect.", socket.display());
        return ExitCode::from(1);
    }
    let program = std::env::current_exe().unwrap_or_else(|_| "asterisk".into());
    // Whoever waits for the end of what this prints shall not wait for the server.
    let words = socket.with_extension("stderr");
    let stderr = words.parent().map(std::fs::create_dir_all).and_then(|_| std::fs::File::create(&words).ok());
    let mut command = Command::new(program);
    command.arg0("asterisk").args(std::env::args_os().skip(1)).arg("-f").process_group(0);
    if std::env::var_os("EXTEN_LOG").is_none() {
        command.env("EXTEN_LOG", "off");
    }
    let stderr = stderr.map_or_else(Stdio::null, Stdio::from);
    let started = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr).spawn();
    let mut server = match started {
        Ok(server) => server,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::from(1);
        }
    };
    let begun = Instant::now();
    while begun.elapsed() < START {
        if let Ok(Some(status)) = server.try_wait() {
            eprint!("{}", std::fs::read_to_string(&words).unwrap_or_default());
            return ExitCode::from(u8::try_from(status.code().unwrap_or(1)).unwrap_or(1));
        }
        if Client::connect(socket).is_ok() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    ExitCode::SUCCESS
}
