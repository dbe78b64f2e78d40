//! `AgentRequest`

use crate::applications::talk::{self, Callee, OneTouch, Terms, begin_recording};
use crate::channel::Indication;
use crate::interpreter::{Application, Argument, Arguments, Call, Kind, Options, Outcome, Run, Sets};
use crate::queues::agents::{Refusal, Stage};

/// Lets the caller talk with an agent who is logged in and waits.
///
/// The agent hears a beep, and takes the call by a key where `agents.conf` says so; the caller is answered then. The plan
/// goes on after the talk, and where there was none, with the reason in `AGENT_STATUS`. Queues reach agents by members such
/// as `Local/1001@agents` with the state interface `Agent:1001`.
pub static AGENT_REQUEST: Application = Application {
    name: "AgentRequest",
    synopsis: "Lets the caller talk with an agent who is logged in",
    arguments: &[Argument::required("agent", Kind::Text)],
    options: &[],
    sets: &[Sets { variable: "AGENT_STATUS", values: &["INVALID", "NOT_LOGGED_IN", "BUSY", "NOT_CONNECTED", "ERROR"] }],
    run: Run::Wait(|call, arguments| Box::pin(agent_request(call, arguments))),
};

async fn agent_request(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(id) = arguments.given(0) else {
        call.context().warn("AgentRequest needs an agent");
        return Outcome::Hangup;
    };
    let (session, accepted) = match call.exchange.agents.request(id) {
        Ok(asked) => asked,
        Err(refusal) => {
            let status = match refusal {
                Refusal::Unknown => "INVALID",
                Refusal::LoggedOff => "NOT_LOGGED_IN",
                Refusal::Busy => "BUSY",
            };
            return end(call, status);
        }
    };
    super::touch(&call.exchange, id);
    if !call.channel.is_up() {
        call.channel.indicate(Indication::Ringing);
    }
    let Ok(give_back) = accepted.await else { return end(call, "NOT_CONNECTED") };
    call.channel.answer();
    let agent = std::sync::Arc::clone(&session.channel);
    session.note_talk(&call.channel, call.exchange.epoch());
    let (of_caller, of_agent) = (call.channel.state().caller.clone(), agent.state().caller.clone());
    call.channel.connect_with(&of_agent);
    agent.connect_with(&of_caller);
    if session.settings.is_recorded {
        begin_recording(call, &agent, OneTouch::MixMonitor);
    }
    let options = Options::default();
    let callee = Callee::lent(&call.exchange, agent, give_back);
    let ended = talk::talk(call, callee, &Terms { options: &options, limit: None }).await;
    session.set_stage(Stage::Busy);
    if ended == talk::Ended::HangsUp { Outcome::Hangup } else { Outcome::Continue }
}

fn end(call: &Call, status: &str) -> Outcome {
    call.context().set("AGENT_STATUS", status);
    Outcome::Continue
}
