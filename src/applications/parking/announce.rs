//! `ParkAndAnnounce`

use std::sync::Arc;
use std::time::Duration;

use super::{Manner, enter, lot_of, wait};
use crate::applications::playing;
use crate::applications::saying;
use crate::applications::talk::Callee;
use crate::channel::{Event, Outgoing, State};
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Letter, Outcome, Run, Sets};

/// Parks the call and tells a telephone where.
///
/// The telephone is called, and hears the sounds of the template, `:` between them, in which `PARKED` is the number of the
/// space.
pub static PARK_AND_ANNOUNCE: Application = Application {
    name: "ParkAndAnnounce",
    synopsis: "Parks the call and tells a telephone where",
    arguments: &[
        Argument::optional("lot", Kind::Text),
        Argument::optional("options", Kind::Options),
        Argument::required("template", Kind::Text),
        Argument::required("destination", Kind::Destinations),
    ],
    options: &[
        Letter::with('c', "context,extension,priority", "where the call goes on when it waited too long"),
        Letter::plain('r', "the call hears ringing instead of music"),
        Letter::plain('R', "takes any free space"),
        Letter::with('t', "seconds", "waits so long"),
    ],
    sets: &[Sets { variable: "PARKEDAT", values: &[] }],
    run: Run::Wait(|call, arguments| Box::pin(park_and_announce(call, arguments))),
};

async fn park_and_announce(call: &mut Call, arguments: Arguments) -> Outcome {
    let name = lot_of(&call.channel, arguments.get(0));
    let Some(lot) = call.exchange.parking.lot(&name) else {
        call.context().warn(&format!("ParkAndAnnounce: there is no parking lot `{name}`"));
        return Outcome::Continue;
    };
    let (template, destination) = (arguments.get(2).to_owned(), arguments.get(3).to_owned());
    if template.is_empty() || destination.is_empty() {
        call.context().warn("ParkAndAnnounce needs a template and a destination");
        return Outcome::Hangup;
    }
    let options = arguments.options(1);
    let manner = Manner::of(call, &options);
    call.answer(Duration::ZERO).await;
    let Some(one) = enter(call, &lot, &manner) else {
        playing::play(call, "pbx-parkingfailed").await;
        return Outcome::Continue;
    };
    call.context().set("PARKEDAT", &one.space.to_string());
    let exchange = Arc::clone(&call.exchange);
    tokio::spawn(announce(exchange, destination, template, one.space));
    wait(call, &lot, one, &manner).await
}

/// Calls the telephone, plays the template, and hangs up.
async fn announce(exchange: Arc<Exchange>, destination: String, template: String, space: u32) {
    let (technology, resource) = destination.split_once('/').unwrap_or((&destination, ""));
    let channel = match exchange.channels.request(technology, resource, &|_: &mut State| {}) {
        Ok(channels) => channels.into_iter().next(),
        Err(error) => {
            tracing::warn!(target: "exten::plan", "ParkAndAnnounce cannot call {destination}: {error}");
            None
        }
    };
    let Some(channel) = channel else { return };
    let callee = Callee::new(&exchange, Arc::clone(&channel));
    channel.call(&Outgoing::default());
    let mut theirs = Call::new(Arc::clone(&exchange), Arc::clone(&channel));
    let steps = async {
        while channel.event().await != Event::Answered {}
        for word in template.split(':') {
            let sounds = if word == "PARKED" { saying::digits(&space.to_string()) } else { vec![word.to_owned()] };
            playing::play_each(&mut theirs, &sounds, "").await;
        }
    };
    tokio::select! {
        () = steps => {}
        () = channel.interrupted() => {}
        () = tokio::time::sleep(Duration::from_secs(30)) => {}
    }
    drop(callee);
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn a_telephone_hears_where_the_call_is() {
        let plan = "ParkAndAnnounce(,t(8),vm-first:PARKED,Local/200@ear)\n[ear]\nexten => 200,1,Answer\nexten => 200,2,Wait(20)";
        let told = Trial::of(plan).run();
        assert_eq!(told.value("PARKEDAT"), Some("701"));
        assert_eq!(told.sounds(), ["vm-first", "digits/7", "digits/0", "digits/1"], "{:?}", told.lines);
    }
}
