//! `exten run`: the PBX.

use std::path::PathBuf;
use std::process::ExitCode;

use exten::conf::Disk;
use exten::interpreter::Reload;
use exten::management::pbx::Ending;
use exten::server::{Configuration, Reloaded, Server, Setup, welcome};

/// Runs a configuration folder as a PBX, until it is stopped.
///
/// The folder is laid out as /etc/asterisk is. Saving a file puts the new plan into service without dropping a call; a
/// file with an error is reported, and the last good plan goes on serving. SIGHUP reloads too.
#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration folder, or an extensions.conf.
    plan: PathBuf,
    /// Which plan calls in progress walk after a reload: the one they began with, or the newest at each step.
    #[arg(long, value_enum, default_value_t = Follow::Pin)]
    reload: Follow,
    /// Does not print the phones' settings.
    #[arg(short, long)]
    quiet: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Follow {
    Pin,
    Follow,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    log();
    allow_many_files();
    let mut disk = Disk::default();
    let configuration = Configuration::load_from(&mut disk, &arguments.plan);
    super::report::show(&arguments.plan, &configuration.diagnostics, &configuration.sources);
    if configuration.is_refused() {
        eprintln!("{}: not started, because of the errors above", arguments.plan.display());
        return ExitCode::from(2);
    }
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::from(1);
        }
    };
    runtime.block_on(serve(arguments, configuration, disk))
}

async fn serve(arguments: &Arguments, configuration: Configuration, disk: Disk) -> ExitCode {
    let reload = match arguments.reload {
        Follow::Pin => Reload::Pin,
        Follow::Follow => Reload::Follow,
    };
    let setup = match Setup::lasting(&configuration) {
        Ok(setup) => Setup { reload, ..setup },
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(1);
        }
    };
    let words = if arguments.quiet { String::new() } else { welcome(&configuration) };
    let server = match Server::start(&arguments.plan, configuration, &disk, setup).await {
        Ok(server) => server,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(1);
        }
    };
    print!("{words}");
    println!("Asterisk Ready. Stop with Ctrl-C.");
    let path = arguments.plan.clone();
    match server.serve(stopped(), move |reloaded| tell(&path, reloaded)).await {
        Ending::Stopped => ExitCode::SUCCESS,
        Ending::Restart => begin_anew(),
    }
}

fn tell(path: &std::path::Path, reloaded: &Reloaded) {
    let configuration = &reloaded.configuration;
    super::report::show(path, &configuration.diagnostics, &configuration.sources);
    if reloaded.is_in_service {
        println!("Reloaded {}: the new plan is in service.", path.display());
    } else {
        println!(
            "{} was not reloaded, because of the errors above: the last good plan goes on serving.",
            path.display()
        );
    }
}

/// Puts a new process with the same arguments in the place of this one.
fn begin_anew() -> ExitCode {
    use std::os::unix::process::CommandExt as _;
    let program = std::env::current_exe().unwrap_or_else(|_| "exten".into());
    let mut line = std::env::args_os();
    let mut command = std::process::Command::new(program);
    if let Some(name) = line.next() {
        command.arg0(name);
    }
    let error = command.args(line).exec();
    eprintln!("cannot restart: {error}");
    ExitCode::from(1)
}

/// A call takes four sockets and files: the usual limit of 1024 would end at 250 calls.
fn allow_many_files() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    // Where it is refused, calls beyond the limit get a 503.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
}

/// Resolves when the process is asked to end.
async fn stopped() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}

fn log() {
    use tracing_subscriber::EnvFilter;
    let filter = EnvFilter::try_from_env("EXTEN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // Set once; a second logger can only come from tests.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_target(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .try_init();
}
