//! What the files `cel*.conf` say.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Event, KINDS};
use crate::conf::{Config, Directories, is_true};
use crate::storage::records::places::{self, Place};
use crate::storage::records::{Backend, Template};
use crate::storage::sql::Source;

/// Which channel events are told, and where they go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CelConf {
    pub is_enabled: bool,
    /// Applications whose begin and end are told, in small letters; `all` stands for each.
    pub applications: BTreeSet<String>,
    /// The events that are told.
    pub events: BTreeSet<String>,
    /// As `strftime` has it; seconds and microseconds without one.
    pub date_format: Option<String>,
    /// Manager programs hear of them.
    pub tells_manager: bool,
    /// Manager programs hear `USER_DEFINED`, and beside it the name that the plan gave.
    pub shows_user_defined: bool,
    pub places: Vec<Place>,
    /// Texts of the admin's own, by the backend that writes them.
    pub templates: Vec<(String, Template)>,
}

/// The files, read; those that are not there are nothing.
#[derive(Default)]
pub struct Files {
    pub cel: Option<Config>,
    pub custom: Option<Config>,
    pub sqlite: Option<Config>,
    pub pgsql: Option<Config>,
    pub odbc: Option<Config>,
}

impl CelConf {
    /// What the files say. Without `enable = yes` in `cel.conf` nothing is logged.
    pub fn read(files: &Files, connections: &BTreeMap<String, Source>, directories: &Directories) -> Self {
        let Some(cel) = &files.cel else { return Self::default() };
        let get = |section: &str, key: &str| cel.section(section).and_then(|section| section.get(key)).unwrap_or("");
        let words = |text: &str| -> Vec<String> {
            text.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect()
        };
        let mut events: BTreeSet<String> =
            words(get("general", "events")).iter().map(|word| word.to_uppercase()).collect();
        if events.remove("ALL") {
            events.extend(KINDS.iter().map(|event| (*event).to_owned()));
        }
        let log = &directories.log;
        let folder = log.join("cel-custom");
        let files_of_lines = places::custom_files(files.custom.as_ref(), "cel/custom", &folder);
        let tables = places::custom_tables(files.sqlite.as_ref(), "cel/sqlite3_custom", "cel", log);
        let (mut all, templates): (Vec<Place>, Vec<_>) = files_of_lines.chain(tables).unzip();
        all.extend(places::server("cel/pgsql", files.pgsql.as_ref(), "cel", Source::Postgres));
        all.extend(places::of_connections("cel_odbc.conf", "cel/odbc", files.odbc.as_ref(), "cel", connections));
        Self {
            is_enabled: is_true(get("general", "enable")),
            applications: words(get("general", "apps")).iter().map(|word| word.to_lowercase()).collect(),
            events,
            date_format: Some(get("general", "dateformat").to_owned()).filter(|format| !format.is_empty()),
            tells_manager: is_true(get("manager", "enabled")),
            shows_user_defined: is_true(get("manager", "show_user_defined")),
            places: all,
            templates: templates.into_iter().map(|(name, template)| (name, own_names(template))).collect(),
        }
    }

    pub fn wants(&self, event: &str) -> bool {
        self.is_enabled && self.events.contains(event)
    }

    /// Whether the begin and end of an application are told.
    pub fn wants_application(&self, name: &str) -> bool {
        self.applications.contains(&name.to_lowercase())
    }

    /// The backends. Inside a runtime only: they connect when they have something to say.
    pub fn backends(&self) -> Vec<Arc<dyn Backend<Event>>> {
        self.places.iter().map(Place::backend).collect()
    }
}

/// The functions of a channel, as the fields of the event that stand for them: the channel may be gone.
const NAMES: &[(&str, &str)] = &[
    ("${CALLERID(name)}", "${cid_name}"),
    ("${CALLERID(num)}", "${cid_num}"),
    ("${CALLERID(ANI)}", "${cid_ani}"),
    ("${CALLERID(RDNIS)}", "${cid_rdnis}"),
    ("${CALLERID(DNID)}", "${cid_dnid}"),
    ("${CHANNEL(exten)}", "${exten}"),
    ("${CHANNEL(context)}", "${context}"),
    ("${CHANNEL(channame)}", "${channame}"),
    ("${CHANNEL(appname)}", "${appname}"),
    ("${CHANNEL(appdata)}", "${appdata}"),
    ("${CHANNEL(amaflags)}", "${amaflags}"),
    ("${CHANNEL(accountcode)}", "${accountcode}"),
    ("${CHANNEL(peeraccount)}", "${peeraccount}"),
    ("${CHANNEL(uniqueid)}", "${uniqueid}"),
    ("${CHANNEL(linkedid)}", "${linkedid}"),
    ("${CHANNEL(peer)}", "${peer}"),
    ("${CHANNEL(userfield)}", "${userfield}"),
    ("${BRIDGEPEER}", "${peer}"),
    ("${eventextra}", "${extra}"),
];

fn own_names(template: Template) -> Template {
    let named = |text: String| NAMES.iter().fold(text, |text, (theirs, ours)| text.replace(theirs, ours));
    match template {
        Template::Line(line) => Template::Line(named(line)),
        Template::Values(values) => Template::Values(values.into_iter().map(named).collect()),
    }
}
