//! `core show hints`, `core show hint`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::channel::device::DeviceState;
use crate::dialplan::pattern;
use crate::management::console::{Answer, Command, Request};

pub static HINTS: Command =
    Command::now("core show hints", "", "Lists the hints of the plan and what their devices do", |request| {
        let hints = hints(request, |_, _| true);
        match hints.is_empty() {
            true => Answer::line("There are no registered dialplan hints"),
            false => Answer::of(Hints { hints, matching: None }),
        }
    });

pub static HINT: Command = Command::now("core show hint", "<extension>[@<context>]", "Shows a hint", |request| {
    let [wanted] = request.words.as_slice() else { return request.usage() };
    let (extension, context) = wanted.split_once('@').unwrap_or((wanted, ""));
    let found = hints(request, |name, of| {
        (context.is_empty() || of == context) && (name == extension || pattern::takes(name, extension))
    });
    match found.is_empty() {
        true => Answer::refusal(format!("No hints matching extension {extension}")),
        false => Answer::of(Hints { hints: found, matching: Some(extension.to_owned()) }),
    }
});

fn hints(request: &Request<'_>, is_wanted: impl Fn(&str, &str) -> bool) -> Vec<Hint> {
    let active = request.exchange().plan();
    let all = active.plan.hints().filter(|(context, extension, _)| is_wanted(&extension.name, &context.name));
    all.map(|(context, extension, step)| {
        let devices = active.plan.hint_devices(step);
        Hint {
            extension: extension.name.to_string(),
            context: context.name.to_string(),
            state: word(request.exchange().hint_state(&devices)),
            watchers: request.exchange().watchers(&context.name, &extension.name),
            devices,
        }
    })
    .collect()
}

/// How Asterisk calls the state of an extension.
fn word(state: DeviceState) -> &'static str {
    match state {
        DeviceState::NotInUse | DeviceState::Unknown => "Idle",
        DeviceState::InUse => "InUse",
        DeviceState::Busy => "Busy",
        DeviceState::Unavailable | DeviceState::Invalid => "Unavailable",
        DeviceState::Ringing => "Ringing",
        DeviceState::RingInUse => "InUse&Ringing",
        DeviceState::OnHold => "Hold",
    }
}

#[derive(Serialize)]
struct Hint {
    extension: String,
    context: String,
    devices: String,
    state: &'static str,
    watchers: usize,
}

#[derive(Serialize)]
struct Hints {
    hints: Vec<Hint>,
    #[serde(skip)]
    matching: Option<String>,
}

impl Display for Hints {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        if self.matching.is_none() {
            writeln!(formatter, "\n    -= Registered Asterisk Dial Plan Hints =-")?;
        }
        for Hint { extension, context, devices, state, watchers } in &self.hints {
            let name = format!("{extension}@{context}");
            writeln!(
                formatter,
                "{name:<20.20}: {devices:<20.20}  State:{state:<15.15} Presence:{:<15.15} Watchers {:>2}",
                "not_set", watchers
            )?;
        }
        let count = self.hints.len();
        match &self.matching {
            None => writeln!(formatter, "----------------\n- {count} hints registered"),
            Some(extension) => {
                writeln!(formatter, "{count} hint{} matching extension {extension}", if count == 1 { "" } else { "s" })
            }
        }
    }
}
