//! Agents who are logged in.

use super::{Action, Answer, Asked, Run};
use crate::applications::agents;
use crate::channel::snapshot;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::queues::agents::Known;

pub static AGENTS: Action =
    Action::new("Agents", Privilege::AGENT, "Lists agents and their status.", Run::Compute(list));

fn list(asked: &Asked<'_>) -> Answer {
    let mut reply = Reply::list("Agents will follow", "AgentsComplete").with_id_last();
    for Known { settings, session } in asked.exchange().agents.all() {
        let mut fields = Fields::new().with("Agent", &settings.id).with("Name", &settings.name);
        let Some(session) = session else {
            fields.push("Status", "AGENT_LOGGEDOFF");
            reply.event("Agents", fields);
            continue;
        };
        match session.talks_with() {
            Some((caller, since)) => {
                fields.push("Status", "AGENT_ONCALL");
                fields.push("TalkingToChan", caller);
                fields.push("CallStarted", since);
            }
            None => fields.push("Status", "AGENT_IDLE"),
        }
        fields.push("LoggedInTime", session.login);
        for (name, value) in snapshot::fields(&session.channel, "") {
            fields.push(&name, value);
        }
        reply.event("Agents", fields);
    }
    Ok(reply)
}

pub static AGENT_LOGOFF: Action =
    Action::new("AgentLogoff", Privilege::AGENT, "Sets an agent as no longer logged in.", Run::Compute(log_off));

fn log_off(asked: &Asked<'_>) -> Answer {
    let id = asked.need("Agent", "No agent specified")?;
    match agents::log_off(asked.exchange(), id, asked.is_true("Soft")) {
        true => Ok(Reply::done("Agent logged out")),
        false => Err(Reply::error("No such agent")),
    }
}
