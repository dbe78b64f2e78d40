//! `ParkedCall`

use std::sync::Arc;
use std::time::Duration;

use super::{lot_of, tell};
use crate::applications::playing;
use crate::applications::talk::{self, Callee, Terms};
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Options, Outcome, Run};

/// Takes a parked call: the one in the space, or the one that waits longest in the lot.
pub static PARKED_CALL: Application = Application {
    name: "ParkedCall",
    synopsis: "Takes a parked call",
    arguments: &[Argument::optional("lot", Kind::Text), Argument::optional("space", Kind::Number)],
    options: &[],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(parked_call(call, arguments))),
};

async fn parked_call(call: &mut Call, arguments: Arguments) -> Outcome {
    let name = lot_of(&call.channel, arguments.get(0));
    let space = arguments.given(1).map(|space| space.trim().parse().unwrap_or(0));
    call.answer(Duration::ZERO).await;
    let Some(lot) = call.exchange.parking.lot(&name) else {
        call.context().warn(&format!("ParkedCall: there is no parking lot `{name}`"));
        return Outcome::Hangup;
    };
    let Some(one) = call.exchange.parking.find(&name, space) else {
        playing::play(call, "pbx-invalidpark").await;
        return Outcome::Hangup;
    };
    call.exchange.parking.leave(&one.channel);
    tell(&one, "UnParkedCall", Some(&call.channel));
    let Some(callee) = Callee::claim(&call.exchange, Arc::clone(&one.channel)).await else {
        playing::play(call, "pbx-invalidpark").await;
        return Outcome::Hangup;
    };
    if !lot.courtesy_tone.is_empty() && lot.courtesy_for != "no" {
        if matches!(lot.courtesy_for.as_str(), "caller" | "both") {
            let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(callee.channel()));
            playing::play(&mut theirs, &lot.courtesy_tone).await;
        }
        if matches!(lot.courtesy_for.as_str(), "callee" | "both") {
            playing::play(call, &lot.courtesy_tone).await;
        }
    }
    let options = Options::parse(&lot.comeback_options);
    talk::talk(call, callee, &Terms { options: &options, limit: None }).await;
    Outcome::Hangup
}
