//! Changing who takes a queue's calls, as the plan, manager programs and the console do.

use std::sync::Arc;

use super::events::{log, publish_member};
use crate::interpreter::Exchange;
use crate::queues::{Fault, Member, Pausing, Queue, Removed};

/// Adds a dynamic member and tells everybody. `call` stands in the log: a unique id, `MANAGER` or `CLI`.
///
/// # Errors
/// Where there is no such queue, or the interface is a member already.
pub fn add(exchange: &Exchange, queue: &str, member: Member, call: &str) -> Result<(), Fault> {
    let member = Member { is_dynamic: true, login: exchange.epoch(), ..member };
    let interface = member.interface.clone();
    let queue = exchange.queues.add_member(queue, member, &*exchange.database)?;
    let Some(member) = queue.member(&interface) else { return Ok(()) };
    let agent = if exchange.queues.general().logs_member_names { &member.name } else { &interface };
    log(exchange, call, queue.name(), agent, "ADDMEMBER", if member.is_paused { "PAUSED" } else { "" });
    publish_member(exchange, "QueueMemberAdded", &queue, &member);
    Ok(())
}

/// Removes a dynamic member and tells everybody.
///
/// # Errors
/// Where there is no such queue or member, or the member stands in `queues.conf`.
pub fn remove(exchange: &Exchange, queue: &str, interface: &str, call: &str) -> Result<(), Fault> {
    let Removed { queue, member } = exchange.queues.remove_member(queue, interface, &*exchange.database)?;
    let agent = if exchange.queues.general().logs_member_names { &member.name } else { &member.interface };
    log(exchange, call, queue.name(), agent, "REMOVEMEMBER", "");
    publish_member(exchange, "QueueMemberRemoved", &queue, &member);
    Ok(())
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
            // Also who ends a pause may say why.
            let told = Member { pause_reason: reason.to_owned(), ..member };
            publish_member(exchange, "QueueMemberPause", one, &told);
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
            log(exchange, "NONE", queue.name(), &member.interface, "PENALTY", &penalty.to_string());
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
            log(exchange, "NONE", queue.name(), &member.interface, "RINGINUSE", if rings { "1" } else { "0" });
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
