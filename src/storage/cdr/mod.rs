//! Call detail records on their way to files and databases.
//!
//! A record is first written to the [`Spool`]; from there each [`Backend`] gets it once. What a backend does not take
//! now waits and is tried again, also after a restart.

pub mod conf;
pub mod csv;
pub mod custom;
pub mod delivery;
pub mod lines;
pub mod spool;
pub mod table;

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

pub use spool::Spool;

use super::sql::SqlError;

/// A record as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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

/// The words of `amaflags`.
pub fn ama_word(flags: u8) -> &'static str {
    match flags {
        1 => "OMIT",
        2 => "BILLING",
        3 => "DOCUMENTATION",
        _ => "Unknown",
    }
}

/// A time as records show it; empty for none.
pub fn time(micros: Option<i64>, zone: &TimeZone) -> String {
    let time = micros.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    time.map(|time| time.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()).unwrap_or_default()
}

impl Row {
    /// A field by its name, as a column of a table takes it: numbers as numbers where `is_number` says that the column is
    /// one.
    pub fn value(&self, name: &str, is_number: bool, zone: &TimeZone) -> Option<String> {
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

    /// The text that a backend writes for it.
    pub fn text(&self, backend: &str) -> Option<&str> {
        self.texts.iter().find(|(name, _)| name == backend).map(|(_, text)| text.as_str())
    }
}

/// Why a backend did not take records.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackendError {
    /// It is away, or full: it may take them later.
    #[error("{0}")]
    Unavailable(String),
    /// It says no to one of them.
    #[error("{0}")]
    Refused(String),
}

impl From<std::io::Error> for BackendError {
    fn from(error: std::io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

impl From<SqlError> for BackendError {
    fn from(error: SqlError) -> Self {
        match error {
            SqlError::Unavailable(text) => Self::Unavailable(text),
            SqlError::Refused(text) => Self::Refused(text),
        }
    }
}

/// The future of a delivery.
pub type Delivering<'a> = Pin<Box<dyn Future<Output = Result<(), BackendError>> + Send + 'a>>;

/// Where records go.
pub trait Backend: Send + Sync {
    /// Its name in the spool and in the log; the same after a restart.
    fn name(&self) -> &str;

    /// Takes records, all or none. `is_again` says that a delivery of them was begun before and nobody knows whether it
    /// was done: those that are there already are left out.
    fn deliver<'a>(&'a self, rows: &'a [Row], is_again: bool) -> Delivering<'a>;
}
