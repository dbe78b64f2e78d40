//! `exten run`: the PBX.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use exten::conf::Disk;
use exten::diagnostic::render;
use exten::interpreter::Reload;
use exten::lint::Beside;
use exten::management::logger::Logger;
use exten::management::pbx::Ending;
use exten::server::{Configuration, Origin, Reloaded, Server, Setup, welcome};

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
    let reload = match arguments.reload {
        Follow::Pin => Reload::Pin,
        Follow::Follow => Reload::Follow,
    };
    serve(&Serving { origin: (&arguments.plan).into(), reload, is_quiet: arguments.quiet, ..Serving::default() })
}

/// How a PBX is to be run.
#[derive(Default)]
pub struct Serving {
    pub origin: Origin,
    pub reload: Reload,
    /// Does not print the phones' settings.
    pub is_quiet: bool,
    /// At least so much is logged.
    pub verbose: u32,
    pub debug: u32,
    /// The terminal is a console at this control socket.
    pub console: Option<PathBuf>,
}

/// Runs a PBX until it is stopped.
pub fn serve(serving: &Serving) -> ExitCode {
    let logger = Logger::new();
    log(&logger);
    allow_many_files();
    let mut disk = Disk::default();
    let mut configuration = Configuration::load_from(&mut disk, &serving.origin);
    let plan = &serving.origin.plan;
    super::report::show(plan, &configuration.diagnostics, &configuration.sources);
    // Looked at aside: what is watched for changes is what is read through `disk`.
    let beside = Beside::load(&mut Disk::default(), &configuration.folder, &mut configuration.sources);
    for found in beside.without_effect() {
        tracing::warn!("{}", render::short(&found, &configuration.sources));
    }
    if configuration.is_refused() {
        eprintln!("{}: not started, because of the errors above", plan.display());
        return ExitCode::from(2);
    }
    let settings = &mut configuration.settings;
    settings.verbose = settings.verbose.max(serving.verbose);
    settings.debug = settings.debug.max(serving.debug);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start: {error}");
            return ExitCode::from(1);
        }
    };
    let ending = runtime.block_on(until_stopped(serving, configuration, &disk, logger));
    // A console that waits for a line is not waited for.
    runtime.shutdown_background();
    match ending {
        Some(Ending::Stopped) => ExitCode::SUCCESS,
        Some(Ending::Restart) => begin_anew(),
        None => ExitCode::from(1),
    }
}

async fn until_stopped(
    serving: &Serving,
    configuration: Configuration,
    disk: &Disk,
    logger: Arc<Logger>,
) -> Option<Ending> {
    let said = |error: &dyn std::error::Error| eprintln!("{error}");
    let setup = Setup::lasting(&configuration).inspect_err(|error| said(error)).ok()?;
    let setup = Setup { reload: serving.reload, logger, ..setup };
    let words = if serving.is_quiet {
        String::new()
    } else {
        welcome(&configuration, std::io::IsTerminal::is_terminal(&std::io::stdout()))
    };
    let server = Server::start(configuration, disk, setup).await.inspect_err(|error| said(error)).ok()?;
    if !serving.is_quiet {
        for listen in server.agent.listens() {
            println!("SIP over {} at {}", listen.transport, listen.address);
        }
        print!("{words}");
    }
    for (address, transport) in server.manager.addresses() {
        println!("Manager programs over {transport} at {address}");
    }
    for (address, is_secure) in server.http.addresses() {
        println!("HTTP{} at {address}", if is_secure { "S" } else { "" });
    }
    println!("Asterisk Ready. Stop with Ctrl-C.");
    if let Some(socket) = serving.console.clone() {
        let verbose = serving.verbose;
        std::thread::spawn(move || super::cli::connect(&socket).map(|client| super::cli::talk(client, verbose, false)));
    }
    let plan = serving.origin.plan.clone();
    Some(server.serve(stopped(), move |reloaded| tell(&plan, reloaded)).await)
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

/// Sends what is logged to the terminal, and to the logger, which has the files and the consoles.
fn log(logger: &Arc<Logger>) {
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    use tracing_subscriber::{EnvFilter, Layer as _};
    let filter = EnvFilter::try_from_env("EXTEN_LOG").unwrap_or_else(|_| EnvFilter::new("info,exten::security=warn"));
    let terminal = tracing_subscriber::fmt::layer()
        .with_target(false)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr)
        .with_filter(filter);
    // Set once; a second logger can only come from tests.
    let _ = tracing_subscriber::registry().with(terminal).with(logger.layer()).try_init();
}
