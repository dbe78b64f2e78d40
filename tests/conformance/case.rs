//! The recorded cases as they stand in the files.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

/// One recorded case.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// The file it stands in, without `.toml`.
    #[serde(skip)]
    pub file: String,
    pub name: String,
    /// `EXTEN@CONTEXT`
    pub call: String,
    #[serde(default)]
    pub callerid: Option<String>,
    #[serde(default)]
    pub variables: BTreeMap<String, String>,
    #[serde(default)]
    pub press: Option<String>,
    #[serde(default)]
    pub hangup_after: Option<f64>,
    pub trace: String,
    #[serde(default)]
    pub others: Vec<String>,
    #[serde(default)]
    pub hangup_cause: Option<u16>,
    #[serde(default)]
    pub files: BTreeMap<String, String>,
}

impl Case {
    /// `file: name`
    pub fn title(&self) -> String {
        format!("{}: {}", self.file, self.name)
    }
}

#[derive(Deserialize)]
struct CaseFile {
    #[serde(default, rename = "case")]
    cases: Vec<Case>,
}

/// All cases of a folder, in the order of its files' names.
pub fn read_folder(folder: &Path) -> Vec<Case> {
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .filter(|path| path.file_name().is_some_and(|name| name != "deviations.toml"))
        .collect();
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let file: CaseFile = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        all.extend(file.cases.into_iter().map(|case| Case { file: name.clone(), ..case }));
    }
    all
}

/// `"file: name" = "reason"`
pub fn read_deviations(path: &Path) -> BTreeMap<String, String> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        Err(_) => BTreeMap::new(),
    }
}
