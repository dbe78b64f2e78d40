//! Commands that programs outside give to calls that wait for some (asynchronous AGI).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::mpsc;

/// A command, and the name that its program gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteCommand {
    pub command: String,
    pub id: Option<String>,
}

/// So many commands wait for a call.
const MOST: usize = 128;

/// The calls that take commands, by the unique ids of their channels.
#[derive(Default)]
pub struct RemoteCommands {
    /// Whether the log tells what AGI programs and calls say to each other (`agi set debug on`).
    is_shown: AtomicBool,
    calls: Mutex<HashMap<Arc<str>, mpsc::Sender<RemoteCommand>>>,
}

/// Why a command was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The channel waits for none.
    NotWaiting,
    /// Too many wait already.
    Full,
}

impl RemoteCommands {
    /// Whether what AGI programs and calls say to each other is to be told.
    pub fn is_shown(&self) -> bool {
        self.is_shown.load(Ordering::Relaxed)
    }

    pub fn set_shown(&self, is_shown: bool) {
        self.is_shown.store(is_shown, Ordering::Relaxed);
    }

    /// From now on a channel takes commands, until the receiver is dropped.
    pub fn open(&self, channel: &Arc<str>) -> mpsc::Receiver<RemoteCommand> {
        let (send, receive) = mpsc::channel(MOST);
        let mut calls = self.calls.lock();
        calls.retain(|_, sender| !sender.is_closed());
        calls.insert(Arc::clone(channel), send);
        receive
    }

    /// Gives a channel a command.
    ///
    /// # Errors
    /// Where it takes none.
    pub fn give(&self, channel: &str, command: RemoteCommand) -> Result<(), NotTaken> {
        let calls = self.calls.lock();
        let sender = calls.get(channel).ok_or(NotTaken::NotWaiting)?;
        sender.try_send(command).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => NotTaken::Full,
            mpsc::error::TrySendError::Closed(_) => NotTaken::NotWaiting,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_takes_commands_while_it_waits_for_them() {
        let remote = RemoteCommands::default();
        let command = || RemoteCommand { command: "ANSWER".to_owned(), id: None };
        assert_eq!(remote.give("1.0", command()), Err(NotTaken::NotWaiting));
        let mut waiting = remote.open(&"1.0".into());
        (0..MOST).for_each(|_| assert_eq!(remote.give("1.0", command()), Ok(())));
        assert_eq!(remote.give("1.0", command()), Err(NotTaken::Full));
        assert_eq!(waiting.recv().await, Some(command()));
        drop(waiting);
        assert_eq!(remote.give("1.0", command()), Err(NotTaken::NotWaiting));
    }
}
