//! `VoiceMailPlayMsg`

use std::sync::Arc;
use std::time::Duration;

use super::{leave, notify};
use crate::applications::playing::{self, Played};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};
use crate::storage::voicemail::{FOLDERS, StoreError, User};

/// Plays one message of a mailbox, by its id (`msg_id` in its text file).
///
/// An unanswered call is answered first.
pub static VOICE_MAIL_PLAY_MSG: Application = Application {
    name: "VoiceMailPlayMsg",
    synopsis: "Plays a message by its id",
    arguments: &[Argument::required("mailbox[@context]", Kind::Text), Argument::required("msg_id", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "VOICEMAIL_PLAYBACKSTATUS", values: &["SUCCESS", "FAILED"] }],
    run: Run::Wait(|call, arguments| Box::pin(play_message(call, arguments))),
};

async fn play_message(call: &mut Call, arguments: Arguments) -> Outcome {
    call.answer(Duration::ZERO).await;
    let message = find(call, arguments.get(0), arguments.get(1));
    let status = match &message {
        Some((user, folder, number)) => {
            let place = call.exchange.voicemail.folder(user, folder);
            let sound = place.stem(*number).to_string_lossy().into_owned();
            match playing::play_until(call, &sound, "").await {
                Played::Failed => "FAILED",
                _ => {
                    note_heard(call, user, folder, *number);
                    "SUCCESS"
                }
            }
        }
        None => "FAILED",
    };
    let mut context = call.context();
    if message.is_none() {
        context.warn(&format!("VoiceMailPlayMsg: {} has no message {}", arguments.get(0), arguments.get(1)));
    }
    context.set("VOICEMAIL_PLAYBACKSTATUS", status);
    Outcome::Continue
}

/// The mailbox, the folder and the number of a message.
fn find(call: &Call, mailbox: &str, id: &str) -> Option<(Arc<User>, &'static str, u32)> {
    let user = leave::named(call, mailbox).filter(|_| !id.is_empty())?;
    let mut folders = FOLDERS.iter().chain(&["Urgent", "Deleted"]).copied();
    let (name, number) = folders.find_map(|name| {
        let folder = call.exchange.voicemail.folder(&user, name);
        let number = folder.messages().into_iter().find(|number| folder.envelope(*number).get("msg_id") == id)?;
        Some((name, number))
    })?;
    Some((user, name, number))
}

/// A new message that was heard goes to Old.
fn note_heard(call: &Call, user: &Arc<User>, folder: &str, number: u32) {
    if !matches!(folder, "INBOX" | "Urgent") {
        return;
    }
    let voicemail = &call.exchange.voicemail;
    let (from, old) = (voicemail.folder(user, folder), voicemail.folder(user, "Old"));
    let moved = voicemail.filing(|| {
        from.move_to(number, &old, user.preferences.most_messages)?;
        Ok::<_, StoreError>(from.close_gaps()?)
    });
    if let Err(error) = moved {
        tracing::warn!(target: "exten::voicemail", mailbox = user.key(), "{error}");
    }
    notify::changed(&call.exchange, Some(&call.channel), user);
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_message_is_found_in_any_folder() {
        let told = |id: &str| {
            Trial::of(&format!("VoiceMailPlayMsg(300,{id})"))
                .file("voicemail.conf", "[default]\n300 => 1\n")
                .file("var/spool/voicemail/default/300/Work/msg0000.txt", "[message]\nmsg_id=7-1\n")
                .file("var/spool/voicemail/default/300/Work/msg0000.ulaw", "\u{7f}\u{7f}")
                .run()
        };
        assert_eq!(told("7-1").value("VOICEMAIL_PLAYBACKSTATUS"), Some("SUCCESS"));
        assert!(told("7-1").sounds()[0].ends_with("300/Work/msg0000"));
        assert_eq!(told("7-2").value("VOICEMAIL_PLAYBACKSTATUS"), Some("FAILED"));
    }
}
