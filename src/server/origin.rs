//! Where a configuration is read from.

use std::path::{Path, PathBuf};

use super::configuration::read_if_there;
use crate::conf::{Config, Directories, Files};
use crate::diagnostic::Sources;

/// Where a configuration is read from, and again at every reload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The folder, or an `extensions.conf` with the files beside it.
    pub plan: PathBuf,
    /// The `asterisk.conf`, where it does not stand in the folder (`asterisk -C FILE`).
    pub main: Option<PathBuf>,
    /// The folder in which virtual calls keep what they write, instead of where the configuration says.
    pub apart: Option<PathBuf>,
}

impl Origin {
    /// The configuration whose folder an `asterisk.conf` names as `astetcdir`; without it, that in which the file stands.
    pub fn named_by(files: &mut dyn Files, main: &Path) -> Self {
        let config = read_if_there(files, main, &mut Sources::default()).unwrap_or_default();
        let named = config.section("directories").and_then(|section| section.get("astetcdir"));
        let beside = main.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let plan = named.filter(|name| !name.is_empty()).map_or(beside.to_owned(), |name| beside.join(name));
        Self { plan, main: Some(main.to_owned()), apart: None }
    }

    /// The folder, and the dialplan in it.
    pub fn locate(&self) -> (PathBuf, PathBuf) {
        if self.main.is_some() || self.plan.is_dir() {
            (self.plan.clone(), self.plan.join("extensions.conf"))
        } else {
            let folder = self.plan.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            (folder.to_owned(), self.plan.clone())
        }
    }

    /// `asterisk.conf`; empty where there is none.
    pub fn main(&self, files: &mut dyn Files, sources: &mut Sources) -> Config {
        let path = self.main.clone().unwrap_or_else(|| self.locate().0.join("asterisk.conf"));
        read_if_there(files, &path, sources).unwrap_or_default()
    }

    /// Where the PBX keeps its files, for who wants to reach it and nothing else.
    pub fn directories(&self, files: &mut dyn Files) -> Directories {
        self.directories_of(&self.main(files, &mut Sources::default()))
    }

    /// The same, where `asterisk.conf` has been read.
    pub fn directories_of(&self, main: &Config) -> Directories {
        let directories = Directories::read(main, &self.locate().0);
        match &self.apart {
            Some(apart) => directories.apart(apart),
            None => directories,
        }
    }
}

impl From<&Path> for Origin {
    fn from(plan: &Path) -> Self {
        Self { plan: plan.to_owned(), main: None, apart: None }
    }
}

impl From<&PathBuf> for Origin {
    fn from(plan: &PathBuf) -> Self {
        plan.as_path().into()
    }
}

impl From<&Origin> for Origin {
    fn from(origin: &Origin) -> Self {
        origin.clone()
    }
}
