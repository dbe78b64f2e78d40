//! Noticing that a file of the configuration was edited.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};
use parking_lot::Mutex;
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
    interest: Arc<Mutex<Interest>>,
    changes: mpsc::Receiver<()>,
}

impl Watch {
    /// Watches what a configuration depends on.
    pub fn new(dependencies: &[Dependency]) -> Self {
        let (changed, changes) = mpsc::channel(1);
        let interest = Arc::new(Mutex::new(Interest::default()));
        let concerned = Arc::clone(&interest);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let Ok(event) = event else { return };
            if !event.kind.is_access() && event.paths.iter().any(|path| concerned.lock().concerns(path)) {
                // A full queue already means a reload.
                let _ = changed.try_send(());
            }
        });
        let watcher = watcher
            .inspect_err(|error| tracing::warn!("files are not watched for edits ({error}): reload by SIGHUP"))
            .ok();
        let mut watch = Self { watcher, folders: HashSet::new(), interest, changes };
        watch.set(dependencies);
        watch
    }

    /// Watches what another configuration depends on.
    pub fn set(&mut self, dependencies: &[Dependency]) {
        *self.interest.lock() = Interest::of(dependencies);
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
        if self.changes.recv().await.is_none() {
            return std::future::pending().await;
        }
        while let Ok(Some(_)) = tokio::time::timeout(QUIET, self.changes.recv()).await {}
    }
}

/// The nearest folder that exists above a file or glob.
fn folder(path: &Path) -> Option<PathBuf> {
    let absolute = std::path::absolute(path).ok()?;
    absolute.ancestors().skip(1).find(|folder| folder.is_dir()).map(Path::to_owned)
}

/// Which changes count: other files live in the same folders, such as the log of this very process.
#[derive(Default)]
struct Interest {
    files: HashSet<PathBuf>,
    /// Folder and extension of wild cards.
    globs: Vec<(PathBuf, Option<OsString>)>,
}

impl Interest {
    fn of(dependencies: &[Dependency]) -> Self {
        let mut interest = Self::default();
        for dependency in dependencies {
            let Ok(path) = std::path::absolute(dependency.path()) else { continue };
            match dependency {
                Dependency::File(_) => _ = interest.files.insert(path),
                Dependency::Glob(_) => {
                    let extension = path.extension().map(OsStr::to_owned);
                    interest.globs.extend(folder(&path).map(|folder| (folder, extension)));
                }
            }
        }
        interest
    }

    fn concerns(&self, path: &Path) -> bool {
        let matches = |(folder, extension): &(PathBuf, Option<OsString>)| {
            path.starts_with(folder) && extension.as_deref().is_none_or(|extension| path.extension() == Some(extension))
        };
        self.files.contains(path) || self.globs.iter().any(matches)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_configuration_count() {
        let folder = std::env::temp_dir();
        let interest =
            Interest::of(&[Dependency::File(folder.join("extensions.conf")), Dependency::Glob(folder.join("*.inc"))]);
        assert!(interest.concerns(&folder.join("extensions.conf")));
        assert!(interest.concerns(&folder.join("new.inc")));
        assert!(!interest.concerns(&folder.join("exten.log")));
        assert!(!interest.concerns(&folder.join("extensions.conf~")));
    }
}
