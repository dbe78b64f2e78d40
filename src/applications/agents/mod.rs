//! Agents who log in by telephone: `AgentLogin`, `AgentRequest`, and the destination `Agent/1001` of old plans.

pub mod login;
pub mod request;
mod technology;
#[cfg(test)]
mod tests;

pub use technology::AgentTechnology;

use crate::applications::queue::events;
use crate::channel::Cause;
use crate::interpreter::Exchange;
use crate::queues::agents::{Session, Stage};

/// Tells who watches that an agent is otherwise than before.
fn touch(exchange: &Exchange, id: &str) {
    exchange.watching.touch(&format!("Agent:{id}"));
}

fn set_stage(exchange: &Exchange, session: &Session, stage: Stage) {
    session.set_stage(stage);
    touch(exchange, &session.settings.id);
}

/// Logs an agent off at once, or as soon as it has no call. False where there is no such agent.
pub fn log_off(exchange: &Exchange, id: &str, is_soft: bool) -> bool {
    let Some(agent) = exchange.agents.find(id) else { return false };
    match agent.session {
        Some(session) if is_soft => session.leave_later(),
        Some(session) => session.channel.soft_hang_up(Cause::NORMAL),
        None => {}
    }
    true
}

/// Writes a line of the queues' log.
fn log(exchange: &Exchange, session: &Session, event: &str, data: &str) {
    events::log(exchange, session.channel.unique_id(), "NONE", &session.settings.id, event, data);
}

/// Publishes `AgentLogin` or `AgentLogoff`.
fn publish(exchange: &Exchange, session: &Session, event: &str, more: &[(&str, &str)]) {
    let mut fields = vec![("Agent", session.settings.id.as_str())];
    fields.extend(more);
    events::publish(exchange, Some(&session.channel), event, &fields);
}
