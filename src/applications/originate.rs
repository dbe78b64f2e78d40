//! `Originate`

use crate::applications::originating::{Failure, Origination, TIMEOUT, Then};
use crate::channel::caller_id::Party;
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
        Argument::required("application or context", Kind::Application),
        Argument::optional("arguments or extension", Kind::Text),
        Argument::optional("priority", Kind::Text),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::plain('a', "does not wait for the answer"),
        Letter::with('b', "context^extension^priority", "runs a subroutine on the new channel before calling"),
        Letter::with('B', "context^extension^priority", "runs a subroutine on this channel before calling"),
        Letter::with('C', "codecs", "calls with these codecs"),
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
    if let Some(routine) = options.argument('B').map(super::dial::routine)
        && !call.run_routine(&routine).await
    {
        return Outcome::Hangup;
    }
    let destination = arguments.get(0);
    let wish = Origination { timeout, ..origination(destination, then, &options) };
    let status = match wish.place(&call.exchange).await {
        Ok(placed) if options.has('a') => {
            tokio::spawn(placed.wait());
            "SUCCESS"
        }
        Ok(placed) => placed.wait().await.map_or_else(status, |()| "SUCCESS"),
        Err(error) => {
            call.context().warn(&format!("Originate cannot call {destination}: {error}"));
            "FAILED"
        }
    };
    call.context().set("ORIGINATE_STATUS", status);
    Outcome::Continue
}

/// What is to be called, and how.
fn origination(destination: &str, then: Then, options: &Options) -> Origination {
    let pairs = options.argument('v').into_iter().flat_map(|pairs| pairs.split('^'));
    Origination {
        caller: Party {
            number: options.argument('c').map(str::to_owned),
            name: options.argument('n').map(str::to_owned),
            ..Party::default()
        },
        variables: pairs
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        preparation: options.argument('b').map(super::dial::routine),
        codecs: options.argument('C').map(|codecs| format!("!all,{codecs}")),
        ..Origination::new(destination, then)
    }
}

/// What `ORIGINATE_STATUS` says of a call that did not come about.
fn status(failure: Failure) -> &'static str {
    match failure {
        Failure::Failed | Failure::HungUp => "FAILED",
        Failure::TimedOut => "RINGING",
        Failure::Busy => "BUSY",
        Failure::Congestion => "CONGESTION",
    }
}
