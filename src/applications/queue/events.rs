//! What programs are told about queues: the manager's events and lines of the log.

use std::sync::Arc;

use crate::channel::snapshot;
use crate::channel::{Channel, Happening};
use crate::interpreter::Exchange;
use crate::queues::log::Line;
use crate::queues::{Member, Pausing, Queue};

/// Publishes an event of class `agent`.
pub fn publish(exchange: &Exchange, channel: Option<&Channel>, event: &str, fields: &[(&str, &str)]) {
    if exchange.channels.is_observed() {
        let privilege = "agent";
        exchange.channels.publish(&Happening::Manager { channel, event, privilege, fields });
    }
}

/// An event about a member that is called for a caller: the called channel's fields, then the queue's.
pub fn publish_called(
    exchange: &Exchange,
    caller: &Channel,
    called: Option<&Channel>,
    event: &str,
    (queue, member): (&Queue, &Member),
    more: &[(&str, &str)],
) {
    let called = called.map(|called| snapshot::fields(called, "Dest")).unwrap_or_default();
    let mut fields: Vec<(&str, &str)> = called.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    fields.extend([("Queue", queue.name()), ("Interface", &member.interface), ("MemberName", &member.name)]);
    fields.extend(more);
    publish(exchange, Some(caller), event, &fields);
}

/// The fields of a member's event.
pub fn member_fields(exchange: &Exchange, queue: &Queue, member: &Member) -> Vec<(&'static str, String)> {
    let number = |flag: bool| u8::from(flag).to_string();
    let state = exchange.device_state(&member.state_interface);
    vec![
        ("Queue", queue.name().to_owned()),
        ("MemberName", member.name.clone()),
        ("Interface", member.interface.clone()),
        ("StateInterface", member.state_interface.clone()),
        ("Membership", if member.is_dynamic { "dynamic" } else { "static" }.to_owned()),
        ("Penalty", member.penalty.to_string()),
        ("CallsTaken", member.calls.to_string()),
        ("LastCall", member.last_call.to_string()),
        ("LastPause", member.last_pause.to_string()),
        ("LoginTime", member.login.to_string()),
        ("InCall", number(member.is_in_call)),
        ("Status", state.number().to_string()),
        ("Paused", number(member.is_paused)),
        ("PausedReason", member.pause_reason.clone()),
        ("Ringinuse", number(member.ring_in_use)),
        ("Wrapuptime", member.wrapup(queue.settings().wrapup_time).to_string()),
    ]
}

/// `QueueMemberAdded`, `…Removed`, `…Pause`, `…Penalty`, `…Ringinuse`, `…Status`.
pub fn publish_member(exchange: &Exchange, event: &str, queue: &Queue, member: &Member) {
    if exchange.channels.is_observed() {
        let fields = member_fields(exchange, queue, member);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        publish(exchange, None, event, &fields);
    }
}

/// Writes a line of the queues' log.
pub fn log(exchange: &Exchange, call: &str, queue: &str, agent: &str, event: &str, data: &str) {
    let time = exchange.epoch();
    exchange.queues.log.write(&Line { time, call, queue, agent, event, data });
}

/// Pauses a member in one queue, or in all where `queue` is empty; tells programs. False where it is a member of none.
pub fn pause(exchange: &Exchange, queue: &str, interface: &str, is_paused: bool, reason: &str) -> bool {
    let queues: Vec<Arc<Queue>> = match queue {
        "" => exchange.queues.all(),
        name => exchange.queues.find(name).into_iter().collect(),
    };
    let now = exchange.epoch();
    let mut is_found = false;
    for one in &queues {
        let done = one.pause(interface, is_paused, reason, now);
        let Some(member) = one.member(interface) else { continue };
        if !is_found && queue.is_empty() {
            let event = if is_paused { "PAUSEALL" } else { "UNPAUSEALL" };
            log(exchange, "NONE", "NONE", &member.name, event, "");
        }
        is_found = true;
        if done == Pausing::Done {
            log(exchange, "NONE", one.name(), &member.name, if is_paused { "PAUSE" } else { "UNPAUSE" }, reason);
            exchange.queues.store_members(one, &*exchange.database);
            publish_member(exchange, "QueueMemberPause", one, &member);
        }
    }
    is_found
}

/// Changes a member's penalty in one queue, or in all where `queue` is empty. False where it is a member of none.
pub fn set_penalty(exchange: &Exchange, queue: &str, interface: &str, penalty: i32) -> bool {
    let keeps_old = penalty < 0 && exchange.queues.general().negative_penalty_invalid;
    let penalty = penalty.max(0);
    change(exchange, queue, interface, |queue| {
        if keeps_old {
            return;
        }
        queue.change(interface, |member| member.penalty = penalty);
        if let Some(member) = queue.member(interface) {
            log(exchange, "NONE", queue.name(), &member.name, "PENALTY", &penalty.to_string());
            exchange.queues.store_members(queue, &*exchange.database);
            publish_member(exchange, "QueueMemberPenalty", queue, &member);
        }
    })
}

/// Says whether a member is called while its device is in use, in one queue or all.
pub fn set_ring_in_use(exchange: &Exchange, queue: &str, interface: &str, rings: bool) -> bool {
    change(exchange, queue, interface, |queue| {
        queue.change(interface, |member| member.ring_in_use = rings);
        if let Some(member) = queue.member(interface) {
            publish_member(exchange, "QueueMemberRinginuse", queue, &member);
        }
    })
}

fn change(exchange: &Exchange, queue: &str, interface: &str, change: impl Fn(&Queue)) -> bool {
    let queues = exchange.queues.all();
    let named = queues.iter().filter(|one| queue.is_empty() || one.name() == queue);
    let concerned: Vec<_> = named.filter(|one| one.member(interface).is_some()).collect();
    concerned.iter().for_each(|queue| change(queue));
    !concerned.is_empty()
}
