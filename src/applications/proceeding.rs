//! `Proceeding`

use crate::channel::Indication;
use crate::interpreter::{Application, Outcome, Run};

/// Tells the caller's network that its call is being worked on.
pub static PROCEEDING: Application = Application {
    name: "Proceeding",
    synopsis: "Tells the caller that its call is being worked on",
    arguments: &[],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, _| {
        Box::pin(async {
            call.channel.indicate(Indication::Proceeding);
            Outcome::Continue
        })
    }),
};
