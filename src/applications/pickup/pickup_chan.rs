//! `PickupChan`

use super::{ringing, take};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Outcome, Run};

/// Takes a call that rings at a channel.
///
/// Several are tried in turn, `&` between them. Where none of them rings, the plan goes on.
pub static PICKUP_CHAN: Application = Application {
    name: "PickupChan",
    synopsis: "Takes a call that rings at a channel",
    arguments: &[Argument::required("channel[&…]", Kind::Channel), Argument::optional("options", Kind::Options)],
    options: &[Letter::plain('p', "the channel is named by the beginning of its name")],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(pickup_chan(call, arguments))),
};

async fn pickup_chan(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.get(0).is_empty() {
        call.context().warn("PickupChan needs a channel");
        return Outcome::Continue;
    }
    let is_partial = arguments.options(1).has('p');
    for wanted in arguments.get(0).split('&').map(str::trim) {
        let target = ringing(call).into_iter().find(|target| {
            let start = target.name().get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted));
            let rest = target.name().get(wanted.len()..).unwrap_or("");
            start && (is_partial || rest.is_empty() || rest.starts_with('-'))
        });
        match target {
            Some(target) => take(call, &target, "").await,
            None => call.context().warn(&format!("PickupChan: {wanted} does not ring")),
        }
    }
    Outcome::Continue
}
