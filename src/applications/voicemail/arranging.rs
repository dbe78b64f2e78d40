//! Moving, copying and removing the messages of a mailbox from outside of calls.

use std::sync::Arc;

use super::notify;
use crate::interpreter::Exchange;
use crate::storage::voicemail::{Envelope, FOLDERS, Folder, StoreError, User};

/// Why a message stays where it is.
#[derive(Debug, thiserror::Error)]
pub enum ArrangingError {
    #[error("there is no folder `{0}`")]
    Folder(String),
    #[error("there is no message `{0}`")]
    Message(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A folder that a mailbox may have.
fn folder(exchange: &Exchange, user: &User, name: &str) -> Result<Folder, ArrangingError> {
    let known = FOLDERS.iter().chain(&["Urgent", "Deleted"]).find(|known| known.eq_ignore_ascii_case(name));
    let known = known.ok_or_else(|| ArrangingError::Folder(name.to_owned()))?;
    Ok(exchange.voicemail.folder(user, known))
}

/// The number of the message with this id in a folder.
fn number(folder: &Folder, id: &str) -> Result<u32, ArrangingError> {
    let found = folder.messages().into_iter().find(|number| folder.envelope(*number).get("msg_id") == id);
    found.ok_or_else(|| ArrangingError::Message(id.to_owned()))
}

/// The messages of a mailbox with their folders, those of INBOX first.
pub fn messages(exchange: &Exchange, user: &User) -> Vec<(&'static str, Envelope)> {
    let folders = FOLDERS.iter().chain(&["Urgent"]);
    folders
        .flat_map(|name| {
            let folder = exchange.voicemail.folder(user, name);
            folder.messages().into_iter().map(move |number| (*name, folder.envelope(number)))
        })
        .collect()
}

/// Moves a message to another folder of its mailbox.
///
/// # Errors
/// Where there is no such message or folder, or the folder is full.
pub fn move_message(
    exchange: &Arc<Exchange>,
    user: &User,
    id: &str,
    from: &str,
    to: &str,
) -> Result<(), ArrangingError> {
    let (from, to) = (folder(exchange, user, from)?, folder(exchange, user, to)?);
    exchange.voicemail.filing(|| {
        from.move_to(number(&from, id)?, &to, user.preferences.most_messages)?;
        from.close_gaps().map_err(StoreError::from)?;
        Ok::<_, ArrangingError>(())
    })?;
    notify::changed(exchange, None, user);
    Ok(())
}

/// Removes a message.
///
/// # Errors
/// Where there is no such message or folder.
pub fn remove_message(exchange: &Arc<Exchange>, user: &User, id: &str, from: &str) -> Result<(), ArrangingError> {
    let from = folder(exchange, user, from)?;
    exchange.voicemail.filing(|| {
        from.remove(number(&from, id)?);
        from.close_gaps().map_err(StoreError::from)?;
        Ok::<_, ArrangingError>(())
    })?;
    notify::changed(exchange, None, user);
    Ok(())
}

/// Copies a message into a folder of another mailbox, or of its own.
///
/// # Errors
/// Where there is no such message or folder, or the folder is full.
pub fn forward_message(
    exchange: &Arc<Exchange>,
    user: &User,
    id: &str,
    from: &str,
    receiver: &User,
    to: &str,
) -> Result<(), ArrangingError> {
    let (from, target) = (folder(exchange, user, from)?, folder(exchange, receiver, to)?);
    let copy = exchange.voicemail.filing(|| {
        let number = number(&from, id)?;
        let new_id = exchange.voicemail.next_id(exchange.epoch());
        let envelope = from.envelope(number).with("origmailbox", &user.mailbox).with("msg_id", &new_id);
        Ok::<_, ArrangingError>(from.copy_to(number, &target, receiver.preferences.most_messages, &envelope)?)
    })?;
    match to.eq_ignore_ascii_case("INBOX") {
        true => notify::arrived(exchange, None, receiver, "INBOX", copy),
        false => notify::changed(exchange, None, receiver),
    }
    Ok(())
}
