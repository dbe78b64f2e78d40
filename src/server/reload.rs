//! Noticing that a file of the configuration was edited.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::conf::Dependency;

/// An editor writes several times; a reload waits until it has been quiet for so long.
const QUIET: Duration = Duration::from_millis(60);

/// Watches the folders of all files that were read or looked for.
///
/// Folders rather than files: editors that write aside and rename replace the file, and a new file may match a glob.
pub struct Watch {
    watcher: Option<RecommendedWatcher>,
    folders: HashSet<PathBuf>,
    changes: mpsc::Receiver<PathBuf>,
}

impl Watch {
    /// Watches what a configuration depends on.
    pub fn new(dependencies: &[Dependency]) -> Self {
        let (changed, changes) = mpsc::channel(256);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if event.kind.is_access() {
                return;
            }
            for path in event.paths {
                // A full queue already means a reload.
                let _ = changed.try_send(path);
            }
        });
        let watcher = watcher
            .inspect_err(|error| tracing::warn!("files are not watched for edits ({error}): reload by SIGHUP"))
            .ok();
        let mut watch = Self { watcher, folders: HashSet::new(), changes };
        watch.set(dependencies);
        watch
    }

    /// Watches what another configuration depends on.
    pub fn set(&mut self, dependencies: &[Dependency]) {
        let folders: HashSet<PathBuf> =
            dependencies.iter().filter_map(|dependency| folder(dependency.path())).collect();
        let Some(watcher) = &mut self.watcher else { return };
        for gone in self.folders.difference(&folders) {
            let _ = watcher.unwatch(gone);
        }
        for new in folders.difference(&self.folders) {
            if let Err(error) = watcher.watch(new, RecursiveMode::NonRecursive) {
                tracing::debug!("{} is not watched: {error}", new.display());
            }
        }
        self.folders = folders;
    }

    /// Waits until a configuration file has changed and the writing has stopped.
    pub async fn changed(&mut self) {
        loop {
            match self.changes.recv().await {
                Some(path) if is_configuration(&path) => break,
                Some(_) => {}
                None => std::future::pending().await,
            }
        }
        while let Ok(Some(_)) = tokio::time::timeout(QUIET, self.changes.recv()).await {}
    }
}

/// The nearest folder that exists above a file or glob.
fn folder(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    absolute.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned)
}

/// Not an editor's own file: a swap or backup.
fn is_configuration(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    !(name.starts_with('.')
        || name.ends_with('~')
        || name.ends_with(".swp")
        || name.chars().all(|c| c.is_ascii_digit()))
}
