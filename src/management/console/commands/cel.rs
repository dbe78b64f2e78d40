//! `cel`: the channel event log.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::conf::{Config, Disk, is_true};
use crate::diagnostic::Sources;
use crate::management::console::{Answer, Command};

pub static SHOW_STATUS: Command =
    Command::now("cel show status", "", "Shows which events of channels are logged", |request| {
        let path = request.exchange().directories.etc.join("cel.conf");
        let config = Config::read(&mut Disk::default(), &path, &mut Sources::default());
        let general = config.section("general");
        let words = |key: &str| {
            let text = general.and_then(|general| general.get(key)).unwrap_or("");
            let words = text.split(',').map(|word| word.trim().to_ascii_uppercase());
            words.filter(|word| !word.is_empty()).collect::<Vec<_>>()
        };
        let is_enabled = general.and_then(|general| general.get("enable")).is_some_and(is_true);
        let applications = words("apps").into_iter().map(|name| name.to_ascii_lowercase()).collect();
        Answer::of(Status { is_enabled, events: words("events"), applications })
    });

#[derive(Serialize)]
struct Status {
    is_enabled: bool,
    events: Vec<String>,
    applications: Vec<String>,
}

impl Display for Status {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "CEL Logging: {}", if self.is_enabled { "Enabled" } else { "Disabled" })?;
        if !self.is_enabled {
            return Ok(());
        }
        self.events.iter().try_for_each(|event| writeln!(formatter, "CEL Tracking Event: {event}"))?;
        self.applications.iter().try_for_each(|name| writeln!(formatter, "CEL Tracking Application: {name}"))
    }
}
