//! `agent`: who may log in to take calls, and who is logged in.

use std::fmt::{Display, Formatter};

use serde::Serialize;

use crate::applications::agents;
use crate::interpreter::Exchange;
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;
use crate::queues::agents::Known;

pub static SHOW_ALL: Command =
    Command::now("agent show all", "", "Shows all agents", |request| Answer::of(Listed::of(request.exchange(), false)));

pub static SHOW_ONLINE: Command = Command::now("agent show online", "", "Shows agents who are logged in", |request| {
    Answer::of(Listed::of(request.exchange(), true))
});

pub static SHOW: Command = Command::now("agent show", "<agent>", "Shows one agent", |request| {
    let [id] = request.words.as_slice() else { return request.usage() };
    match request.exchange().agents.find(id) {
        Some(agent) => Answer::line(of_one(request.exchange(), &agent)),
        None => Answer::failure(format!("Agent '{id}' not found")),
    }
})
.completes(ids);

pub static LOGOFF: Command = Command::now("agent logoff", "<agent> [soft]", "Logs an agent off", log_off)
    .manual("With `soft` once the agent has no call.")
    .completes(ids);

fn log_off(request: &Request<'_>) -> Answer {
    let is_soft = request.is(1, "soft");
    if request.words.is_empty() || request.words.len() > 2 || (request.words.len() == 2 && !is_soft) {
        return request.usage();
    }
    let id = request.word(0);
    match agents::log_off(request.exchange(), id, is_soft) {
        true => Answer::line(format!("Logging out {id}")),
        false => Answer::failure(format!("No such agent {id}")),
    }
}

fn ids(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    match words.len() {
        1 => pbx.exchange.agents.all().into_iter().map(|agent| agent.settings.id).collect(),
        _ => Vec::new(),
    }
}

fn of_one(exchange: &Exchange, agent: &Known) -> String {
    let settings = &agent.settings;
    let mut lines = vec![
        format!("Id: {}", settings.id),
        format!("Name: {}", settings.name),
        format!("Beep: {}", settings.beep),
        format!("MOH: {}", settings.music_class),
        format!("RecordCalls: {}", if settings.is_recorded { "Yes" } else { "No" }),
        format!("State: {}", exchange.agents.device_state(&settings.id).word()),
    ];
    if let Some(session) = &agent.session {
        lines.push(format!("LoggedInChannel: {}", session.channel.name()));
        lines.push(format!("LoggedInTime: {}", session.login));
        if let Some((caller, since)) = session.talks_with() {
            lines.push(format!("TalkingWith: {caller}"));
            lines.push(format!("CallStarted: {since}"));
        }
    }
    lines.join("\n")
}

/// A list of agents.
#[derive(Serialize)]
struct Listed {
    agents: Vec<Row>,
    defined: usize,
    logged_in: usize,
    talking: usize,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    state: &'static str,
    channel: Option<String>,
    talking_with: Option<String>,
}

impl Listed {
    fn of(exchange: &Exchange, is_online_only: bool) -> Self {
        let agents = exchange.agents.all().into_iter();
        let row = |agent: Known| Row {
            state: exchange.agents.device_state(&agent.settings.id).word(),
            channel: agent.session.as_ref().map(|session| session.channel.name().to_string()),
            talking_with: agent.session.and_then(|session| session.talks_with()).map(|(caller, _)| caller.to_string()),
            id: agent.settings.id,
            name: agent.settings.name,
        };
        let mut agents: Vec<Row> = agents.map(row).collect();
        let defined = agents.len();
        let logged_in = agents.iter().filter(|row| row.channel.is_some()).count();
        let talking = agents.iter().filter(|row| row.talking_with.is_some()).count();
        agents.retain(|row| !is_online_only || row.channel.is_some());
        Self { agents, defined, logged_in, talking }
    }
}

impl Display for Listed {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        let mut line = |[id, name, state, channel, other]: [&str; 5]| {
            writeln!(formatter, "{id:<8} {name:<20} {state:<11} {channel:<30} {other}")
        };
        line(["Agent-ID", "Name", "State", "Channel", "Talking with"])?;
        for row in &self.agents {
            let channel = row.channel.as_deref().unwrap_or_default();
            line([&row.id, &row.name, row.state, channel, row.talking_with.as_deref().unwrap_or_default()])?;
        }
        let Self { defined, logged_in, talking, .. } = self;
        writeln!(formatter, "\nDefined agents: {defined}, Logged in: {logged_in}, Talking: {talking}")
    }
}

#[cfg(test)]
mod tests {
    use crate::conf::Memory;
    use crate::management::console::testing::Desk;

    #[tokio::test(start_paused = true)]
    async fn an_agent_logs_in_and_is_logged_off() {
        let files = Memory::default()
            .with("etc/extensions.conf", "[default]\nexten => 1001,1,AgentLogin(1001,s)\n")
            .with("etc/agents.conf", "[1001]\nfullname=Ann\n[1002]\n");
        let desk = Desk::with(files);
        assert!(desk.tell("agent show online").await.ends_with("Defined agents: 2, Logged in: 0, Talking: 0\n"));
        let _agent = desk.call("1001").await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        let shown = desk.tell("agent show all").await;
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(
            lines,
            [
                "Agent-ID Name                 State       Channel                        Talking with",
                "1001     Ann                  NOT_INUSE   SIP/2001-00000000              ",
                "1002                          UNAVAILABLE                                ",
                "",
                "Defined agents: 2, Logged in: 1, Talking: 0",
            ]
        );
        assert!(desk.tell("agent show 1001").await.contains("LoggedInChannel: SIP/2001-00000000"));
        assert_eq!(desk.tell("agent logoff 1001 soft").await, "Logging out 1001\n");
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        assert!(desk.tell("agent show 1001").await.contains("State: UNAVAILABLE"));
        assert_eq!(desk.tell("agent logoff 9").await, "No such agent 9\nCommand 'agent logoff 9' failed.\n");
    }
}
