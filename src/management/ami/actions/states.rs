//! Device states, hints and presence.

use super::{Action, Answer, Asked, Run};
use crate::channel::DeviceState;
use crate::interpreter::{Context, Lookup};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

const READ: Privilege = Privilege::CALL.or(Privilege::REPORTING);

pub static EXTENSION_STATE: Action =
    Action::new("ExtensionState", READ, "Check Extension Status.", Run::Compute(extension_state));

fn extension_state(asked: &Asked<'_>) -> Answer {
    let extension = asked.need("Exten", "Extension not specified")?;
    let context = asked.get("Context").unwrap_or("default");
    let plan = asked.exchange().plan();
    let hint = Lookup::new(&plan, &asked.exchange().clock).hint(context, extension);
    let (number, text) = match &hint {
        Some(hint) => status(asked.exchange().hint_state(hint)),
        None => (-1, "Unknown"),
    };
    Ok(Reply::done("Extension Status")
        .with("Exten", extension)
        .with("Context", context)
        .with("Hint", hint.unwrap_or_default())
        .with("Status", number)
        .with("StatusText", text))
}

pub static EXTENSION_STATE_LIST: Action =
    Action::new("ExtensionStateList", READ, "List the current known extension states.", Run::Compute(extensions));

fn extensions(asked: &Asked<'_>) -> Answer {
    let plan = asked.exchange().plan();
    let mut reply = Reply::list("Extension Statuses will follow", "ExtensionStateListComplete");
    for (context, extension, step) in plan.plan.hints() {
        let hint = plan.plan.hint_devices(step);
        let (number, text) = status(asked.exchange().hint_state(&hint));
        reply.event(
            "ExtensionStatus",
            Fields::new()
                .with("Exten", &extension.name)
                .with("Context", &context.name)
                .with("Hint", hint)
                .with("Status", number)
                .with("StatusText", text),
        );
    }
    Ok(reply)
}

/// Asterisk's number of an extension's state, and its words.
fn status(state: DeviceState) -> (i8, &'static str) {
    match state {
        DeviceState::NotInUse | DeviceState::Unknown => (0, "Idle"),
        DeviceState::InUse => (1, "InUse"),
        DeviceState::Busy => (2, "Busy"),
        DeviceState::Unavailable | DeviceState::Invalid => (4, "Unavailable"),
        DeviceState::Ringing => (8, "Ringing"),
        DeviceState::RingInUse => (9, "InUse&Ringing"),
        DeviceState::OnHold => (16, "Hold"),
    }
}

pub static DEVICE_STATE_LIST: Action =
    Action::new("DeviceStateList", READ, "List the current known device states.", Run::Compute(devices));

fn devices(asked: &Asked<'_>) -> Answer {
    let exchange = asked.exchange();
    let plan = exchange.plan();
    let mut names: Vec<String> = Vec::new();
    if let Some(agent) = &asked.manager.pbx.agent {
        names.extend(agent.endpoints().iter().map(|endpoint| format!("{}/{}", endpoint.technology, endpoint.name)));
    }
    for (_, _, step) in plan.plan.hints() {
        let devices = plan.plan.hint_devices(step);
        let devices = devices.split(['(', ',']).next().unwrap_or("").split('&').map(str::trim);
        names.extend(devices.filter(|device| !device.is_empty()).map(str::to_owned));
    }
    let custom = exchange.database.tree("CustomDevstate").unwrap_or_default();
    names.extend(custom.iter().map(|(key, _)| format!("Custom:{}", key.trim_start_matches("/CustomDevstate/"))));
    names.extend(exchange.agents.all().iter().map(|agent| format!("Agent:{}", agent.settings.id)));
    names.extend(exchange.voicemail.settings().mailboxes.iter().map(|user| format!("MWI:{}", user.key())));
    for queue in exchange.queues.all() {
        names.push(format!("Queue:{}", queue.name()));
        names.push(format!("Queue:{}_avail", queue.name()));
        let members = queue.members().into_iter();
        names.extend(members.map(|member| format!("Queue:{}_pause_{}", queue.name(), member.interface)));
    }
    names.sort();
    names.dedup();
    let mut reply = Reply::list("Device State Changes will follow", "DeviceStateListComplete");
    for name in names {
        let state = exchange.device_state(&name).word();
        reply.event("DeviceStateChange", Fields::new().with("Device", name).with("State", state));
    }
    Ok(reply)
}

pub static PRESENCE_STATE: Action = Action::new("PresenceState", READ, "Check Presence State", Run::Compute(presence));

fn presence(asked: &Asked<'_>) -> Answer {
    let provider = asked.need("Provider", "No provider specified")?;
    let [state, subtype, message] = presence_of(asked, provider);
    if state.is_empty() {
        return Err(Reply::error(format_args!("Invalid provider {provider} or provider in invalid state")));
    }
    let mut reply = Reply::done("Presence State").with("State", state);
    // The message goes by its old name and its new.
    for (name, value) in [("Subtype", &subtype), ("Message", &message), ("PresenceMessage", &message)] {
        if !value.is_empty() {
            reply = reply.with(name, value);
        }
    }
    Ok(reply)
}

pub static PRESENCE_STATE_LIST: Action =
    Action::new("PresenceStateList", READ, "List the current known presence states.", Run::Compute(presences));

fn presences(asked: &Asked<'_>) -> Answer {
    let known = asked.exchange().database.tree("CustomPresence").unwrap_or_default();
    let mut reply = Reply::list("Presence State Changes will follow", "PresenceStateListComplete");
    for (key, _) in known {
        let provider = format!("CustomPresence:{}", key.trim_start_matches("/CustomPresence/"));
        let [state, subtype, message] = presence_of(asked, &provider);
        reply.event(
            "PresenceStateChange",
            Fields::new()
                .with("Presentity", provider)
                .with("Status", state)
                .with("Subtype", subtype)
                .with("Message", message),
        );
    }
    Ok(reply)
}

fn presence_of(asked: &Asked<'_>, provider: &str) -> [String; 3] {
    let plan = asked.exchange().plan();
    let mut context = Context::without_channel(asked.exchange(), &plan);
    ["value", "subtype", "message"].map(|field| context.value_of(&format!("PRESENCE_STATE({provider},{field})")))
}
