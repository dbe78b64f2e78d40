//! Which channels there are, and what they do.

use std::sync::Arc;

use tokio::time::Instant;

use super::{Action, Answer, Asked, Run};
use crate::channel::{Channel, State};
use crate::interpreter::Context;
use crate::management::ami::events::snapshot;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

const READ: Privilege = Privilege::SYSTEM.or(Privilege::REPORTING);

/// Lists the channels.
pub static CORE_SHOW_CHANNELS: Action =
    Action::new("CoreShowChannels", READ, "List currently active channels.", Run::Compute(core_show_channels));

fn core_show_channels(asked: &Asked<'_>) -> Answer {
    let mut reply = Reply::list("Channels will follow", "CoreShowChannelsComplete");
    for channel in asked.exchange().channels.all() {
        let state = channel.state();
        let mut fields = lines(asked, &channel, &state);
        fields.push("Application", state.application);
        fields.push("ApplicationData", application_data(&state));
        let seconds = channel.created().elapsed().as_secs();
        let duration = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
        fields.push("Duration", duration);
        fields.push("BridgeId", channel.bridge_id().as_deref().unwrap_or(""));
        reply.event("CoreShowChannel", fields);
    }
    Ok(reply)
}

/// Lists the channels that a channel is joined with, over bridges and Local channels.
pub static CORE_SHOW_CHANNEL_MAP: Action = Action::new(
    "CoreShowChannelMap",
    READ,
    "List all channels connected to the specified channel.",
    Run::Compute(core_show_channel_map),
);

fn core_show_channel_map(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "CoreShowChannelMap requires a channel.")?;
    let start = asked.find(name).ok_or_else(|| Reply::error("Could not get channel snapshot"))?;
    let channels = &asked.exchange().channels;
    let mut found = vec![Arc::clone(&start)];
    let mut at = 0;
    while let Some(channel) = found.get(at).cloned() {
        at += 1;
        let bridge = channel.bridge_id().and_then(|id| channels.find_bridge(&id));
        let joined = bridge.map(|bridge| bridge.members()).unwrap_or_default();
        let other_end = other_end(channel.name()).and_then(|name| asked.find(&name));
        for next in joined.into_iter().chain(other_end) {
            if !found.iter().any(|known| Arc::ptr_eq(known, &next)) {
                found.push(next);
            }
        }
    }
    let mut reply = Reply::list("Channel map will follow", "CoreShowChannelMapComplete");
    for channel in found.iter().skip(1) {
        let fields = Fields::new().with("Channel", start.name()).with("ConnectedChannel", channel.name());
        reply.event("CoreShowChannelMap", fields);
    }
    Ok(reply)
}

/// The other end of a Local channel.
fn other_end(name: &str) -> Option<String> {
    let (pair, end) = name.rsplit_once(';')?;
    match end {
        "1" => Some(format!("{pair};2")),
        "2" => Some(format!("{pair};1")),
        _ => None,
    }
}

/// Tells what a channel does, or all.
pub static STATUS: Action = Action::new(
    "Status",
    Privilege::SYSTEM.or(Privilege::CALL).or(Privilege::REPORTING),
    "List channel status.",
    Run::Compute(status),
);

fn status(asked: &Asked<'_>) -> Answer {
    let channels = match asked.get("Channel") {
        Some(_) => vec![asked.channel()?],
        None => asked.exchange().channels.all(),
    };
    let wanted: Vec<&str> = asked.get("Variables").unwrap_or("").split(',').filter(|name| !name.is_empty()).collect();
    let is_forbidden = wanted.iter().any(|name| asked.exchange().library.mentions_dangerous(name));
    if is_forbidden && !(asked.session.may(Privilege::SYSTEM) && asked.manager.settings().lives_dangerously) {
        return Err(Reply::error("Status Access Forbidden: Variables"));
    }
    let all_variables = asked.is_true("AllVariables");
    let mut reply = Reply::list("Channel status will follow", "StatusComplete").with_id_last();
    for channel in channels {
        let mut fields = Fields::new().with("Privilege", "Call");
        fields.append(one_status(asked, &channel).as_str());
        for (name, value) in variables(asked, &channel, &wanted, all_variables) {
            fields.push("Variable", format_args!("{name}={value}"));
        }
        reply.event("Status", fields);
    }
    let items = reply.items();
    Ok(reply.ending_with("Items", items))
}

fn one_status(asked: &Asked<'_>, channel: &Arc<Channel>) -> Fields {
    let state = channel.state();
    let mut fields = lines(asked, channel, &state);
    let limit = state.timeouts.absolute.map(|limit| limit.saturating_duration_since(Instant::now()).as_secs());
    fields.push("Type", channel.leg().technology());
    fields.push("DNID", state.dialed.as_deref().unwrap_or(""));
    fields.push("EffectiveConnectedLineNum", snapshot::known(state.connected.number()));
    fields.push("EffectiveConnectedLineName", snapshot::known(state.connected.name()));
    fields.push("TimeToHangup", limit.unwrap_or(0));
    fields.push("BridgeID", channel.bridge_id().as_deref().unwrap_or(""));
    fields.push("Application", state.application);
    fields.push("Data", application_data(&state));
    let format = format!("({})", channel.leg().codec().name());
    fields.push("Nativeformats", &format);
    fields.push("Readformat", channel.leg().codec().name());
    fields.push("Readtrans", "");
    fields.push("Writeformat", channel.leg().codec().name());
    fields.push("Writetrans", "");
    for (name, setting) in [("Callgroup", "CHANNEL/callgroup"), ("Pickupgroup", "CHANNEL/pickupgroup")] {
        fields.push(name, groups(state.settings.get(setting).unwrap_or("")));
    }
    fields.push("Seconds", channel.created().elapsed().as_secs());
    fields
}

/// Groups such as `1, 3`, as bits.
fn groups(text: &str) -> u64 {
    let numbers = text.split(',').filter_map(|number| number.trim().parse::<u32>().ok());
    numbers.fold(0, |bits, number| bits | 1_u64.checked_shl(number).unwrap_or(0))
}

/// The variables of a channel that are asked for.
fn variables(asked: &Asked<'_>, channel: &Arc<Channel>, wanted: &[&str], all: bool) -> Vec<(String, String)> {
    let plan = asked.exchange().plan();
    let mut context = Context::new(asked.exchange(), &plan, channel);
    let mut found: Vec<_> = wanted.iter().map(|name| ((*name).to_owned(), context.value_of(name))).collect();
    let own = context.state.variables.iter().rev().filter(|_| all);
    found.extend(own.map(|(name, value)| (name.to_owned(), value.to_owned())));
    found
}

/// The lines that every event of the channel has.
fn lines(asked: &Asked<'_>, channel: &Channel, state: &State) -> Fields {
    let mut fields = Fields::new();
    snapshot::channel(&mut fields, "", channel, Some(state), &asked.manager.settings().channel_variables);
    fields
}

/// The arguments of the application that runs.
fn application_data(state: &State) -> &str {
    let record = state.records.last();
    if record.application == state.application { &record.arguments } else { "" }
}
