//! `Originate`

use std::sync::Arc;
use std::time::Duration;

use crate::applications::talk::Callee;
use crate::channel::caller_id::Party;
use crate::channel::{Cause, Channel, Event, Outgoing, Position, State};
use crate::interpreter::{Application, Argument, Arguments, Call, Exchange, Kind, Letter, Options, Outcome, Run, Sets};

/// Calls a destination and gives it to an application or to a place in the plan.
///
/// The plan goes on when the destination has answered or failed, or at once with option `a`; `ORIGINATE_STATUS` says
/// which. The new call stands on its own: it goes on when this one ends.
pub static ORIGINATE: Application = Application {
    name: "Originate",
    synopsis: "Calls a destination and gives it to an application or to the plan",
    arguments: &[
        Argument::required("destination", Kind::Destinations),
        Argument::required("type", Kind::Text),
        Argument::required("application or context", Kind::Text),
        Argument::optional("arguments or extension", Kind::Text),
        Argument::optional("priority", Kind::Text),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::plain('a', "does not wait for the answer"),
        Letter::with('b', "context^extension^priority", "runs a subroutine on the new channel before calling"),
        Letter::with('c', "number", "calls with this caller number"),
        Letter::with('n', "name", "calls with this caller name"),
        Letter::with('v', "name=value^…", "sets variables of the new channel"),
    ],
    sets: &[Sets {
        variable: "ORIGINATE_STATUS",
        values: &["FAILED", "SUCCESS", "BUSY", "CONGESTION", "HANGUP", "RINGING", "UNKNOWN"],
    }],
    run: Run::Wait(|call, arguments| Box::pin(originate(call, arguments))),
};

/// How long a destination may ring unless the plan says otherwise.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Where an answered call goes.
#[derive(Clone, Debug)]
enum Then {
    Application { name: String, arguments: String },
    Place(Position),
}

async fn originate(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.len() < 3 {
        call.context()
            .warn("Originate needs a destination, `app` or `exten`, and what to run: Originate(SIP/1,app,Echo)");
        return Outcome::Hangup;
    }
    let then = match arguments.get(1).to_ascii_lowercase().as_str() {
        "app" => Then::Application { name: arguments.get(2).to_owned(), arguments: arguments.get(3).to_owned() },
        "exten" => {
            let context = arguments.get(2);
            let extension = arguments.given(3).unwrap_or("s");
            let priority = arguments.given(4).unwrap_or("1");
            match call.context().resolve(&format!("{context},{extension},{priority}")) {
                Some(position) => Then::Place(position),
                None => return Outcome::Hangup,
            }
        }
        other => {
            let text = format!("Originate: `{other}` is neither `app` nor `exten`");
            call.context().warn(&text);
            return Outcome::Hangup;
        }
    };
    let timeout = arguments.seconds(5).filter(|seconds| *seconds > 0.0).map_or(TIMEOUT, Exchange::pause);
    let options = arguments.options(6);
    let status = match place(call, arguments.get(0), &options).await {
        Some(callee) if options.has('a') => {
            tokio::spawn(wait_and_go_on(callee, call.exchange.clone(), then, timeout));
            "SUCCESS"
        }
        Some(callee) => wait_and_go_on(callee, call.exchange.clone(), then, timeout).await,
        None => "FAILED",
    };
    call.context().set("ORIGINATE_STATUS", status);
    Outcome::Continue
}

/// Makes the new channel and calls it.
async fn place(call: &Call, destination: &str, options: &Options) -> Option<Callee> {
    let (technology, resource) = destination.split_once('/').unwrap_or((destination, ""));
    let shown = Party {
        number: options.argument('c').map(str::to_owned),
        name: options.argument('n').map(str::to_owned),
        ..Party::default()
    };
    let prepare = |state: &mut State| {
        state.is_originated = true;
        state.connected = shown.clone();
        state.caller = shown.clone();
        for pair in options.argument('v').into_iter().flat_map(|pairs| pairs.split('^')) {
            if let Some((name, value)) = pair.split_once('=') {
                state.variables.set(name, value);
            }
        }
    };
    let requested = call.exchange.channels.request(technology, resource, &prepare);
    let channel = match requested.map(|channels| channels.into_iter().next()) {
        Ok(channel) => channel?,
        Err(error) => {
            call.context().warn(&format!("Originate cannot call {destination}: {error}"));
            return None;
        }
    };
    let callee = Callee::new(&call.exchange, channel);
    if let Some(routine) = options.argument('b') {
        let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(callee.channel()));
        theirs.run_routine(&super::dial::routine(routine)).await;
    }
    let outgoing = Outgoing { number: shown.number().to_owned(), name: shown.name().to_owned(), ..Outgoing::default() };
    callee.channel().call(&outgoing);
    Some(callee)
}

/// Waits for the answer and lets the new call go on by itself; gives `ORIGINATE_STATUS`.
async fn wait_and_go_on(callee: Callee, exchange: Arc<Exchange>, then: Then, timeout: Duration) -> &'static str {
    let channel = Arc::clone(callee.channel());
    match tokio::time::timeout(timeout, answered(&channel)).await {
        Ok(Ok(())) => {}
        Ok(Err(status)) => return status,
        Err(_) => return "RINGING",
    }
    match then {
        Then::Place(position) => callee.send_to(&position),
        Then::Application { name, arguments } => {
            tokio::spawn(run_application(callee, exchange, name, arguments));
        }
    }
    "SUCCESS"
}

/// Resolves with the answer, or with the status of what came instead.
async fn answered(channel: &Channel) -> Result<(), &'static str> {
    loop {
        tokio::select! {
            biased;
            event = channel.event() => match event {
                Event::Answered => return Ok(()),
                Event::Busy => return Err("BUSY"),
                Event::Congestion => return Err("CONGESTION"),
                _ => {}
            },
            () = channel.interrupted() => {
                return Err(match channel.hangup_cause() {
                    Some(Cause::BUSY) => "BUSY",
                    Some(Cause::CONGESTION) => "CONGESTION",
                    _ => "FAILED",
                });
            }
        }
    }
}

/// Runs one application on the new channel, then hangs it up or lets it go where the application jumped to.
async fn run_application(mut callee: Callee, exchange: Arc<Exchange>, name: String, arguments: String) {
    callee.set_cause(Cause::NORMAL);
    let channel = Arc::clone(callee.channel());
    let mut call = Call::new(Arc::clone(&exchange), Arc::clone(&channel));
    let Some(application) = exchange.library.application(&name) else {
        call.context().warn(&format!("Originate: there is no application {name}"));
        return;
    };
    let arguments = call.context().expand(&arguments);
    tokio::select! {
        biased;
        () = channel.interrupted() => {}
        _ = call.run_application(application, &arguments) => {}
    }
}
