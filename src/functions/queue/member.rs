//! `QUEUE_MEMBER`, `QUEUE_MEMBER_COUNT`, `QUEUE_MEMBER_PENALTY`

use crate::applications::queue::orders;
use crate::channel::DeviceState;
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind, leading_integer};
use crate::queues::Queue;

/// Gives a number about the members of a queue, or about one; sets one's `penalty`, `paused` or `ringinuse`.
///
/// `logged`: how many can be called; `free`: those who are not in a call and not paused; `ready`: those of them who are
/// not wrapping up; `count`: all. With an interface: `penalty`, `paused`, `ringinuse`.
pub static QUEUE_MEMBER: Function = Function::new(
    "QUEUE_MEMBER",
    "A number about the members of a queue",
    &[
        Argument::required("queue", Kind::Text),
        Argument::required("item", Kind::Text),
        Argument::optional("interface", Kind::Text),
    ],
)
.reads(read)
.writes(write);

/// Gives how many members of a queue can be called; now `QUEUE_MEMBER(queue,logged)`.
pub static QUEUE_MEMBER_COUNT: Function = Function::new(
    "QUEUE_MEMBER_COUNT",
    "How many members of a queue can be called",
    &[Argument::required("queue", Kind::Text)],
)
.reads(read_count);

/// Gives or sets a member's penalty; now `QUEUE_MEMBER(queue,penalty,interface)`.
pub static QUEUE_MEMBER_PENALTY: Function = Function::new(
    "QUEUE_MEMBER_PENALTY",
    "The penalty of a queue's member",
    &[Argument::required("queue", Kind::Text), Argument::required("interface", Kind::Text)],
)
.reads(read_penalty)
.writes(write_penalty);

fn count(context: &Context<'_>, queue: &Queue, item: &str) -> usize {
    let (exchange, now) = (context.exchange, context.exchange.epoch());
    let wrapup = queue.settings().wrapup_time;
    let members = queue.members();
    let counts = members.iter().filter(|member| {
        let state = exchange.device_state(&member.state_interface);
        let is_free = state == DeviceState::NotInUse && !member.is_paused;
        match item {
            "logged" => !matches!(state, DeviceState::Unavailable | DeviceState::Invalid),
            "free" => is_free,
            "ready" => is_free && !member.is_wrapping_up(wrapup, now),
            _ => true,
        }
    });
    counts.count()
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [Some(name), Some(item), interface] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a queue and an item are needed"));
    };
    let Some(queue) = context.exchange.queues.find(&name) else {
        context.warn(&format!("there is no queue {name}"));
        out.push('0');
        return Ok(());
    };
    let item = item.to_ascii_lowercase();
    let interface = interface.filter(|interface| !interface.is_empty());
    let value = match (item.as_str(), interface) {
        ("logged" | "free" | "ready" | "count" | "", _) => {
            i64::try_from(context.unlocked_count(&queue, &item)).unwrap_or(i64::MAX)
        }
        (item @ ("penalty" | "paused" | "ringinuse" | "ignorebusy"), Some(interface)) => {
            let Some(member) = queue.member(&interface) else {
                context.warn(&format!("{interface} is no member of queue {name}"));
                out.push('0');
                return Ok(());
            };
            match item {
                "penalty" => i64::from(member.penalty),
                "paused" => i64::from(member.is_paused),
                _ => i64::from(member.ring_in_use),
            }
        }
        (other, _) => {
            context.warn(&format!(
                "`{other}` is none of logged, free, ready, count, penalty, paused, ringinuse, or lacks an interface"
            ));
            0
        }
    };
    out.push_str(&value.to_string());
    Ok(())
}

impl Context<'_> {
    /// Devices may be other channels: their states are asked with the own one unlocked.
    fn unlocked_count(&mut self, queue: &Queue, item: &str) -> usize {
        let (exchange, plan) = (self.exchange, self.plan);
        self.unlocked(|| count(&Context::without_channel(exchange, plan), queue, item))
    }
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [Some(name), Some(item), Some(interface)] = fields::standard(arguments) else {
        return Err(FunctionError::arguments("a queue, an item and an interface are needed"));
    };
    let number = leading_integer(value).unwrap_or(0);
    let exchange = context.exchange;
    let is_on = number > 0;
    let is_done = context.unlocked(|| match item.to_ascii_lowercase().as_str() {
        "penalty" => Ok(orders::set_penalty(exchange, &name, &interface, number)),
        "paused" => Ok(orders::pause(exchange, &name, &interface, is_on, "")),
        "ringinuse" | "ignorebusy" => Ok(orders::set_ring_in_use(exchange, &name, &interface, is_on)),
        _ => Err(FunctionError::arguments("only penalty, paused and ringinuse can be set")),
    })?;
    if is_done { Ok(()) } else { Err(FunctionError::value(format!("{interface} is no member of queue {name}"))) }
}

fn read_count(context: &mut Context<'_>, name: &str, out: &mut String) -> Result<(), FunctionError> {
    read(context, &format!("{name},logged"), out)
}

fn read_penalty(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let [name, interface] = fields::standard(arguments);
    let queue = super::find(context, name.as_deref().unwrap_or(""))?;
    let member = queue.member(interface.as_deref().unwrap_or(""));
    out.push_str(&member.map_or(-1, |member| member.penalty).to_string());
    Ok(())
}

fn write_penalty(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let [name, interface] = fields::standard::<2>(arguments).map(Option::unwrap_or_default);
    write(context, &format!("{name},penalty,{interface}"), value)
}
