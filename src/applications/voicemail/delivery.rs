//! A message on its way into a mailbox. It is delivered also where the caller hangs up while it speaks.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::notify;
use crate::applications::recording::{Ended, Recorder};
use crate::channel::Channel;
use crate::functions::time;
use crate::interpreter::{Call, Exchange};
use crate::media::sound::Sound;
use crate::storage::voicemail::{Envelope, StoreError, User, sounds, text_file, with_extension};

/// How delivering ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivered {
    Yes,
    /// Nothing was recorded, or too little.
    TooShort,
    /// The mailbox or the disk is full.
    Full,
}

/// A message that is being recorded; dropping it delivers what there is.
pub struct Delivery {
    exchange: Arc<Exchange>,
    channel: Arc<Channel>,
    /// The first is the mailbox that was called, the others get copies.
    users: Vec<Arc<User>>,
    stem: PathBuf,
    envelope: Envelope,
    recorder: Option<Arc<Recorder>>,
    silence: Duration,
    is_kept: bool,
    urgent: bool,
}

impl Delivery {
    /// Begins a message for these mailboxes. `flag` is `Urgent`, `PRIORITY` or nothing.
    ///
    /// # Errors
    /// Where the folder for recordings cannot be made.
    pub fn begin(call: &Call, users: Vec<Arc<User>>, flag: &str) -> std::io::Result<Self> {
        let user = users.first().ok_or(std::io::ErrorKind::NotFound)?;
        let voicemail = &call.exchange.voicemail;
        let folder = voicemail.path(&user.mailbox, &user.context).join("tmp");
        std::fs::create_dir_all(&folder)?;
        let now = call.exchange.clock.now();
        let id = voicemail.next_id(now.timestamp().as_second());
        let stem = folder.join(format!("message-{}", call.channel.unique_id().replace('.', "-")));
        let date = now.with_time_zone(jiff::tz::TimeZone::UTC);
        let mut envelope = Envelope::default();
        {
            let state = call.channel.state();
            let position = &state.position;
            let caller = &state.caller;
            let callerid = match (caller.name(), caller.number()) {
                ("", "") => "Unknown".to_owned(),
                ("", number) => number.to_owned(),
                (name, "") => name.to_owned(),
                _ => caller.written(),
            };
            let fields = [
                ("origmailbox", user.mailbox.as_str()),
                ("context", &position.context),
                ("macrocontext", state.variables.get("MACRO_CONTEXT").unwrap_or("")),
                ("exten", &position.extension),
                ("rdnis", state.redirecting_from.number.as_deref().unwrap_or("unknown")),
                ("priority", &position.priority.to_string()),
                ("callerchan", call.channel.name()),
                ("callerid", &callerid),
                ("origdate", &time::text(&date, "%a %b %e %r UTC %Y")),
                ("origtime", &date.timestamp().as_second().to_string()),
                ("category", state.variables.get("VM_CATEGORY").unwrap_or("")),
                ("msg_id", &id),
                ("flag", flag),
            ];
            fields.iter().for_each(|(name, value)| envelope.set(name, value));
        }
        Ok(Self {
            exchange: Arc::clone(&call.exchange),
            channel: Arc::clone(&call.channel),
            users,
            stem,
            envelope,
            recorder: None,
            silence: Duration::ZERO,
            is_kept: true,
            urgent: flag == "Urgent",
        })
    }

    /// The mailbox that was called.
    pub fn user(&self) -> Arc<User> {
        Arc::clone(&self.users[0])
    }

    /// The recording, without extension.
    pub fn sound(&self) -> String {
        self.stem.to_string_lossy().into_owned()
    }

    /// Whether the caller marked it so.
    pub fn is_urgent(&self) -> bool {
        self.urgent
    }

    pub fn set_urgent(&mut self, urgent: bool) {
        self.urgent = urgent;
        self.envelope.set("flag", if urgent { "Urgent" } else { "" });
    }

    /// Records the message, anew if there was one.
    pub async fn record(&mut self, call: &Call, ends: &str) -> Ended {
        let settings = call.exchange.voicemail.settings();
        self.clear();
        let recorder = match Recorder::open(call, &self.stem, &settings.formats, settings.silence_threshold) {
            Ok(recorder) => recorder,
            Err(error) => {
                call.context().warn(&format!("VoiceMail: {error}"));
                return Ended::Failed;
            }
        };
        self.recorder = Some(Arc::clone(&recorder));
        let longest = self.users.first().map_or(0, |user| user.preferences.longest);
        let longest = (longest > 0).then(|| Duration::from_secs(longest.into()));
        let ended = recorder.record(call, ends, settings.longest_silence, longest).await;
        if ended == Ended::Silence {
            self.silence = settings.longest_silence.unwrap_or_default();
        }
        ended
    }

    /// Seconds that the message is long, silence at its end left out.
    pub fn seconds(&self) -> u64 {
        let length = self.recorder.as_ref().map_or(Duration::ZERO, |recorder| recorder.length());
        length.saturating_sub(self.silence).as_secs()
    }

    /// Whether it is long enough to be kept.
    pub fn is_long_enough(&self) -> bool {
        let shortest = self.users.first().map_or(0, |user| user.preferences.shortest);
        self.recorder.is_some() && self.seconds() >= u64::from(shortest)
    }

    /// Forgets what was recorded.
    pub fn discard(&mut self) {
        self.is_kept = false;
        self.clear();
    }

    fn clear(&mut self) {
        self.recorder = None;
        sounds(&self.stem).iter().for_each(|sound| _ = std::fs::remove_file(sound));
        self.silence = Duration::ZERO;
    }

    /// Puts the message into the mailboxes.
    pub fn deliver(mut self) -> Delivered {
        self.hand_over()
    }

    fn hand_over(&mut self) -> Delivered {
        if !self.is_kept || !self.is_long_enough() {
            self.discard();
            return Delivered::TooShort;
        }
        self.is_kept = false;
        let duration = self.recorder.take().map_or(Ok(0), |recorder| {
            let length = recorder.length().saturating_sub(self.silence).as_secs();
            recorder.finish().map(|()| length)
        });
        let filed = duration.map_err(|error| error.to_string()).and_then(|seconds| {
            self.envelope.set("duration", &seconds.to_string());
            self.file().map_err(|error| error.to_string())
        });
        if let Err(error) = filed {
            tracing::warn!(target: "exten::voicemail", channel = %self.channel.name(), "a message was lost: {error}");
            self.clear();
            let _ = std::fs::remove_file(text_file(&self.stem));
            return Delivered::Full;
        }
        Delivered::Yes
    }

    fn file(&self) -> Result<(), StoreError> {
        let voicemail = &self.exchange.voicemail;
        let folder = if self.urgent { "Urgent" } else { "INBOX" };
        let user = self.user();
        let most = user.preferences.most_messages;
        self.envelope.write(&text_file(&self.stem))?;
        let first = voicemail.folder(&user, folder);
        let number = voicemail.filing(|| first.take_in(&self.stem, most))?;
        let mut copies = Vec::new();
        for other in self.users.iter().skip(1) {
            let theirs = voicemail.folder(other, folder);
            let copy =
                voicemail.filing(|| first.copy_to(number, &theirs, other.preferences.most_messages, &self.envelope));
            match copy {
                Ok(copy) => copies.push((Arc::clone(other), copy)),
                Err(error) => {
                    tracing::warn!(target: "exten::voicemail", mailbox = other.key(), "no copy of a message: {error}");
                }
            }
        }
        self.channel.set_variable("VM_MESSAGEFILE", &first.stem(number).to_string_lossy());
        for (other, number) in copies {
            notify::arrived(&self.exchange, Some(&self.channel), &other, folder, number);
        }
        notify::arrived(&self.exchange, Some(&self.channel), &user, folder, number);
        Ok(())
    }
}

/// Puts a sound file that is there into mailboxes, as a message.
pub fn deliver_file(exchange: &Arc<Exchange>, channel: Option<&Channel>, mailboxes: &str, sound: &Path, caller: &str) {
    let voicemail = &exchange.voicemail;
    let now = exchange.clock.now().with_time_zone(jiff::tz::TimeZone::UTC);
    let seconds = now.timestamp().as_second();
    let length = Sound::open(sound).map(|sound| sound.length().as_secs()).unwrap_or_default();
    for text in mailboxes.split([',', '&']).map(str::trim).filter(|text| !text.is_empty()) {
        let (mailbox, context) = text.split_once('@').unwrap_or((text, ""));
        let Some(user) = voicemail.find(mailbox, context) else {
            tracing::warn!(target: "exten::voicemail", "there is no mailbox {text} for {}", sound.display());
            continue;
        };
        let envelope = Envelope::default()
            .with("origmailbox", &user.mailbox)
            .with("context", &user.context)
            .with("callerchan", channel.map_or("", |channel| channel.name()))
            .with("callerid", caller)
            .with("origdate", &time::text(&now, "%a %b %e %r UTC %Y"))
            .with("origtime", &seconds.to_string())
            .with("msg_id", &voicemail.next_id(seconds))
            .with("duration", &length.to_string());
        let inbox = voicemail.folder(&user, "INBOX");
        let stem = voicemail.path(&user.mailbox, &user.context).join("tmp").join(format!("file-{seconds}"));
        let extension = sound.extension().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
        let filed = stem.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(StoreError::from).and_then(|()| {
            std::fs::copy(sound, with_extension(&stem, &extension))?;
            envelope.write(&text_file(&stem))?;
            voicemail.filing(|| inbox.take_in(&stem, user.preferences.most_messages))
        });
        match filed {
            Ok(number) => notify::arrived(exchange, channel, &user, "INBOX", number),
            Err(error) => tracing::warn!(target: "exten::voicemail", mailbox = user.key(), "{error}"),
        }
    }
}

impl Drop for Delivery {
    fn drop(&mut self) {
        // The caller hung up, or went elsewhere: what was said is delivered.
        if self.recorder.is_some() && self.is_kept {
            let status = if self.hand_over() == Delivered::Yes { "SUCCESS" } else { "FAILED" };
            super::set_status(&self.channel, status);
        }
    }
}
