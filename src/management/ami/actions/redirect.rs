//! `Redirect`

use super::{Action, Answer, Asked, Run};
use crate::channel::{Channel, Interrupt, Position};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;

/// Sends a channel to another place of the plan, and another one with it: both sides of a talk at once.
pub static REDIRECT: Action =
    Action::new("Redirect", Privilege::CALL, "Redirect (transfer) a call.", Run::Compute(redirect));

fn redirect(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "Channel not specified")?;
    let place = place(asked, "")?;
    let extra_name = asked.get("ExtraChannel");
    // Where no context is given for it, the other channel goes to the same place.
    let extra_place = match (extra_name, asked.get("ExtraContext")) {
        (Some(_), Some(_)) => self::place(asked, "Extra")?,
        _ => place.clone(),
    };
    let channel = asked.find(name);
    let channel = channel.ok_or_else(|| Reply::error(format_args!("Channel does not exist: {name}")))?;
    if channel.hangup_cause().is_some() {
        return Err(Reply::error("Redirect failed, channel not up."));
    }
    let Some(extra_name) = extra_name else {
        channel.interrupt(Interrupt::Goto(place));
        return Ok(Reply::done("Redirect successful"));
    };
    let extra = asked.find(extra_name);
    let extra = extra.ok_or_else(|| Reply::error(format_args!("ExtraChannel does not exist: {extra_name}")))?;
    if extra.hangup_cause().is_some() {
        return Err(Reply::error("Redirect failed, extra channel not up."));
    }
    Channel::send_both([(&extra, extra_place), (&channel, place)]);
    Ok(Reply::done("Dual Redirect successful"))
}

/// The place that `Context`, `Exten` and `Priority` name, each with a prefix.
fn place(asked: &Asked<'_>, prefix: &str) -> Result<Position, Reply> {
    let need = |key: &str| {
        let value = asked.get(&format!("{prefix}{key}"));
        value.ok_or_else(|| Reply::error(format_args!("{prefix}{key} not specified")))
    };
    let (context, extension, priority) = (need("Context")?, need("Exten")?, need("Priority")?);
    let place = asked.place(context, extension, priority);
    place.map_err(|_| Reply::error(format_args!("{prefix}Priority is invalid")))
}
