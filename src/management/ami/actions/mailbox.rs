//! Mailboxes, and the lamps that tell of messages.

use super::{Action, Answer, Asked, Run};
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
        reply.event("VoicemailUserEntry", entry(user, voicemail.counts(&user.key())));
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
    let (context, mailbox) =
        (asked.get("Context").unwrap_or("default"), asked.need("Mailbox", "Need 'Mailbox' parameter.")?);
    let user = settings.mailboxes.iter().find(|user| user.context == context && user.mailbox == mailbox);
    let user = user.ok_or_else(|| Reply::error("There is no voicemail user that matches the query."))?;
    let mut reply = Reply::list("Voicemail user detail will follow", "VoicemailUserDetailComplete");
    reply.event("VoicemailUserDetail", entry(user, voicemail.counts(&user.key())));
    Ok(reply)
}

fn entry(user: &User, counts: Counts) -> Fields {
    Fields::new()
        .with("VMContext", &user.context)
        .with("VoiceMailbox", &user.mailbox)
        .with("Fullname", &user.name)
        .with("Email", &user.email)
        .with("Pager", &user.pager)
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
                asked.exchange().voicemail.refresh(&format!("{mailbox}@{context}"));
            }
            None => asked.exchange().voicemail.refresh_all(),
        }
        Ok(Reply::done("Refresh success"))
    }),
);

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
