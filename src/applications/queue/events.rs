//! What programs are told about queues: the manager's events and lines of the log.

use crate::channel::snapshot;
use crate::channel::{Channel, Happening};
use crate::interpreter::Exchange;
use crate::queues::log::Line;
use crate::queues::{Member, Queue};

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
        ("Wrapuptime", member.wrapup_time.to_string()),
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
