//! The items of `CHANNEL`.

use super::parse_ama_flags;
use crate::functions::fields::integer;
use crate::interpreter::{Context, FunctionError};

/// Items that are kept as they are set, and what they are before.
const KEPT: &[(&str, &str)] = &[
    ("dtmf_features", ""),
    ("userfield", ""),
    ("max_forwards", "20"),
    ("parkinglot", ""),
    ("secure_bridge_media", ""),
    ("secure_bridge_signaling", ""),
    ("transfercapability", "SPEECH"),
    ("userfield", ""),
];

/// What `transfercapability` may be.
const CAPABILITIES: &[&str] = &["SPEECH", "DIGITAL", "RESTRICTED_DIGITAL", "3K1AUDIO", "DIGITAL_W_TONES", "VIDEO"];

/// Groups by number and by name.
const GROUPS: &[&str] = &["callgroup", "pickupgroup", "namedcallgroup", "namedpickupgroup"];

fn setting(item: &str) -> String {
    format!("CHANNEL/{item}")
}

/// The item's value; `None` where there is no such item, or it is not known. The case of its name does not matter.
pub(super) fn read(context: &mut Context<'_>, item: &str) -> Option<String> {
    let state = &*context.state;
    let lower = item.to_ascii_lowercase();
    let own = match lower.as_str() {
        "accountcode" => state.account_code.clone(),
        "amaflags" => state.ama_flags.to_string(),
        "context" => state.position.context.clone(),
        "exten" => state.position.extension.clone(),
        "hangupsource" => state.hangup_source.clone(),
        "language" => state.language.clone(),
        "musicclass" => state.music_class.clone(),
        "peeraccount" => state.peer_account.clone(),
        "tonezone" => Some(state.tone_zone.clone()).filter(|zone| !zone.is_empty())?,
        group if GROUPS.contains(&group) => state.settings.get(&setting(group)).unwrap_or("").to_owned(),
        other => match KEPT.iter().find(|(kept, _)| *kept == other) {
            Some((_, before)) => state.settings.get(&setting(other)).unwrap_or(before).to_owned(),
            None => return read_leg(context, item, other),
        },
    };
    Some(own)
}

/// What the channel beneath knows; the technology's own items are asked for as the plan writes them.
fn read_leg(context: &Context<'_>, item: &str, lower: &str) -> Option<String> {
    let channel = context.channel?;
    let fact = || channel.leg().fact(item);
    Some(match lower {
        "audionativeformat" => fact().unwrap_or_else(|| format!("({})", channel.leg().codec().name())),
        "audioreadformat" | "audiowriteformat" => fact().unwrap_or_else(|| channel.leg().codec().name().to_owned()),
        "videonativeformat" => fact().unwrap_or_else(|| "(nothing)".to_owned()),
        "callid" => format!("[C-{:08x}]", channel.call_number()),
        "channeltype" => channel.leg().technology().to_owned(),
        "checkhangup" => if channel.hangup_cause().is_some() { "1" } else { "0" }.to_owned(),
        "linkedid" => channel.linked_id().to_string(),
        "name" => channel.name().to_string(),
        "peer" => channel.bridged_with().map(|peer| peer.to_string()).unwrap_or_default(),
        "onhold" => fact().unwrap_or_else(|| "0".to_owned()),
        "state" => channel.phase().word().to_owned(),
        "uniqueid" => channel.unique_id().to_string(),
        _ => return fact(),
    })
}

/// Sets an item.
pub(super) fn write(context: &mut Context<'_>, item: &str, value: &str) -> Result<(), FunctionError> {
    let item = &*item.to_ascii_lowercase();
    match item {
        "accountcode" => context.set_account(value),
        "amaflags" => context.state.ama_flags = parse_ama_flags(value),
        "hangup_handler_push" => push_handler(context, value),
        "hangup_handler_pop" => {
            pop_handler(context);
            push_handler(context, value);
        }
        "hangup_handler_wipe" => {
            while pop_handler(context) {}
            push_handler(context, value);
        }
        "hangupsource" => value.clone_into(&mut context.state.hangup_source),
        "language" => value.clone_into(&mut context.state.language),
        "musicclass" => value.clone_into(&mut context.state.music_class),
        "peeraccount" => value.clone_into(&mut context.state.peer_account),
        "tonezone" => {
            if context.exchange.audio().zones.zone(value).is_none() {
                return Err(FunctionError::not_found(format!("there are no tones of `{value}`")));
            }
            value.clone_into(&mut context.state.tone_zone);
        }
        "max_forwards" => {
            let number = integer(value).ok_or_else(|| FunctionError::value(format!("`{value}` is no number")))?.0;
            context.state.settings.set(&setting(item), &number.to_string());
        }
        "transfercapability" => {
            let known = CAPABILITIES.iter().find(|known| known.eq_ignore_ascii_case(value));
            let known = known.ok_or_else(|| FunctionError::value(format!("`{value}` is no transfer capability")))?;
            context.state.settings.set(&setting(item), known);
        }
        "secure_bridge_media" | "secure_bridge_signaling" => {
            let flag = if crate::conf::is_true(value) { "1" } else { "" };
            context.state.settings.set(&setting(item), flag);
        }
        // Gains are for technologies with lines of copper.
        "rxgain" | "txgain" => {}
        "callgroup" | "pickupgroup" => context.state.settings.set(&setting(item), &numbered_groups(value)),
        "namedcallgroup" | "namedpickupgroup" => {
            let names: Vec<&str> = value.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
            context.state.settings.set(&setting(item), &names.join(", "));
        }
        _ if KEPT.iter().any(|(kept, _)| *kept == item) => context.state.settings.set(&setting(item), value),
        _ => return Err(FunctionError::not_found(format!("the channel has no item `{item}` that could be set"))),
    }
    Ok(())
}

/// Pushes a subroutine, its place written out: the channel will be elsewhere when it runs.
fn push_handler(context: &mut Context<'_>, routine: &str) {
    if routine.is_empty() {
        return;
    }
    let target = routine.split('(').next().unwrap_or("");
    let position = &context.state.position;
    let whole = match target.matches(',').count() {
        0 => format!("{},{},{routine}", position.context, position.extension),
        1 => format!("{},{routine}", position.context),
        _ => routine.to_owned(),
    };
    context.tell_handler("HangupHandlerPush", &whole);
    context.state.hangup_handlers.push(whole);
}

/// Takes the last handler away; false where there is none.
fn pop_handler(context: &mut Context<'_>) -> bool {
    let handler = context.state.hangup_handlers.pop();
    if let Some(handler) = &handler {
        context.tell_handler("HangupHandlerPop", handler);
    }
    handler.is_some()
}

/// `3,1-2` as `1, 2, 3`; groups go from 0 to 63.
fn numbered_groups(text: &str) -> String {
    let mut groups = [false; 64];
    for part in text.split(',') {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (Some((first, _)), Some((last, _))) = (integer(first), integer(last)) else { continue };
        for (number, group) in groups.iter_mut().enumerate() {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            *group |= first <= number && number <= last;
        }
    }
    let members = groups.iter().enumerate().filter(|(_, is_member)| **is_member);
    members.map(|(number, _)| number.to_string()).collect::<Vec<_>>().join(", ")
}
