//! Mailbox options: greetings and the password.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::session::Session;
use crate::applications::recording::{Ended, Recorder};
use crate::applications::system::quoted;
use crate::applications::voicemail::{digits, key, prompt, prompts, telling, thank};
use crate::interpreter::Call;
use crate::storage::voicemail::{PasswordError, User, sounds, with_extension};

/// What stands for a key where a menu was not answered.
const TIMED_OUT: char = 't';

/// "Press one to record your unavailable message, …"
pub(super) async fn menu(call: &mut Call, session: &mut Session) -> Option<char> {
    let mut pressed = None;
    let mut unanswered = 0;
    loop {
        unanswered = if pressed.is_some() { 0 } else { unanswered };
        pressed = match pressed {
            Some('1') => record(call, &session.user.clone(), "unavail", "vm-rec-unv").await,
            Some('2') => record(call, &session.user.clone(), "busy", "vm-rec-busy").await,
            Some('3') => record(call, &session.user.clone(), "greet", "vm-rec-name").await,
            Some('4') => temporary(call, &session.user.clone()).await,
            Some('5') => change_password(call, session).await,
            Some('*' | TIMED_OUT) => return None,
            _ => {
                let mut words = vec!["vm-options".to_owned()];
                if telling::greeting(call, &session.user, "temp").is_some() {
                    words.insert(0, "vm-tmpexists".to_owned());
                }
                let pressed = match prompts(call, &words).await {
                    Some(key) => Some(key),
                    None => key(call, 6000).await,
                };
                unanswered += u32::from(pressed.is_none());
                if unanswered > 3 {
                    return None;
                }
                pressed
            }
        };
    }
}

/// The temporary greeting, which comes before all others.
async fn temporary(call: &mut Call, user: &User) -> Option<char> {
    let mut unanswered = 0;
    loop {
        if telling::greeting(call, user, "temp").is_none() {
            record(call, user, "temp", "vm-rec-temp").await;
            return None;
        }
        let pressed = match prompt(call, "vm-tempgreeting2").await {
            Some(key) => Some(key),
            None => key(call, 6000).await,
        };
        match pressed {
            Some('1') => _ = record(call, user, "temp", "vm-rec-temp").await,
            Some('2') => {
                remove(&call.exchange.voicemail.greeting(user, "temp"));
                return prompt(call, "vm-tempremoved").await;
            }
            Some('*') => return None,
            _ => unanswered += 1,
        }
        if unanswered > 3 {
            return None;
        }
    }
}

/// Records a greeting, lets the owner hear it, and puts it in its place once it is accepted.
pub(super) async fn record(call: &mut Call, user: &User, name: &str, instruction: &str) -> Option<char> {
    let stem = call.exchange.voicemail.greeting(user, name);
    let aside = call.exchange.voicemail.greeting(user, &format!("{name}.new"));
    let settings = call.exchange.voicemail.settings();
    if let Some(folder) = stem.parent() {
        // If that fails, so does the recording, which tells why.
        let _ = std::fs::create_dir_all(folder);
    }
    let _left_over = Removed(&aside);
    let longest = settings.longest_greeting;
    let longest = (longest > 0).then(|| Duration::from_secs(longest.into()));
    let mut unanswered = 0;
    let mut is_recorded = false;
    let mut pressed = Some('3');
    loop {
        pressed = match pressed {
            Some('1') if is_recorded => {
                remove(&stem);
                for sound in sounds(&aside) {
                    let extension = sound.extension().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
                    // What could not be put there can be recorded again.
                    let _ = std::fs::rename(&sound, with_extension(&stem, &extension));
                }
                return prompt(call, "vm-msgsaved").await;
            }
            Some('2') if is_recorded => prompt(call, &aside.to_string_lossy()).await,
            Some('1' | '3') => {
                prompt(call, instruction).await;
                prompt(call, "beep").await;
                let ended = match Recorder::open(call, &aside, &settings.formats, settings.silence_threshold) {
                    Ok(recorder) => recorder.record(call, "#", settings.longest_silence, longest).await,
                    Err(error) => {
                        call.context().warn(&format!("VoiceMailMain: {error}"));
                        Ended::Failed
                    }
                };
                is_recorded = !matches!(ended, Ended::Failed | Ended::Lost);
                if !is_recorded {
                    return prompt(call, "an-error-has-occurred").await;
                }
                thank(call).await;
                None
            }
            Some(_) => prompt(call, "vm-sorry").await,
            None => {
                let question = if is_recorded { "vm-review" } else { "vm-torerecord" };
                let pressed = match prompt(call, question).await {
                    Some(key) => Some(key),
                    None => key(call, 6000).await,
                };
                unanswered += u32::from(pressed.is_none());
                if unanswered > 3 {
                    return Some(TIMED_OUT);
                }
                pressed
            }
        };
    }
}

/// Removes what was recorded and not accepted, also where the owner hangs up.
struct Removed<'a>(&'a Path);

impl Drop for Removed<'_> {
    fn drop(&mut self) {
        remove(self.0);
    }
}

fn remove(stem: &Path) {
    sounds(stem).iter().for_each(|sound| _ = std::fs::remove_file(sound));
}

/// What asking twice for a new password gave.
enum Asked {
    Password(String),
    /// It is too short, or the admin's check refuses it.
    Refused,
    Differs,
    Cancelled,
}

/// `#` alone gives up where `can_cancel`, else it is an empty password.
async fn ask_password(call: &mut Call, user: &User, can_cancel: bool) -> Asked {
    let settings = call.exchange.voicemail.settings();
    let first = prompt(call, &settings.prompts.new_password).await;
    if can_cancel && first == Some('#') {
        return Asked::Cancelled;
    }
    let password = digits(call, first).await;
    if password.len() < settings.shortest_password || !is_accepted(call, user, &password).await {
        return Asked::Refused;
    }
    let first = prompt(call, &settings.prompts.reenter_password).await;
    if digits(call, first).await == password { Asked::Password(password) } else { Asked::Differs }
}

/// Asks twice for a new password.
pub(super) async fn change_password(call: &mut Call, session: &mut Session) -> Option<char> {
    let user = session.user.clone();
    if user.password.starts_with('-') {
        return prompt(call, "vm-no").await;
    }
    let texts = call.exchange.voicemail.settings().prompts.clone();
    match ask_password(call, &user, false).await {
        Asked::Password(password) => set_password(call, session, &password).await,
        Asked::Refused => prompt(call, &texts.invalid_password).await,
        Asked::Differs => prompts(call, &[texts.mismatch.clone(), texts.try_again.clone()]).await,
        Asked::Cancelled => None,
    }
}

/// Asks for the first password of a newcomer, three times at most; false where there is none.
pub(super) async fn first_password(call: &mut Call, session: &mut Session) -> bool {
    let user = session.user.clone();
    let texts = call.exchange.voicemail.settings().prompts.clone();
    for _ in 0..3 {
        match ask_password(call, &user, true).await {
            Asked::Password(password) => {
                set_password(call, session, &password).await;
                return true;
            }
            Asked::Refused => _ = prompt(call, &texts.invalid_password).await,
            Asked::Differs => _ = prompt(call, &texts.mismatch).await,
            Asked::Cancelled => return false,
        }
    }
    false
}

async fn set_password(call: &mut Call, session: &mut Session, password: &str) -> Option<char> {
    let user = session.user.clone();
    let settings = call.exchange.voicemail.settings();
    let arguments = format!("{} {} {}", quoted(&user.context), quoted(&user.mailbox), quoted(password));
    if settings.password_command.is_empty() {
        if let Err(error) = store_password(call, &user, password).await {
            call.context().warn(&format!("VoiceMailMain: the password was not changed: {error}"));
            return prompt(call, "an-error-has-occurred").await;
        }
        if !settings.password_notice.is_empty() {
            run(call, format!("{} {arguments}", settings.password_notice)).await;
        }
    } else {
        run(call, format!("{} {arguments}", settings.password_command)).await;
    }
    if let Some(user) = call.exchange.voicemail.find(&user.mailbox, &user.context) {
        session.user = user;
    }
    prompt(call, &settings.prompts.password_changed).await
}

/// Stores a new password where the mailbox stands: in its table, in the file, or in its own folder.
async fn store_password(call: &Call, user: &User, password: &str) -> Result<(), PasswordError> {
    let voicemail = &call.exchange.voicemail;
    if !user.stands_in_table || user.preferences.secret_in_spool {
        return voicemail.change_password(user, password);
    }
    let row = [("context", user.context.as_str()), ("mailbox", user.mailbox.as_str())];
    match call.exchange.change_rows("voicemail", &row, &[("password", password)]).await {
        0 => Err(PasswordError::NoLine(user.key())),
        _ => {
            voicemail.note_password(user, password);
            Ok(())
        }
    }
}

/// What `externpasscheck` says of a new password.
async fn is_accepted(call: &Call, user: &User, password: &str) -> bool {
    let settings = call.exchange.voicemail.settings();
    if settings.password_check.is_empty() {
        return true;
    }
    let words = [&user.mailbox, &user.context, &user.password, password].map(quoted);
    run(call, format!("{} {}", settings.password_check, words.join(" "))).await.starts_with("VALID")
}

/// Runs a program and gives what it wrote.
async fn run(call: &Call, command: String) -> String {
    let output = call.exchange.clock.outside(tokio::task::spawn_blocking(move || {
        Command::new("/bin/sh").args(["-c", &command]).stdin(Stdio::null()).stderr(Stdio::null()).output()
    }));
    match output.await {
        Ok(Ok(output)) => String::from_utf8_lossy(&output.stdout).into_owned(),
        Ok(Err(error)) => {
            call.context().warn(&format!("VoiceMailMain: {error}"));
            String::new()
        }
        Err(_) => String::new(),
    }
}
