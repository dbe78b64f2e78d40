//! Call queues.

use std::sync::Arc;

use super::{Action, Answer, Answering, Asked, Run};
use crate::applications::queue::{events, orders};
use crate::channel::DeviceState;
use crate::management::ami::events::snapshot;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::queues::rules::Change;
use crate::queues::{Fault, Member, Queue};

const AGENT: Privilege = Privilege::AGENT;

const fn action(name: &'static str, synopsis: &'static str, run: fn(&Asked<'_>) -> Answer) -> Action {
    Action::new(name, AGENT, synopsis, Run::Compute(run))
}

/// The same for everybody.
const fn open(name: &'static str, synopsis: &'static str, run: fn(&Asked<'_>) -> Answer) -> Action {
    Action::new(name, Privilege::NONE, synopsis, Run::Compute(run))
}

pub static QUEUE_STATUS: Action =
    Action::new("QueueStatus", Privilege::NONE, "Show queue status.", Run::Compute(status));

fn status(asked: &Asked<'_>) -> Answer {
    let exchange = asked.exchange();
    let member_filter = asked.get("Member");
    let mut reply = Reply::list("Queue status will follow", "QueueStatusComplete").with_id_last();
    for queue in wanted(asked, "Queue") {
        let (settings, statistics) = (queue.settings(), queue.statistics());
        reply.event(
            "QueueParams",
            Fields::new()
                .with("Queue", queue.name())
                .with("Max", settings.max_length)
                .with("Strategy", settings.strategy.word())
                .with("Calls", queue.count())
                .with("Holdtime", statistics.hold_time)
                .with("TalkTime", statistics.talk_time)
                .with("Completed", statistics.completed)
                .with("Abandoned", statistics.abandoned)
                .with("ServiceLevel", settings.service_level)
                .with("ServicelevelPerf", format_args!("{:.1}", statistics.service_level()))
                .with("ServicelevelPerf2", format_args!("{:.1}", statistics.service_level_of_all()))
                .with("Weight", settings.weight),
        );
        let members = queue.members().into_iter();
        for member in members.filter(|member| member_filter.is_none_or(|wanted| wanted == member.interface)) {
            let mut fields = Fields::new();
            for (name, value) in events::member_fields(exchange, &queue, &member) {
                // The list has names of its own for two of the event's, and leaves one out.
                let name = match name {
                    "MemberName" => "Name",
                    "Interface" => "Location",
                    "Ringinuse" => continue,
                    other => other,
                };
                fields.push(name, value);
            }
            reply.event("QueueMember", fields);
        }
        for entry in queue.callers() {
            let state = entry.channel.state();
            reply.event(
                "QueueEntry",
                Fields::new()
                    .with("Queue", queue.name())
                    .with("Position", entry.position)
                    .with("Channel", entry.channel.name())
                    .with("Uniqueid", entry.channel.unique_id())
                    .with("CallerIDNum", snapshot::known(state.caller.number()))
                    .with("CallerIDName", snapshot::known(state.caller.name()))
                    .with("ConnectedLineNum", snapshot::known(state.connected.number()))
                    .with("ConnectedLineName", snapshot::known(state.connected.name()))
                    .with("Wait", entry.joined.elapsed().as_secs())
                    .with("Priority", entry.priority),
            );
        }
    }
    Ok(reply)
}

pub static QUEUE_SUMMARY: Action =
    Action::new("QueueSummary", Privilege::NONE, "Show queue summary.", Run::Compute(summary));

fn summary(asked: &Asked<'_>) -> Answer {
    let exchange = asked.exchange();
    let mut reply = Reply::list("Queue summary will follow", "QueueSummaryComplete").with_id_last();
    for queue in wanted(asked, "Queue") {
        let members: Vec<_> = queue
            .members()
            .into_iter()
            .map(|member| (exchange.device_state(&member.state_interface), member))
            .collect();
        let is_idle = |state| matches!(state, DeviceState::NotInUse | DeviceState::Unknown);
        let available = members.iter().filter(|(state, member)| is_idle(*state) && !member.is_paused).count();
        let logged_in =
            members.iter().filter(|(state, _)| !matches!(state, DeviceState::Invalid | DeviceState::Unavailable));
        let longest = queue.callers().iter().map(|entry| entry.joined.elapsed().as_secs()).max().unwrap_or(0);
        let statistics = queue.statistics();
        reply.event(
            "QueueSummary",
            Fields::new()
                .with("Queue", queue.name())
                .with("LoggedIn", logged_in.count())
                .with("Available", available)
                .with("Callers", queue.count())
                .with("HoldTime", statistics.hold_time)
                .with("TalkTime", statistics.talk_time)
                .with("LongestHoldTime", longest),
        );
    }
    Ok(reply)
}

pub static QUEUE_ADD: Action = action("QueueAdd", "Add interface to queue.", |asked| {
    let exchange = asked.exchange();
    let queue = asked.need("Queue", "'Queue' not specified.")?;
    let interface = asked.need("Interface", "'Interface' not specified.")?;
    let mut member = Member::new(interface);
    member.penalty = number(asked, "Penalty").unwrap_or(0).max(0);
    member.is_paused = asked.is_true("Paused");
    member.last_pause = if member.is_paused { exchange.epoch() } else { 0 };
    member.pause_reason = asked.get("Reason").unwrap_or("").to_owned();
    member.ring_in_use = exchange.queues.find(queue).is_none_or(|queue| queue.settings().ring_in_use);
    if let Some(name) = asked.get("MemberName") {
        name.clone_into(&mut member.name);
    }
    if let Some(device) = asked.get("StateInterface") {
        device.clone_into(&mut member.state_interface);
    }
    match orders::add(exchange, queue, member, "MANAGER") {
        Ok(()) => Ok(Reply::done("Added interface to queue")),
        Err(Fault::NoSuchQueue) => Err(Reply::error("Unable to add interface to queue: No such queue")),
        Err(_) => Err(Reply::error("Unable to add interface: Already there")),
    }
});

pub static QUEUE_REMOVE: Action = action("QueueRemove", "Remove interface from queue.", |asked| {
    let exchange = asked.exchange();
    let queue = asked.get("Queue").zip(asked.get("Interface"));
    let (queue, interface) = queue.ok_or_else(|| Reply::error("Need 'Queue' and 'Interface' parameters."))?;
    match orders::remove(exchange, queue, interface, "MANAGER") {
        Ok(()) => Ok(Reply::done("Removed interface from queue")),
        Err(Fault::NoSuchQueue) => Err(Reply::error("Unable to remove interface from queue: No such queue")),
        Err(Fault::NotDynamic) => Err(Reply::error("Member not dynamic")),
        Err(_) => Err(Reply::error("Unable to remove interface: Not there")),
    }
});

pub static QUEUE_PAUSE: Action = action("QueuePause", "Makes a queue member temporarily unavailable.", |asked| {
    let both = asked.get("Interface").zip(asked.get("Paused"));
    let (interface, paused) = both.ok_or_else(|| Reply::error("Need 'Interface' and 'Paused' parameters."))?;
    let is_paused = crate::conf::is_true(paused);
    let (queue, reason) = (asked.get("Queue").unwrap_or(""), asked.get("Reason").unwrap_or(""));
    match orders::pause(asked.exchange(), queue, interface, is_paused, reason) {
        true => Ok(Reply::done(format_args!("Interface {}paused successfully", if is_paused { "" } else { "un" }))),
        false => Err(Reply::error("Interface not found")),
    }
});

pub static QUEUE_PENALTY: Action = action("QueuePenalty", "Set the penalty for a queue member.", |asked| {
    let both = asked.get("Interface").zip(asked.get("Penalty"));
    let (interface, penalty) = both.ok_or_else(|| Reply::error("Need 'Interface' and 'Penalty' parameters."))?;
    let penalty = penalty.trim().parse().unwrap_or(0);
    match orders::set_penalty(asked.exchange(), asked.get("Queue").unwrap_or(""), interface, penalty) {
        true => Ok(Reply::done("Interface penalty set successfully")),
        false => Err(Reply::error("Invalid interface, queuename or penalty")),
    }
});

pub static QUEUE_MEMBER_RING_IN_USE: Action =
    action("QueueMemberRingInUse", "Set the ringinuse value for a queue member.", |asked| {
        let both = asked.get("Interface").zip(asked.get("RingInUse"));
        let (interface, rings) = both.ok_or_else(|| Reply::error("Need 'Interface' and 'RingInUse' parameters."))?;
        let rings = match (crate::conf::is_true(rings), crate::conf::is_false(rings)) {
            (false, false) => {
                let message = "'RingInUse' parameter must be a truth value (yes/no, on/off, 0/1, etc)";
                return Err(Reply::error(message));
            }
            (rings, _) => rings,
        };
        match orders::set_ring_in_use(asked.exchange(), asked.get("Queue").unwrap_or(""), interface, rings) {
            true => Ok(Reply::done("Interface ringinuse set successfully")),
            false => Err(Reply::error("Invalid interface, queuename, or ringinuse value")),
        }
    });

pub static QUEUE_LOG: Action = action("QueueLog", "Adds custom entry in queue_log.", |asked| {
    let both = asked.get("Queue").zip(asked.get("Event"));
    let (queue, event) = both.ok_or_else(|| Reply::error("Need 'Queue' and 'Event' parameters."))?;
    let (call, agent) = (asked.get("Uniqueid").unwrap_or("NONE"), asked.get("Interface").unwrap_or("NONE"));
    events::log(asked.exchange(), call, queue, agent, event, asked.get("Message").unwrap_or(""));
    Ok(Reply::done("Event added successfully"))
});

pub static QUEUE_RESET: Action =
    Action::new("QueueReset", Privilege::NONE, "Reset queue statistics.", Run::Compute(reset));

fn reset(asked: &Asked<'_>) -> Answer {
    wanted(asked, "Queue").iter().for_each(|queue| queue.reset_statistics());
    Ok(Reply::done("Queue stats reset successfully"))
}

pub static QUEUE_RULE: Action = Action::new("QueueRule", Privilege::NONE, "Queue Rules.", Run::Compute(rule));

fn rule(asked: &Asked<'_>) -> Answer {
    let wanted = asked.get("Rule");
    let lists = asked.exchange().queues.rules().into_iter();
    let lists = lists.filter(|(name, _)| wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(name)));
    Ok(lists.fold(Reply::success(), |reply, (name, rules)| {
        let reply = reply.with("RuleList", name);
        rules.iter().fold(reply, |reply, rule| {
            let [max, min] = [rule.max, rule.min].map(|change| match change {
                Some(Change::To(bound)) => bound.to_string(),
                Some(Change::By(step)) => format!("{step:+}"),
                None => "+0".to_owned(),
            });
            reply.with("Rule", format_args!("{},{max},{min}", rule.after))
        })
    }))
}

pub static QUEUE_CHANGE_PRIORITY_CALLER: Action =
    open("QueueChangePriorityCaller", "Change priority of a caller on queue.", |asked| {
        let queue = asked.need("Queue", "'Queue' not specified.")?;
        let caller = asked.need("Caller", "'Caller' not specified.")?;
        asked.need("Priority", "'Priority' not specified.")?;
        let priority = number(asked, "Priority").ok_or_else(|| Reply::error("'Priority' need integer."))?;
        let queue = asked.exchange().queues.find(queue);
        let queue = queue.ok_or_else(|| Reply::error("Unable to change priority caller on queue: No such queue"))?;
        match queue.set_priority(caller, priority) {
            true => Ok(Reply::done("Priority change for caller on queue")),
            false => Err(Reply::error("Unable to change priority caller on queue: No such caller")),
        }
    });

pub static QUEUE_WITHDRAW_CALLER: Action =
    open("QueueWithdrawCaller", "Request to withdraw a caller from the queue back to the dialplan.", |asked| {
        let queue = asked.need("Queue", "'Queue' not specified.")?;
        let caller = asked.need("Caller", "'Caller' not specified.")?;
        let queue = asked.exchange().queues.find(queue);
        let queue = queue.ok_or_else(|| Reply::error("Unable to request withdraw from queue: No such queue"))?;
        match queue.withdraw(caller, asked.get("WithdrawInfo").unwrap_or("")) {
            true => Ok(Reply::done("Withdraw requested successfully")),
            false => Err(Reply::error("Unable to request withdraw from queue: No such caller")),
        }
    });

/// Queues and their members are read again with everything else.
pub static QUEUE_RELOAD: Action = Action::new(
    "QueueReload",
    Privilege::NONE,
    "Reload a queue, queues, or any sub-section of a queue or queues.",
    Run::Wait(|asked| reload(asked)),
);

fn reload<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        match asked.manager.pbx.control.reload().await {
            Some(done) if done.is_in_service => Ok(Reply::done("Queue reloaded successfully")),
            _ => Err(Reply::error("The configuration was not reloaded: the last good one goes on serving")),
        }
    })
}

/// The queue that a key names, or all.
fn wanted(asked: &Asked<'_>, key: &str) -> Vec<Arc<Queue>> {
    let queues = asked.exchange().queues.all().into_iter();
    queues.filter(|queue| asked.get(key).is_none_or(|name| name == queue.name())).collect()
}

fn number(asked: &Asked<'_>, key: &str) -> Option<i32> {
    asked.get(key)?.trim().parse().ok()
}
