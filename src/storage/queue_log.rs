//! Lines of the queues' log, as they are stored in a table (family `queue_log` of `extconfig.conf`).

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::records::{Record, time_as};
use super::sql::Column;

/// A line of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Row {
    /// Microseconds since 1970.
    pub time: i64,
    pub call: String,
    pub queue: String,
    pub agent: String,
    pub event: String,
    /// Up to five fields, joined by `|`.
    pub data: String,
}

impl Record for Row {
    const KIND: &'static str = "lines of the queues' log";

    const KEYS: &'static [&'static str] = &["callid", "time", "queuename", "agent", "event"];

    /// A table has `data`, or a column for each of its fields, `data1` to `data5`.
    fn value(&self, field: &str, _: Option<&Column>, zone: &TimeZone) -> Option<String> {
        Some(match field {
            "time" => time_as("%Y-%m-%d %H:%M:%S%.6f", Some(self.time), zone),
            "callid" => self.call.clone(),
            "queuename" => self.queue.clone(),
            "agent" => self.agent.clone(),
            "event" => self.event.clone(),
            "data" => self.data.clone(),
            field => {
                let place =
                    field.strip_prefix("data")?.parse::<usize>().ok()?.checked_sub(1).filter(|place| *place < 5)?;
                self.data.split('|').nth(place).unwrap_or_default().to_owned()
            }
        })
    }

    fn text(&self, _: &str) -> Option<&str> {
        None
    }
}
