//! `exten fmt`: lays plans out in one way without changing what they mean.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use exten::conf::{Config, Disk};
use exten::diagnostic::Sources;
use exten::formatter;
use similar::TextDiff;

/// Lays plans out in one way without changing what they mean.
///
/// A folder stands for its extensions.conf with every file that this one includes; a file stands for itself, whatever kind
/// of .conf it is. Only blanks change: `same` lines move one in, blanks go from around the commas in front of an
/// application, comments behind neighbouring lines begin in one column, sections are parted by a blank line. Arguments,
/// comments, templates and the order of everything stay. A file whose meaning would change is left alone.
///
/// The exit status is 0, with --check 1 where a file is laid out otherwise, and 2 for what cannot be read or written.
#[derive(clap::Args)]
pub struct Arguments {
    /// Configuration folders or files; `-` reads the standard input and prints.
    #[arg(required = true)]
    plans: Vec<PathBuf>,
    /// Changes nothing, and names the files that would change.
    #[arg(long)]
    check: bool,
    /// Changes nothing, and shows what would change.
    #[arg(long)]
    diff: bool,
    /// Changes nothing, and prints the files as they would be.
    #[arg(long, conflicts_with_all = ["check", "diff"])]
    stdout: bool,
}

const CHANGES: u8 = 1;
const FAILED: u8 = 2;

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut status = 0;
    for plan in &arguments.plans {
        if plan == Path::new("-") {
            status = status.max(filter(arguments));
            continue;
        }
        match files(plan) {
            Ok(files) => status = files.iter().map(|file| lay_out(file, arguments)).max().unwrap_or(0).max(status),
            Err(problem) => {
                eprintln!("{problem}");
                status = FAILED;
            }
        }
    }
    ExitCode::from(status)
}

/// The files that a path stands for.
fn files(plan: &Path) -> Result<Vec<PathBuf>, String> {
    if !plan.exists() {
        return Err(format!("{}: no such file or folder", plan.display()));
    }
    if plan.is_file() {
        return Ok(vec![plan.to_owned()]);
    }
    let plan = plan.join("extensions.conf");
    if !plan.exists() {
        return Err(format!("{}: no such file", plan.display()));
    }
    let mut sources = Sources::default();
    Config::read(&mut Disk::default(), &plan, &mut sources);
    let mut files: Vec<PathBuf> = sources.paths().map(Path::to_owned).collect();
    files.sort();
    files.dedup();
    Ok(files)
}

fn filter(arguments: &Arguments) -> u8 {
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut bytes) {
        eprintln!("-: {error}");
        return FAILED;
    }
    answer(
        Path::new("-"),
        &bytes,
        &Arguments { plans: Vec::new(), stdout: !arguments.check && !arguments.diff, ..*arguments },
    )
}

fn lay_out(file: &Path, arguments: &Arguments) -> u8 {
    match std::fs::read(file) {
        Ok(bytes) => answer(file, &bytes, arguments),
        Err(error) => {
            eprintln!("{}: {error}", file.display());
            FAILED
        }
    }
}

fn answer(file: &Path, bytes: &[u8], arguments: &Arguments) -> u8 {
    let text = Encoded::new(bytes);
    let laid_out = formatter::format(&text.text);
    if formatter::meaning(&laid_out) != formatter::meaning(&text.text) {
        eprintln!("{}: left as it is: in the usual layout it would mean something else", file.display());
        return FAILED;
    }
    if arguments.stdout {
        print(&text.encode(&laid_out));
        return 0;
    }
    if laid_out == text.text {
        return 0;
    }
    if arguments.diff {
        let name = file.display().to_string();
        let diff = TextDiff::from_lines(&text.text, &laid_out).unified_diff().header(&name, &name).to_string();
        print(&text.encode(&diff));
    }
    if arguments.check {
        super::report::print(&format!("{}\n", file.display()));
        return CHANGES;
    }
    if arguments.diff {
        return 0;
    }
    match write(file, &text.encode(&laid_out)) {
        Ok(()) => {
            super::report::print(&format!("{}\n", file.display()));
            0
        }
        Err(error) => {
            eprintln!("{}: {error}", file.display());
            FAILED
        }
    }
}

/// Writes beside the file first, so that it is whole at any time.
fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let file = std::fs::canonicalize(file)?;
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".exten-fmt");
    let aside = file.with_file_name(name);
    std::fs::write(&aside, bytes)?;
    std::fs::set_permissions(&aside, std::fs::metadata(&file)?.permissions())?;
    std::fs::rename(&aside, &file)
}

fn print(bytes: &[u8]) {
    let _ = std::io::stdout().lock().write_all(bytes);
}

/// A file's text. Bytes that are no UTF-8 are taken for Latin-1, and written back as they were.
struct Encoded {
    text: String,
    is_latin: bool,
}

impl Encoded {
    fn new(bytes: &[u8]) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self { text: text.to_owned(), is_latin: false },
            Err(_) => Self { text: bytes.iter().map(|byte| char::from(*byte)).collect(), is_latin: true },
        }
    }

    fn encode(&self, text: &str) -> Vec<u8> {
        if self.is_latin {
            return text.chars().map(|character| u8::try_from(u32::from(character)).unwrap_or(b'?')).collect();
        }
        text.as_bytes().to_vec()
    }
}
