//! `Page`

use std::sync::Arc;
use std::time::Duration;

use super::conference::confbridge::CONFBRIDGE;
use super::playing;
use super::talk::{Callee, adopt_in_language, outgoing, prepare};
use crate::channel::{DeviceState, Event, State};
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Letter, Outcome, Run};

/// Calls several telephones and speaks to all that answer.
///
/// They hear the caller, and with option `d` are heard. Let them answer by themselves with a header such as
/// `Alert-Info`. All hang up with the caller. An unanswered call is answered first.
pub static PAGE: Application = Application {
    name: "Page",
    synopsis: "Calls several telephones and speaks to all of them",
    arguments: &[
        Argument::required("destinations", Kind::Destinations),
        Argument::optional("options", Kind::Options),
        Argument::optional("timeout", Kind::Seconds),
    ],
    options: &[
        Letter::with('A', "sound", "plays a sound to all before they hear the caller"),
        Letter::with('b', "context^extension^priority", "runs a subroutine on each called channel before calling it"),
        Letter::with('B', "context^extension^priority", "runs a subroutine on the caller before calling"),
        Letter::plain('d', "lets the called ones be heard"),
        Letter::plain('i', "ignores their wish to forward"),
        Letter::plain('n', "does not play the sound of option A to the caller"),
        Letter::plain('q', "plays no beep to the caller"),
        Letter::plain('r', "records the page in the folder monitor"),
        Letter::plain('s', "calls only telephones that are free"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(page(call, arguments))),
};

async fn page(call: &mut Call, arguments: Arguments) -> Outcome {
    let options = arguments.options(1);
    let timeout = arguments.seconds(2).filter(|seconds| *seconds > 0.0).map(Exchange::pause);
    if arguments.get(0).is_empty() {
        call.context().warn("Page needs a destination");
        return Outcome::Hangup;
    }
    call.answer(Duration::ZERO).await;
    let room = format!("page-{}", call.channel.unique_id());
    if let Some(routine) = options.argument('B')
        && !call.run_routine(&super::dial::routine(routine)).await
    {
        return Outcome::Hangup;
    }
    let sound = options.argument('A').map(str::to_owned);
    let manner = Manner {
        room: room.clone(),
        settings: listener(options.has('d')),
        sound: sound.clone(),
        timeout,
        ignores_forwarding: options.has('i'),
    };
    let mut pages = tokio::task::JoinSet::new();
    for destination in arguments.get(0).split('&').map(str::trim).filter(|destination| !destination.is_empty()) {
        if options.has('s') && call.exchange.device_state(destination) != DeviceState::NotInUse {
            continue;
        }
        let routine = options.argument('b').map(|text| super::dial::routine_of(&call.channel, text));
        let Some(callee) = place(call, destination, routine).await else { continue };
        pages.spawn(listen(Arc::clone(&call.exchange), callee, manner.clone()));
    }
    if !options.has('q') {
        playing::play(call, "beep").await;
    }
    if let Some(sound) = sound.filter(|_| !options.has('n')) {
        playing::play(call, &sound).await;
    }
    for (name, value) in [("user/marked", "yes"), ("user/quiet", "yes"), ("user/announce_only_user", "no")] {
        call.channel.state().settings.set(&format!("CONFBRIDGE/{name}"), value);
    }
    if options.has('r') {
        call.channel.state().settings.set("CONFBRIDGE/bridge/record_conference", "yes");
    }
    call.channel.state().records.note_application(CONFBRIDGE.name, &room);
    // The called ones are hung up when their tasks are dropped.
    let outcome = call.run_application(&CONFBRIDGE, &room).await;
    drop(pages);
    if outcome == Outcome::Hangup { Outcome::Hangup } else { Outcome::Continue }
}

/// How a called telephone takes part.
fn listener(is_heard: bool) -> Vec<(&'static str, &'static str)> {
    let muted = if is_heard { "no" } else { "yes" };
    vec![
        ("user/quiet", "yes"),
        ("user/end_marked", "yes"),
        ("user/startmuted", muted),
        ("user/announce_only_user", "no"),
    ]
}

/// Makes and calls a channel.
async fn place(call: &mut Call, destination: &str, routine: Option<String>) -> Option<Callee> {
    let (technology, resource) = destination.split_once('/').unwrap_or((destination, ""));
    let shown = call.channel.state().caller.clone();
    let requested = {
        let caller = &call.channel;
        call.exchange.channels.request(technology, resource, &|state: &mut State| prepare(caller, state))
    };
    let channel = match requested {
        Ok(channels) => channels.into_iter().next()?,
        Err(error) => {
            call.context().warn(&format!("Page cannot call {destination}: {error}"));
            return None;
        }
    };
    adopt_in_language(&call.channel, &channel, &shown, "AppDial");
    let mut callee = Callee::new(&call.exchange, Arc::clone(&channel));
    if let Some(routine) = routine {
        let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(&channel));
        theirs.run_routine(&routine).await;
    }
    callee.dial_begins(Some(&call.channel), destination);
    channel.call(&outgoing(&call.channel, &shown));
    Some(callee)
}

/// How a telephone is called and takes part.
#[derive(Clone)]
struct Manner {
    room: String,
    settings: Vec<(&'static str, &'static str)>,
    sound: Option<String>,
    timeout: Option<Duration>,
    ignores_forwarding: bool,
}

/// Waits for the answer and lets the telephone hear the room.
async fn listen(exchange: Arc<Exchange>, mut callee: Callee, manner: Manner) {
    let deadline = manner.timeout.map(|timeout| tokio::time::Instant::now() + timeout);
    loop {
        let channel = Arc::clone(callee.channel());
        let time = async {
            match deadline {
                Some(deadline) => tokio::time::sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let event = tokio::select! {
            biased;
            event = channel.event() => event,
            () = channel.interrupted() => return callee.dial_ends("CHANUNAVAIL"),
            () = time => return callee.dial_ends("NOANSWER"),
        };
        match event {
            Event::Answered => break,
            Event::Busy => return callee.dial_ends("BUSY"),
            Event::Congestion => return callee.dial_ends("CONGESTION"),
            Event::Forwarded(target) if manner.ignores_forwarding || !callee.forward(&target) => {
                return callee.dial_ends("BUSY");
            }
            _ => {}
        }
    }
    callee.dial_ends("ANSWER");
    let Manner { room, settings, sound, .. } = manner;
    let channel = Arc::clone(callee.channel());
    for (name, value) in settings {
        channel.state().settings.set(&format!("CONFBRIDGE/{name}"), value);
    }
    let mut call = Call::new(exchange, Arc::clone(&channel));
    let steps = async {
        if let Some(sound) = sound {
            playing::play(&mut call, &sound).await;
        }
        call.run_application(&CONFBRIDGE, &room).await;
    };
    tokio::select! {
        biased;
        () = channel.interrupted() => {}
        () = steps => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn all_that_answer_hear_the_caller_and_go_with_it() {
        let plan = "Page(Local/200@ear&Local/201@ear,A(tt-monkeys)q,5)\nNoOp(on)\n[ear]\nexten => _20X,1,Answer\n\
                    exten => _20X,2,Wait(60)\nexten => h,1,NoOp(gone ${EXTEN})";
        let told = Trial::of(plan).hang_up(10.0).run();
        assert_eq!(told.sounds().iter().filter(|sound| **sound == "tt-monkeys").count(), 3, "{:?}", told.lines);
        let gone = told.lines.iter().filter(|line| line.contains("NoOp gone")).count();
        assert_eq!(gone, 2, "{:?}", told.lines);
        assert!(Trial::of("Page(SIP/none,s)\nNoOp(on)").hang_up(3.0).run().has("100@default:2 Page"));
    }

    #[test]
    fn a_telephone_that_forwards_is_paged_elsewhere_unless_its_wish_is_ignored() {
        let told = |options: &str| {
            Trial::of(&format!("Page(SIP/carol,q{options})\n[there]\nexten => 300,1,Answer\nexten => 300,2,Wait(3)"))
                .forwards("carol", "300@there")
                .hang_up(6.0)
                .run()
        };
        assert!(told("").has("300@there:1 Answer"), "{:?}", told("").lines);
        assert!(!told("i").has("300@there:1 Answer"), "{:?}", told("i").lines);
    }
}
