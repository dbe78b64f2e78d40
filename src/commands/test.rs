//! `exten test`: the stories of Markdown documents, on virtual phones in virtual time.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use exten::diagnostic::render::{self, Appearance};
use exten::diagnostic::{Diagnostic, FileId, SourceFile, Sources, Span, codes};
use exten::scenario::coverage::Coverage;
use exten::scenario::{self, Outcome, Script, Story, document, traces};

use super::report::print;

/// Plays the stories in Markdown documents and says which do not go as they are told.
///
/// A story is a fence with the info string `scenario`, below a heading that names it. Its plan is the one beside the
/// document or in the nearest folder above. The exit status is 0 where all go as told, 1 where one does not, 2 where one
/// could not be played.
///
/// Each story begins with empty mailboxes and an empty AstDB. What it writes (messages, recordings, new passwords) goes into a
/// folder of its own and is deleted at its end; sounds, scripts and configuration are those of the plan. Programs and
/// databases that the plan uses are real.
#[derive(clap::Args)]
#[command(after_help = after_help())]
pub struct Arguments {
    /// Documents, or folders that are searched for *.md.
    #[arg(required = true)]
    paths: Vec<PathBuf>,
    /// The plan of all stories: a configuration folder, or an extensions.conf.
    #[arg(long)]
    plan: Option<PathBuf>,
    /// Only stories whose name holds this text.
    #[arg(long)]
    filter: Option<String>,
    /// Tells all that happens, of stories that go as told too.
    #[arg(long)]
    trace: bool,
    /// Takes the traces of this run as those to compare with from now on.
    #[arg(long)]
    accept: bool,
    /// Asks for each trace that differs whether to take it.
    #[arg(long, conflicts_with = "accept")]
    review: bool,
    /// Says which steps of the plans no story reaches.
    #[arg(long)]
    coverage: bool,
    /// Writes which lines of the plans were reached, as editors and coverage services read it.
    #[arg(long, value_name = "FILE")]
    lcov: Option<PathBuf>,
    /// Prints the outcomes as JSON.
    #[arg(long)]
    json: bool,
}

fn after_help() -> String {
    format!("The lines of a story:\n{}", scenario::forms())
}

/// How it went with all stories so far.
#[derive(Default)]
struct Tally {
    passed: usize,
    failed: usize,
    refused: usize,
    coverage: Coverage,
    json: Vec<serde_json::Value>,
}

pub fn run(arguments: &Arguments) -> ExitCode {
    let mut tally = Tally::default();
    for path in &arguments.paths {
        let documents = match document::find(path) {
            Ok(documents) => documents,
            Err(error) => {
                eprintln!("{}: {error}", path.display());
                return ExitCode::from(2);
            }
        };
        for document in documents {
            if let Err(error) = tell(arguments, &document, &mut tally) {
                eprintln!("{}: {error}", document.display());
                return ExitCode::from(2);
            }
        }
    }
    if let Some(file) = &arguments.lcov
        && let Err(error) = std::fs::write(file, tally.coverage.lcov())
    {
        eprintln!("{}: {error}", file.display());
        return ExitCode::from(2);
    }
    report(arguments, &tally)
}

fn report(arguments: &Arguments, tally: &Tally) -> ExitCode {
    if arguments.json {
        print(&format!("{:#}\n", serde_json::Value::from(tally.json.clone())));
    } else {
        if arguments.coverage {
            print(&tally.coverage.text());
        }
        let Tally { passed, failed, refused, .. } = tally;
        let mut text = match passed {
            1 => "1 story goes as told".to_owned(),
            count => format!("{count} stories go as told"),
        };
        if *failed > 0 {
            text += &format!(", {failed} not");
        }
        if *refused > 0 {
            text += &format!(", {refused} could not be played");
        }
        print(&(text + "\n"));
    }
    match (tally.passed, tally.failed, tally.refused) {
        (0, 0, 0) => {
            eprintln!("There is no story: a story is a fence with the info string `scenario` in a Markdown document.");
            ExitCode::from(2)
        }
        (_, 0, 0) => ExitCode::SUCCESS,
        (_, _, 0) => ExitCode::from(1),
        _ => ExitCode::from(2),
    }
}

/// A document, to point into.
struct Told<'a> {
    arguments: &'a Arguments,
    script: Script,
    sources: Sources,
    file: FileId,
}

/// Plays the stories of a document, and writes its traces where they are to be taken.
fn tell(arguments: &Arguments, path: &Path, tally: &mut Tally) -> std::io::Result<()> {
    let text = std::fs::read_to_string(path)?;
    let mut sources = Sources::default();
    let Some(file) = sources.add(SourceFile::new(path.to_owned(), text.as_str(), None)) else { return Ok(()) };
    let script = scenario::in_document(path, text, arguments.plan.as_deref());
    let told = Told { arguments, script, sources, file };
    let mut accepted = Vec::new();
    for story in &told.script.stories {
        let is_wanted = |filter: &String| story.passage.title.contains(filter.as_str());
        if arguments.filter.as_ref().is_none_or(is_wanted) {
            accepted.extend(told.play(story, tally)?);
        }
    }
    if !accepted.is_empty() {
        std::fs::write(path, traces::accept(&told.script.text, &accepted))?;
    }
    Ok(())
}

impl Told<'_> {
    /// Plays a story and tells how it went; gives its trace where that is to be written.
    fn play(&self, story: &Story, tally: &mut Tally) -> std::io::Result<Option<(std::ops::Range<usize>, String)>> {
        let faults: Vec<Diagnostic> = story
            .faults
            .iter()
            .map(|fault| {
                let diagnostic = Diagnostic::error(codes::STORY_LINE, &fault.message);
                let diagnostic = diagnostic.at(self.span(&fault.span), "");
                if fault.help.is_empty() { diagnostic } else { diagnostic.help(&fault.help) }
            })
            .collect();
        if !faults.is_empty() {
            self.refuse(story, &faults, &self.sources, tally);
            return Ok(None);
        }
        let configuration = self.script.configuration(story)?;
        if configuration.is_refused() {
            let errors = configuration.diagnostics.iter();
            let errors: Vec<Diagnostic> =
                errors.filter(|one| one.severity == exten::diagnostic::Severity::Error).cloned().collect();
            self.refuse(story, &errors, &configuration.sources, tally);
            return Ok(None);
        }
        // The exchange takes the configuration; its plan is read again for the coverage.
        let wants_coverage = self.arguments.coverage || self.arguments.lcov.is_some();
        let plan = if wants_coverage { self.script.configuration(story)?.plan } else { None };
        let outcome = self.script.play(story, configuration);
        if let Some(active) = plan {
            tally.coverage.add(&active.plan, &active.sources, &outcome.reached);
        }
        let (failure, trace) = self.judge(story, &outcome)?;
        self.show(story, &outcome, failure.as_ref(), tally);
        Ok(trace)
    }

    /// What is wrong with a story that was played, and the trace to take.
    #[allow(clippy::type_complexity)]
    fn judge(
        &self,
        story: &Story,
        outcome: &Outcome,
    ) -> std::io::Result<(Option<Diagnostic>, Option<(std::ops::Range<usize>, String)>)> {
        if let Some(failure) = &outcome.failure {
            let line = self.script.text.get(failure.span.clone()).unwrap_or("");
            let diagnostic = Diagnostic::error(codes::STORY_FAILED, format!("not so: {line}"));
            return Ok((Some(diagnostic.at(self.span(&failure.span), &failure.instead)), None));
        }
        let Some(place) = &story.passage.trace else { return Ok((None, None)) };
        let old = self.script.text.get(place.clone()).unwrap_or("");
        let Some(parting) = traces::compare(old, place.start, &outcome.narration) else { return Ok((None, None)) };
        let is_taken = old.trim().is_empty()
            || self.arguments.accept
            || (self.arguments.review && ask(&story.passage.title, &parting.difference)?);
        if is_taken {
            return Ok((None, Some((place.clone(), outcome.narration.clone()))));
        }
        let diagnostic = Diagnostic::error(codes::STORY_TRACE, "the trace differs from here on")
            .at(self.span(&parting.span), "")
            .help(format!("{}if this is right, take it: exten test --accept", parting.difference));
        Ok((Some(diagnostic), None))
    }

    fn span(&self, range: &std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start, range.end)
    }

    /// `README.md:12 Busy`
    fn title(&self, story: &Story) -> String {
        let at = self.span(&story.passage.text).part(0, 0);
        let line = self.sources.get(self.file).map_or(0, |file| file.position(at.start).0);
        format!("{}:{line} {}", self.script.path.display(), story.passage.title)
    }

    fn refuse(&self, story: &Story, errors: &[Diagnostic], sources: &Sources, tally: &mut Tally) {
        tally.refused += 1;
        if self.arguments.json {
            let errors: Vec<_> = errors.iter().map(|error| render::json(error, sources)).collect();
            tally.json.push(serde_json::json!({
                "document": self.script.path.display().to_string(),
                "story": story.passage.title,
                "outcome": "refused",
                "diagnostics": errors,
            }));
            return;
        }
        print(&format!("not played  {}\n", self.title(story)));
        for error in errors {
            print(&(graphical(error, sources) + "\n"));
        }
    }

    fn show(&self, story: &Story, outcome: &Outcome, failure: Option<&Diagnostic>, tally: &mut Tally) {
        match failure {
            None => tally.passed += 1,
            Some(_) => tally.failed += 1,
        }
        let happened = outcome.failure.as_ref().map_or(&outcome.narration, |failure| &failure.narration);
        if self.arguments.json {
            tally.json.push(serde_json::json!({
                "document": self.script.path.display().to_string(),
                "story": story.passage.title,
                "outcome": if failure.is_none() { "passed" } else { "failed" },
                "seconds": outcome.took.as_secs_f64(),
                "diagnostics": failure.iter().map(|error| render::json(error, &self.sources)).collect::<Vec<_>>(),
                "trace": happened.lines().collect::<Vec<_>>(),
            }));
            return;
        }
        match failure {
            None => print(&format!("as told     {} ({:.1} s)\n", self.title(story), outcome.took.as_secs_f64())),
            Some(error) => {
                print(&format!("not as told {}\n", self.title(story)));
                print(&(graphical(error, &self.sources) + "\n"));
            }
        }
        if self.arguments.trace || outcome.failure.is_some() {
            let title = if outcome.failure.is_some() { "What happened until then:\n" } else { "" };
            print(&format!("{title}{}\n", shortened(happened)));
        }
    }
}

/// A telling without its middle, where it is so long that nobody reads it: a plan walked in circles.
fn shortened(happened: &str) -> String {
    const LONGEST: usize = 2_000;
    const SHOWN: usize = 50;
    let lines: Vec<&str> = happened.lines().collect();
    if lines.len() <= LONGEST {
        return happened.to_owned();
    }
    let (first, last) = (lines.iter().take(SHOWN), lines.iter().skip(lines.len() - SHOWN));
    let omitted = format!("    … {} lines …", lines.len() - 2 * SHOWN);
    let shown: Vec<&str> = first.copied().chain([omitted.as_str()]).chain(last.copied()).collect();
    shown.join("\n") + "\n"
}

fn graphical(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let appearance = Appearance { colour: std::io::stdout().is_terminal(), width: 120 };
    render::graphical(diagnostic, sources, appearance)
}

/// Asks whether a trace is to be taken.
fn ask(title: &str, difference: &str) -> std::io::Result<bool> {
    print!("{title}: the trace differs\n{difference}Take the new one? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim().eq_ignore_ascii_case("y"))
}
