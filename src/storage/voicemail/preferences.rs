//! How a mailbox behaves: the settings that `[general]` gives to all and that a mailbox may have of its own.

use crate::conf::{is_false, is_true};

/// The settings of one mailbox.
#[derive(Clone, Debug, PartialEq)]
pub struct Preferences {
    /// The message is attached to the mail (`attach`).
    pub attaches: bool,
    /// The format that is attached; empty for the first of `format`.
    pub attach_format: String,
    /// Who the mail is from (`serveremail`).
    pub server_email: String,
    pub from_string: String,
    /// Empty for the usual subject.
    pub email_subject: String,
    /// Empty for the usual text.
    pub email_body: String,
    pub language: String,
    /// The name of a zone of `[zonemessages]` (`tz`).
    pub zone: String,
    /// A message is deleted once its mail is out.
    pub deletes: bool,
    /// Says the caller's number before a message.
    pub says_caller: bool,
    /// The owner may send messages from the menu.
    pub sends: bool,
    /// Callers may hear and repeat their message.
    pub reviews: bool,
    /// Callers may mark their message as urgent.
    pub marks_urgent: bool,
    /// An urgent message is urgent also where it is forwarded to.
    pub forwards_urgent: bool,
    /// Reminds the owner of a temporary greeting.
    pub warns_of_temporary: bool,
    /// The message before the first is the last.
    pub wraps: bool,
    /// Callers reach `o` with 0.
    pub operator: bool,
    /// Says date and time before a message.
    pub envelope: bool,
    /// Messages heard go to the folder Old.
    pub moves_heard: bool,
    pub says_duration: bool,
    /// Shorter messages are told without their length, in minutes.
    pub least_minutes_said: u32,
    pub forces_name: bool,
    pub forces_greetings: bool,
    /// The context in which the owner calls back, if it may.
    pub callback: String,
    /// The context in which the owner calls out, if it may.
    pub dialout: String,
    /// The context of `o` and `a`, instead of the caller's.
    pub exit_context: String,
    /// Shorter messages are not kept, in seconds.
    pub shortest: u32,
    /// The longest message in seconds; 0 for no limit.
    pub longest: u32,
    /// So many messages a folder takes; 0 makes it a box that only greets.
    pub most_messages: usize,
    /// Goes to the next message after a deletion or a save.
    pub next_after_command: bool,
    /// So many deleted messages stay in the folder Deleted.
    pub keeps_deleted: usize,
    /// Gain of attached messages in decibels.
    pub gain: f32,
    /// Is not in the directory.
    pub is_hidden: bool,
    /// Further names by which the directory finds it.
    pub aliases: Vec<String>,
    /// The password is kept in the mailbox's `secret.conf`, not in `voicemail.conf`.
    pub secret_in_spool: bool,
}

/// As many messages as a folder takes unless told otherwise, and at most.
const MOST_MESSAGES: (usize, usize) = (100, 9999);

impl Default for Preferences {
    fn default() -> Self {
        Self {
            attaches: true,
            attach_format: String::new(),
            server_email: "asterisk".to_owned(),
            from_string: String::new(),
            email_subject: String::new(),
            email_body: String::new(),
            language: String::new(),
            zone: String::new(),
            deletes: false,
            says_caller: false,
            sends: false,
            reviews: false,
            marks_urgent: true,
            forwards_urgent: false,
            warns_of_temporary: false,
            wraps: false,
            operator: false,
            envelope: true,
            moves_heard: true,
            says_duration: true,
            least_minutes_said: 2,
            forces_name: false,
            forces_greetings: false,
            callback: String::new(),
            dialout: String::new(),
            exit_context: String::new(),
            shortest: 0,
            longest: 0,
            most_messages: MOST_MESSAGES.0,
            next_after_command: false,
            keeps_deleted: 0,
            gain: 0.0,
            is_hidden: false,
            aliases: Vec::new(),
            secret_in_spool: false,
        }
    }
}

impl Preferences {
    /// Takes one setting; false where there is none of this name.
    pub fn set(&mut self, key: &str, value: &str) -> bool {
        let text = || value.to_owned();
        match key.to_ascii_lowercase().as_str() {
            "attach" => flag(&mut self.attaches, value),
            "attachfmt" => self.attach_format = text(),
            "serveremail" => self.server_email = text(),
            "fromstring" => self.from_string = text(),
            "emailsubject" => self.email_subject = unescape(value),
            "emailbody" => self.email_body = unescape(value),
            "language" => self.language = text(),
            "tz" => self.zone = text(),
            "delete" | "deletevoicemail" => flag(&mut self.deletes, value),
            "saycid" => flag(&mut self.says_caller, value),
            "sendvoicemail" => flag(&mut self.sends, value),
            "review" => flag(&mut self.reviews, value),
            "leaveurgent" => flag(&mut self.marks_urgent, value),
            "forward_urgent_auto" | "forward-urgent-auto" => flag(&mut self.forwards_urgent, value),
            "tempgreetwarn" => flag(&mut self.warns_of_temporary, value),
            "messagewrap" => flag(&mut self.wraps, value),
            "operator" => flag(&mut self.operator, value),
            "envelope" => flag(&mut self.envelope, value),
            "moveheard" => flag(&mut self.moves_heard, value),
            "sayduration" => flag(&mut self.says_duration, value),
            "saydurationm" => number(&mut self.least_minutes_said, value),
            "forcename" => flag(&mut self.forces_name, value),
            "forcegreetings" => flag(&mut self.forces_greetings, value),
            "callback" => self.callback = text(),
            "dialout" => self.dialout = text(),
            "exitcontext" => self.exit_context = text(),
            "minsecs" | "minmessage" => number(&mut self.shortest, value),
            "maxsecs" | "maxmessage" => number(&mut self.longest, value),
            "maxmsg" => {
                number(&mut self.most_messages, value);
                self.most_messages = self.most_messages.min(MOST_MESSAGES.1);
            }
            "nextaftercmd" => flag(&mut self.next_after_command, value),
            "backupdeleted" => {
                if is_true(value) && value != "1" {
                    self.keeps_deleted = MOST_MESSAGES.0;
                } else {
                    number(&mut self.keeps_deleted, value);
                }
            }
            "volgain" => number(&mut self.gain, value),
            "alias" => self.aliases.push(value.to_owned()),
            "hidefromdir" => flag(&mut self.is_hidden, value),
            "passwordlocation" => self.secret_in_spool = value.eq_ignore_ascii_case("spooldir"),
            _ => return false,
        }
        true
    }
}

/// What is neither yes nor no leaves the setting as it is.
fn flag(setting: &mut bool, value: &str) {
    if is_true(value) || is_false(value) {
        *setting = is_true(value);
    }
}

pub(super) fn number<T: std::str::FromStr>(setting: &mut T, value: &str) {
    if let Ok(number) = value.trim().parse() {
        *setting = number;
    }
}

/// `\n`, `\r` and `\t` in the texts of mails.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}
