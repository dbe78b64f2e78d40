//! An owner in a mailbox: the folder that is open, and what becomes of its messages.

use std::sync::Arc;

use crate::applications::voicemail::notify;
use crate::channel::Channel;
use crate::interpreter::{Call, Exchange};
use crate::storage::voicemail::{Envelope, FOLDERS, Folder, StoreError, User};

/// What becomes of a message when its folder is closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Fate {
    #[default]
    Stays,
    /// It was heard: it goes to Old.
    Heard,
    Deleted,
    /// It was saved elsewhere.
    Saved,
}

/// A message of the open folder.
#[derive(Clone, Copy, Debug)]
struct Message {
    number: u32,
    fate: Fate,
}

/// An owner in a mailbox. Dropping it closes the folder.
pub(super) struct Session {
    exchange: Arc<Exchange>,
    channel: Arc<Channel>,
    pub user: Arc<User>,
    /// Nothing may be deleted.
    pub is_read_only: bool,
    /// The name of the open folder.
    pub folder: &'static str,
    messages: Vec<Message>,
    /// The message that was played last, by its place.
    pub current: usize,
    /// No message was played yet.
    pub is_starting: bool,
    /// How often a menu was not answered.
    pub repeats: u32,
}

/// The folder of urgent messages: before INBOX, and not to be chosen.
pub(super) const URGENT: &str = "Urgent";
/// Where deleted messages are kept for a while.
const DELETED: &str = "Deleted";

impl Session {
    pub fn open(call: &Call, user: Arc<User>, is_read_only: bool) -> Self {
        let mut session = Self {
            exchange: Arc::clone(&call.exchange),
            channel: Arc::clone(&call.channel),
            user,
            is_read_only,
            folder: "INBOX",
            messages: Vec::new(),
            current: 0,
            is_starting: true,
            repeats: 0,
        };
        session.read();
        session
    }

    /// How many messages are in a folder.
    pub fn count(&self, folder: &str) -> usize {
        if folder == self.folder {
            return self.messages.iter().filter(|it| !matches!(it.fate, Fate::Deleted | Fate::Saved)).count();
        }
        self.place(folder).count()
    }

    pub fn place(&self, folder: &str) -> Folder {
        self.exchange.voicemail.folder(&self.user, folder)
    }

    /// How many messages the open folder had.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    pub fn is_last(&self) -> bool {
        self.current + 1 >= self.messages.len()
    }

    /// The number on disk of the current message.
    pub fn number(&self) -> Option<u32> {
        self.messages.get(self.current).map(|message| message.number)
    }

    /// The current message's sound, without extension.
    pub fn sound(&self) -> Option<String> {
        Some(self.place(self.folder).stem(self.number()?).to_string_lossy().into_owned())
    }

    pub fn envelope(&self) -> Envelope {
        self.number().map(|number| self.place(self.folder).envelope(number)).unwrap_or_default()
    }

    pub fn fate(&self) -> Fate {
        self.messages.get(self.current).map_or(Fate::Stays, |message| message.fate)
    }

    pub fn set_fate(&mut self, fate: Fate) {
        if let Some(message) = self.messages.get_mut(self.current) {
            message.fate = fate;
        }
    }

    /// The message was heard, unless something else is to become of it.
    pub fn note_heard(&mut self) {
        if self.fate() == Fate::Stays {
            self.set_fate(Fate::Heard);
        }
    }

    /// Closes the open folder and opens another, by its name.
    pub fn change_to(&mut self, folder: &'static str) {
        self.settle();
        self.folder = folder;
        self.read();
    }

    /// Copies the current message into a folder.
    ///
    /// # Errors
    /// Where it is full, or the disk is.
    pub fn save_to(&self, folder: &str) -> Result<(), StoreError> {
        let Some(number) = self.number() else { return Ok(()) };
        let most = self.user.preferences.most_messages;
        let (from, to) = (self.place(self.folder), self.place(folder));
        let envelope = from.envelope(number);
        self.exchange.voicemail.filing(|| from.copy_to(number, &to, most, &envelope)).map(drop)
    }

    /// Lets everything be as the owner wanted, and tells who watches the mailbox.
    pub fn close(self) {}

    fn read(&mut self) {
        let numbers = self.place(self.folder).messages();
        self.messages = numbers.into_iter().map(|number| Message { number, fate: Fate::Stays }).collect();
        self.current = 0;
        self.is_starting = true;
    }

    /// Deletes, moves and numbers the messages of the open folder.
    fn settle(&mut self) {
        let place = self.place(self.folder);
        let preferences = &self.user.preferences;
        let is_new = matches!(self.folder, "INBOX" | URGENT);
        let messages = std::mem::take(&mut self.messages);
        self.exchange.voicemail.filing(|| {
            for Message { number, fate } in messages {
                match fate {
                    Fate::Heard if is_new && preferences.moves_heard => {
                        // Where Old is full, it stays where it is.
                        let _ = place.move_to(number, &self.place("Old"), preferences.most_messages);
                    }
                    Fate::Deleted if preferences.keeps_deleted > 0 => {
                        let deleted = self.place(DELETED);
                        while deleted.count() >= preferences.keeps_deleted {
                            let Some(oldest) = deleted.messages().first().copied() else { break };
                            deleted.remove(oldest);
                        }
                        if place.move_to(number, &deleted, preferences.keeps_deleted).is_err() {
                            place.remove(number);
                        }
                        let _ = deleted.close_gaps();
                    }
                    Fate::Deleted | Fate::Saved => place.remove(number),
                    Fate::Stays | Fate::Heard => {}
                }
            }
            if let Err(error) = place.close_gaps() {
                tracing::warn!(target: "exten::voicemail", mailbox = self.user.key(), "{error}");
            }
        });
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.settle();
        notify::changed(&self.exchange, Some(&self.channel), &self.user);
    }
}

/// The folder of a digit.
pub(super) fn folder(digit: usize) -> Option<&'static str> {
    FOLDERS.get(digit).copied()
}
