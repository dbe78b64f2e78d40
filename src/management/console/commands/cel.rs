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
        let events = words("events");
        let has_all = events.iter().any(|event| event == "ALL");
        let all = EVENTS.into_iter().filter(|name| has_all || events.iter().any(|event| event == name));
        let events = has_all.then_some("ALL").into_iter().chain(all).collect();
        let has_manager = config.section("manager").and_then(|manager| manager.get("enabled")).is_some_and(is_true);
        let has_files = request.exchange().directories.etc.join("cel_custom.conf").exists();
        let subscribers = [("CEL Custom CSV Logging", has_files), ("Manager Event Logging", has_manager)];
        let is_enabled = general.and_then(|general| general.get("enable")).is_some_and(is_true);
        let applications = words("apps").into_iter().map(|name| name.to_ascii_lowercase()).collect();
        Answer::of(Status {
            is_enabled,
            events,
            applications,
            subscribers: subscribers.into_iter().filter(|(_, is_there)| *is_there).map(|(name, _)| name).collect(),
        })
    });

/// In Asterisk's order.
const EVENTS: [&str; 18] = [
    "CHAN_START",
    "CHAN_END",
    "HANGUP",
    "ANSWER",
    "APP_START",
    "APP_END",
    "BRIDGE_ENTER",
    "BRIDGE_EXIT",
    "PARK_START",
    "PARK_END",
    "BLINDTRANSFER",
    "ATTENDEDTRANSFER",
    "USER_DEFINED",
    "LINKEDID_END",
    "PICKUP",
    "FORWARD",
    "LOCAL_OPTIMIZE",
    "LOCAL_OPTIMIZE_BEGIN",
];

#[derive(Serialize)]
struct Status {
    is_enabled: bool,
    events: Vec<&'static str>,
    applications: Vec<String>,
    subscribers: Vec<&'static str>,
}

impl Display for Status {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "CEL Logging: {}", if self.is_enabled { "Enabled" } else { "Disabled" })?;
        if !self.is_enabled {
            return Ok(());
        }
        self.events.iter().try_for_each(|event| writeln!(formatter, "CEL Tracking Event: {event}"))?;
        self.applications.iter().try_for_each(|name| writeln!(formatter, "CEL Tracking Application: {name}"))?;
        self.subscribers.iter().try_for_each(|name| writeln!(formatter, "CEL Event Subscriber: {name}"))
    }
}
