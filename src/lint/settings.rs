//! `exten.toml`: how much findings weigh.
//!
//! ```toml
//! [lint]
//! unknown-application = "error"   # by name
//! X4001 = "off"                   # or by number
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Severity, codes};

/// The file, in the configuration folder.
pub const FILE: &str = "exten.toml";

/// How much findings of a code weigh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    Off,
    At(Severity),
}

/// The levels that differ from what the rules say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    levels: BTreeMap<u16, Level>,
}

/// Why the file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{path}: {error}")]
    Io { path: String, error: std::io::Error },
    #[error("{path}: {error}")]
    Form { path: String, error: Box<toml::de::Error> },
    #[error("{path}: there is no code `{name}`")]
    UnknownCode { path: String, name: String },
    #[error("{path}: `{name}` is \"{level}\"; it can be \"off\", \"advice\", \"warning\" or \"error\"")]
    UnknownLevel { path: String, name: String, level: String },
}

#[derive(serde::Deserialize)]
struct Table {
    #[serde(default)]
    lint: BTreeMap<String, String>,
}

impl Settings {
    /// Reads `exten.toml` in a folder; one that is not there says nothing.
    pub fn load(folder: &Path) -> Result<Self, SettingsError> {
        let path = folder.join(FILE);
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path.display().to_string()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(SettingsError::Io { path: path.display().to_string(), error }),
        }
    }

    /// Reads the text of the file.
    pub fn parse(text: &str, path: &str) -> Result<Self, SettingsError> {
        let path = path.to_owned();
        let table: Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(error) => return Err(SettingsError::Form { path, error: Box::new(error) }),
        };
        let mut settings = Self::default();
        for (name, level) in table.lint {
            let Some(code) = codes::find(&name) else { return Err(SettingsError::UnknownCode { path, name }) };
            let level = match level.as_str() {
                "off" => Level::Off,
                "advice" => Level::At(Severity::Advice),
                "warning" => Level::At(Severity::Warning),
                "error" => Level::At(Severity::Error),
                _ => return Err(SettingsError::UnknownLevel { path, name, level }),
            };
            settings.set(code, level);
        }
        Ok(settings)
    }

    /// Sets how much findings of a code weigh.
    pub fn set(&mut self, code: Code, level: Level) {
        self.levels.insert(code.0, level);
    }

    /// The finding as it is to be told; `None` where it is off.
    pub fn weigh(&self, mut found: Diagnostic) -> Option<Diagnostic> {
        match self.levels.get(&found.code.0) {
            Some(Level::Off) => return None,
            Some(Level::At(severity)) => found.severity = *severity,
            None => {}
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_by_name_and_by_number() {
        let settings = Settings::parse("[lint]\nunknown-application = \"error\"\nX0012 = \"off\"\n", FILE).unwrap();
        let weighed = settings.weigh(Diagnostic::warning(codes::UNKNOWN_APPLICATION, "x"));
        assert_eq!(weighed.map(|found| found.severity), Some(Severity::Error));
        assert_eq!(settings.weigh(Diagnostic::warning(codes::NO_EQUALS, "x")), None);
    }

    #[test]
    fn a_name_or_level_that_does_not_exist_is_refused() {
        let error = |text| Settings::parse(text, FILE).unwrap_err().to_string();
        assert_eq!(error("[lint]\nnothing = \"off\"\n"), "exten.toml: there is no code `nothing`");
        assert!(error("[lint]\nX0012 = \"quiet\"\n").contains("can be \"off\""));
    }
}
