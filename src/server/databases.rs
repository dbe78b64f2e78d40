//! Files whose contents come from databases, as `extconfig.conf` says: whole ones, and sections behind their own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::Origin;
use crate::conf::Files;
use crate::diagnostic::Sources;
use crate::functions::outside::wait_for;
use crate::storage::realtime::{Brought, Realtime};
use crate::storage::records::{Alarm, Alarms};

/// So often the tables are looked at for changes.
const BEAT: Duration = Duration::from_secs(10);

/// The files of a folder with what databases bring into them.
pub struct Overlaid<'a> {
    files: &'a mut dyn Files,
    folder: PathBuf,
    brought: Brought,
}

impl<'a> Overlaid<'a> {
    /// Asks the databases that the folder names, if it names any.
    pub fn new(files: &'a mut dyn Files, origin: &Origin) -> Self {
        let (folder, _) = origin.locate();
        let (mut sources, mut diagnostics) = (Sources::default(), Vec::new());
        if files.read(&folder.join("extconfig.conf")).is_err() {
            return Self { files, folder, brought: Brought::default() };
        }
        let directories = origin.directories(files);
        // What is wrong with these files is told when they are read for good.
        let connections = super::records::connections(files, &directories, &mut sources, &mut diagnostics).0;
        let realtime = super::records::realtime(files, &directories, &connections, &mut sources, &mut diagnostics).0;
        let brought = match realtime.is_empty() {
            true => Brought::default(),
            false => wait_for(async move { realtime.bring().await }).unwrap_or_default(),
        };
        Self { files, folder, brought }
    }

    /// What the databases brought.
    pub fn brought(&self) -> &Brought {
        &self.brought
    }
}

impl Files for Overlaid<'_> {
    fn read(&mut self, path: &Path) -> io::Result<Vec<u8>> {
        let own = |path: &Path| path.parent().map(std::path::absolute).and_then(Result::ok);
        let is_here = own(path).is_some_and(|folder| std::path::absolute(&self.folder).is_ok_and(|own| own == folder));
        let name = path.file_name().and_then(|name| name.to_str()).filter(|_| is_here).unwrap_or_default();
        let read = match self.brought.instead.get(name) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => self.files.read(path),
        };
        match (self.brought.behind.get(name), read) {
            (Some(behind), Ok(mut bytes)) => {
                bytes.push(b'\n');
                bytes.extend_from_slice(behind.as_bytes());
                Ok(bytes)
            }
            (Some(behind), Err(error)) if error.kind() == io::ErrorKind::NotFound => Ok(behind.clone().into_bytes()),
            (_, read) => read,
        }
    }

    fn glob(&mut self, pattern: &Path) -> Vec<PathBuf> {
        self.files.glob(pattern)
    }
}

/// Notices that tables were changed.
#[derive(Default)]
pub struct TableWatch {
    current: Brought,
    is_away: bool,
}

impl TableWatch {
    pub fn new(current: Brought) -> Self {
        let mut watch = Self::default();
        watch.set(current);
        watch
    }

    /// What is in service now.
    pub fn set(&mut self, current: Brought) {
        self.is_away = !current.missing.is_empty();
        self.current = current;
    }

    /// Waits until the tables say something else than what is in service.
    pub async fn changed(&mut self, realtime: &Arc<Realtime>, alarms: &Alarms) {
        if realtime.is_empty() {
            return std::future::pending().await;
        }
        loop {
            tokio::time::sleep(BEAT).await;
            let brought = realtime.bring().await;
            if let Some(missing) = brought.missing.first() {
                if !std::mem::replace(&mut self.is_away, true) {
                    tracing::warn!("{missing}; what was read last stays in service");
                    alarms(alarm(Some(missing.clone())));
                }
            } else if brought != self.current {
                return;
            } else if std::mem::take(&mut self.is_away) {
                tracing::info!("extconfig.conf: the databases are back");
                alarms(alarm(None));
            }
        }
    }
}

fn alarm(reason: Option<String>) -> Alarm {
    Alarm { storage: "extconfig.conf".to_owned(), kind: "realtime tables", reason, waiting: 0 }
}
