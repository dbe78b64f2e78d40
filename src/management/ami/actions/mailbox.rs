//! Mailboxes, and the lamps that tell of messages.

use std::sync::Arc;

use super::{Action, Answer, Asked, Run};
use crate::applications::voicemail;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::storage::voicemail::{Counts, User};

const READ: Privilege = Privilege::CALL.or(Privilege::REPORTING);

pub static MAILBOX_STATUS: Action = Action::new(
    "MailboxStatus",
    READ,
    "Check mailbox.",
    Run::Compute(|asked| {
        let mailbox = asked.need("Mailbox", "Mailbox not specified")?;
        let is_waiting = mailbox.split(',').any(|one| asked.exchange().voicemail.counts(one.trim()).new > 0);
        Ok(Reply::done("Mailbox Status").with("Mailbox", mailbox).with("Waiting", u8::from(is_waiting)))
    }),
);

pub static MAILBOX_COUNT: Action = Action::new(
    "MailboxCount",
    READ,
    "Check Mailbox Message Count.",
    Run::Compute(|asked| {
        let mailbox = asked.need("Mailbox", "Mailbox not specified")?;
        let Counts { new, old, urgent } = asked.exchange().voicemail.counts(mailbox);
        Ok(Reply::done("Mailbox Message Count")
            .with("Mailbox", mailbox)
            .with("UrgMessages", urgent)
            .with("NewMessages", new - urgent)
            .with("OldMessages", old))
    }),
);

pub static VOICEMAIL_USERS_LIST: Action =
    Action::new("VoicemailUsersList", READ, "List All Voicemail User Information.", Run::Compute(users));

fn users(asked: &Asked<'_>) -> Answer {
    let voicemail = &asked.exchange().voicemail;
    let settings = voicemail.settings();
    if settings.mailboxes.is_empty() {
        return Err(Reply::error("There are no voicemail users currently defined."));
    }
    let mut reply = Reply::list("Voicemail user list will follow", "VoicemailUserEntryComplete");
    for user in &settings.mailboxes {
        reply.event("VoicemailUserEntry", entry(&settings.mail_command, user, voicemail.counts(&user.key())));
    }
    Ok(reply)
}

pub static VOICEMAIL_USER_STATUS: Action = Action::new(
    "VoicemailUserStatus",
    READ,
    "Show the status of given voicemail user's info.",
    Run::Compute(user_status),
);

fn user_status(asked: &Asked<'_>) -> Answer {
    let voicemail = &asked.exchange().voicemail;
    let settings = voicemail.settings();
    if settings.mailboxes.is_empty() {
        return Err(Reply::error("There are no voicemail users currently defined."));
    }
    let both = asked.get("Context").zip(asked.get("Mailbox"));
    let (context, mailbox) = both.ok_or_else(|| Reply::error(NEEDS_BOTH))?;
    let user = settings.mailboxes.iter().find(|user| user.context == context && user.mailbox == mailbox);
    let Some(user) = user else { return Ok(Reply::done("There is no voicemail user of the given info.")) };
    let mut reply = Reply::list("Voicemail user detail will follow", "VoicemailUserDetailComplete");
    reply.event("VoicemailUserDetail", entry(&settings.mail_command, user, voicemail.counts(&user.key())));
    Ok(reply)
}

/// What is said where the mailbox is not named in full.
const NEEDS_BOTH: &str = "Need 'Context' and 'Mailbox' parameters.";

fn entry(mail_command: &str, user: &User, counts: Counts) -> Fields {
    let own = &user.preferences;
    let yes_or_no = |is: bool| if is { "Yes" } else { "No" };
    Fields::new()
        .with("VMContext", &user.context)
        .with("VoiceMailbox", &user.mailbox)
        .with("Fullname", &user.name)
        .with("Email", &user.email)
        .with("Pager", &user.pager)
        .with("ServerEmail", &own.server_email)
        .with("FromString", &own.from_string)
        .with("MailCommand", mail_command)
        .with("Language", &own.language)
        .with("TimeZone", &own.zone)
        .with("Callback", &own.callback)
        .with("Dialout", &own.dialout)
        .with("UniqueID", "")
        .with("ExitContext", &own.exit_context)
        .with("SayDurationMinimum", own.least_minutes_said)
        .with("SayEnvelope", yes_or_no(own.envelope))
        .with("SayCID", yes_or_no(own.says_caller))
        .with("AttachMessage", yes_or_no(own.attaches))
        .with("AttachmentFormat", &own.attach_format)
        .with("DeleteMessage", yes_or_no(own.deletes))
        .with("VolumeGain", format_args!("{:.2}", own.gain))
        .with("CanReview", yes_or_no(own.reviews))
        .with("CallOperator", yes_or_no(own.operator))
        .with("MaxMessageCount", own.most_messages)
        .with("MaxMessageLength", own.longest)
        .with("NewMessageCount", counts.new)
        .with("OldMessageCount", counts.old)
}

pub static VOICEMAIL_REFRESH: Action = Action::new(
    "VoicemailRefresh",
    Privilege::USER,
    "Tell Asterisk to poll mailboxes for a change",
    Run::Compute(|asked| {
        match asked.get("Mailbox") {
            Some(mailbox) => {
                let context = asked.get("Context").unwrap_or("default");
                asked.exchange().mailbox_changed(None, &format!("{mailbox}@{context}"));
            }
            None => asked.exchange().voicemail.refresh_all(),
        }
        Ok(Reply::done("Refresh sent"))
    }),
);

pub static VOICEMAIL_BOX_SUMMARY: Action = Action::new(
    "VoicemailBoxSummary",
    READ,
    "Show the mailbox contents of given voicemail user.",
    Run::Compute(box_summary),
);

fn box_summary(asked: &Asked<'_>) -> Answer {
    let both = asked.get("Context").zip(asked.get("Mailbox"));
    let (context, mailbox) = both.ok_or_else(|| Reply::error(NEEDS_BOTH))?;
    let Some(user) = asked.exchange().voicemail.find(mailbox, context) else {
        return Ok(Reply::done("There is no voicemail user matching the given user."));
    };
    let mut reply = Reply::list("Voicemail box detail will follow", "VoicemailBoxDetailComplete");
    for (folder, envelope) in voicemail::messages(asked.exchange(), &user) {
        reply.event(
            "VoicemailBoxDetail",
            Fields::new()
                .with("Folder", folder)
                .with("CallerID", envelope.get("callerid"))
                .with("Date", envelope.get("origdate"))
                .with("Duration", envelope.get("duration"))
                .with("Flag", envelope.get("flag"))
                .with("ID", envelope.get("msg_id")),
        );
    }
    Ok(reply)
}

pub static VOICEMAIL_MOVE: Action = Action::new(
    "VoicemailMove",
    Privilege::USER,
    "Move Voicemail between mailbox folders of given user.",
    Run::Compute(|asked| {
        let user = owner(asked, "", "move")?;
        let [folder, id, to] = named(asked, ["Folder", "ID", "ToFolder"])?;
        let moved = voicemail::move_message(asked.exchange(), &user, id, folder, to);
        arranged(moved.map_err(|error| error.to_string()), "move")
    }),
);

pub static VOICEMAIL_REMOVE: Action = Action::new(
    "VoicemailRemove",
    Privilege::USER,
    "Remove Voicemail from mailbox folder.",
    Run::Compute(|asked| {
        let user = owner(asked, "", "remove")?;
        let [folder, id] = named(asked, ["Folder", "ID"])?;
        let removed = voicemail::remove_message(asked.exchange(), &user, id, folder);
        arranged(removed.map_err(|error| error.to_string()), "remove")
    }),
);

pub static VOICEMAIL_FORWARD: Action = Action::new(
    "VoicemailForward",
    Privilege::USER,
    "Forward Voicemail from one mailbox folder to another between given users.",
    Run::Compute(|asked| {
        let (user, receiver) = (owner(asked, "", "forward")?, owner(asked, "To", "forward")?);
        let [folder, id, to] = named(asked, ["Folder", "ID", "ToFolder"])?;
        let forwarded = voicemail::forward_message(asked.exchange(), &user, id, folder, &receiver, to);
        arranged(forwarded.map_err(|error| error.to_string()), "forward")
    }),
);

/// Values that must be there.
fn named<'a, const COUNT: usize>(asked: &Asked<'a>, keys: [&str; COUNT]) -> Result<[&'a str; COUNT], Reply> {
    let mut values = [""; COUNT];
    for (value, key) in values.iter_mut().zip(keys) {
        *value = asked.need(key, &format!("{key} not specified, required"))?;
    }
    Ok(values)
}

/// The mailbox of `Context` and `Mailbox`, each with a prefix.
fn owner(asked: &Asked<'_>, prefix: &str, word: &str) -> Result<Arc<User>, Reply> {
    let [mailbox, context] = [format!("{prefix}Mailbox"), format!("{prefix}Context")];
    let [mailbox, context] = named(asked, [&mailbox, &context])?;
    let user = asked.exchange().voicemail.find(mailbox, context);
    user.ok_or_else(|| failed(word, &format!("there is no mailbox {mailbox} in {context}")))
}

fn arranged(done: Result<(), String>, word: &str) -> Answer {
    match done {
        Ok(()) => Ok(Reply::done(format_args!("Message {word} successful"))),
        Err(error) => Ok(failed(word, &error)),
    }
}

/// What could not be done. Asterisk calls that a success, too: only the message tells.
fn failed(word: &str, why: &str) -> Reply {
    tracing::warn!("a manager program asked to {word} a message: {why}");
    Reply::done(format_args!("Message {word} failed"))
}

pub static MWI_GET: Action =
    Action::new("MWIGet", READ, "Get selected mailboxes with message counts.", Run::Compute(get));

fn get(asked: &Asked<'_>) -> Answer {
    let wanted = asked.need("Mailbox", "Missing mailbox parameter in request")?;
    let is_wanted = matching(wanted)?;
    let mut reply = Reply::list("Mailboxes will follow", "MWIGetComplete");
    for (mailbox, counts) in asked.exchange().voicemail.external() {
        if is_wanted(&mailbox) {
            let fields =
                Fields::new().with("Mailbox", mailbox).with("OldMessages", counts.old).with("NewMessages", counts.new);
            reply.event("MWIGet", fields);
        }
    }
    Ok(reply)
}

pub static MWI_UPDATE: Action = Action::new(
    "MWIUpdate",
    Privilege::CALL,
    "Update mailbox message counts.",
    Run::Compute(|asked| {
        let mailbox = asked.need("Mailbox", "Missing mailbox parameter in request")?;
        let count = |key: &str| match asked.get(key) {
            Some(text) => text.trim().parse().map_err(|_| Reply::error(format_args!("Invalid {key} count"))),
            None => Ok(0),
        };
        let (new, old) = (count("NewMessages")?, count("OldMessages")?);
        asked.exchange().voicemail.set_external(mailbox, Some(Counts { new, old, urgent: 0 }));
        asked.exchange().mailbox_changed(None, mailbox);
        Ok(Reply::done("Mailbox updated").with("Mailbox", mailbox))
    }),
);

pub static MWI_DELETE: Action = Action::new(
    "MWIDelete",
    Privilege::CALL,
    "Delete selected mailboxes.",
    Run::Compute(|asked| {
        let wanted = asked.need("Mailbox", "Missing mailbox parameter in request")?;
        let is_wanted = matching(wanted)?;
        for (mailbox, _) in asked.exchange().voicemail.external() {
            if is_wanted(&mailbox) {
                asked.exchange().voicemail.set_external(&mailbox, None);
            }
        }
        Ok(Reply::done("Mailboxes deleted"))
    }),
);

type Matching = Box<dyn Fn(&str) -> bool>;

/// A mailbox by its whole name, or those that a regular expression between slashes matches.
fn matching(wanted: &str) -> Result<Matching, Reply> {
    match wanted.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
        Some(pattern) => {
            let pattern = regex::Regex::new(pattern).map_err(|_| Reply::error("Invalid regular expression"))?;
            Ok(Box::new(move |mailbox| pattern.is_match(mailbox)))
        }
        None => {
            let (number, context) = crate::storage::voicemail::split(wanted);
            let key = format!("{number}@{context}");
            Ok(Box::new(move |mailbox| mailbox == key))
        }
    }
}
