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
    "Blind transfer channel(s) to the given destination.",
    Run::Compute(blind),
);

fn blind(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Channel", "No channel specified")?;
    let extension = asked.need("Exten", "No extension specified")?;
    let channel = asked.find(name).ok_or_else(|| Reply::error("Channel specified does not exist"))?;
    let context = asked.get("Context").map(str::to_owned).unwrap_or_else(|| channel.state().position.context.clone());
    let plan = asked.exchange().plan();
    if !Lookup::new(&plan, &asked.exchange().clock).exists(&context, extension, 1, "") {
        return Err(Reply::error("Extension not valid"));
    }
    match transfer::blind(&channel, &Position::new(&context, extension, 1), true) {
        true => Ok(Reply::done("Transfer succeeded")),
        false => Err(Reply::error("Unable to transfer: the channel talks with nobody")),
    }
}

/// Begins an attended transfer, as if the party had keyed the code of `atxfer` in `features.conf` and the number.
pub static ATXFER: Action = Action::new("Atxfer", Privilege::CALL, "Attended transfer.", Run::Compute(attended));

fn attended(asked: &Asked<'_>) -> Answer {
    let channel = asked.channel()?;
    let extension = asked.need("Exten", "No extension specified")?;
    let code = code(&asked.exchange().plan().features.map.atxfer, "atxfer")?;
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
    let channel = asked.channel()?;
    press(&channel, &code(asked.exchange().plan().features.setting("atxferabort"), "atxferabort")?);
    Ok(Reply::done("CancelAtxfer successfully queued"))
}

fn press(channel: &crate::channel::Channel, keys: &str) {
    keys.chars().for_each(|key| channel.report(Event::Digit(key)));
}

/// The keys of a feature.
fn code(keys: &str, feature: &str) -> Result<String, Reply> {
    match keys {
        "" => Err(Reply::error(format_args!("No {feature} feature code found"))),
        keys => Ok(keys.to_owned()),
    }
}
