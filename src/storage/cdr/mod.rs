//! Call detail records, as they are stored.

pub mod conf;
pub mod csv;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::records::{Record, ama_word, time};
use super::sql::Column;

/// A record as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    pub accountcode: String,
    pub src: String,
    pub dst: String,
    pub dcontext: String,
    pub clid: String,
    pub channel: String,
    pub dstchannel: String,
    pub lastapp: String,
    pub lastdata: String,
    /// Microseconds since 1970.
    pub start: i64,
    pub answer: Option<i64>,
    pub end: i64,
    pub duration: u64,
    pub billsec: u64,
    pub disposition: String,
    pub disposition_number: u8,
    pub amaflags: u8,
    pub uniqueid: String,
    pub userfield: String,
    pub linkedid: String,
    pub peeraccount: String,
    pub sequence: u64,
    /// The plan's own fields.
    pub fields: Vec<(String, String)>,
    /// What backends with a text of their own write, by the backend.
    pub texts: Vec<(String, String)>,
}

impl Row {
    /// A field by its name, as a column of a table takes it: numbers as numbers where `is_number` says that the column is
    /// one.
    pub fn field(&self, name: &str, is_number: bool, zone: &TimeZone) -> Option<String> {
        let fraction = |from: Option<i64>| {
            let micros = from.map_or(0, |from| (self.end - from).max(0));
            format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
        };
        Some(match name.to_ascii_lowercase().as_str() {
            "accountcode" => self.accountcode.clone(),
            "src" => self.src.clone(),
            "dst" => self.dst.clone(),
            "dcontext" => self.dcontext.clone(),
            "clid" => self.clid.clone(),
            "channel" => self.channel.clone(),
            "dstchannel" => self.dstchannel.clone(),
            "lastapp" => self.lastapp.clone(),
            "lastdata" => self.lastdata.clone(),
            "start" | "calldate" => time(Some(self.start), zone),
            "answer" => time(self.answer, zone),
            "end" => time(Some(self.end), zone),
            "duration" => self.duration.to_string(),
            "billsec" => self.billsec.to_string(),
            "hrduration" => fraction(Some(self.start)),
            "hrbillsec" => fraction(self.answer),
            "disposition" if is_number => self.disposition_number.to_string(),
            "disposition" => self.disposition.clone(),
            "amaflags" if is_number => self.amaflags.to_string(),
            "amaflags" => ama_word(self.amaflags).to_owned(),
            "uniqueid" => self.uniqueid.clone(),
            "userfield" => self.userfield.clone(),
            "linkedid" => self.linkedid.clone(),
            "peeraccount" => self.peeraccount.clone(),
            "sequence" => self.sequence.to_string(),
            own => self.fields.iter().find(|(name, _)| name.eq_ignore_ascii_case(own))?.1.clone(),
        })
    }
}

impl Record for Row {
    const KIND: &'static str = "call records";

    const KEYS: &'static [&'static str] = &[
        "uniqueid",
        "linkedid",
        "sequence",
        "channel",
        "dstchannel",
        "calldate",
        "start",
        "end",
        "duration",
        "lastapp",
    ];

    fn value(&self, field: &str, column: Option<&Column>, zone: &TimeZone) -> Option<String> {
        let is_fraction = column.is_some_and(Column::is_fraction);
        match field {
            "duration" if is_fraction => self.field("hrduration", true, zone),
            "billsec" if is_fraction => self.field("hrbillsec", true, zone),
            field => self.field(field, column.is_some_and(Column::is_number), zone),
        }
    }

    fn text(&self, backend: &str) -> Option<&str> {
        self.texts.iter().find(|(name, _)| name == backend).map(|(_, text)| text.as_str())
    }
}

/// The table that is there without any configuration.
pub const DEFAULT_TABLE: &str = "CREATE TABLE IF NOT EXISTS cdr (AcctId INTEGER PRIMARY KEY, calldate TEXT, clid TEXT, \
     src TEXT, dst TEXT, dcontext TEXT, channel TEXT, dstchannel TEXT, lastapp TEXT, lastdata TEXT, start TEXT, \
     answer TEXT, \"end\" TEXT, duration INTEGER, billsec INTEGER, disposition TEXT, amaflags INTEGER, \
     accountcode TEXT, uniqueid TEXT, userfield TEXT, peeraccount TEXT, linkedid TEXT, sequence INTEGER)";
