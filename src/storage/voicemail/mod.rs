//! Voicemail: mailboxes on disk as Asterisk lays them out, and who watches them.
//!
//! A mailbox is `voicemail/<context>/<mailbox>` in the spool folder: greetings beside folders of messages.

mod envelope;
mod folder;
mod password;
mod preferences;
mod settings;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::conf::Directories;

pub use envelope::Envelope;
pub use folder::{FOLDERS, Folder, StoreError, sounds, text_file, with_extension};
pub use password::PasswordError;
pub use preferences::Preferences;
pub use settings::{Keys, Settings, User, Zone, split};

/// How many messages wait in a mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not heard yet, urgent ones included.
    pub new: usize,
    /// Heard.
    pub old: usize,
    /// Urgent ones among the new.
    pub urgent: usize,
}

/// All mailboxes.
pub struct Voicemail {
    /// `voicemail.conf`.
    file: PathBuf,
    /// The folder `voicemail` of the spool.
    spool: PathBuf,
    /// Passwords that are changed stay in the spool, whatever the mailboxes' setting.
    keeps_secrets: bool,
    read: Mutex<Option<(Stamp, Arc<Settings>)>>,
    /// Lines of a database, as they would stand in the file.
    brought: Mutex<String>,
    watched: Mutex<HashMap<String, watch::Sender<Counts>>>,
    /// Mailboxes of another system, whose counts it told us.
    external: Mutex<HashMap<String, Counts>>,
    /// Held while files are numbered and moved.
    filing: Mutex<()>,
    next_id: std::sync::atomic::AtomicU32,
}

type Stamp = Option<(SystemTime, u64)>;

impl Voicemail {
    /// The mailboxes of `voicemail.conf` in the one folder, their messages in the other.
    pub fn new(configuration: &Path, spool: &Path) -> Self {
        Self {
            file: configuration.join("voicemail.conf"),
            spool: spool.to_owned(),
            keeps_secrets: false,
            read: Mutex::default(),
            brought: Mutex::default(),
            watched: Mutex::default(),
            external: Mutex::default(),
            filing: Mutex::default(),
            next_id: std::sync::atomic::AtomicU32::default(),
        }
    }

    /// The mailboxes of a PBX. New passwords of virtual calls stay out of its `voicemail.conf`.
    pub fn of(configuration: &Path, directories: &Directories) -> Self {
        Self { keeps_secrets: directories.is_apart, ..Self::new(configuration, &directories.voicemail()) }
    }

    /// What `voicemail.conf` says now: it is read again when it has changed.
    pub fn settings(&self) -> Arc<Settings> {
        let metadata = std::fs::metadata(&self.file).ok();
        let stamp = metadata.and_then(|it| Some((it.modified().ok()?, it.len())));
        let mut read = self.read.lock();
        match &*read {
            Some((known, settings)) if *known == stamp => Arc::clone(settings),
            _ => {
                let mut settings = Settings::read(&self.file, &self.brought.lock());
                self.read_secrets(&mut settings);
                let settings = Arc::new(settings);
                *read = Some((stamp, Arc::clone(&settings)));
                settings
            }
        }
    }

    /// Reads `voicemail.conf` and what it includes again, whether it has changed or not.
    pub fn reload(&self) {
        *self.read.lock() = None;
    }

    /// Takes over the mailboxes of a database, as lines of the file.
    pub fn set_brought(&self, lines: &str) {
        lines.clone_into(&mut self.brought.lock());
        self.reload();
    }

    /// The mailbox of this number and context.
    pub fn find(&self, mailbox: &str, context: &str) -> Option<Arc<User>> {
        self.settings().find(mailbox, context)
    }

    /// The folder in which all mailboxes lie.
    pub fn spool(&self) -> &Path {
        &self.spool
    }

    /// The folder of a mailbox. A name that would lead out of the spool leads nowhere.
    pub fn path(&self, mailbox: &str, context: &str) -> PathBuf {
        let safe = |name: &str| name.replace(['/', '\0'], "_").replace("..", "__");
        self.spool.join(safe(context)).join(safe(mailbox))
    }

    /// A folder of a mailbox, such as INBOX.
    pub fn folder(&self, user: &User, name: &str) -> Folder {
        Folder::new(self.path(&user.mailbox, &user.context).join(name))
    }

    /// The file of a greeting (`unavail`, `busy`, `greet`, `temp`), without extension.
    pub fn greeting(&self, user: &User, name: &str) -> PathBuf {
        self.path(&user.mailbox, &user.context).join(name)
    }

    /// Works on folders while nobody else does.
    pub fn filing<T>(&self, work: impl FnOnce() -> T) -> T {
        let _held = self.filing.lock();
        work()
    }

    /// A message's own id, never given twice: `<time>-<counter>`.
    pub fn next_id(&self, now: i64) -> String {
        let number = self.next_id.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        format!("{now}-{number:08x}")
    }

    /// How many messages wait in `300@default`; the context may be left out.
    pub fn counts(&self, mailbox: &str) -> Counts {
        let (number, context) = split(mailbox);
        let key = format!("{number}@{context}");
        if let Some(counts) = self.external.lock().get(&key) {
            return *counts;
        }
        // An alias leads to the real one.
        let path = match self.find(number, context) {
            Some(user) => self.path(&user.mailbox, &user.context),
            None => self.path(number, context),
        };
        let count = |folder: &str| Folder::new(path.join(folder)).count();
        let urgent = count("Urgent");
        Counts { new: count("INBOX") + urgent, old: count("Old"), urgent }
    }

    /// Tells every change of a mailbox (`300@default`) from now on; the present state is the first.
    pub fn watch(&self, mailbox: &str) -> watch::Receiver<Counts> {
        let (number, context) = split(mailbox);
        let key = format!("{number}@{context}");
        let counts = self.counts(&key);
        let mut watched = self.watched.lock();
        watched.retain(|known, sender| *known == key || sender.receiver_count() > 0);
        watched.entry(key).or_insert_with(|| watch::Sender::new(counts)).subscribe()
    }

    /// Counts a mailbox again and tells who watches it.
    pub fn refresh(&self, mailbox: &str) -> Counts {
        let (number, context) = split(mailbox);
        let key = format!("{number}@{context}");
        let counts = self.counts(&key);
        if let Some(sender) = self.watched.lock().get(&key) {
            sender.send_if_modified(|known| std::mem::replace(known, counts) != counts);
        }
        counts
    }

    /// Counts every watched mailbox again, for messages that another program put there.
    pub fn refresh_all(&self) {
        let keys: Vec<String> = self.watched.lock().keys().cloned().collect();
        keys.iter().for_each(|key| _ = self.refresh(key));
    }

    /// Takes the counts of a mailbox that another system keeps (MWIUpdate); `None` forgets it (MWIDelete).
    pub fn set_external(&self, mailbox: &str, counts: Option<Counts>) {
        let (number, context) = split(mailbox);
        let key = format!("{number}@{context}");
        match counts {
            Some(counts) => self.external.lock().insert(key.clone(), counts),
            None => self.external.lock().remove(&key),
        };
        self.refresh(&key);
    }

    /// The mailboxes that other systems keep, sorted.
    pub fn external(&self) -> Vec<(String, Counts)> {
        let mut all: Vec<_> = self.external.lock().iter().map(|(key, counts)| (key.clone(), *counts)).collect();
        all.sort_by(|one, next| one.0.cmp(&next.0));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_watched() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("voicemail.conf"), "[default]\n300 => 1,Ann\n").unwrap();
        let voicemail = Voicemail::new(folder.path(), folder.path());
        let mut watch = voicemail.watch("300");
        assert_eq!(*watch.borrow_and_update(), Counts::default());
        let user = voicemail.find("300", "").unwrap();
        let urgent = voicemail.folder(&user, "Urgent");
        std::fs::create_dir_all(urgent.path()).unwrap();
        Envelope::default().write(&text_file(&urgent.stem(0))).unwrap();
        voicemail.refresh("300@default");
        assert!(watch.has_changed().unwrap());
        assert_eq!(*watch.borrow_and_update(), Counts { new: 1, old: 0, urgent: 1 });
        voicemail.refresh("300@default");
        assert!(!watch.has_changed().unwrap());
        voicemail.set_external("300@default", Some(Counts { new: 5, old: 2, urgent: 0 }));
        assert_eq!((watch.borrow_and_update().new, voicemail.external().len()), (5, 1));
        voicemail.set_external("300", None);
        assert_eq!(watch.borrow_and_update().new, 1);
    }

    #[test]
    fn names_do_not_lead_out_of_the_spool() {
        let voicemail = Voicemail::new(Path::new("/etc"), Path::new("/spool"));
        assert_eq!(voicemail.path("../../x", "a/b"), Path::new("/spool/a_b/______x"));
    }
}
