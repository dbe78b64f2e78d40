//! The files beside the plan that it names things of: mailboxes, rooms, profiles, queues, classes of music.

mod known;

use std::path::Path;

use super::names;
use crate::conf::{Config, Entry, Files, Section};
use crate::diagnostic::{Diagnostic, Severity, Sources, codes};
use known::{Keys, MAILBOX_OPTIONS};

/// What the files beside the plan hold; a file that is not there is `None`, and nothing is asked of it.
#[derive(Default)]
pub struct Beside {
    pub voicemail: Option<Config>,
    pub meetme: Option<Config>,
    pub confbridge: Option<Config>,
    pub queues: Option<Config>,
    pub music: Option<Config>,
    pub features: Option<Config>,
    /// Functions of its own, each a question to a database.
    pub functions: Option<Config>,
}

impl Beside {
    /// Reads the files of a folder, and adds their texts to `sources`.
    pub fn load(files: &mut dyn Files, folder: &Path, sources: &mut Sources) -> Self {
        let mut read = |name: &str| {
            let path = folder.join(name);
            files.read(&path).is_ok().then(|| Config::read(files, &path, sources))
        };
        // What a database holds is not known here.
        let mapped = read("extconfig.conf");
        let is_elsewhere = |family: &str| sections(&mapped).any(|section| section.entry(family).is_some());
        let mut known = |family: &str, name: &str| read(name).filter(|_| !is_elsewhere(family));
        Self {
            voicemail: known("voicemail", "voicemail.conf"),
            meetme: known("meetme", "meetme.conf"),
            confbridge: known("confbridge", "confbridge.conf"),
            queues: known("queues", "queues.conf"),
            music: known("musiconhold", "musiconhold.conf"),
            features: read("features.conf"),
            functions: read("func_odbc.conf"),
        }
    }

    /// What reading finds wrong in the files that nobody else reads, and the settings that no Asterisk knows.
    pub fn told(&self) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        let own = [&self.voicemail, &self.meetme, &self.confbridge, &self.queues, &self.functions];
        for config in own.into_iter().flatten() {
            told.extend(config.diagnostics.iter().cloned());
        }
        for section in sections(&self.voicemail) {
            match section.name.to_ascii_lowercase().as_str() {
                "general" => settings(section, "[general] of voicemail.conf", known::VOICEMAIL, &mut told),
                "zonemessages" => {}
                _ => section.entries.iter().for_each(|entry| mailbox(entry, &mut told)),
            }
        }
        for section in sections(&self.meetme) {
            match section.name.to_ascii_lowercase().as_str() {
                "general" => settings(section, "[general] of meetme.conf", known::MEETME, &mut told),
                "rooms" => settings(section, "[rooms] of meetme.conf", known::ROOMS, &mut told),
                _ => {}
            }
        }
        for section in sections(&self.confbridge) {
            let keys = match section.get("type").map(str::to_ascii_lowercase).as_deref() {
                Some("user") => known::CONFBRIDGE_USER,
                Some("bridge") => known::CONFBRIDGE_BRIDGE,
                Some("menu") => known::CONFBRIDGE_MENU,
                _ => continue,
            };
            settings(section, "a profile of confbridge.conf", keys, &mut told);
        }
        for section in sections(&self.queues) {
            match section.name.eq_ignore_ascii_case("general") {
                true => settings(section, "[general] of queues.conf", known::QUEUES, &mut told),
                false => settings(section, "a queue", known::QUEUE, &mut told),
            }
        }
        for section in sections(&self.music) {
            match section.name.eq_ignore_ascii_case("general") {
                true => settings(section, "[general] of musiconhold.conf", known::MUSIC, &mut told),
                false => settings(section, "a class of musiconhold.conf", known::MUSIC_CLASS, &mut told),
            }
        }
        for section in sections(&self.features) {
            match section.name.to_ascii_lowercase().as_str() {
                "general" => settings(section, "[general] of features.conf", known::FEATURES, &mut told),
                "featuremap" => settings(section, "[featuremap]", known::FEATURE_MAP, &mut told),
                _ => {}
            }
        }
        told
    }

    /// Whether voicemail.conf has a mailbox, written `number@context` or `number`; true where it cannot be known.
    pub fn has_mailbox(&self, written: &str) -> bool {
        let Some(config) = &self.voicemail else { return true };
        let (number, context) = written.split_once('@').unwrap_or((written, "default"));
        let searches = config.section("general").and_then(|general| general.get("searchcontexts"));
        let anywhere = searches.is_some_and(crate::conf::is_true);
        config.sections.iter().any(|section| {
            let is_context = section.name == context || (anywhere && !is_settings(&section.name));
            is_context && section.entries.iter().any(|entry| entry.key == number)
        })
    }

    /// The mailboxes there are.
    pub fn mailboxes(&self) -> impl Iterator<Item = &str> {
        let contexts = sections(&self.voicemail).filter(|section| !is_settings(&section.name));
        contexts.flat_map(|section| section.entries.iter().map(|entry| entry.key.as_str()))
    }

    /// The rooms of meetme.conf.
    pub fn rooms(&self) -> impl Iterator<Item = &str> {
        let rooms = sections(&self.meetme).filter(|section| section.name.eq_ignore_ascii_case("rooms"));
        let entries = rooms.flat_map(|section| section.all("conf"));
        entries.map(|entry| entry.value.split(',').next().unwrap_or("").trim())
    }

    /// The profiles of a type that confbridge.conf has, with those that need not be written.
    pub fn profiles<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b str> {
        let is_kind = move |section: &&Section| section.get("type").is_some_and(|is| is.eq_ignore_ascii_case(kind));
        let implied = match kind {
            "user" => "default_user",
            "bridge" => "default_bridge",
            _ => "default_menu",
        };
        sections(&self.confbridge).filter(is_kind).map(|section| section.name.as_str()).chain([implied])
    }

    /// The queues there are.
    pub fn queue_names(&self) -> impl Iterator<Item = &str> {
        sections(&self.queues).map(|section| section.name.as_str()).filter(|name| !name.eq_ignore_ascii_case("general"))
    }

    /// The classes of music, and the names that need no class.
    pub fn music_classes(&self) -> impl Iterator<Item = &str> {
        sections(&self.music).map(|section| section.name.as_str()).chain(["default", "none"])
    }

    /// Whether func_odbc.conf puts an argument of a function into its statement as it is; `None` without the function.
    pub fn is_raw(&self, function: &str) -> Option<bool> {
        let section = sections(&self.functions).find(|section| {
            let prefix = section.get("prefix").unwrap_or("ODBC");
            function.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) == Some(&section.name)
        })?;
        let statements = ["readsql", "writesql", "insertsql"].into_iter().filter_map(|key| section.get(key));
        Some(statements.into_iter().any(takes_raw))
    }
}

fn sections(config: &Option<Config>) -> impl Iterator<Item = &Section> {
    config.iter().flat_map(|config| &config.sections)
}

/// Whether a statement takes an argument or value without `SQL_ESC()` around it.
fn takes_raw(statement: &str) -> bool {
    let taken = ["${ARG", "${VAL"].into_iter().flat_map(|name| statement.match_indices(name));
    taken
        .map(|(at, _)| statement.get(..at).unwrap_or(""))
        .any(|before| !["SQL_ESC(", "SQL_ESC_BACKSLASHES(", "FILTER(0-9,"].iter().any(|guard| before.ends_with(guard)))
}

fn is_settings(section: &str) -> bool {
    ["general", "zonemessages", "aliases"].iter().any(|settings| settings.eq_ignore_ascii_case(section))
}

/// Tells the settings of a section that are not among the known ones.
fn settings(section: &Section, what: &str, keys: Keys, told: &mut Vec<Diagnostic>) {
    for entry in &section.entries {
        if !keys.know(&entry.key) {
            told.push(unknown(&entry.key, entry.key_span, what, keys));
        }
    }
}

fn unknown(key: &str, at: crate::diagnostic::Span, what: &str, keys: Keys) -> Diagnostic {
    let found = Diagnostic::warning(codes::UNKNOWN_SETTING, format!("there is no setting `{key}` in {what}"))
        .at(at, "has no effect");
    match names::nearest(key, keys.names.iter().copied()) {
        Some(nearest) => found.help(format!("did you mean `{nearest}`?")).suggest(at, nearest),
        None => found.help("check its spelling, or remove the line"),
    }
}

/// `300 => 1234,Name,e-mail,pager,options`
fn mailbox(entry: &Entry, told: &mut Vec<Diagnostic>) {
    let mut start = 0;
    for (number, field) in entry.value.split(',').enumerate() {
        let at = start;
        start += field.len() + 1;
        if number < 4 {
            continue;
        }
        let mut from = at;
        for option in field.split('|') {
            let name = option.split('=').next().unwrap_or("");
            let lead = name.len() - name.trim_start().len();
            let span = entry.part(from + lead, from + lead + name.trim().len());
            from += option.len() + 1;
            if !name.trim().is_empty() && !MAILBOX_OPTIONS.know(name.trim()) {
                let mut found = unknown(name.trim(), span, "a mailbox", MAILBOX_OPTIONS);
                found.severity = Severity::Warning;
                told.push(found);
            }
        }
    }
}
