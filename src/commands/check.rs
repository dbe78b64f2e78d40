//! `exten check`: tells what is wrong, or probably not meant, in configurations.

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use exten::conf::Disk;
use exten::diagnostic::render::{self, Appearance};
use exten::diagnostic::{Diagnostic, Severity, Sources, codes, sarif};
use exten::lint::{self, Beside, Settings, Subject};
use exten::server::{Configuration, LIBRARY};

use super::report::print;

/// Checks configuration folders: what is wrong in them, where, and what to do about it.
///
/// A folder is laid out as /etc/asterisk is. How much a finding weighs is set in the folder's exten.toml:
///
///     [lint]
///     unknown-application = "error"    # off, advice, warning or error
///
/// A comment silences findings on its line or the line below it: ; exten: allow(unknown-application)
///
/// The exit status is 0 where nothing but advice was found, 1 with warnings, 2 with errors or a wrong command line.
#[derive(clap::Args)]
pub struct Arguments {
    /// Configuration folders, or files laid out as extensions.conf.
    #[arg(required_unless_present_any = ["explain", "list"])]
    plans: Vec<PathBuf>,
    /// How findings are written.
    #[arg(long, value_enum, default_value_t = Format::Pretty)]
    format: Format,
    /// Prints the page of a code, by number or name, and ends.
    #[arg(long, value_name = "CODE", conflicts_with = "plans")]
    explain: Option<String>,
    /// Lists every code and ends.
    #[arg(long, conflicts_with_all = ["plans", "explain"])]
    list: bool,
    /// Applies the fixes that leave no doubt, and tells what remains.
    #[arg(long)]
    fix: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// The lines concerned, with marks under them.
    Pretty,
    /// One line for each finding.
    Short,
    /// An array for machines.
    Json,
    /// SARIF 2.1.0, as code hosts read it.
    Sarif,
}

const CLEAN: u8 = 0;
const FOUND: u8 = 1;
const FAILED: u8 = 2;

pub fn run(arguments: &Arguments) -> ExitCode {
    if let Some(code) = &arguments.explain {
        return explain(code);
    }
    if arguments.list {
        let lines = codes::TABLE.iter().map(|entry| format!("{} {:28} {}\n", entry.code, entry.name, entry.summary));
        print(&lines.collect::<String>());
        return ExitCode::SUCCESS;
    }
    let mut status = CLEAN;
    let mut checked = Vec::new();
    for plan in &arguments.plans {
        match check(plan, arguments.fix) {
            Ok((findings, sources)) => {
                status = status.max(weight(&findings));
                checked.push((findings, sources));
            }
            Err(error) => {
                eprintln!("{error}");
                status = FAILED;
            }
        }
    }
    print(&told(arguments.format, &checked));
    ExitCode::from(status)
}

fn explain(code: &str) -> ExitCode {
    match lint::explain(code) {
        Some(page) => {
            print(&page);
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("There is no code `{code}`. `exten check --list` shows those there are.");
            ExitCode::from(FAILED)
        }
    }
}

fn check(plan: &Path, fix: bool) -> Result<(Vec<Diagnostic>, Sources), String> {
    if !plan.exists() {
        return Err(format!("{}: no such file or folder", plan.display()));
    }
    let (findings, sources) = look(plan)?;
    if !fix {
        return Ok((findings, sources));
    }
    let mut count = 0;
    for (file, (text, fixes)) in lint::fix::fixed(&findings, &sources) {
        let Some(source) = sources.get(file) else { continue };
        let path = &source.path;
        let is_as_read = std::fs::read(path).is_ok_and(|bytes| bytes == source.text.as_bytes());
        if !is_as_read {
            eprintln!("{}: not changed, since it is not UTF-8 or changed meanwhile", path.display());
            continue;
        }
        std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        count += fixes;
    }
    eprintln!("{}: {count} fixed", plan.display());
    look(plan)
}

fn look(plan: &Path) -> Result<(Vec<Diagnostic>, Sources), String> {
    let mut configuration = Configuration::load(plan);
    let settings = Settings::load(&configuration.folder).map_err(|error| error.to_string())?;
    let mut told = std::mem::take(&mut configuration.diagnostics);
    let beside = Beside::load(&mut Disk::default(), &configuration.folder, &mut configuration.sources);
    told.extend(beside.told());
    let sources = configuration.sources.clone();
    let findings = match configuration.plan.as_ref().or(configuration.draft.as_ref()) {
        Some(active) => {
            let mut subject = Subject::new(
                &active.plan,
                &active.features,
                &configuration.endpoints,
                &configuration.sources,
                &LIBRARY,
            );
            subject.beside = beside;
            lint::check(&subject, told, &settings)
        }
        None => lint::weigh(told, &sources, &settings),
    };
    // A large plan takes a while to take apart; nobody has to wait for it.
    std::thread::spawn(move || drop(configuration));
    Ok((findings, sources))
}

fn weight(findings: &[Diagnostic]) -> u8 {
    match findings.iter().map(|found| found.severity).max() {
        Some(Severity::Error) => FAILED,
        Some(Severity::Warning) => FOUND,
        Some(Severity::Advice) | None => CLEAN,
    }
}

/// The findings as text.
fn told(format: Format, checked: &[(Vec<Diagnostic>, Sources)]) -> String {
    let all = || checked.iter().flat_map(|(findings, sources)| findings.iter().map(move |found| (found, sources)));
    match format {
        Format::Pretty => {
            let appearance = Appearance { colour: std::io::stdout().is_terminal(), ..Appearance::default() };
            let mut text: String =
                all().map(|(found, sources)| render::graphical(found, sources, appearance) + "\n").collect();
            let findings: Vec<Diagnostic> = all().map(|(found, _)| found.clone()).collect();
            match render::summary(&findings) {
                none if none.is_empty() && checked.is_empty() => {}
                none if none.is_empty() => text.push_str("Nothing was found.\n"),
                summary => text.push_str(&format!("{summary}. What a code means: exten check --explain CODE\n")),
            }
            text
        }
        Format::Short => all().map(|(found, sources)| render::short(found, sources) + "\n").collect(),
        Format::Json => {
            let list: Vec<_> = all().map(|(found, sources)| render::json(found, sources)).collect();
            format!("{}\n", serde_json::Value::Array(list))
        }
        Format::Sarif => format!("{}\n", sarif::log(all())),
    }
}
