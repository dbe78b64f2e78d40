//! `Ringing`

use crate::channel::Indication;
use crate::interpreter::{Application, Outcome, Run};

/// Lets the caller hear that it rings, without calling anybody.
pub static RINGING: Application = Application {
    name: "Ringing",
    synopsis: "Lets the caller hear that it rings",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, _| {
        Box::pin(async {
            call.channel.indicate(Indication::Ringing);
            Outcome::Continue
        })
    }),
};
