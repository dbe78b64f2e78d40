//! Parking lots.

use std::time::Duration;

use super::{Action, Answer, Answering, Asked, Run};
use crate::applications::parking;
use crate::bridging::parking::Parked;
use crate::management::ami::events::snapshot;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

/// Parks a channel.
pub static PARK: Action = Action::new("Park", Privilege::CALL, "Park a channel.", Run::Wait(|asked| park(asked)));

fn park<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let name = asked.need("Channel", "Channel not specified")?;
        let time = asked.get("Timeout").map(|text| text.trim().parse::<u64>());
        let time = time.transpose().map_err(|_| Reply::error("Invalid Timeout value."))?;
        // Whole seconds, of which there is at least one unless there is to be no limit.
        let time = time.map(|time| Duration::from_secs(if time == 0 { 0 } else { (time / 1000).max(1) }));
        let channel = asked.find(name).ok_or_else(|| Reply::error(format_args!("Channel does not exist: {name}")))?;
        let failed = || Reply::error("Park action failed");
        let lot = asked.get("Parkinglot").unwrap_or("");
        let lot = asked.exchange().parking.lot(&parking::lot_of(&channel, lot)).ok_or_else(failed)?;
        let parker = asked.get("TimeoutChannel").or_else(|| asked.get("Channel2"));
        let parker = parker.map_or_else(|| channel.name().to_string(), str::to_owned);
        let parked = parking::park_channel(asked.exchange(), channel, &lot, &parker, time).await;
        parked.map(|()| Reply::done("Park successful")).map_err(|_| failed())
    })
}

/// Lists who is parked.
pub static PARKED_CALLS: Action =
    Action::new("ParkedCalls", Privilege::CALL, "List parked calls.", Run::Compute(parked_calls));

fn parked_calls(asked: &Asked<'_>) -> Answer {
    let wanted = asked.get("ParkingLot");
    if wanted.is_some_and(|lot| asked.exchange().parking.lot(lot).is_none()) {
        return Err(Reply::error("Requested parking lot could not be found."));
    }
    let mut reply = Reply::list("Parked calls will follow", "ParkedCallsComplete").with_id_last();
    for parked in asked.exchange().parking.all() {
        if wanted.is_none_or(|lot| lot == parked.lot) {
            reply.event("ParkedCall", fields(asked, &parked));
        }
    }
    let total = reply.items();
    Ok(reply.ending_with("Total", total))
}

fn fields(asked: &Asked<'_>, parked: &Parked) -> Fields {
    let mut fields = Fields::new();
    let variables = &asked.manager.settings().channel_variables;
    snapshot::channel(&mut fields, "Parkee", &parked.channel, None, variables);
    parking::facts(parked).into_iter().for_each(|(name, value)| fields.push(name, value));
    fields
}

/// Lists the parking lots.
pub static PARKINGLOTS: Action =
    Action::new("Parkinglots", Privilege::CALL, "Get a list of parking lots", Run::Compute(lots));

fn lots(asked: &Asked<'_>) -> Answer {
    let mut reply = Reply::list("Parking lots will follow", "ParkinglotsComplete");
    for lot in asked.exchange().parking.lots().iter() {
        reply.event(
            "Parkinglot",
            Fields::new()
                .with("Name", &lot.name)
                .with("StartSpace", lot.first)
                .with("StopSpace", lot.last)
                .with("Timeout", lot.time.as_secs()),
        );
    }
    Ok(reply)
}
