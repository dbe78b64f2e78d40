//! Call queues: `Queue`, and the applications that change who takes calls.
//!
//! `visit` is a caller's stay, `offer` calls members, `connect` is what happens once one answers.

pub mod events;
pub mod log;
pub mod members;
pub mod orders;
pub mod pause;
pub mod update;

mod announce;
mod connect;
mod database;
mod offer;
mod place;
#[cfg(test)]
mod tests;
mod visit;
mod watcher;

use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Letter, Options, Outcome, Run, Sets};
use crate::queues::Refusal;
use visit::{Exit, Visit};
pub use watcher::MemberWatch;

/// Lets the caller wait until a member of a queue takes the call.
///
/// The queues stand in `queues.conf`. The caller hears music, its place and other announcements, and is connected with
/// the member that answers first, in the order that the queue's strategy says. When the call is over it ends, unless
/// option `c` lets the plan go on; without an answer the plan goes on and `QUEUESTATUS` says why. The time is in seconds;
/// without one the caller waits as long as it likes.
///
/// `QUEUE_PRIO` lets a caller in before others of a lower priority. `QUEUE_MAX_PENALTY`, `QUEUE_MIN_PENALTY` and
/// `QUEUE_RAISE_PENALTY` bound whom it reaches. The macro and subroutine run on the member, the AGI program on the caller.
pub static QUEUE: Application = Application {
    name: "Queue",
    synopsis: "Lets the caller wait for a member of a queue",
    arguments: &[
        Argument::required("queue", Kind::Text),
        Argument::optional("options", Kind::Options),
        Argument::optional("url", Kind::Text),
        Argument::optional("announcement", Kind::Sounds),
        Argument::optional("timeout", Kind::Seconds),
        Argument::optional("agi", Kind::Text),
        Argument::optional("macro", Kind::Text),
        Argument::optional("gosub", Kind::Text),
        Argument::optional("rule", Kind::Text),
        Argument::optional("position", Kind::Number),
    ],
    options: &[
        Letter::with('b', "context^extension^priority", "runs a subroutine on each called channel before calling it"),
        Letter::with('B', "context^extension^priority", "runs a subroutine on the caller before calling"),
        Letter::plain('C', "tells members that stop ringing that the call was answered elsewhere"),
        Letter::plain('c', "goes on with the plan when the member hangs up"),
        Letter::plain('d', "data quality, for lines that have it"),
        Letter::with('F', "context^extension^priority", "the member goes on here when the caller hangs up"),
        Letter::plain('h', "lets the member hang up with the disconnect feature"),
        Letter::plain('H', "lets the caller hang up with the disconnect feature"),
        Letter::plain('i', "a member that would forward the call counts as busy"),
        Letter::plain('I', "shows neither party who the other is"),
        Letter::plain('k', "lets the member park the call"),
        Letter::plain('K', "lets the caller park the call"),
        Letter::with('m', "class", "the caller hears music of this class"),
        Letter::plain('n', "goes on when all members have been tried once"),
        Letter::plain('r', "the caller hears ringing instead of music"),
        Letter::plain('R', "the caller hears ringing as soon as a member rings"),
        Letter::plain('t', "lets the member transfer the caller"),
        Letter::plain('T', "lets the caller transfer the member"),
        Letter::plain('w', "lets the member record the call"),
        Letter::plain('W', "lets the caller record the call"),
        Letter::plain('x', "lets the member record the call by MixMonitor"),
        Letter::plain('X', "lets the caller record the call by MixMonitor"),
    ],
    sets: &[
        Sets {
            variable: "QUEUESTATUS",
            values: &[
                "UNKNOWN",
                "TIMEOUT",
                "FULL",
                "JOINEMPTY",
                "LEAVEEMPTY",
                "JOINUNAVAIL",
                "LEAVEUNAVAIL",
                "CONTINUE",
                "WITHDRAW",
            ],
        },
        Sets { variable: "ABANDONED", values: &["TRUE"] },
        Sets { variable: "BRIDGEPEER", values: &[] },
        Sets { variable: "QUEUEPOSITION", values: &[] },
    ],
    run: Run::Wait(|call, arguments| Box::pin(queue(call, arguments))),
};

/// What `Queue()` was asked for beside the queue.
struct Wish {
    options: Options,
    announce: Option<String>,
    timeout: Option<u64>,
    agi: Option<String>,
    member_macro: Option<String>,
    gosub: Option<String>,
    rule: Option<String>,
    position: usize,
    url: String,
}

impl Wish {
    fn read(call: &Call, arguments: &Arguments) -> Self {
        let options = arguments.options(1);
        for letter in options.letters().filter(|letter| !QUEUE.options.iter().any(|known| known.letter == *letter)) {
            call.context().warn(&format!("Queue has no option `{letter}`: it is passed over"));
        }
        let given = |index: usize| arguments.given(index).map(str::to_owned);
        Self {
            options,
            announce: given(3),
            timeout: arguments.seconds(4).map(|seconds| seconds.max(0.0) as u64),
            agi: given(5),
            member_macro: given(6),
            gosub: given(7),
            rule: given(8),
            position: arguments.seconds(9).map_or(0, |position| position.max(0.0) as usize),
            url: arguments.get(2).to_owned(),
        }
    }
}

async fn queue(call: &mut Call, arguments: Arguments) -> Outcome {
    if arguments.is_empty() {
        call.context().warn("Queue needs the name of a queue");
        return Outcome::Hangup;
    }
    let wish = Wish::read(call, &arguments);
    let name = arguments.get(0);
    database::refresh(&call.exchange, name).await;
    let mut visit = match Visit::join(call, name, &wish) {
        Ok(visit) => visit,
        Err(refusal) => return refuse(call, name, refusal),
    };
    if let Some(routine) = wish.options.argument('B') {
        let routine = crate::applications::dial::routine(routine);
        if !call.run_routine(&routine).await {
            return Outcome::Hangup;
        }
    }
    let exit = visit.stay(call, &wish).await;
    visit.end(call, exit, &wish)
}

fn refuse(call: &Call, name: &str, refusal: Refusal) -> Outcome {
    let mut context = call.context();
    context.warn(&match refusal {
        Refusal::Unknown => format!("there is no queue {name}"),
        Refusal::Empty => format!("queue {name} takes no callers while nobody is there to answer (joinempty)"),
        Refusal::Full => format!("queue {name} is full (maxlen)"),
    });
    context.set("QUEUESTATUS", refusal.status());
    Outcome::Continue
}

impl Visit {
    /// What the plan does after the visit.
    fn end(self, call: &Call, exit: Exit, wish: &Wish) -> Outcome {
        let status = match exit {
            Exit::TimedOut => "TIMEOUT",
            Exit::Empty => "LEAVEEMPTY",
            Exit::Withdrawn => "WITHDRAW",
            Exit::Key => return Outcome::Continue,
            Exit::Served { hangs_up: true } => return Outcome::Hangup,
            Exit::Served { hangs_up: false } if call.channel.state().has_jumped => return Outcome::Continue,
            Exit::Served { hangs_up: false } if wish.options.has('c') => "CONTINUE",
            Exit::Served { hangs_up: false } => return Outcome::Hangup,
        };
        // Who waits in the queue sees the variable only when its place is given up.
        drop(self);
        call.context().set("QUEUESTATUS", status);
        Outcome::Continue
    }
}
