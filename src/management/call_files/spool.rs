//! The folder `outgoing`: noticing files, making their calls, and noting in them how that went.

use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use notify::event::{AccessKind, AccessMode, EventKind, ModifyKind};
use notify::{RecursiveMode, Watcher as _};
use parking_lot::Mutex;
use tokio::sync::Notify;

use super::file::CallFile;
use crate::applications::originating::Failure;
use crate::interpreter::Exchange;

/// A file that nobody closes or moves counts as written when it was not touched for so long.
const QUIET: Duration = Duration::from_secs(2);

/// The folder is looked at at least so often: a clock may be set, a notice may be lost.
const LOOK: Duration = Duration::from_secs(60);

/// The folder and what is going on in it.
struct Spool {
    exchange: Arc<Exchange>,
    folder: PathBuf,
    done: PathBuf,
    /// Files whose writer is done with them.
    ready: Mutex<HashSet<PathBuf>>,
    /// Files whose call is being made.
    busy: Mutex<HashSet<PathBuf>>,
    news: Notify,
}

/// Makes the calls of the folder, for as long as the future is awaited. The folder is there, and is watched, when this
/// returns.
pub fn watch(exchange: Arc<Exchange>) -> impl Future<Output = ()> + Send {
    let spool = Spool::open(exchange)
        .inspect_err(|error| tracing::warn!("there are no call files: {error}"))
        .map(|spool| (spool.listen(), spool));
    async move {
        let Ok((_watcher, spool)) = spool else { return };
        loop {
            let next = spool.look();
            let _ = tokio::time::timeout(next.min(LOOK), spool.news.notified()).await;
        }
    }
}

impl Spool {
    fn open(exchange: Arc<Exchange>) -> io::Result<Arc<Self>> {
        let (folder, done) = (exchange.directories.outgoing(), exchange.directories.outgoing_done());
        fs::create_dir_all(&folder)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", folder.display())))?;
        let (ready, busy, news) = (Mutex::default(), Mutex::default(), Notify::new());
        let spool = Arc::new(Self { exchange, folder, done, ready, busy, news });
        // What is there at the start was written before.
        spool.ready.lock().extend(spool.files());
        Ok(spool)
    }

    fn listen(self: &Arc<Self>) -> Option<notify::RecommendedWatcher> {
        let heard = Arc::downgrade(self);
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let (Ok(event), Some(spool)) = (event, heard.upgrade()) else { return };
            if !is_news(event.kind) {
                return;
            }
            if is_written(event.kind) {
                spool.ready.lock().extend(event.paths);
            }
            spool.news.notify_one();
        });
        let watched = watcher.and_then(|mut watcher| {
            watcher.watch(&self.folder, RecursiveMode::NonRecursive)?;
            Ok(watcher)
        });
        watched.inspect_err(|error| tracing::warn!("call files are looked for once a minute only: {error}")).ok()
    }

    /// The files of the folder, without hidden ones.
    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().filter_map(Result::ok);
        let is_file =
            |entry: &fs::DirEntry| !entry.file_name().as_encoded_bytes().starts_with(b".") && entry.path().is_file();
        entries.filter(is_file).map(|entry| entry.path()).collect()
    }

    /// Begins the calls that are due; gives how long there is nothing more to do.
    fn look(self: &Arc<Self>) -> Duration {
        let (mut next, now) = (LOOK, SystemTime::now());
        let files = self.files();
        self.ready.lock().retain(|path| files.contains(path));
        for path in files {
            if self.busy.lock().contains(&path) {
                continue;
            }
            let Ok(modified) = fs::metadata(&path).and_then(|metadata| metadata.modified()) else { continue };
            let due = if self.ready.lock().contains(&path) { modified } else { modified + QUIET };
            match due.duration_since(now) {
                Ok(wait) if !wait.is_zero() => next = next.min(wait),
                _ => {
                    self.busy.lock().insert(path.clone());
                    tokio::spawn(Arc::clone(self).run(path));
                }
            }
        }
        // A moment more than needed, so that the time has surely come.
        next + Duration::from_millis(5)
    }

    /// Makes one attempt.
    async fn run(self: Arc<Self>, path: PathBuf) {
        match fs::read(&path).map(|bytes| CallFile::parse(&String::from_utf8_lossy(&bytes))) {
            Ok(Ok(file)) => self.attempt(&path, file).await,
            Ok(Err(useless)) => {
                tracing::warn!("the call file {} makes no call: {}", path.display(), useless.why);
                self.put_away(&path, useless.is_archived, "Failed");
            }
            Err(error) => {
                tracing::warn!("the call file {} cannot be read and is deleted: {error}", path.display());
                report(&path, fs::remove_file(&path));
            }
        }
        self.busy.lock().remove(&path);
        self.news.notify_one();
    }

    async fn attempt(&self, path: &Path, mut file: CallFile) {
        let destination = file.wish.destination.clone();
        if file.is_open {
            tracing::warn!("the call to {destination} of {} was cut short by the end of exten", path.display());
            report(path, append(path, &self.line("AbortRetry", file.attempts)));
        }
        if file.attempts > file.max_retries {
            let count = file.attempts;
            tracing::warn!("the call to {destination} of {} is given up after {count} attempts", path.display());
            return self.finish(path, &file, "Expired");
        }
        file.attempts += 1;
        if let Err(error) = append(path, &self.line("StartRetry", file.attempts)) {
            // Without the note a restart would not know of the call.
            tracing::error!("the call of {} is not made, because the file cannot be written: {error}", path.display());
            postpone(path, file.retry_time);
            return;
        }
        if !file.is_deleted {
            postpone(path, file.retry_time);
        }
        let answered = match file.wish.clone().place(&self.exchange).await {
            Ok(placed) => placed.wait().await,
            Err(error) => {
                tracing::warn!("the call of {} cannot be made: {destination}: {error}", path.display());
                file.wish.run_failed(&self.exchange, Failure::Failed);
                Err(Failure::Failed)
            }
        };
        match answered {
            Ok(()) => {
                tracing::info!("the call to {destination} of {} is answered", path.display());
                self.finish(path, &file, "Completed");
            }
            Err(_) if file.attempts > file.max_retries => {
                let count = file.attempts;
                tracing::warn!(
                    "nobody answered at {destination}: {} is given up after {count} attempts",
                    path.display()
                );
                self.finish(path, &file, "Expired");
            }
            Err(failure) => {
                let pause = file.retry_time.as_secs();
                tracing::info!("nobody answered at {destination} ({failure:?}): tried again in {pause} s");
                report(path, append(path, &self.line("EndRetry", file.attempts)));
                postpone(path, file.retry_time);
            }
        }
    }

    fn line(&self, word: &str, attempt: u32) -> String {
        format!("\n{word}: {} {attempt} ({})\n", std::process::id(), self.exchange.epoch())
    }

    /// The file is done: it is deleted or archived.
    fn finish(&self, path: &Path, file: &CallFile, status: &str) {
        if !file.is_deleted {
            // Who set a later time wants the call again.
            let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
            if modified.is_ok_and(|modified| modified > SystemTime::now()) {
                return;
            }
        }
        self.put_away(path, file.is_archived, status);
    }

    fn put_away(&self, path: &Path, is_archived: bool, status: &str) {
        let done = match (is_archived, path.file_name()) {
            (true, Some(name)) => append(path, &format!("Status: {status}\n"))
                .and_then(|()| fs::create_dir_all(&self.done))
                .and_then(|()| fs::rename(path, self.done.join(name))),
            _ => fs::remove_file(path),
        };
        report(path, done);
    }
}

/// Whether a file's writer is done with it.
fn is_written(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Access(AccessKind::Close(AccessMode::Write))
            | EventKind::Modify(ModifyKind::Name(_) | ModifyKind::Metadata(_))
    )
}

/// Whether the folder is worth a look. To look is to open the folder: if that were news, looking would never end.
fn is_news(kind: EventKind) -> bool {
    !kind.is_access() || is_written(kind)
}

/// Adds a line of its own and keeps the time at which the file was due.
fn append(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    let modified = file.metadata()?.modified()?;
    let ends = fs::read(path)?.last().is_none_or(|last| *last == b'\n');
    file.write_all(format!("{}{line}", if ends { "" } else { "\n" }).as_bytes())?;
    file.sync_data()?;
    file.set_modified(modified)
}

/// The file is due again after a while.
fn postpone(path: &Path, pause: Duration) {
    let moved = File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now() + pause));
    report(path, moved);
}

fn report(path: &Path, done: io::Result<()>) {
    if let Err(error) = done {
        tracing::warn!("call file {}: {error}", path.display());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_at_the_folder_is_no_reason_to_look_again() {
        for look in [AccessKind::Open(AccessMode::Any), AccessKind::Close(AccessMode::Read), AccessKind::Read] {
            assert!(!is_news(EventKind::Access(look)));
        }
        assert!(is_news(EventKind::Access(AccessKind::Close(AccessMode::Write))));
        assert!(is_news(EventKind::Create(notify::event::CreateKind::File)));
    }
}
