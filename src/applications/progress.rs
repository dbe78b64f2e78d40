//! `Progress`

use crate::channel::Indication;
use crate::interpreter::{Application, Outcome, Run};

/// Opens the audio towards the caller before the call is answered.
pub static PROGRESS: Application = Application {
    name: "Progress",
    synopsis: "Opens the audio before the answer",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, _| {
        Box::pin(async {
            call.channel.indicate(Indication::Progress);
            Outcome::Continue
        })
    }),
};
