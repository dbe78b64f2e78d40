//! `Dial`: calls one or several destinations and joins the caller with the first that answers.
//!
//! `ringing` calls until somebody answers, `screening` lets the callee decide, [`talk`] joins the two.

mod privacy;
mod report;
pub mod retry;
mod ringing;
mod screening;

pub use screening::{routine, routine_of};

use std::sync::Arc;
use std::time::Duration;

use super::send_dtmf;
use super::talk::{self, Callee, Ended, Limit, Terms};
use crate::channel::Cause;
use crate::interpreter::{
    Application, Argument, Arguments, Call, Exchange, Kind, Letter, Options, Outcome, Run, Sets, leading_number,
};
use privacy::Known;
use report::Report;
use tokio::time::Instant;

/// Calls destinations.
///
/// All destinations ring at once; the first to answer gets the call and the others stop ringing. Without an answer
/// the plan goes on at the next step, and `DIALSTATUS` says why. With one, the plan goes on only where option `g` says
/// so and the callee was the one who left.
///
/// `DIALEDTIME` is how long the call took from here on, `ANSWEREDTIME` how long the two talked: as Asterisk's documents have
/// it, not counting what the caller did before (Asterisk 12 and later do count it). `RINGTIME` and `PROGRESSTIME` say how
/// long it took until somebody's telephone rang and until the first was heard. All four are whole seconds, and milliseconds
/// under the same name with `_MS`.
pub static DIAL: Application = Application {
    name: "Dial",
    synopsis: "Calls destinations and joins the caller with the first that answers",
    arguments: &[
        Argument::required("destinations", Kind::Destinations),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("options", Kind::Options),
        Argument::optional("url", Kind::Text),
    ],
    options: &[
        Letter::with('A', "sounds[:sounds]", "plays sounds to the callee, and others to the caller, before they talk"),
        Letter::plain('a', "answers the caller as soon as somebody answers"),
        Letter::with('B', "context^extension^priority", "runs a subroutine on the caller before calling"),
        Letter::with('b', "context^extension^priority", "runs a subroutine on each called channel before calling it"),
        Letter::plain('c', "tells legs that are given up that the call was answered elsewhere"),
        Letter::plain('C', "begins the call record anew"),
        Letter::with('D', "called:calling:progress", "sends these keys after the answer"),
        Letter::plain('d', "a key of the caller while it rings leads to that extension"),
        Letter::plain('E', "lets the caller hear signals that only DAHDI lines have: nothing here"),
        Letter::plain('e', "runs `h` on the callee after the call"),
        Letter::with('F', "context^extension^priority", "the callee goes on here when the caller hangs up"),
        Letter::with('f', "caller id", "calls with this caller id"),
        Letter::plain('g', "goes on with the plan when the callee hangs up"),
        Letter::with('G', "context^extension^priority", "sends the caller here and the callee to the next priority"),
        Letter::plain('h', "lets the callee hang up with the disconnect feature"),
        Letter::plain('H', "lets the caller hang up with the disconnect feature"),
        Letter::plain('i', "a callee that would forward the call counts as busy"),
        Letter::plain('I', "tells neither party whom it is connected with"),
        Letter::plain('j', "goes on at the priority 101 further, if there is one, when nobody can be called"),
        Letter::plain('k', "lets the callee park the caller"),
        Letter::plain('K', "lets the caller park the callee"),
        Letter::with('L', "x[:y[:z]]", "ends the call after x ms, warns when y ms are left, again every z ms"),
        Letter::with('M', "macro[^argument…]", "runs a macro on the callee before it hears the caller"),
        Letter::with('m', "class", "the caller hears music instead of ringing"),
        Letter::with('n', "delete", "keeps no introduction of options P and p; with 1 it is removed in any case"),
        Letter::plain('N', "asks nobody about callers with a number, with options P and p"),
        Letter::with('o', "caller id", "the called channel's own caller id: the caller's where none is given"),
        Letter::with('O', "mode", "holds the line of a DAHDI caller: nothing here"),
        Letter::plain('p', "lets the callee hear the caller's name and decide"),
        Letter::with('P', "key", "the same, and keeps the decision in the AstDB under this key, or the extension"),
        Letter::with('Q', "cause", "the cause, by number or name, for legs that are given up when another answers"),
        Letter::with('r', "tone", "the caller hears ringing, or this tone, whatever the callee sends"),
        Letter::plain('R', "the caller hears ringing until the callee sends sound"),
        Letter::with('s', "tag", "gives the caller id that is sent this tag"),
        Letter::with('S', "seconds", "ends the call this long after the answer"),
        Letter::plain('t', "lets the callee transfer the caller"),
        Letter::plain('T', "lets the caller transfer the callee"),
        Letter::plain('w', "lets the callee record the call with the automon feature"),
        Letter::plain('W', "lets the caller record the call with the automon feature"),
        Letter::plain('x', "lets the callee record the call with the automixmon feature"),
        Letter::plain('X', "lets the caller record the call with the automixmon feature"),
        Letter::with('u', "presentation", "how the caller id of option f may be shown"),
        Letter::with('U', "routine[^argument…]", "runs a subroutine on the callee before it hears the caller"),
        Letter::plain('z', "rings without end where the callee forwards the call"),
    ],
    sets: &[
        Sets {
            variable: "DIALSTATUS",
            values: &[
                "CHANUNAVAIL",
                "CONGESTION",
                "NOANSWER",
                "BUSY",
                "ANSWER",
                "CANCEL",
                "DONTCALL",
                "TORTURE",
                "INVALIDARGS",
            ],
        },
        Sets { variable: "DIALEDTIME", values: &[] },
        Sets { variable: "DIALEDTIME_MS", values: &[] },
        Sets { variable: "ANSWEREDTIME", values: &[] },
        Sets { variable: "ANSWEREDTIME_MS", values: &[] },
        Sets { variable: "RINGTIME", values: &[] },
        Sets { variable: "RINGTIME_MS", values: &[] },
        Sets { variable: "PROGRESSTIME", values: &[] },
        Sets { variable: "PROGRESSTIME_MS", values: &[] },
        Sets { variable: "DIALEDPEERNAME", values: &[] },
        Sets { variable: "DIALEDPEERNUMBER", values: &[] },
        Sets { variable: "BRIDGEPEER", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(dial(call, arguments))),
};

/// What a Dial was asked to do.
struct Wish {
    destinations: Vec<Destination>,
    timeout: Option<Duration>,
    options: Options,
}

/// `technology/resource`.
#[derive(Clone, Debug)]
struct Destination {
    technology: String,
    resource: String,
}

async fn dial(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(wish) = read(call, &arguments) else { return Outcome::Hangup };
    dial_wish(call, &wish).await
}

/// Reads the arguments; `None`, with a warning, where a destination is not one.
fn read(call: &Call, arguments: &Arguments) -> Option<Wish> {
    let mut destinations = Vec::new();
    for destination in arguments.get(0).split('&').map(str::trim).filter(|destination| !destination.is_empty()) {
        let parts = destination.split_once('/').filter(|(_, resource)| !resource.is_empty());
        let Some((technology, resource)) = parts else {
            call.context()
                .warn(&format!("Dial: `{destination}` is no destination; write technology/resource, as in SIP/2001"));
            return None;
        };
        destinations.push(Destination { technology: technology.to_owned(), resource: resource.to_owned() });
    }
    let options = arguments.options(2);
    if options.is_unclosed() {
        call.context().warn(&format!("Dial: a parenthesis is not closed in the options `{}`", arguments.get(2)));
        return None;
    }
    for letter in options.letters().filter(|letter| !DIAL.options.iter().any(|known| known.letter == *letter)) {
        call.context().warn(&format!("Dial has no option `{letter}`: it is passed over"));
    }
    for (letter, least) in [('L', 1.0), ('S', 0.001)] {
        if options.argument(letter).is_some_and(|limit| !limit.is_empty() && leading_number(limit) < least) {
            let limit = options.argument(letter).unwrap_or("");
            call.context().warn(&format!("Dial: `{limit}` is no limit, as option {letter} wants"));
            return None;
        }
    }
    // Whole seconds; none of them is no limit.
    let timeout = arguments.seconds(1).map(f64::trunc).filter(|seconds| *seconds > 0.0).map(Exchange::pause);
    Some(Wish { destinations, timeout, options })
}

async fn dial_wish(call: &mut Call, wish: &Wish) -> Outcome {
    if call.is_ending() {
        call.context().warn("Dial: the caller has hung up, so nobody is called");
        return Outcome::Hangup;
    }
    let mut report = Report::begin(call);
    if talk::forwards_left(&call.channel.state()) <= 0 {
        call.context().warn("Dial: the call was sent on too often, by CHANNEL(max_forwards)");
        report.set_status("BUSY");
        return Outcome::Hangup;
    }
    if wish.options.has('C') {
        let is_up = call.channel.is_up();
        call.channel.state().records.reset(Instant::now(), is_up, false);
    }
    let privacy = match wish.options.has('P') || wish.options.has('p') {
        true => match privacy::announce(call, wish).await {
            Known::Allowed => None,
            Known::Unknown(privacy) => Some(privacy),
            Known::Refused(status) => {
                report.set_status(status);
                return Outcome::Continue;
            }
        },
        false => None,
    };
    // A subroutine that is not there keeps nobody from calling.
    if let Some(routine) = wish.options.argument('B').map(screening::routine)
        && call.context().find_subroutine(&routine).is_some()
        && !call.run_routine(&routine).await
    {
        return Outcome::Hangup;
    }
    if let Some(routine) = wish.options.argument('b') {
        report.prepare_with(routine_of(&call.channel, routine));
    }
    let mut callee = match ringing::ring(call, wish, &mut report).await {
        ringing::Rung::Answered(callee) => callee,
        ringing::Rung::Failed => {
            drop(report);
            if call.context().get("DIALSTATUS").is_some_and(|status| status != "NOANSWER" && status != "CANCEL") {
                call.context().jump_after_failure(wish.options.has('j'));
            }
            return Outcome::Continue;
        }
        ringing::Rung::Keyed => return Outcome::Continue,
    };
    if wish.options.has('a') {
        call.channel.answer();
    }
    callee.leave_extension();
    if let Some(privacy) = &privacy
        && let Some(status) = privacy.ask(call, &callee).await
    {
        report.set_status(status);
        return leave(call, callee, &report, Outcome::Continue);
    }
    match screening::screen(call, wish, &callee, &mut report).await {
        screening::Screened::Talk => {}
        screening::Screened::GoOn => return leave(call, callee, &report, Outcome::Continue),
        screening::Screened::Leave(outcome) => return leave(call, callee, &report, outcome),
    }
    if let Some(target) = wish.options.argument('G') {
        report.says_nothing();
        return split_up(call, callee, target);
    }
    callee.dial_ends("ANSWER");
    call.channel.answer();
    let accounts = [&call.channel, callee.channel()].map(|channel| channel.state().account_code.clone());
    let [own, theirs] = accounts;
    call.channel.state().peer_account = theirs;
    callee.channel().state().peer_account = own;
    report.talk_begins();
    if let Some(keys) = wish.options.argument('D') {
        send_keys(call, &callee, keys).await;
    }
    if wish.options.has('F') {
        callee.set_successor(call, wish.options.argument('F'));
    }
    let peer = Arc::clone(callee.channel());
    let limit = Limit::read(call, wish.options.argument('L'), wish.options.argument('S'));
    let ended = talk::talk(call, callee, &Terms { options: &wish.options, limit: limit.as_ref() }).await;
    report.talk_ends();
    if ended == Ended::TimeIsUp
        && let Some(sound) = limit.as_ref().and_then(Limit::end_sound)
    {
        super::playing::play(call, sound).await;
    }
    if wish.options.has('e') {
        let position = call.channel.state().position.clone();
        peer.state().position = position;
        Call::new(Arc::clone(&call.exchange), peer).say_farewell().await;
    }
    end(call, wish, ended)
}

/// The callee has answered, but the two do not talk.
fn leave(call: &Call, mut callee: Callee, report: &Report, outcome: Outcome) -> Outcome {
    callee.dial_ends(report.status());
    drop(callee);
    call.channel.state().hangup_cause = Cause::NORMAL;
    outcome
}

/// Where the two go after the call.
fn end(call: &Call, wish: &Wish, ended: Ended) -> Outcome {
    let state = call.channel.state();
    let goes_on = ended != Ended::HangsUp && (state.has_jumped || wish.options.has('g'));
    if goes_on { Outcome::Continue } else { Outcome::Hangup }
}

/// Option `G`: the caller, answered or not, goes to the target, the callee to the priority after it.
fn split_up(call: &Call, mut callee: Callee, target: &str) -> Outcome {
    let mut context = call.context();
    let Some(target) = context.resolve(&target.replace('^', ",")) else {
        context.state.hangup_cause = Cause::NORMAL;
        return Outcome::Hangup;
    };
    context.state.jump(&target.context, &target.extension, target.priority);
    drop(context);
    call.channel.state().hangup_cause = Cause::NORMAL;
    let mut next = target;
    next.priority += 1;
    callee.channel().state().position = next.clone();
    callee.channel().tell_left_extension();
    callee.dial_ends("ANSWER");
    callee.send_to(&next);
    Outcome::Continue
}

/// Option `D(called:calling)`: keys for the callee, then for the caller, before they talk.
async fn send_keys(call: &Call, callee: &Callee, keys: &str) {
    let mut parts = keys.split(':');
    let gone = callee.channel().interrupted();
    let sent = async {
        send_dtmf::send_usually(callee.channel(), parts.next().unwrap_or("")).await;
        send_dtmf::send_usually(&call.channel, parts.next().unwrap_or("")).await;
    };
    tokio::select! {
        () = gone => {}
        () = sent => {}
    }
}
