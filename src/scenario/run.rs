//! The stories of a document, from reading to outcome.

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::document::{Document, Passage};
use super::parser::{self, Fault};
use super::performance::Performance;
use super::statement::{Line, Statement};
use crate::conf::{Disk, Files, Memory};
use crate::diagnostic::Span;
use crate::server::{BEGINNING, Configuration, in_virtual_time};

/// A document with stories, and the plan that they are about.
#[derive(Debug)]
pub struct Script {
    pub path: PathBuf,
    pub text: String,
    pub stories: Vec<Story>,
    /// The folder of the plan, or its extensions.conf.
    pub plan: PathBuf,
    files: Vec<(String, String)>,
}

/// A story.
#[derive(Debug)]
pub struct Story {
    pub passage: Passage,
    pub lines: Vec<Line>,
    /// Lines that are not understood; the story is not played then.
    pub faults: Vec<Fault>,
}

impl Story {
    /// When it begins: as its first line says, if that is one of `at`.
    fn start(&self) -> jiff::civil::DateTime {
        match self.lines.first().map(|line| &line.statement) {
            Some(Statement::At(moment)) => moment.on(BEGINNING),
            _ => BEGINNING,
        }
    }
}

/// How a story went.
#[derive(Debug)]
pub struct Outcome {
    pub failure: Option<Failure>,
    /// All that happened, a line each.
    pub narration: String,
    /// How long it took in its own time.
    pub took: Duration,
    /// The steps of the plan that were run, by their places.
    pub reached: Vec<Span>,
}

/// Where a story went otherwise.
#[derive(Debug)]
pub struct Failure {
    /// The line, in bytes of the document.
    pub span: Range<usize>,
    /// What was there instead.
    pub instead: String,
    /// All that had happened by then.
    pub narration: String,
}

/// Reads a document. The plan is `plan`, or what the document gives, or the one in its folder or the nearest above.
pub fn in_document(path: &Path, text: String, plan: Option<&Path>) -> Script {
    let document = Document::read(&text);
    let stories = document.stories.into_iter().map(|passage| {
        let (lines, faults) = parser::read(text.get(passage.text.clone()).unwrap_or(""), passage.text.start);
        Story { passage, lines, faults }
    });
    let stories = stories.collect();
    let gives_plan = document.files.iter().any(|(name, _)| name == "extensions.conf");
    let plan = match plan {
        Some(plan) => plan.to_owned(),
        None => plan_of(path, gives_plan),
    };
    Script { path: path.to_owned(), text, stories, plan, files: document.files }
}

fn plan_of(path: &Path, is_given: bool) -> PathBuf {
    let folder = path.parent().unwrap_or(Path::new(""));
    let beside = folder.join("extensions.conf");
    if is_given {
        return beside;
    }
    let absolute = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    // As the path was written, where that is enough.
    let near = folder.ancestors().filter(|folder| !folder.as_os_str().is_empty());
    let found =
        near.chain(absolute.ancestors()).map(|folder| folder.join("extensions.conf")).find(|plan| plan.exists());
    found.unwrap_or(beside)
}

impl Script {
    /// Reads the plan. It is read anew for each story, which has a folder of its own for what it writes: no story sees what
    /// another left, nor what the PBX has.
    ///
    /// # Errors
    /// Where the system gives no temporary folder.
    pub fn configuration(&self, story: &Story) -> io::Result<Configuration> {
        let folder = if self.plan.is_dir() { &self.plan } else { self.plan.parent().unwrap_or(Path::new("")) };
        let mut files = Given { given: Memory::default(), disk: Disk::default() };
        for (name, text) in &self.files {
            files.given.insert(folder.join(name), text.as_bytes());
            // The folder of a plan that is named alone is `.`.
            files.given.insert(Path::new(".").join(folder).join(name), text.as_bytes());
        }
        Configuration::for_virtual_calls(&mut files, &self.plan, story.start())?.with_files(&self.files)
    }

    /// Plays a story on a configuration. Two runs tell the same.
    pub fn play(&self, story: &Story, mut configuration: Configuration) -> Outcome {
        // Its folder is deleted when nothing runs any more.
        let apart = configuration.apart.take();
        let played = in_virtual_time(play(story, configuration));
        let mut outcome = played.unwrap_or_else(|error| Outcome {
            failure: Some(Failure {
                span: story.passage.text.clone(),
                instead: format!("there is no virtual time: {error}"),
                narration: String::new(),
            }),
            narration: String::new(),
            took: Duration::ZERO,
            reached: Vec::new(),
        });
        if let Some(apart) = apart {
            let texts = outcome.failure.iter_mut().flat_map(|failure| [&mut failure.instead, &mut failure.narration]);
            for text in texts.chain([&mut outcome.narration]) {
                *text = apart.restored(std::mem::take(text));
            }
        }
        outcome
    }
}

async fn play(story: &Story, configuration: Configuration) -> Outcome {
    let mut performance = Performance::new(configuration, story.start());
    let mut failure = None;
    for line in &story.lines {
        if let Err(instead) = performance.play(&line.statement).await {
            failure = Some(Failure { span: line.span.clone(), instead, narration: performance.log().narration() });
            break;
        }
    }
    let took = performance.log().elapsed();
    performance.end().await;
    Outcome { failure, narration: performance.log().narration(), took, reached: performance.log().spans() }
}

/// Files that a document gives, before those of the disk.
struct Given {
    given: Memory,
    disk: Disk,
}

impl Files for Given {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        self.given.read(path).or_else(|_| self.disk.read(path))
    }

    fn glob(&mut self, pattern: &Path) -> Vec<PathBuf> {
        let mut found = self.given.glob(pattern);
        found.extend(self.disk.glob(pattern));
        found.sort();
        found.dedup();
        found
    }
}
