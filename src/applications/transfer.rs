//! `Transfer`

use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Outcome, Run, Sets};

/// Asks the caller's telephone to take its call elsewhere.
///
/// `Transfer([technology/]destination)`. With a technology, channels of another one are left alone.
pub static TRANSFER: Application = Application {
    name: "Transfer",
    synopsis: "Asks the caller's telephone to take its call elsewhere",
    arguments: &[Argument::required("destination", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "TRANSFERSTATUS", values: &["SUCCESS", "FAILURE", "UNSUPPORTED"] }],
    run: Run::Wait(|call, arguments| Box::pin(transfer(call, arguments))),
};

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
    call.context().set("TRANSFERSTATUS", status);
    Outcome::Continue
}
