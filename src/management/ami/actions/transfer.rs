//! Transfers that a program asks for.

use super::{Action, Answer, Asked, Run};
use crate::bridging::transfer;
use crate::channel::{Event, Position};
use crate::interpreter::Lookup;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;

/// Sends whom the channel talks with elsewhere.
pub static BLIND_TRANSFER: Action = Action::new(
    "BlindTransfer",
    Privilege::CALL,
    "Blind transfer channel(s) to the given destination",
    Run::Compute(blind),
);

fn blind(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "No channel specified")?;
    let extension = asked.need("Exten", "No extension specified")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("Channel specified does not exist"))?;
    let context = asked.get("Context").map(str::to_owned).unwrap_or_else(|| channel.state().position.context.clone());
    let plan = asked.exchange().plan();
    let exists = Lookup::new(&plan, &asked.exchange().clock).exists(&context, extension, 1, "");
    match exists && transfer::blind(&channel, &Position::new(&context, extension, 1), true) {
        true => Ok(Reply::done("Transfer succeeded")),
        false => Err(Reply::error("Transfer invalid")),
    }
}

/// Begins an attended transfer, as if the party had keyed the code of `atxfer` in `features.conf` and the number.
pub static ATXFER: Action = Action::new("Atxfer", Privilege::CALL, "Attended transfer.", Run::Compute(attended));

fn attended(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "No channel specified")?;
    let extension = asked.need("Exten", "No extension specified")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("Channel specified does not exist"))?;
    let code = asked.exchange().plan().features.map.atxfer.clone();
    if code.is_empty() {
        return Err(Reply::error("No attended transfer feature code found"));
    }
    if let Some(context) = asked.get("Context") {
        channel.set_variable("TRANSFER_CONTEXT", context);
    }
    press(&channel, &format!("{code}{extension}"));
    Ok(Reply::done("Atxfer successfully queued"))
}

/// Ends the call to the target of an attended transfer that goes on, as the code of `atxferabort` would.
pub static CANCEL_ATXFER: Action =
    Action::new("CancelAtxfer", Privilege::CALL, "Cancel an attended transfer.", Run::Compute(cancel));

fn cancel(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "No channel specified")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("Channel specified does not exist"))?;
    match asked.exchange().plan().features.setting("atxferabort") {
        "" => return Err(Reply::error("No disconnect feature code found")),
        code => press(&channel, code),
    }
    Ok(Reply::done("CancelAtxfer successfully queued"))
}

fn press(channel: &crate::channel::Channel, keys: &str) {
    keys.chars().for_each(|key| channel.report(Event::Digit(key)));
}
