//! `exten cli`: a console at a running PBX.

use std::borrow::Cow;
use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::mpsc;

use exten::conf::Disk;
use exten::management::console::client::Client;
use exten::management::console::protocol::{Ask, Tell};
use exten::server::Origin;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{CompletionType, Config, Context, Editor, ExternalPrinter as _};

/// Gives commands to a running PBX, as Asterisk's console does.
///
/// Without `-x` it reads commands until `exit`: with completion (Tab) and a history at a terminal, line by line from
/// anything else. `core set verbose 3` shows what calls do. `--json` behind a command gives its answer as JSON.
#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration folder of the PBX, or its extensions.conf.
    plan: PathBuf,
    /// Carries out this command and ends: with 1 where it failed.
    #[arg(short = 'x', long = "execute", value_name = "COMMAND")]
    execute: Option<String>,
    /// How much of what calls do is shown from the start.
    #[arg(short, long, action = clap::ArgAction::Count)]
    verbose: u8,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let socket = Origin::from(&arguments.plan).directories(&mut Disk::default()).socket();
    let Some(client) = connect(&socket) else { return ExitCode::from(1) };
    match &arguments.execute {
        Some(line) => match execute(client, line) {
            Some(true) => ExitCode::SUCCESS,
            _ => ExitCode::from(1),
        },
        None => talk(client, u32::from(arguments.verbose), false),
    }
}

/// Connects to the server behind a control socket, or says that there is none.
pub fn connect(socket: &Path) -> Option<Client> {
    Client::connect(socket)
        .inspect_err(|_| {
            eprintln!("Unable to connect to remote asterisk (does {} exist?)", socket.display());
        })
        .ok()
}

/// Carries out one command; whether it went well, or nothing if the server went away.
pub fn execute(mut client: Client, line: &str) -> Option<bool> {
    match client.run(line) {
        Ok((text, has_failed)) => {
            print(&text);
            Some(!has_failed)
        }
        // A server that is to stop may be gone before it says so.
        Err(_) if line.starts_with("core stop") || line.starts_with("core restart") => Some(true),
        Err(error) => {
            eprintln!("the server went away: {error}");
            None
        }
    }
}

/// Reads commands and shows the answers, until `exit` or the end of the input.
pub fn talk(client: Client, verbose: u32, is_plain: bool) -> ExitCode {
    println!("Connected to Asterisk {} (pid = {})", client.version, client.process);
    let ended = match std::io::stdin().is_terminal() {
        true => at_terminal(client, verbose, is_plain),
        false => from_input(client),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(1)
        }
    }
}

fn from_input(mut client: Client) -> Result<(), String> {
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|error| error.to_string())?;
        if is_exit(&line) {
            break;
        }
        let (text, _) = client.run(&line).map_err(|_| gone())?;
        print(&text);
    }
    Ok(())
}

fn at_terminal(mut client: Client, verbose: u32, is_plain: bool) -> Result<(), String> {
    let failed = |error: ReadlineError| error.to_string();
    let colours = if is_plain { rustyline::ColorMode::Disabled } else { rustyline::ColorMode::Enabled };
    let config = Config::builder().completion_type(CompletionType::List).color_mode(colours).build();
    let mut editor: Editor<Completer, FileHistory> = Editor::with_config(config).map_err(failed)?;
    let mut printer = editor.create_external_printer().map_err(failed)?;
    let mut next = client.reader().map_err(|error| error.to_string())?;
    let (send, answers) = mpsc::channel();
    // Lines come at any time; they are shown above the line that is being typed.
    std::thread::spawn(move || {
        while let Ok(told) = next() {
            let is_over = match told {
                Tell::Line(text) => printer.print(format!("{text}\n")).is_err(),
                answer => send.send(answer).is_err(),
            };
            if is_over {
                break;
            }
        }
    });
    let prompt = format!("{}*CLI> ", host());
    let history = std::env::home_dir().map(|home| home.join(".exten_history"));
    if let Some(history) = &history {
        // There is none the first time.
        let _ = editor.load_history(history);
    }
    client.ask(&Ask::Watch(verbose)).map_err(|_| gone())?;
    editor.set_helper(Some(Completer(std::cell::RefCell::new((client, answers)))));
    loop {
        let line = match editor.readline(&prompt) {
            Ok(line) => line,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => break,
            Err(error) => return Err(error.to_string()),
        };
        if is_exit(&line) {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let _ = editor.add_history_entry(line.trim());
        let Some(Tell::Answer { text, .. }) = editor.helper().and_then(|helper| helper.ask(Ask::Run(line))) else {
            return Err(gone());
        };
        print(&text);
    }
    if let Some(history) = &history {
        let _ = editor.save_history(history);
    }
    Ok(())
}

fn is_exit(line: &str) -> bool {
    matches!(line.trim(), "exit" | "quit")
}

fn gone() -> String {
    "Disconnected from Asterisk server".to_owned()
}

fn host() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    name.split('.').next().unwrap_or_default().to_owned()
}

fn print(text: &str) {
    // Whoever reads may have gone.
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// Asks the server what a line may go on with.
struct Completer(std::cell::RefCell<(Client, mpsc::Receiver<Tell>)>);

impl Completer {
    fn ask(&self, ask: Ask) -> Option<Tell> {
        let (client, answers) = &mut *self.0.borrow_mut();
        client.ask(&ask).ok()?;
        answers.recv().ok()
    }
}

impl rustyline::completion::Completer for Completer {
    type Candidate = String;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let typed = line.get(..at).unwrap_or(line);
        let start = typed.rfind(' ').map_or(0, |blank| blank + 1);
        let Some(Tell::Completions(lines)) = self.ask(Ask::Complete(typed.to_owned())) else {
            return Ok((at, Vec::new()));
        };
        let words = lines.iter().filter_map(|line| line.rsplit(' ').next());
        Ok((start, words.map(|word| format!("{word} ")).collect()))
    }
}

impl rustyline::hint::Hinter for Completer {
    type Hint = String;
}

impl rustyline::highlight::Highlighter for Completer {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        Cow::Borrowed(line)
    }
}

impl rustyline::validate::Validator for Completer {}

impl rustyline::Helper for Completer {}
