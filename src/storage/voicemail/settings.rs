//! `voicemail.conf`.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::preferences::{self, Preferences, unescape};
use crate::conf::{Config, Disk, Memory, Section, is_true};
use crate::diagnostic::Sources;

/// What `voicemail.conf` says.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The formats of recordings, the one to attach first.
    pub formats: Vec<String>,
    /// A message ends after so much silence; nothing for never.
    pub longest_silence: Option<Duration>,
    /// The mean magnitude below which a frame is silent.
    pub silence_threshold: u32,
    /// The longest greeting in seconds; 0 for no limit.
    pub longest_greeting: u32,
    /// How far a key winds a message.
    pub skip: Duration,
    /// How often an owner may try to log in.
    pub logins: usize,
    /// The command that takes a mail on its standard input.
    pub mail_command: String,
    pub email_date_format: String,
    pub pager_date_format: String,
    pub pager_from: String,
    pub pager_subject: String,
    pub pager_body: String,
    pub charset: String,
    /// The usual subject does not begin with `[PBX]:` (`pbxskip`).
    pub plain_subject: bool,
    /// A program that is told of every change of a mailbox.
    pub notify_command: String,
    /// A program that changes the password instead of us.
    pub password_command: String,
    /// A program that is told of a new password.
    pub password_notice: String,
    /// A program that says whether a password is good enough.
    pub password_check: String,
    pub shortest_password: usize,
    /// Forwarding offers the directory (`usedirectory`).
    pub offers_directory: bool,
    /// What the directory says at its beginning, instead of the usual (`directoryintro`).
    pub directory_intro: String,
    /// Contexts whose callers are named by their mailbox (`cidinternalcontexts`).
    pub internal_contexts: Vec<String>,
    /// Mailboxes without context are looked for in all (`searchcontexts`).
    pub searches: bool,
    /// Files of mailboxes are looked at so often, for what others put there.
    pub poll: Option<Duration>,
    pub keys: Keys,
    pub prompts: Prompts,
    /// What mailboxes have unless told otherwise.
    pub preferences: Preferences,
    pub zones: Vec<Zone>,
    pub mailboxes: Vec<Arc<User>>,
    /// The context whose mailboxes are other names of those elsewhere (`aliasescontext`).
    aliases_context: String,
    aliases: HashMap<String, String>,
}

/// The keys while a message plays (`listen-control-…`).
#[derive(Clone, Debug)]
pub struct Keys {
    pub forward: String,
    pub back: String,
    pub pause: String,
    pub restart: String,
    pub stop: String,
}

/// Prompts that an admin may replace.
#[derive(Clone, Debug)]
pub struct Prompts {
    pub login: String,
    pub password: String,
    pub new_password: String,
    pub invalid_password: String,
    pub reenter_password: String,
    pub mismatch: String,
    pub try_again: String,
    pub password_changed: String,
    pub new_user: String,
    /// Behind words before a forwarded message that ended in silence.
    pub prepend_timeout: String,
}

/// A zone of `[zonemessages]`: where it is, and how times are said there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub name: String,
    pub zone: String,
    pub format: String,
}

/// A mailbox and its owner.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    pub context: String,
    pub mailbox: String,
    /// As it stands in the file: a leading `-` keeps the owner from changing it.
    pub password: String,
    pub name: String,
    pub email: String,
    pub pager: String,
    /// It is a row of a database, not a line of the file.
    pub stands_in_table: bool,
    pub preferences: Preferences,
}

impl User {
    /// `300@default`.
    pub fn key(&self) -> String {
        format!("{}@{}", self.mailbox, self.context)
    }

    /// Whether this is the password.
    pub fn is_password(&self, entered: &str) -> bool {
        self.password.strip_prefix('-').unwrap_or(&self.password) == entered
    }

    /// Whether nothing needs to be entered.
    pub fn is_open(&self) -> bool {
        matches!(self.password.as_str(), "" | "-")
    }
}

const DATE: &str = "%A, %B %d, %Y at %r";

impl Default for Settings {
    fn default() -> Self {
        let text = str::to_owned;
        Self {
            formats: vec![text("wav")],
            longest_silence: None,
            silence_threshold: 256,
            longest_greeting: 0,
            skip: Duration::from_secs(3),
            logins: 3,
            mail_command: text("/usr/sbin/sendmail -t"),
            email_date_format: text(DATE),
            pager_date_format: text(DATE),
            pager_from: String::new(),
            pager_subject: String::new(),
            pager_body: String::new(),
            charset: text("ISO-8859-1"),
            plain_subject: false,
            notify_command: String::new(),
            password_command: String::new(),
            password_notice: String::new(),
            password_check: String::new(),
            shortest_password: 0,
            offers_directory: false,
            directory_intro: String::new(),
            internal_contexts: Vec::new(),
            searches: false,
            poll: None,
            keys: Keys {
                forward: text("#"),
                back: text("*"),
                pause: text("0"),
                restart: text("2"),
                stop: text("13456789"),
            },
            prompts: Prompts {
                login: text("vm-login"),
                password: text("vm-password"),
                new_password: text("vm-newpassword"),
                invalid_password: text("vm-invalid-password"),
                reenter_password: text("vm-reenterpassword"),
                mismatch: text("vm-mismatch"),
                try_again: text("vm-pls-try-again"),
                password_changed: text("vm-passchanged"),
                new_user: text("vm-newuser"),
                prepend_timeout: text("vm-then-pound"),
            },
            preferences: Preferences::default(),
            zones: Vec::new(),
            mailboxes: Vec::new(),
            aliases_context: String::new(),
            aliases: HashMap::new(),
        }
    }
}

impl Settings {
    /// Reads the file; one that is not there has no mailboxes.
    /// Behind the file stand further lines of it.
    pub fn read(path: &Path, further: &str) -> Self {
        let mut settings = Self::default();
        if path.is_file() {
            settings.take(&Config::read(&mut Disk::default(), path, &mut Sources::default()), false);
        }
        if !further.is_empty() {
            let mut files = Memory::default().with(path, further);
            settings.take(&Config::read(&mut files, path, &mut Sources::default()), true);
        }
        settings
    }

    fn take(&mut self, config: &Config, is_table: bool) {
        let settings = self;
        config.all("general").for_each(|section| settings.general(section));
        for section in &config.sections {
            match section.name.to_ascii_lowercase().as_str() {
                "general" => {}
                "zonemessages" => {
                    settings.zones.extend(section.entries.iter().filter_map(|it| zone(&it.key, &it.value)))
                }
                name if !settings.aliases_context.is_empty() && settings.aliases_context.eq_ignore_ascii_case(name) => {
                    let pairs = section.entries.iter().map(|entry| (entry.key.to_lowercase(), entry.value.to_string()));
                    settings.aliases.extend(pairs);
                }
                _ => settings.context(section, is_table),
            }
        }
    }

    /// The mailbox of this number. Without a context, the one in `default`, or where `searchcontexts` says so, in any.
    pub fn find(&self, mailbox: &str, context: &str) -> Option<Arc<User>> {
        let place = if context.is_empty() { "default" } else { context };
        if let Some(real) = self.aliases.get(&format!("{mailbox}@{place}").to_lowercase()) {
            let (mailbox, context) = split(real);
            return self.find_in(mailbox, context);
        }
        if context.is_empty() && self.searches {
            return self.mailboxes.iter().find(|user| user.mailbox.eq_ignore_ascii_case(mailbox)).cloned();
        }
        self.find_in(mailbox, place)
    }

    fn find_in(&self, mailbox: &str, context: &str) -> Option<Arc<User>> {
        let is_it = |user: &&Arc<User>| {
            user.mailbox.eq_ignore_ascii_case(mailbox) && user.context.eq_ignore_ascii_case(context)
        };
        self.mailboxes.iter().find(is_it).cloned()
    }

    /// The zone of this name.
    pub fn zone(&self, name: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.name == name)
    }

    fn general(&mut self, section: &Section) {
        for entry in &section.entries {
            let value = entry.value.as_str();
            let text = || value.to_owned();
            match entry.key.to_ascii_lowercase().as_str() {
                "format" => {
                    self.formats = value.split(['|', ',']).map(|format| format.trim().to_owned()).collect();
                    self.formats.retain(|format| !format.is_empty());
                }
                "maxsilence" => {
                    let seconds: u64 = value.parse().unwrap_or(0);
                    self.longest_silence = (seconds > 0).then(|| Duration::from_secs(seconds));
                }
                "silencethreshold" => preferences::number(&mut self.silence_threshold, value),
                "maxgreet" => preferences::number(&mut self.longest_greeting, value),
                "skipms" => self.skip = value.parse().map_or(self.skip, Duration::from_millis),
                "maxlogins" => preferences::number(&mut self.logins, value),
                "mailcmd" => self.mail_command = text(),
                "emaildateformat" => self.email_date_format = text(),
                "pagerdateformat" => self.pager_date_format = text(),
                "pagerfromstring" => self.pager_from = text(),
                "pagersubject" => self.pager_subject = text(),
                "pagerbody" => self.pager_body = unescape(value),
                "charset" => self.charset = text(),
                "pbxskip" => self.plain_subject = is_true(value),
                "externnotify" => self.notify_command = text(),
                "externpass" => self.password_command = text(),
                "externpassnotify" => self.password_notice = text(),
                "externpasscheck" => self.password_check = text(),
                "minpassword" => preferences::number(&mut self.shortest_password, value),
                "usedirectory" => self.offers_directory = is_true(value),
                "cidinternalcontexts" => {
                    self.internal_contexts = value.split(',').map(|context| context.trim().to_owned()).collect();
                }
                "searchcontexts" => self.searches = is_true(value),
                "pollmailboxes" => self.poll = is_true(value).then(|| self.poll.unwrap_or(Duration::from_secs(30))),
                "pollfreq" => self.poll = self.poll.and(value.parse().ok().map(Duration::from_secs)),
                "listen-control-forward-key" => self.keys.forward = text(),
                "listen-control-reverse-key" => self.keys.back = text(),
                "listen-control-pause-key" => self.keys.pause = text(),
                "listen-control-restart-key" => self.keys.restart = text(),
                "listen-control-stop-key" => self.keys.stop = text(),
                "vm-login" => self.prompts.login = text(),
                "vm-password" => self.prompts.password = text(),
                "vm-newpassword" => self.prompts.new_password = text(),
                "vm-invalid-password" => self.prompts.invalid_password = text(),
                "vm-reenterpassword" => self.prompts.reenter_password = text(),
                "vm-mismatch" => self.prompts.mismatch = text(),
                "vm-pls-try-again" => self.prompts.try_again = text(),
                "vm-newuser" => self.prompts.new_user = text(),
                "vm-prepend-timeout" => self.prompts.prepend_timeout = text(),
                "aliasescontext" => self.aliases_context = text(),
                "directoryintro" => self.directory_intro = text(),
                "vm-passchanged" => self.prompts.password_changed = text(),
                key => _ = self.preferences.set(key, value),
            }
        }
    }

    fn context(&mut self, section: &Section, is_table: bool) {
        for entry in &section.entries {
            let mut user = user(&section.name, &entry.key, &entry.value, &self.preferences);
            user.stands_in_table = is_table;
            self.mailboxes.retain(|known| known.mailbox != user.mailbox || known.context != user.context);
            self.mailboxes.push(Arc::new(user));
        }
    }
}

/// `300@sales`, or `300` of `default`.
pub fn split(text: &str) -> (&str, &str) {
    let (mailbox, context) = text.split_once('@').unwrap_or((text, "default"));
    (mailbox.trim(), if context.is_empty() { "default" } else { context.trim() })
}

/// `password[,name[,email[,pager[,options]]]]`, the options divided by `|`.
fn user(context: &str, mailbox: &str, value: &str, general: &Preferences) -> User {
    let mut fields = value.splitn(5, ',').map(str::trim);
    let mut next = || fields.next().unwrap_or("").to_owned();
    let (password, name, email, pager, options) = (next(), next(), next(), next(), next());
    let mut preferences = general.clone();
    for (key, value) in options.split(['|', ',']).filter_map(|option| option.split_once('=')) {
        preferences.set(key.trim(), value.trim());
    }
    User {
        context: context.to_owned(),
        mailbox: mailbox.to_owned(),
        password,
        name,
        email,
        pager,
        stands_in_table: false,
        preferences,
    }
}

fn zone(name: &str, value: &str) -> Option<Zone> {
    let (zone, format) = value.split_once('|')?;
    Some(Zone { name: name.to_owned(), zone: zone.trim().to_owned(), format: format.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("voicemail.conf");
        std::fs::write(&path, text).unwrap();
        Settings::read(&path, "")
    }

    #[test]
    fn mailboxes_have_what_is_general_and_what_is_their_own() {
        let settings = settings(
            "[general]\nformat=wav|ulaw\nmaxmsg=5\noperator=yes\nemailbody=a\\nb\nmaxsilence=4\naliasescontext=other names\n\
             [zonemessages]\nvie=Europe/Vienna|'vm-received' Q\n\
             [sales]\n300 => -12,Ann Lee,ann@x.example,,tz=vie|maxmsg=7|operator=no\n301=\n[other names]\n9@default=300@sales\n",
        );
        assert_eq!(settings.formats, ["wav", "ulaw"]);
        assert_eq!(settings.longest_silence, Some(Duration::from_secs(4)));
        let ann = settings.find("300", "sales").unwrap();
        assert_eq!((ann.name.as_str(), ann.preferences.most_messages, ann.preferences.operator), ("Ann Lee", 7, false));
        assert_eq!(ann.preferences.email_body, "a\nb");
        assert!(ann.is_password("12") && !ann.is_password("-12"));
        assert_eq!(settings.zone("vie").unwrap().zone, "Europe/Vienna");
        assert!(settings.find("301", "sales").unwrap().is_open());
        assert!(settings.find("300", "").is_none() && settings.find("9", "").is_some());
    }

    #[test]
    fn contexts_are_searched_where_the_file_says_so() {
        assert!(settings("[general]\nsearchcontexts=yes\n[far]\n7 => 1\n").find("7", "").is_some());
        assert!(settings("").mailboxes.is_empty());
    }
}
