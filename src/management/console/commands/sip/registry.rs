//! `sip show registry`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command};

pub static REGISTRY: Command = Command::now("sip show registry", "", "Lists where exten registers itself", |request| {
    let mut rows = Vec::new();
    if let Some(agent) = &request.pbx.agent {
        let settings = agent.settings();
        for status in agent.registrations() {
            let registration = settings.registrations.iter().find(|registration| registration.name == status.name);
            let login = registration.and_then(|registration| registration.login.as_ref());
            rows.push(Row {
                host: status.server.trim_start_matches("sip:").to_owned(),
                user: login.map(|login| login.username.clone()).unwrap_or_default(),
                refresh: registration.map_or(0, |registration| registration.expiry.as_secs()),
                state: if status.word == "Unregistered" { "Request Sent" } else { status.word },
            });
        }
    }
    Answer::of(Registry(rows))
});

#[derive(Serialize)]
struct Row {
    host: String,
    user: String,
    refresh: u64,
    state: &'static str,
}

#[derive(Serialize)]
struct Registry(Vec<Row>);

impl Display for Registry {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut row = |host: &str, dns: &str, user: &str, refresh: &str, state: &str, time: &str| {
            writeln!(formatter, "{host:<39.39} {dns:<6.6} {user:<12.12}  {refresh:>8.8} {state:<20.20} {time:<25.25}")
        };
        row("Host", "dnsmgr", "Username", "Refresh", "State", "Reg.Time")?;
        for Row { host, user, refresh, state } in &self.0 {
            row(host, "N", user, &refresh.to_string(), state, "")?;
        }
        writeln!(formatter, "{} SIP registrations.", self.0.len())
    }
}
