//! `AddQueueMember`, `RemoveQueueMember`

use super::orders;
use crate::interpreter::{Application, Argument, Arguments, Context, Kind, Outcome, Run, Sets, leading_integer};
use crate::queues::{Fault, Member};

/// Makes an interface a member of a queue: the caller's own telephone, unless another is named.
///
/// It stays until it is removed; over a restart too where `queues.conf` has `persistentmembers`.
pub static ADD_QUEUE_MEMBER: Application = Application {
    name: "AddQueueMember",
    synopsis: "Makes an interface a member of a queue",
    arguments: &[
        Argument::required("queue", Kind::Text),
        Argument::optional("interface", Kind::Text),
        Argument::optional("penalty", Kind::Number),
        Argument::optional("options", Kind::Text),
        Argument::optional("name", Kind::Text),
        Argument::optional("state interface", Kind::Text),
        Argument::optional("wrapup time", Kind::Number),
    ],
    options: &[],
    sets: &[Sets { variable: "AQMSTATUS", values: &["ADDED", "MEMBERALREADY", "NOSUCHQUEUE"] }],
    run: Run::Compute(add),
};

/// Takes an interface out of a queue: the caller's own telephone, unless another is named. Members that stand in
/// `queues.conf` stay.
pub static REMOVE_QUEUE_MEMBER: Application = Application {
    name: "RemoveQueueMember",
    synopsis: "Takes an interface out of a queue",
    arguments: &[Argument::required("queue", Kind::Text), Argument::optional("interface", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "RQMSTATUS", values: &["REMOVED", "NOTINQUEUE", "NOSUCHQUEUE", "NOTDYNAMIC"] }],
    run: Run::Compute(remove),
};

/// The interface that is named, or that of the channel itself.
fn interface(context: &Context<'_>, arguments: &Arguments) -> String {
    let own = || {
        let name = context.channel.map_or("", |channel| channel.name());
        name.rsplit_once('-').map_or(name, |(interface, _)| interface).to_owned()
    };
    arguments.given(1).map_or_else(own, str::to_owned)
}

fn add(context: &mut Context<'_>, text: &str) -> Outcome {
    let arguments = Arguments::new(text.to_owned());
    if arguments.is_empty() {
        context.warn("AddQueueMember needs the name of a queue");
        return Outcome::Hangup;
    }
    let exchange = context.exchange;
    let (name, interface) = (arguments.get(0), interface(context, &arguments));
    let penalty = arguments.given(2).map_or(0, |text| match leading_integer(text) {
        Some(penalty) if penalty >= 0 => penalty,
        _ => {
            context.warn(&format!("`{text}` is no penalty: it counts as 0"));
            0
        }
    });
    let given = |index: usize| arguments.given(index).map_or_else(|| interface.clone(), str::to_owned);
    let member = Member {
        penalty,
        name: given(4),
        state_interface: given(5),
        wrapup_time: arguments.given(6).and_then(leading_integer).map_or(0, |seconds| i64::from(seconds.max(0))),
        ring_in_use: exchange.queues.find(name).is_some_and(|queue| queue.settings().ring_in_use),
        ..Member::new(&interface)
    };
    let call = context.channel.map_or("NONE", |channel| channel.unique_id());
    let added = context.unlocked(|| orders::add(exchange, name, member, call));
    let status = match added {
        Ok(()) => "ADDED",
        Err(Fault::AlreadyThere) => {
            context.warn(&format!("{interface} is a member of queue {name} already"));
            "MEMBERALREADY"
        }
        Err(_) => {
            context.warn(&format!("there is no queue {name}"));
            "NOSUCHQUEUE"
        }
    };
    context.set("AQMSTATUS", status);
    Outcome::Continue
}

fn remove(context: &mut Context<'_>, text: &str) -> Outcome {
    let arguments = Arguments::new(text.to_owned());
    if arguments.is_empty() {
        context.warn("RemoveQueueMember needs the name of a queue");
        return Outcome::Hangup;
    }
    let exchange = context.exchange;
    let (name, interface) = (arguments.get(0), interface(context, &arguments));
    let call = context.channel.map_or("NONE", |channel| channel.unique_id());
    let removed = context.unlocked(|| orders::remove(exchange, name, &interface, call));
    let (status, problem) = match removed {
        Ok(()) => ("REMOVED", None),
        Err(Fault::NotDynamic) => {
            ("NOTDYNAMIC", Some(format!("{interface} is a member of queue {name} by queues.conf")))
        }
        Err(Fault::NoSuchQueue) => ("NOSUCHQUEUE", Some(format!("there is no queue {name}"))),
        Err(_) => ("NOTINQUEUE", None),
    };
    if let Some(problem) = problem {
        context.warn(&problem);
    }
    context.set("RQMSTATUS", status);
    Outcome::Continue
}
