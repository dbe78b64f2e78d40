//! Records of calls and of channel events on their way to files and databases.
//!
//! A record is first written to the [`Spool`]; from there each [`Backend`] gets it once. What a backend does not take
//! now waits and is tried again, also after a restart. Both kinds of record, the call's and the event's, take this way.

mod alarm;
mod custom;
mod deliveries;
mod delivery;
pub mod lines;
pub mod places;
mod spool;
mod syslog;
mod table;

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use alarm::{Alarm, Alarms};
pub use deliveries::Deliveries;
pub use delivery::Batch;
pub use spool::Spool;

use super::sql::{Column, SqlError};

/// A record as it is stored.
pub trait Record: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What the log calls records of this kind.
    const KIND: &'static str;

    /// Columns by which a record is known again in a table that has the first of them; in other tables by all columns.
    const KEYS: &'static [&'static str];

    /// A field by its name; as the column takes it, if it is for one.
    fn value(&self, field: &str, column: Option<&Column>, zone: &TimeZone) -> Option<String>;

    /// The text that was made of it for a backend.
    fn text(&self, backend: &str) -> Option<&str>;
}

/// A text to be made of a record when it comes into being, so that it may use any function of the dialplan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Template {
    Line(String),
    Values(Vec<String>),
}

impl Template {
    /// The text, with what `expand` makes of its parts.
    pub fn text(&self, mut expand: impl FnMut(&str) -> String) -> String {
        match self {
            Self::Line(line) => expand(line),
            Self::Values(values) => {
                let values: Vec<String> = values.iter().map(|value| expand(value)).collect();
                serde_json::to_string(&values).unwrap_or_default()
            }
        }
    }
}

/// A time as records show it; empty for none.
pub fn time(micros: Option<i64>, zone: &TimeZone) -> String {
    time_as("%Y-%m-%d %H:%M:%S", micros, zone)
}

/// A time in the form of `strftime`; empty for none.
pub fn time_as(format: &str, micros: Option<i64>, zone: &TimeZone) -> String {
    let time = micros.and_then(|micros| Timestamp::from_microsecond(micros).ok());
    time.map(|time| time.to_zoned(zone.clone()).strftime(format).to_string()).unwrap_or_default()
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

/// Where records of a kind go.
pub trait Backend<R>: Send + Sync {
    /// Its name in the spool and in the log; the same after a restart.
    fn name(&self) -> &str;

    /// Takes records, all or none. `is_again` says that a delivery of them was begun before and nobody knows whether it
    /// was done: those that are there already are left out.
    fn deliver<'a>(&'a self, records: &'a [R], is_again: bool) -> Delivering<'a>;
}
