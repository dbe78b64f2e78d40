//! `core show channels`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;
use tokio::time::Instant;

use super::calls::Calls;
use crate::channel::Channel;
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;

pub static CHANNELS: Command =
    Command::now("core show channels", "[concise|verbose|count]", "Lists the channels that there are", channels)
        .manual("concise: for programs, fields apart by `!`. verbose: more columns. count: numbers only.")
        .completes(|_, words| match words.len() {
            1 => ["concise", "count", "verbose"].map(str::to_owned).to_vec(),
            _ => Vec::new(),
        });

fn channels(request: &Request<'_>) -> Answer {
    let form = match request.word(0).to_ascii_lowercase().as_str() {
        "" => Form::Plain,
        "concise" => Form::Concise,
        "verbose" => Form::Verbose,
        "count" => Form::Count,
        _ => return request.usage(),
    };
    let mut channels: Vec<Row> = request.exchange().channels.all().iter().map(|channel| Row::of(channel)).collect();
    channels.sort_by(|one, other| one.channel.cmp(&other.channel));
    Answer::of(Channels { channels, calls: Calls::of(request), form })
}

/// The names of all channels.
pub fn names(pbx: &Pbx) -> Vec<String> {
    pbx.exchange.channels.all().iter().map(|channel| channel.name().to_string()).collect()
}

enum Form {
    Plain,
    Concise,
    Verbose,
    Count,
}

#[derive(Serialize)]
struct Row {
    channel: String,
    context: String,
    extension: String,
    priority: i32,
    state: &'static str,
    application: &'static str,
    data: String,
    caller: String,
    duration: u64,
    account: String,
    peer_account: String,
    ama_flags: u8,
    bridge: String,
    unique_id: String,
}

impl Row {
    fn of(channel: &Channel) -> Self {
        let state = channel.state();
        Self {
            channel: channel.name().to_string(),
            context: state.position.context.clone(),
            extension: state.position.extension.clone(),
            priority: state.position.priority,
            state: channel.phase().word(),
            application: state.application,
            data: state.records.last().arguments.clone(),
            caller: state.caller.number().to_owned(),
            duration: Instant::now().saturating_duration_since(channel.created()).as_secs(),
            account: state.account_code.clone(),
            peer_account: state.peer_account.clone(),
            ama_flags: state.ama_flags,
            bridge: channel.bridge_id().map(|id| id.to_string()).unwrap_or_default(),
            unique_id: channel.unique_id().to_string(),
        }
    }

    fn clock(&self) -> String {
        let (seconds, minutes, hours) = (self.duration % 60, self.duration / 60 % 60, self.duration / 3600);
        format!("{hours:02}:{minutes:02}:{seconds:02}")
    }
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.is_empty() { otherwise } else { text }
}

#[derive(Serialize)]
struct Channels {
    channels: Vec<Row>,
    #[serde(flatten)]
    calls: Calls,
    #[serde(skip)]
    form: Form,
}

impl Display for Channels {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        match self.form {
            Form::Plain => self.plain(formatter)?,
            Form::Concise => return self.concise(formatter),
            Form::Verbose => self.verbose(formatter)?,
            Form::Count => {}
        }
        let count = self.channels.len();
        writeln!(formatter, "{count} active channel{}", if count == 1 { "" } else { "s" })?;
        write!(formatter, "{}", self.calls)
    }
}

impl Channels {
    fn plain(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut row = |name: &str, place: &str, state: &str, runs: &str| {
            writeln!(formatter, "{name:<64.64} {place:<32.32} {state:<7.7} {runs:<30.30}")
        };
        row("Channel", "Location", "State", "Application(Data)")?;
        for channel in &self.channels {
            let Row { extension, context, priority, application, data, .. } = channel;
            let place = match extension.as_str() {
                "" => "(None)".to_owned(),
                _ => format!("{extension}@{context}:{priority}"),
            };
            let runs = if application.is_empty() { "(None)".to_owned() } else { format!("{application}({data})") };
            row(&channel.channel, &place, channel.state, &runs)?;
        }
        Ok(())
    }

    fn concise(&self, formatter: &mut Formatter<'_>) -> Result {
        for row in &self.channels {
            let fields = [
                row.channel.clone(),
                row.context.clone(),
                row.extension.clone(),
                row.priority.to_string(),
                row.state.to_owned(),
                or(row.application, "(None)").to_owned(),
                row.data.clone(),
                row.caller.clone(),
                row.account.clone(),
                row.peer_account.clone(),
                row.ama_flags.to_string(),
                row.duration.to_string(),
                row.bridge.clone(),
                row.unique_id.clone(),
            ];
            writeln!(formatter, "{}", fields.join("!"))?;
        }
        Ok(())
    }

    fn verbose(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut line = |[name, context, extension, priority, state]: [&str; 5],
                        [runs, data, caller, time, account, peer, bridge]: [&str; 7]| {
            writeln!(
                formatter,
                "{name:<80.80} {context:<24.24} {extension:<24.24} {priority:>4.4} {state:<7.7} {runs:<12.12} \
                 {data:<25.25} {caller:<15.15} {time:>8.8} {account:<11.11} {peer:<11.11} {bridge:<20.20}"
            )
        };
        line(
            ["Channel", "Context", "Extension", "Prio", "State"],
            ["Application", "Data", "CallerID", "Duration", "Accountcode", "PeerAccount", "BridgeID"],
        )?;
        for row in &self.channels {
            line(
                [&row.channel, &row.context, &row.extension, &row.priority.to_string(), row.state],
                [
                    or(row.application, "(None)"),
                    or(&row.data, "(Empty)"),
                    &row.caller,
                    &row.clock(),
                    &row.account,
                    &row.peer_account,
                    &row.bridge,
                ],
            )?;
        }
        Ok(())
    }
}
