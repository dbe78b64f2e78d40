//! The control socket: a Unix socket in the run folder, where consoles connect.

use std::io::{Error, ErrorKind};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use super::protocol::{Ask, Tell};
use super::{Outcome, Session, complete, execute};
use crate::management::logger::{Entry, Level};
use crate::management::pbx::{Pbx, VERSION};
use crate::security::account::{self, AccountError};

/// The longest line that a console may send.
const LONGEST: u64 = 1 << 20;

/// So many consoles are served at a time.
const MOST_CONSOLES: usize = 64;

/// So many messages wait for a console; one that does not read gets no further lines until it does.
const MOST_WAITING: usize = 256;

/// Why there is no control socket.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    #[error("Asterisk already running on {}. Use 'asterisk -r' to connect.", .0.display())]
    Running(PathBuf),
    #[error("the control socket {} cannot be made: {error}", path.display())]
    Io { path: PathBuf, error: Error },
}

/// Who may use the control socket (`astctlpermissions`, `astctlowner`, `astctlgroup` of asterisk.conf).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SocketAccess {
    /// As Unix permissions: the owner alone.
    pub mode: u32,
    /// By name; who started exten, unless it says else.
    pub owner: Option<String>,
    pub group: Option<String>,
}

impl Default for SocketAccess {
    fn default() -> Self {
        Self { mode: 0o600, owner: None, group: None }
    }
}

impl SocketAccess {
    fn give(&self, path: &Path) -> Result<(), AccountError> {
        let owner = self.owner.as_deref().map(account::user).transpose()?.map(|user| user.uid.as_raw());
        let group = self.group.as_deref().map(account::group).transpose()?.map(|group| group.as_raw());
        match (owner, group) {
            (None, None) => Ok(()),
            _ => Ok(std::os::unix::fs::chown(path, owner, group)?),
        }
    }
}

/// A control socket that is listened on; its file goes with it.
pub struct ControlSocket {
    listener: UnixListener,
    path: PathBuf,
}

impl ControlSocket {
    /// Listens at `path` for those whom `access` admits. A socket whose server is gone is replaced.
    ///
    /// # Errors
    /// Where a server answers there already, or the socket cannot be made.
    pub fn bind(path: &Path, access: &SocketAccess) -> Result<Self, SocketError> {
        if std::os::unix::net::UnixStream::connect(path).is_ok() {
            return Err(SocketError::Running(path.to_owned()));
        }
        let bound = bind_aside(path, access);
        let listener = bound.map_err(|error| SocketError::Io { path: path.to_owned(), error })?;
        Ok(Self { listener, path: path.to_owned() })
    }

    /// Serves consoles as long as the socket is there.
    pub async fn serve(self, pbx: Arc<Pbx>) {
        let places = Arc::new(tokio::sync::Semaphore::new(MOST_CONSOLES));
        loop {
            let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    let pbx = Arc::clone(&pbx);
                    tokio::spawn(async move {
                        // Who goes away needs no word.
                        let _ = attend(stream, &pbx).await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!("the control socket takes no console: {error}");
                    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
                }
            }
        }
    }
}

impl Drop for ControlSocket {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Binds under another name first: nobody finds a socket whose permissions are not set yet, and a stale one is replaced.
fn bind_aside(path: &Path, access: &SocketAccess) -> std::io::Result<UnixListener> {
    let folder = path.parent().ok_or(ErrorKind::InvalidInput)?;
    std::fs::create_dir_all(folder)?;
    let aside = folder.join(format!(".ctl.{}", std::process::id()));
    let _ = std::fs::remove_file(&aside);
    let listener = UnixListener::bind(&aside)?;
    std::fs::set_permissions(&aside, std::fs::Permissions::from_mode(access.mode))?;
    if let Err(error) = access.give(&aside) {
        tracing::warn!("the control socket stays with who started exten: {error}");
    }
    std::fs::rename(&aside, path)?;
    Ok(listener)
}

/// Serves one console until it goes.
async fn attend(stream: UnixStream, pbx: &Arc<Pbx>) -> std::io::Result<()> {
    let (read, write) = stream.into_split();
    let (tell, told) = mpsc::channel(MOST_WAITING);
    let writer = tokio::spawn(write_all(told, write));
    let hello = Tell::Hello { version: VERSION.to_owned(), process: std::process::id() };
    // Fails only where the console is gone, which reading finds out.
    let _ = tell.send(hello).await;
    let session = Arc::new(Session::new(0));
    let mut watching = None;
    let mut reader = BufReader::new(read);
    while let Some(ask) = next(&mut reader).await? {
        match ask {
            Ask::Run(line) => {
                let answer = execute(pbx, &session, &line).await;
                let has_failed = answer.outcome != Outcome::Success;
                let _ = tell.send(Tell::Answer { text: answer.text(), has_failed }).await;
            }
            Ask::Complete(line) => {
                let _ = tell.send(Tell::Completions(complete(pbx, &line))).await;
            }
            Ask::Watch(verbose) => {
                session.set_verbose(verbose);
                let lines = pbx.logger.subscribe();
                let task = watch(lines, Arc::clone(&session), tell.clone());
                watching.get_or_insert_with(|| Aborting(tokio::spawn(task)));
            }
        }
    }
    drop((tell, watching));
    let _ = writer.await;
    Ok(())
}

/// A task that ends with its owner.
struct Aborting(tokio::task::JoinHandle<()>);

impl Drop for Aborting {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The next message; none at the end. What is no message ends the connection.
async fn next(reader: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Ask>> {
    let mut line = Vec::new();
    let read = reader.take(LONGEST).read_until(b'\n', &mut line).await?;
    if read == 0 {
        return Ok(None);
    }
    serde_json::from_slice(&line).map(Some).map_err(Error::from)
}

async fn write_all(mut told: mpsc::Receiver<Tell>, mut write: OwnedWriteHalf) -> std::io::Result<()> {
    while let Some(message) = told.recv().await {
        let mut line = serde_json::to_vec(&message)?;
        line.push(b'\n');
        write.write_all(&line).await?;
    }
    Ok(())
}

/// Sends a console what is logged.
async fn watch(mut lines: tokio::sync::broadcast::Receiver<Entry>, session: Arc<Session>, tell: mpsc::Sender<Tell>) {
    loop {
        let text = match lines.recv().await {
            Ok(entry) if is_shown(&entry, &session) => shown(&entry),
            Ok(_) => continue,
            Err(RecvError::Lagged(count)) => format!("({count} lines left out: the console does not keep up)"),
            Err(RecvError::Closed) => return,
        };
        if tell.send(Tell::Line(text)).await.is_err() {
            return;
        }
    }
}

fn is_shown(entry: &Entry, session: &Session) -> bool {
    let is_enough = match entry.level {
        Level::Verbose(level) => level <= session.verbose(),
        _ => true,
    };
    is_enough && session.shows(entry.level.word())
}

fn shown(entry: &Entry) -> String {
    match entry.level {
        Level::Verbose(_) => entry.text.to_string(),
        level => {
            let date = jiff::Zoned::now().strftime("%b %e %T");
            format!("[{date}] {}[{}]: {}: {}", level.word(), std::process::id(), entry.source, entry.text)
        }
    }
}
