//! `Redirect`

use super::{Action, Answer, Asked, Run};
use crate::channel::{Interrupt, Position};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;

/// Sends a channel to another place of the plan, and another one with it: both sides of a talk at once.
pub static REDIRECT: Action =
    Action::new("Redirect", Privilege::CALL, "Redirect (transfer) a call.", Run::Compute(redirect));

fn redirect(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "Channel not specified")?;
    let priority = asked.need("Priority", "Priority not specified")?;
    let place = place(asked, "", priority)?;
    let channel = asked.find(name);
    let channel = channel.ok_or_else(|| Reply::error(format_args!("Channel does not exist: {name}")))?;
    if channel.hangup_cause().is_some() {
        return Err(Reply::error("Redirect failed, channel not up."));
    }
    let Some(extra_name) = asked.get("ExtraChannel") else {
        channel.interrupt(Interrupt::Goto(place));
        return Ok(Reply::done("Redirect successful"));
    };
    let extra = asked.find(extra_name);
    let extra = extra.ok_or_else(|| Reply::error(format_args!("ExtraChannel does not exist: {extra_name}")))?;
    if extra.hangup_cause().is_some() {
        return Err(Reply::error("Redirect failed, extra channel not up."));
    }
    let names = ["ExtraContext", "ExtraExten", "ExtraPriority"].map(|key| asked.get(key));
    let extra_place = match names {
        [None, None, None] => place.clone(),
        [.., priority] => {
            self::place(asked, "Extra", priority.ok_or_else(|| Reply::error("ExtraPriority not specified"))?)?
        }
    };
    // Both are asked before either can act, so that neither hangs the other up.
    extra.interrupt(Interrupt::Goto(extra_place));
    channel.interrupt(Interrupt::Goto(place));
    Ok(Reply::done("Dual Redirect successful"))
}

/// The place that `Context`, `Exten` and `Priority` name, each with a prefix.
fn place(asked: &Asked<'_>, prefix: &str, priority: &str) -> Result<Position, Reply> {
    let get = |key: &str| asked.get(&format!("{prefix}{key}"));
    let context = get("Context").unwrap_or("default");
    let extension = get("Exten").ok_or_else(|| Reply::error(format_args!("{prefix}Exten not specified")))?;
    asked.place(context, extension, priority)
}
