//! Channel events, as they are stored.

pub mod conf;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::records::{Record, time, time_as};
use super::sql::Column;

/// An event of a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Event {
    /// One of [`KINDS`].
    pub kind: String,
    /// The name of an event that the plan made.
    pub own_name: String,
    /// Microseconds since 1970.
    pub time: i64,
    pub cid_name: String,
    pub cid_num: String,
    pub cid_ani: String,
    pub cid_rdnis: String,
    pub cid_dnid: String,
    pub exten: String,
    pub context: String,
    pub channame: String,
    pub appname: String,
    pub appdata: String,
    pub amaflags: u8,
    pub accountcode: String,
    pub peeraccount: String,
    pub uniqueid: String,
    pub linkedid: String,
    pub userfield: String,
    pub peer: String,
    /// A JSON object, or nothing.
    pub extra: String,
    /// What backends with a text of their own write, by the backend.
    pub texts: Vec<(String, String)>,
}

/// The kinds of events by Asterisk's names, in the order of their numbers, which begin with 1.
pub const KINDS: &[&str] = &[
    "CHAN_START",
    "CHAN_END",
    "HANGUP",
    "ANSWER",
    "APP_START",
    "APP_END",
    "PARK_START",
    "PARK_END",
    "USER_DEFINED",
    "BRIDGE_ENTER",
    "BRIDGE_EXIT",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
    "PICKUP",
    "FORWARD",
    "LINKEDID_END",
    "LOCAL_OPTIMIZE",
];

impl Event {
    /// The fields by which tables and texts ask for values.
    pub const FIELDS: &'static [&'static str] = &[
        "eventtype",
        "eventtime",
        "userdeftype",
        "cid_name",
        "cid_num",
        "cid_ani",
        "cid_rdnis",
        "cid_dnid",
        "exten",
        "context",
        "channame",
        "appname",
        "appdata",
        "amaflags",
        "accountcode",
        "peeraccount",
        "uniqueid",
        "linkedid",
        "userfield",
        "peer",
        "extra",
    ];

    /// The name: that of the plan's own events is what the plan says.
    pub fn name(&self) -> &str {
        if self.own_name.is_empty() { &self.kind } else { &self.own_name }
    }
}

impl Record for Event {
    const KIND: &'static str = "channel events";

    const KEYS: &'static [&'static str] = &[];

    fn value(&self, field: &str, column: Option<&Column>, zone: &TimeZone) -> Option<String> {
        let is_number = column.is_some_and(Column::is_number);
        Some(match field {
            "eventtype" if is_number => {
                let at = KINDS.iter().position(|kind| *kind == self.kind);
                at.map_or(0, |at| at + 1).to_string()
            }
            "eventtype" => self.name().to_owned(),
            "eventtime" => match column {
                Some(column) if column.is_fraction() => {
                    format!("{}.{:06}", self.time / 1_000_000, self.time % 1_000_000)
                }
                Some(column) if is_number && !column.is_fraction() => (self.time / 1_000_000).to_string(),
                // As many digits as the column keeps, so that the event is known again.
                Some(Column { precision: Some(0), .. }) => time(Some(self.time), zone),
                Some(Column { precision: Some(digits @ 1..=6), .. }) => {
                    time_as(&format!("%Y-%m-%d %H:%M:%S.%{digits}f"), Some(self.time), zone)
                }
                _ => time_as("%Y-%m-%d %H:%M:%S.%6f", Some(self.time), zone),
            },
            "userdeftype" => self.own_name.clone(),
            "cid_name" => self.cid_name.clone(),
            "cid_num" => self.cid_num.clone(),
            "cid_ani" => self.cid_ani.clone(),
            "cid_rdnis" => self.cid_rdnis.clone(),
            "cid_dnid" => self.cid_dnid.clone(),
            "exten" => self.exten.clone(),
            "context" => self.context.clone(),
            "channame" => self.channame.clone(),
            "appname" => self.appname.clone(),
            "appdata" => self.appdata.clone(),
            "amaflags" => self.amaflags.to_string(),
            "accountcode" => self.accountcode.clone(),
            "peeraccount" => self.peeraccount.clone(),
            "uniqueid" => self.uniqueid.clone(),
            "linkedid" => self.linkedid.clone(),
            "userfield" => self.userfield.clone(),
            "peer" => self.peer.clone(),
            "extra" => self.extra.clone(),
            _ => return None,
        })
    }

    fn text(&self, backend: &str) -> Option<&str> {
        self.texts.iter().find(|(name, _)| name == backend).map(|(_, text)| text.as_str())
    }
}
