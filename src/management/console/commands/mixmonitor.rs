//! `mixmonitor`: recordings of calls.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use super::core::channels::list::names;
use crate::applications::monitoring::{CallRecorder, Track, mix_monitor, stop_mix_monitor};
use crate::interpreter::Options;
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;

pub static LIST: Command =
    Command::now("mixmonitor list", "<channel>", "Lists the recordings of a channel", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        let Some(channel) = request.exchange().channels.find(name) else {
            return Answer::refusal(format!("No channel matching '{name}' found."));
        };
        let file = |recorder: &CallRecorder, track| {
            recorder.path(track).map(|path| path.display().to_string()).unwrap_or_default()
        };
        let recordings = channel.taps::<CallRecorder>().into_iter().map(|recorder| Recording {
            id: recorder.id().to_owned(),
            file: file(&recorder, Track::Both),
            receive: file(&recorder, Track::Said),
            transmit: file(&recorder, Track::Heard),
        });
        Answer::of(Recordings { recordings: recordings.collect() })
    })
    .completes(channel_names);

pub static START: Command = Command::now(
    "mixmonitor start",
    "<channel> <file>[,<options>[,<command>]]",
    "Records a channel, as MixMonitor does",
    start,
)
.completes(channel_names);

fn start(request: &Request<'_>) -> Answer {
    let Some((name, arguments)) = request.words.split_first() else { return request.usage() };
    let Some(channel) = request.exchange().channels.find(name) else {
        return Answer::refusal(format!("No channel matching '{name}' found."));
    };
    let arguments = arguments.join(" ");
    let mut fields = arguments.splitn(3, ',').map(str::trim);
    let Some(file) = fields.next().filter(|file| !file.is_empty()) else { return request.usage() };
    let (options, command) = (Options::parse(fields.next().unwrap_or("")), fields.next().unwrap_or(""));
    match mix_monitor::begin(request.exchange(), &channel, file, &options, command) {
        Ok(_) => Answer::line(""),
        Err(error) => Answer::failure(format!("Could not start monitoring {name}: {error}")),
    }
}

pub static STOP: Command =
    Command::now("mixmonitor stop", "<channel> [<id>]", "Ends the recording of a channel", |request| {
        let (name, id) = match request.words.as_slice() {
            [name] => (name, None),
            [name, id] => (name, Some(id.as_str())),
            _ => return request.usage(),
        };
        let Some(channel) = request.exchange().channels.find(name) else {
            return Answer::refusal(format!("No channel matching '{name}' found."));
        };
        match stop_mix_monitor::stop(&channel, id).is_empty() {
            true => Answer::refusal(format!("{name} is not recorded.")),
            false => Answer::line(""),
        }
    })
    .completes(channel_names);

fn channel_names(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    if words.len() == 1 { names(pbx) } else { Vec::new() }
}

#[derive(Serialize)]
struct Recording {
    id: String,
    file: String,
    receive: String,
    transmit: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Recordings {
    recordings: Vec<Recording>,
}

impl Display for Recordings {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "MixMonitor ID\tFile\tReceive File\tTransmit File")?;
        writeln!(formatter, "=========================================================================")?;
        for Recording { id, file, receive, transmit } in &self.recordings {
            writeln!(formatter, "{id:<18}\t{file}\t{receive}\t{transmit}")?;
        }
        Ok(())
    }
}
