//! Forwarding a message to other mailboxes, and sending them a new one.

use std::sync::Arc;

use super::session::Session;
use crate::applications::recording::Recorder;
use crate::applications::voicemail::leave::{self, Manner};
use crate::applications::voicemail::{digits, key, notify, prompt};
use crate::interpreter::Call;
use crate::media::sound::{Recording, Sound};
use crate::storage::voicemail::{User, sounds, with_extension};

/// Sends a new message.
pub(super) async fn send(call: &mut Call, session: &Session) -> Option<char> {
    let users = ask(call, session).await?;
    let keys: Vec<String> = users.iter().map(|user| user.key()).collect();
    let manner = Manner { beep: "beep".to_owned(), ..Manner::default() };
    leave::leave(call, &keys.join("&"), &manner).await;
    call.channel.state().has_jumped = false;
    None
}

/// Forwards the current message, with words before it if the owner wants.
pub(super) async fn forward(call: &mut Call, session: &mut Session) -> Option<char> {
    let users = ask(call, session).await?;
    let before = match choose(call).await {
        Choice::Plain => None,
        Choice::Words => Some(record_words(call, session).await?),
        Choice::Cancelled => return None,
    };
    let number = session.number()?;
    let from = session.place(session.folder);
    let mut envelope = session.envelope();
    envelope.set("flag", "");
    let mut is_full = false;
    for user in &users {
        let to = call.exchange.voicemail.folder(user, "INBOX");
        let most = user.preferences.most_messages;
        let envelope = envelope.clone().with("origmailbox", &session.user.mailbox);
        let copied = call.exchange.voicemail.filing(|| from.copy_to(number, &to, most, &envelope));
        match copied {
            Ok(copy) => {
                if let Some(words) = &before
                    && let Err(error) = prepend(words, &to.stem(copy))
                {
                    call.context().warn(&format!("VoiceMailMain: {error}"));
                }
                notify::arrived(&call.exchange, Some(&call.channel), user, "INBOX", copy);
            }
            Err(error) => {
                call.context().warn(&format!("VoiceMailMain: {}: {error}", user.key()));
                is_full = true;
            }
        }
    }
    if let Some(words) = before {
        sounds(&words).iter().for_each(|sound| _ = std::fs::remove_file(sound));
    }
    prompt(call, if is_full { "vm-mailboxfull" } else { "vm-msgforwarded" }).await
}

enum Choice {
    Plain,
    Words,
    Cancelled,
}

/// "Press one to prepend a message, two to forward without"
async fn choose(call: &mut Call) -> Choice {
    for _ in 0..4 {
        let pressed = match prompt(call, "vm-forwardoptions").await {
            Some(key) => Some(key),
            None => key(call, 6000).await,
        };
        match pressed {
            Some('1') => return Choice::Words,
            Some('2') => return Choice::Plain,
            Some('*') => return Choice::Cancelled,
            _ => {}
        }
    }
    Choice::Cancelled
}

async fn record_words(call: &mut Call, session: &Session) -> Option<std::path::PathBuf> {
    let settings = call.exchange.voicemail.settings();
    let folder = call.exchange.voicemail.path(&session.user.mailbox, &session.user.context).join("tmp");
    // If that fails, so does the recording, which tells why.
    let _ = std::fs::create_dir_all(&folder);
    let stem = folder.join(format!("words-{}", call.channel.unique_id().replace('.', "-")));
    prompt(call, "vm-record-prepend").await;
    prompt(call, "beep").await;
    match Recorder::open(call, &stem, &settings.formats, settings.silence_threshold) {
        Ok(recorder) => {
            recorder.record(call, "#", settings.longest_silence, None).await;
            Some(stem)
        }
        Err(error) => {
            call.context().warn(&format!("VoiceMailMain: {error}"));
            None
        }
    }
}

/// Puts a recording before each sound file of a message.
fn prepend(words: &std::path::Path, stem: &std::path::Path) -> Result<(), crate::media::sound::SoundError> {
    for sound in sounds(stem) {
        let extension = sound.extension().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let first = with_extension(words, &extension);
        let aside = with_extension(stem, &format!("joined.{extension}"));
        let mut whole = Recording::create(&aside)?;
        for part in [&first, &sound].into_iter().filter(|path| path.is_file()) {
            let mut part = Sound::open(part)?;
            while let Some(frame) = part.next_frame()? {
                whole.write(&frame)?;
            }
        }
        whole.finish()?;
        // The message without the words is still there.
        let _ = std::fs::rename(&aside, &sound);
    }
    Ok(())
}

/// Asks for mailboxes, `*` between them, until all are there.
async fn ask(call: &mut Call, session: &Session) -> Option<Vec<Arc<User>>> {
    for _ in 0..3 {
        let first = prompt(call, "vm-extension").await;
        let entered = digits(call, first).await;
        if entered.is_empty() {
            return None;
        }
        let numbers: Vec<&str> = entered.split('*').filter(|number| !number.is_empty()).collect();
        let users: Option<Vec<_>> =
            numbers.iter().map(|number| call.exchange.voicemail.find(number, &session.user.context)).collect();
        match users {
            Some(users) if !users.is_empty() => return Some(users),
            _ => _ = prompt(call, "pbx-invalid").await,
        }
    }
    None
}
