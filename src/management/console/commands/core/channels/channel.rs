//! `core show channel`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;
use tokio::time::Instant;

use super::list::names;
use crate::channel::record::Disposition;
use crate::channel::{Channel, State};
use crate::interpreter::Exchange;
use crate::management::console::{Answer, Command};

pub static CHANNEL: Command =
    Command::now("core show channel", "<channel>", "Shows everything about a channel", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        match request.exchange().channels.find(name) {
            Some(channel) => Answer::of(Portrait::of(request.exchange(), &channel)),
            None => Answer::refusal(format!("{name} is not a known channel")),
        }
    })
    .completes(|pbx, words| if words.len() == 1 { names(pbx) } else { Vec::new() });

/// A channel's facts under headings, in order.
#[derive(Serialize)]
struct Portrait {
    general: Facts,
    plan: Facts,
    variables: Vec<(String, String)>,
    record: Facts,
    stream: Facts,
}

type Facts = Vec<(&'static str, String)>;

impl Portrait {
    fn of(exchange: &Exchange, channel: &Channel) -> Self {
        let state = channel.state();
        let pairs = state.variables.iter();
        let variables = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self {
            general: general(channel, &state),
            plan: plan(channel, &state),
            variables,
            record: record(exchange, channel, &state),
            stream: stream(channel),
        }
    }
}

fn known(text: &str) -> String {
    if text.is_empty() { "(N/A)".to_owned() } else { text.to_owned() }
}

fn general(channel: &Channel, state: &State) -> Facts {
    let codec = channel.leg().codec().name().to_owned();
    let elapsed = Instant::now().saturating_duration_since(channel.created()).as_secs();
    let left = state.timeouts.absolute.map_or(0, |limit| limit.duration_since(Instant::now()).as_secs());
    let phase = channel.phase();
    let bridge = channel.bridge_id().map_or("(Not bridged)".to_owned(), |id| id.to_string());
    let connected = (known(state.connected.number()), known(state.connected.name()));
    vec![
        ("Name", channel.name().to_string()),
        ("Type", channel.leg().technology().to_owned()),
        ("UniqueID", channel.unique_id().to_string()),
        ("LinkedID", channel.linked_id().to_string()),
        ("Caller ID", known(state.caller.number())),
        ("Caller ID Name", known(state.caller.name())),
        ("Connected Line ID", connected.0.clone()),
        ("Connected Line ID Name", connected.1.clone()),
        ("Eff. Connected Line ID", connected.0),
        ("Eff. Connected Line ID Name", connected.1),
        ("DNID Digits", known(state.dialed.as_deref().unwrap_or(""))),
        ("Language", state.language.clone()),
        ("State", format!("{} ({})", phase.word(), phase.number())),
        ("NativeFormats", format!("({codec})")),
        ("WriteFormat", codec.clone()),
        ("ReadFormat", codec),
        ("WriteTranscode", "No ".to_owned()),
        ("ReadTranscode", "No ".to_owned()),
        ("Time to Hangup", left.to_string()),
        ("Elapsed Time", format!("{}h{}m{}s", elapsed / 3600, elapsed / 60 % 60, elapsed % 60)),
        ("Bridge ID", bridge),
    ]
}

fn plan(channel: &Channel, state: &State) -> Facts {
    let groups = |setting: &str| group_bits(state.settings.get(setting).unwrap_or("")).to_string();
    let data = &state.records.last().arguments;
    vec![
        ("Context", state.position.context.clone()),
        ("Extension", state.position.extension.clone()),
        ("Priority", state.position.priority.to_string()),
        ("Call Group", groups("CHANNEL/callgroup")),
        ("Pickup Group", groups("CHANNEL/pickupgroup")),
        ("Application", known(state.application)),
        ("Data", if data.is_empty() { "(Empty)".to_owned() } else { data.clone() }),
        ("Call Identifer", format!("[C-{:08x}]", channel.call_number())),
    ]
}

/// The call record as it stands; what is empty is not told.
fn record(exchange: &Exchange, channel: &Channel, state: &State) -> Facts {
    let record = state.records.last();
    let time = |moment: Option<Instant>| match moment {
        Some(moment) => {
            let micros = exchange.clock.at(moment).timestamp().as_microsecond();
            format!("{}.{:06}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000))
        }
        None => "0.000000".to_owned(),
    };
    let disposition = record.disposition.or(record.answer.map(|_| Disposition::Answered));
    let end = record.end.unwrap_or_else(Instant::now);
    let since =
        |begin: Option<Instant>| begin.map_or(0, |begin| end.saturating_duration_since(begin).as_secs()).to_string();
    let facts = vec![
        ("clid", state.caller.all()),
        ("src", state.caller.number().to_owned()),
        ("dst", record.extension.clone()),
        ("dcontext", record.context.clone()),
        ("channel", channel.name().to_string()),
        ("lastapp", record.application.to_owned()),
        ("lastdata", record.arguments.clone()),
        ("start", time(Some(record.start))),
        ("answer", time(record.answer)),
        ("end", time(record.end)),
        ("duration", since(Some(record.start))),
        ("billsec", since(record.answer)),
        ("disposition", Disposition::number(disposition).to_string()),
        ("amaflags", state.ama_flags.to_string()),
        ("accountcode", state.account_code.clone()),
        ("uniqueid", channel.unique_id().to_string()),
        ("linkedid", channel.linked_id().to_string()),
        ("sequence", record.sequence.to_string()),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

fn stream(channel: &Channel) -> Facts {
    vec![
        ("Name", "audio-0".to_owned()),
        ("    Type", "audio".to_owned()),
        ("    State", "sendrecv".to_owned()),
        ("    Group", "-1".to_owned()),
        ("    Formats", format!("({})", channel.leg().codec().name())),
        ("    Metadata", String::new()),
    ]
}

/// Groups as their numbers are bits: `1, 3` is 10.
fn group_bits(groups: &str) -> u64 {
    let numbers = groups.split(',').filter_map(|number| number.trim().parse::<u32>().ok());
    numbers.fold(0, |bits, number| bits | 1u64.checked_shl(number).unwrap_or(0))
}

impl Display for Portrait {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, " -- General --")?;
        for (name, value) in &self.general {
            writeln!(formatter, "{name:>15}: {value}")?;
        }
        writeln!(formatter, " --   PBX   --")?;
        for (name, value) in &self.plan {
            writeln!(formatter, "{name:>15}: {value}")?;
        }
        writeln!(formatter, "      Variables:")?;
        for (name, value) in &self.variables {
            writeln!(formatter, "{name}={value}")?;
        }
        writeln!(formatter, "  CDR Variables:")?;
        for (name, value) in &self.record {
            writeln!(formatter, "level 1: {name}={value}")?;
        }
        writeln!(formatter, "\n -- Streams --")?;
        for (name, value) in &self.stream {
            writeln!(formatter, "{}", format!("{name}: {value}").trim_end())?;
        }
        Ok(())
    }
}
