//! `devstate`, `group`: what plans keep of devices, and which groups calls are in.

use crate::channel::DeviceState;
use crate::management::console::table::{Column, Table};
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;

pub static LIST: Command = Command::now("devstate list", "", "Lists the custom device states", |request| {
    let rule = "-".repeat(69);
    let mut text = format!("\n{rule}\n--- Custom Device States {}\n{rule}\n---\n", "-".repeat(44));
    for name in custom(request.pbx) {
        let state = request.exchange().device_state(&name).word();
        text.push_str(&format!("--- Name: '{name}'  State: '{state}'\n---\n"));
    }
    text.push_str(&format!("{rule}\n{rule}\n\n"));
    Answer::lines(text)
});

pub static CHANGE: Command =
    Command::now("devstate change", "Custom:<name> <state>", "Sets a custom device state", change).completes(
        |pbx, words| match words.len() {
            1 => custom(pbx),
            2 => STATES.map(str::to_owned).to_vec(),
            _ => Vec::new(),
        },
    );

const STATES: [&str; 9] =
    ["UNKNOWN", "NOT_INUSE", "INUSE", "BUSY", "INVALID", "UNAVAILABLE", "RINGING", "RINGINUSE", "ONHOLD"];

fn change(request: &Request<'_>) -> Answer {
    let [device, state] = request.words.as_slice() else { return request.usage() };
    let Some(name) = device.strip_prefix("Custom:") else {
        return Answer::failure("The devstate command can only be used to set 'Custom:' device state!");
    };
    let Some(value) = DeviceState::parse(state).filter(|_| STATES.contains(&state.to_uppercase().as_str())) else {
        return request.usage();
    };
    match request.exchange().set_custom_state(name, value) {
        Ok(()) => Answer::line(format!("Changing {name} to {}", state.to_uppercase())),
        Err(error) => Answer::failure(format!("Database unavailable: {error}")),
    }
}

fn custom(pbx: &Pbx) -> Vec<String> {
    let all = pbx.exchange.database.tree("CustomDevstate").unwrap_or_default();
    all.iter().map(|(key, _)| format!("Custom:{}", key.trim_start_matches("/CustomDevstate/"))).collect()
}

const COLUMNS: &[Column] = &[("Channel", 26, "channel"), ("Group", 21, "group"), ("Category", 20, "category")];

pub static GROUP_SHOW_CHANNELS: Command =
    Command::now("group show channels", "", "Lists the channels that are in groups", |request| {
        let mut rows = Vec::new();
        for channel in request.exchange().channels.all() {
            for (category, group) in &channel.state().groups {
                let category = if category.is_empty() { "(default)" } else { category };
                rows.push(vec![channel.name().to_string(), group.clone(), category.to_owned()]);
            }
        }
        let count = rows.len();
        let end = format!("{count} active channel{}", if count == 1 { "" } else { "s" });
        Answer::of(Table::new(COLUMNS, rows).ending(end))
    });
