//! Forwarding a message to other mailboxes, and sending them a new one.

use std::sync::Arc;

use super::session::{Session, URGENT};
use crate::applications::directory;
use crate::applications::recording::{Ended, Recorder};
use crate::applications::saying;
use crate::applications::voicemail::leave::{self, Manner};
use crate::applications::voicemail::{digits, key, notify, prompt, prompts, telling};
use crate::interpreter::Call;
use crate::media::sound::{Recording, Sound};
use crate::storage::voicemail::{User, sounds, with_extension};

/// Sends a new message.
pub(super) async fn send(call: &mut Call, session: &Session) -> Option<char> {
    let users = match ask(call, session).await {
        Ok(users) => users,
        Err(pressed) => return pressed,
    };
    let keys: Vec<String> = users.iter().map(|user| user.key()).collect();
    let manner = Manner { beep: "beep".to_owned(), ..Manner::default() };
    leave::leave(call, &keys.join("&"), &manner).await;
    call.channel.state().has_jumped = false;
    None
}

/// Forwards the current message, with words before it if the owner wants.
pub(super) async fn forward(call: &mut Call, session: &mut Session) -> Option<char> {
    let users = match ask(call, session).await {
        Ok(users) => users,
        Err(pressed) => return pressed,
    };
    let before = loop {
        match choose(call).await {
            Choice::Plain => break None,
            Choice::Words => match record_words(call, session).await? {
                Spoken::Words(words) => break Some(words),
                Spoken::Silence => {
                    let prompts = call.exchange.voicemail.settings().prompts.clone();
                    prompt(call, &prompts.try_again).await;
                    prompt(call, &prompts.prepend_timeout).await;
                }
            },
            Choice::Cancelled => return Some('*'),
        }
    };
    let number = session.number()?;
    let from = session.place(session.folder);
    let mut envelope = session.envelope();
    let is_urgent = envelope.is_urgent() && session.user.preferences.forwards_urgent;
    let folder = if is_urgent { URGENT } else { "INBOX" };
    envelope.set("flag", if is_urgent { "Urgent" } else { "" });
    let mut is_full = false;
    for user in &users {
        let to = call.exchange.voicemail.folder(user, folder);
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
                notify::arrived(&call.exchange, Some(&call.channel), user, folder, copy);
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

/// What the owner said before a message.
enum Spoken {
    Words(std::path::PathBuf),
    /// It ended in silence, not with `#`: the owner may not know how.
    Silence,
}

async fn record_words(call: &mut Call, session: &Session) -> Option<Spoken> {
    let settings = call.exchange.voicemail.settings();
    let folder = call.exchange.voicemail.path(&session.user.mailbox, &session.user.context).join("tmp");
    // If that fails, so does the recording, which tells why.
    let _ = std::fs::create_dir_all(&folder);
    let stem = folder.join(format!("words-{}", call.channel.unique_id().replace('.', "-")));
    prompt(call, "beep").await;
    match Recorder::open(call, &stem, &settings.formats, settings.silence_threshold) {
        Ok(recorder) => match recorder.record(call, "#", settings.longest_silence, None).await {
            Ended::Silence => {
                sounds(&stem).iter().for_each(|sound| _ = std::fs::remove_file(sound));
                Some(Spoken::Silence)
            }
            _ => Some(Spoken::Words(stem)),
        },
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

/// "Press one to enter an extension, two to use the directory" (`usedirectory`); nothing for `*` and for no answer.
async fn by_name(call: &mut Call) -> Option<bool> {
    for _ in 0..4 {
        let pressed = match prompt(call, "vm-forward").await {
            Some(key) => Some(key),
            None => key(call, 6000).await,
        };
        match pressed {
            Some('1') => return Some(false),
            Some('2') => return Some(true),
            Some('*') => return None,
            _ => {}
        }
    }
    None
}

/// Asks for mailboxes, `*` between them, until all are there.
/// The owner may go on with a key of the main menu instead.
async fn ask(call: &mut Call, session: &Session) -> Result<Vec<Arc<User>>, Option<char>> {
    let offers_directory = call.exchange.voicemail.settings().offers_directory;
    let by_name = offers_directory && by_name(call).await.ok_or(None)?;
    loop {
        let entered = match by_name {
            true => directory::choose(call, &session.user.context).await.unwrap_or_default(),
            false => {
                let first = prompt(call, "vm-extension").await;
                digits(call, first).await
            }
        };
        if entered.is_empty() {
            return Err(None);
        }
        let numbers: Vec<&str> = entered.split('*').filter(|number| !number.is_empty()).collect();
        let users: Option<Vec<_>> =
            numbers.iter().map(|number| call.exchange.voicemail.find(number, &session.user.context)).collect();
        match users {
            Some(users) if !users.is_empty() => {
                for user in &users {
                    let words = match telling::greeting(call, user, "greet") {
                        Some(name) => vec![name],
                        None => saying::digits(&user.mailbox),
                    };
                    prompts(call, &words).await;
                }
                return Ok(users);
            }
            _ => {
                let pressed = prompt(call, "pbx-invalid").await;
                if pressed.is_some() {
                    return Err(pressed);
                }
            }
        }
    }
}
