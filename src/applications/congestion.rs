//! `Congestion`

use super::busy::refuse;
use crate::channel::{Cause, Indication};
use crate::interpreter::{Application, Argument, Kind, Run};

/// Refuses the call because the network is congested, and ends it when the caller hangs up or the time is over.
///
/// On a call that is answered, the caller hears the congestion tone.
pub static CONGESTION: Application = Application {
    name: "Congestion",
    synopsis: "Refuses the call as congested",
    arguments: &[Argument::optional("timeout", Kind::Seconds)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(refuse(call, arguments, Indication::Congestion, Cause::CONGESTION))),
};
