//! The files beside the plan: the settings they hold, and the things that the plan names of them.

mod keys;
mod known;
mod particular;

use std::path::Path;

use crate::conf::{Config, Entry, Files, Section};
use crate::diagnostic::{Diagnostic, Sources, Span, codes};
use keys::Value;
use known::{FILES, File};

/// What the files beside the plan hold; of a file that is not there, or that a database holds, nothing is known.
#[derive(Default)]
pub struct Beside {
    files: Vec<(&'static File, Config)>,
}

/// Something that a file beside the plan names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named<'b> {
    Context(&'b str),
    MusicClass(&'b str),
    Mailbox(&'b str),
    /// `SIP/200`
    Phone(&'b str),
}

impl Beside {
    /// Reads the files of a folder, and adds their texts to `sources`.
    pub fn load(files: &mut dyn Files, folder: &Path, sources: &mut Sources) -> Self {
        let mut read = |file: &'static File| {
            let path = folder.join(file.name);
            files.read(&path).is_ok().then(|| (file, Config::read(files, &path, sources)))
        };
        let mut beside = Self { files: FILES.iter().filter_map(&mut read).collect() };
        // What a database holds is not known here.
        let is_mapped =
            |file: &File| beside.sections("extconfig.conf").any(|section| section.entry(file.family).is_some());
        let mapped: Vec<&str> =
            FILES.iter().filter(|file| !file.family.is_empty() && is_mapped(file)).map(|file| file.name).collect();
        beside.files.retain(|(file, _)| !mapped.contains(&file.name));
        beside
    }

    /// Whether the folder has a file, and no database in its place.
    pub fn has(&self, name: &str) -> bool {
        self.files.iter().any(|(file, _)| file.name == name)
    }

    fn sections(&self, name: &str) -> impl Iterator<Item = &Section> {
        let configs = self.files.iter().filter(move |(file, _)| file.name == name);
        configs.flat_map(|(_, config)| &config.sections)
    }

    /// What reading finds wrong in the files that nobody else reads, settings that do not exist, and values that are not
    /// of their kind.
    pub fn told(&self) -> Vec<Diagnostic> {
        let mut told = Vec::new();
        for (file, config) in &self.files {
            if file.is_read_here {
                told.extend(config.diagnostics.iter().cloned());
            }
            let mut seen: Vec<&Section> = Vec::new();
            for section in &config.sections {
                let Some((what, keys)) = (file.kind)(section) else { continue };
                keys.check(section, what, &mut told);
                if file.has_things && !section.name.eq_ignore_ascii_case("general") {
                    told.extend(
                        seen.iter().find(|other| other.name == section.name).map(|other| twice(section, other)),
                    );
                    seen.push(section);
                }
            }
        }
        particular::tell(self, &mut told);
        told
    }

    /// What the files want of exten that it does not do.
    pub fn without_effect(&self) -> Vec<Diagnostic> {
        self.told().into_iter().filter(|found| found.code == codes::WITHOUT_EFFECT).collect()
    }

    /// What the files name elsewhere, with the place.
    pub(super) fn named(&self) -> Vec<(Named<'_>, Span)> {
        let mut named = Vec::new();
        for (file, config) in &self.files {
            for section in &config.sections {
                let Some((_, keys)) = (file.kind)(section) else { continue };
                for (value, entry) in keys.references(section) {
                    match value {
                        Value::Context => {
                            named.extend(parts(entry, &[',']).map(|(at, name)| (Named::Context(name), at)))
                        }
                        Value::Music => named.push((Named::MusicClass(entry.value.trim()), entry.value_span)),
                        Value::Mailboxes => {
                            named.extend(parts(entry, &[',', '&']).map(|(at, name)| (Named::Mailbox(name), at)));
                        }
                        _ => named.extend(parts(entry, &[',']).take(1).map(|(at, name)| (Named::Phone(name), at))),
                    }
                }
            }
        }
        named.extend(particular::contexts_of_menus(self));
        named
    }

    /// Whether extconfig.conf says where a family stands.
    pub fn has_family(&self, family: &str) -> bool {
        self.sections("extconfig.conf").any(|section| section.entry(family).is_some())
    }

    /// Whether voicemail.conf has a mailbox, written `number@context` or `number`; true where it cannot be known.
    pub fn has_mailbox(&self, written: &str) -> bool {
        if !self.has("voicemail.conf") {
            return true;
        }
        let (number, context) = written.split_once('@').unwrap_or((written, "default"));
        let mut general =
            self.sections("voicemail.conf").filter(|section| section.name.eq_ignore_ascii_case("general"));
        let searches = general.find_map(|general| general.get("searchcontexts"));
        let anywhere = searches.is_some_and(crate::conf::is_true);
        self.sections("voicemail.conf").any(|section| {
            let is_context = section.name == context || (anywhere && !is_settings(&section.name));
            is_context && section.entries.iter().any(|entry| entry.key == number)
        })
    }

    /// The mailboxes there are.
    pub fn mailboxes(&self) -> impl Iterator<Item = &str> {
        let contexts = self.sections("voicemail.conf").filter(|section| !is_settings(&section.name));
        contexts.flat_map(|section| section.entries.iter().map(|entry| entry.key.as_str()))
    }

    /// The rooms of meetme.conf.
    pub fn rooms(&self) -> impl Iterator<Item = &str> {
        let rooms = self.sections("meetme.conf").filter(|section| section.name.eq_ignore_ascii_case("rooms"));
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
        self.sections("confbridge.conf").filter(is_kind).map(|section| section.name.as_str()).chain([implied])
    }

    /// The queues there are.
    pub fn queue_names(&self) -> impl Iterator<Item = &str> {
        self.sections("queues.conf")
            .map(|section| section.name.as_str())
            .filter(|name| !name.eq_ignore_ascii_case("general"))
    }

    /// The classes of music, and the names that need no class.
    pub fn music_classes(&self) -> impl Iterator<Item = &str> {
        self.sections("musiconhold.conf").map(|section| section.name.as_str()).chain(["default", "none"])
    }

    /// Whether pjsip_wizard.conf has a phone of this name.
    pub fn is_wizards(&self, phone: &str) -> bool {
        self.sections("pjsip_wizard.conf").any(|section| section.name.eq_ignore_ascii_case(phone))
    }

    /// Whether func_odbc.conf puts an argument of a function into its statement as it is; `None` without the function.
    pub fn is_raw(&self, function: &str) -> Option<bool> {
        let section = self.sections("func_odbc.conf").find(|section| {
            let prefix = section.get("prefix").unwrap_or("ODBC");
            function.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('_')) == Some(&section.name)
        })?;
        let statements = ["readsql", "writesql", "insertsql"].into_iter().filter_map(|key| section.get(key));
        Some(statements.into_iter().any(takes_raw))
    }
}

/// A second section of a name.
fn twice(section: &Section, other: &Section) -> Diagnostic {
    Diagnostic::warning(codes::DUPLICATE_NAME, format!("a second section `{}`", section.name))
        .at(section.span, "its lines are mixed with those of the first, or lost")
        .at(other.span, "the first")
        .help("write its lines into the first, or `(+)` behind its name")
}

/// The parts of a value between separators, without blanks, and their places.
fn parts<'e>(entry: &'e Entry, separators: &'e [char]) -> impl Iterator<Item = (Span, &'e str)> {
    let mut start = 0;
    entry.value.split(separators).filter_map(move |part| {
        let at = start + part.len() - part.trim_start().len();
        start += part.len() + 1;
        let part = part.trim();
        (!part.is_empty()).then(|| (entry.part(at, at + part.len()), part))
    })
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
