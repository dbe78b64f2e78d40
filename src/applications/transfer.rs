//! `Transfer`

use std::time::Duration;

use crate::channel::Event;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Asks the caller's telephone to take its call elsewhere.
///
/// `Transfer([technology/]destination)`. With a technology, channels of another one are left alone. A telephone that is
/// in a call is asked to call the destination, and says how that went: `TRANSFERSTATUSPROTOCOL` is the SIP status, 0 where
/// it says nothing. One whose call is not answered yet is sent there.
pub static TRANSFER: Application = Application {
    name: "Transfer",
    synopsis: "Asks the caller's telephone to take its call elsewhere",
    arguments: &[Argument::required("destination", Kind::Text)],
    options: &[],
    sets: &[
        Sets { variable: "TRANSFERSTATUS", values: &["SUCCESS", "FAILURE", "UNSUPPORTED"] },
        Sets { variable: "TRANSFERSTATUSPROTOCOL", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(transfer(call, arguments))),
};

/// A telephone has so long to say how its transfer went.
const PATIENCE: Duration = Duration::from_secs(60);

async fn transfer(call: &mut Call, arguments: Arguments) -> Outcome {
    let destination = arguments.get(0);
    let leg = call.channel.leg();
    let status = match destination.split_once('/') {
        _ if destination.is_empty() => "FAILURE",
        Some((technology, _)) if !technology.eq_ignore_ascii_case(leg.technology()) => "FAILURE",
        Some((_, destination)) if leg.transfer(destination) => "SUCCESS",
        None if leg.transfer(destination) => "SUCCESS",
        _ => "UNSUPPORTED",
    };
    let was_up = call.channel.is_up();
    let protocol = match status {
        "SUCCESS" if was_up => outcome(call).await,
        "SUCCESS" => REDIRECTED,
        _ => 0,
    };
    let status = if status == "SUCCESS" && protocol >= 400 { "FAILURE" } else { status };
    let mut context = call.context();
    context.set("TRANSFERSTATUSPROTOCOL", &protocol.to_string());
    context.set("TRANSFERSTATUS", status);
    Outcome::Continue
}

/// The SIP status that sends a call elsewhere.
const REDIRECTED: u16 = 302;

/// What the telephone says of the transfer; 0 where it says nothing in time.
async fn outcome(call: &Call) -> u16 {
    let told = async {
        loop {
            if let Event::Transferred(status) = call.channel.event().await {
                return status;
            }
        }
    };
    tokio::time::timeout(PATIENCE, told).await.unwrap_or(0)
}
