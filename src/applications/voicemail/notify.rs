//! What follows a change of a mailbox: lights on telephones, mails, pagers, programs outside.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::mail;
use crate::applications::system::{quoted, start};
use crate::channel::Channel;
use crate::interpreter::Exchange;
use crate::media::sound::{Recording, Sound, SoundError, extension_of};
use crate::storage::voicemail::{User, sounds};

/// A message arrived in a folder of the mailbox.
pub(super) fn arrived(exchange: &Arc<Exchange>, channel: Option<&Channel>, user: &User, folder: &str, number: u32) {
    let settings = exchange.voicemail.settings();
    let place = exchange.voicemail.folder(user, folder);
    let envelope = place.envelope(number);
    let mut commands = Vec::new();
    if !user.email.is_empty() {
        let sound = user.preferences.attaches.then(|| attachment(exchange, user, folder, number)).flatten();
        let louder = sound.as_deref().and_then(|sound| louder(sound, user.preferences.gain));
        let attachment = louder.clone().or(sound);
        for address in user.email.split('|') {
            let letter = mail::letter(exchange, user, address, &envelope, number, attachment.as_deref());
            commands.push((settings.mail_command.clone(), letter));
        }
        // It stands in the letters by now.
        louder.iter().for_each(|path| _ = std::fs::remove_file(path));
    }
    if !user.pager.is_empty() {
        commands.push((settings.mail_command.clone(), mail::page(exchange, user, &envelope, number)));
    }
    let is_mailed = !user.email.is_empty();
    if user.preferences.deletes && is_mailed {
        exchange.voicemail.filing(|| place.remove(number));
    }
    commands.into_iter().for_each(|(command, input)| start(command, input));
    changed(exchange, channel, user);
}

/// The mailbox has other messages than before.
pub(super) fn changed(exchange: &Arc<Exchange>, channel: Option<&Channel>, user: &User) {
    let counts = exchange.mailbox_changed(channel, &user.key());
    let command = exchange.voicemail.settings().notify_command.clone();
    if !command.is_empty() {
        let new = counts.new - counts.urgent;
        let arguments =
            format!("{} {} {new} {} {}", quoted(&user.context), quoted(&user.mailbox), counts.old, counts.urgent);
        start(format!("{command} {arguments}"), Vec::new());
    }
}

/// A copy of a sound with so many decibels more (`volgain`), beside it; nothing where it is to stay as it is.
fn louder(sound: &Path, decibels: f32) -> Option<PathBuf> {
    if decibels == 0.0 {
        return None;
    }
    let factor = 10.0_f32.powf(decibels / 20.0);
    let extension = sound.extension()?.to_string_lossy().into_owned();
    let copy = sound.with_extension(format!("gain.{extension}"));
    let write = || -> Result<(), SoundError> {
        let mut from = Sound::open(sound)?;
        let mut to = Recording::create(&copy)?;
        while let Some(frame) = from.next_frame()? {
            to.write(&frame.amplified(factor))?;
        }
        to.finish()
    };
    match write() {
        Ok(()) => Some(copy),
        Err(error) => {
            tracing::warn!(target: "exten::voicemail", "volgain: {error}: the mail has the message as it is");
            None
        }
    }
}

/// Looks for messages that others put into mailboxes, as often as `pollmailboxes` and `pollfreq` say.
pub async fn poll(exchange: Arc<Exchange>) {
    loop {
        let settings = exchange.voicemail.settings();
        match settings.poll.filter(|pause| !pause.is_zero()) {
            Some(pause) => {
                tokio::time::sleep(pause).await;
                exchange.voicemail.refresh_all();
            }
            None => tokio::time::sleep(UNPOLLED).await,
        }
    }
}

/// So often it is looked whether the file wants polling by now.
const UNPOLLED: Duration = Duration::from_secs(30);

/// The sound file that goes with the mail: in the format that the mailbox wants, else in the first.
fn attachment(exchange: &Exchange, user: &User, folder: &str, number: u32) -> Option<PathBuf> {
    let settings = exchange.voicemail.settings();
    let files = sounds(&exchange.voicemail.folder(user, folder).stem(number));
    let wanted = [&user.preferences.attach_format].into_iter().chain(&settings.formats);
    let mut wanted = wanted.filter(|format| !format.is_empty()).map(|format| extension_of(format));
    let chosen = wanted.find_map(|format| files.iter().find(|file| file.extension().is_some_and(|it| it == format)));
    chosen.or(files.first()).cloned()
}
