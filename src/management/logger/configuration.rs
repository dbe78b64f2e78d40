//! `logger.conf`

use std::path::{Path, PathBuf};

use super::Level;
use crate::conf::Config;

/// Where lines go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Console,
    File(PathBuf),
}

/// Where lines of certain levels go.
#[derive(Clone, Debug)]
pub struct Destination {
    pub target: Target,
    /// The words of the levels, in the order of Asterisk's list.
    pub levels: Vec<&'static str>,
    /// The most verbosity; none for as much as `core set verbose` says.
    pub verbose: Option<u32>,
}

impl Destination {
    /// A file of the log folder, or `console`, and the levels that go there, apart by commas.
    pub fn new(name: &str, levels: &str, folder: &Path) -> Self {
        let target = match name {
            "console" => Target::Console,
            file => Target::File(folder.join(file)),
        };
        let mut verbose = None;
        let mut wanted = Vec::new();
        // A formatter in brackets may stand in front; lines have one form here.
        let levels = levels.split_once(']').map_or(levels, |(_, levels)| levels);
        for level in levels.split(',').map(str::trim) {
            let level = level.to_ascii_uppercase();
            let (level, most) = match level.strip_prefix("VERBOSE(") {
                Some(rest) => ("VERBOSE", rest.trim_end_matches(')').parse().ok()),
                None => (level.as_str(), None),
            };
            verbose = verbose.or(most);
            wanted.push(level.to_owned());
        }
        let has = |level: &&&str| wanted.iter().any(|wanted| wanted == **level || wanted == "*");
        Self { target, levels: LEVELS.iter().filter(has).copied().collect(), verbose }
    }

    pub fn takes(&self, level: Level, verbose: u32) -> bool {
        let enough = match level {
            Level::Verbose(wanted) => wanted <= self.verbose.unwrap_or(verbose),
            _ => true,
        };
        enough && self.levels.contains(&level.word())
    }
}

/// The settings of `logger.conf`.
#[derive(Clone, Debug)]
pub struct LoggerConf {
    /// How the date is written, by strftime.
    pub date_format: String,
    /// Old files count upwards (`messages.log.0` is the newest) instead of bearing the time.
    pub rotates_by_time: bool,
    pub destinations: Vec<Destination>,
}

const LEVELS: [&str; 7] = ["DEBUG", "NOTICE", "WARNING", "ERROR", "VERBOSE", "DTMF", "SECURITY"];

impl Default for LoggerConf {
    fn default() -> Self {
        let console = Destination {
            target: Target::Console,
            levels: vec!["NOTICE", "WARNING", "ERROR", "VERBOSE"],
            verbose: None,
        };
        Self { date_format: "%b %e %T".to_owned(), rotates_by_time: false, destinations: vec![console] }
    }
}

impl LoggerConf {
    /// Reads `logger.conf`. Files with relative names stand in `folder`, the log folder. Without the file nothing is
    /// written.
    pub fn read(config: &Config, folder: &Path) -> Self {
        let mut conf = Self::default();
        if let Some(general) = config.section("general") {
            if let Some(format) = general.get("dateformat") {
                format.clone_into(&mut conf.date_format);
            }
            conf.rotates_by_time = general.get("rotatestrategy") == Some("timestamp");
        }
        let Some(files) = config.section("logfiles") else { return conf };
        conf.destinations =
            files.entries.iter().map(|entry| Destination::new(&entry.key, &entry.value, folder)).collect();
        if !conf.destinations.iter().any(|destination| destination.target == Target::Console) {
            conf.destinations.push(Destination { target: Target::Console, levels: Vec::new(), verbose: None });
        }
        conf
    }
}
