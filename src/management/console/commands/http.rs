//! `http show status`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command};

pub static SHOW_STATUS: Command =
    Command::now("http show status", "", "Shows what is served over HTTP, and where", |request| {
        let Some(http) = request.pbx.http() else { return Answer::line("HTTP Server Status:\nServer Disabled") };
        let settings = http.settings();
        Answer::of(Status {
            prefix: settings.prefix.clone(),
            server: settings.name.clone(),
            addresses: http.addresses().iter().map(|(at, is_secure)| (at.to_string(), *is_secure)).collect(),
            paths: http.paths(),
            redirects: settings.redirects.clone(),
        })
    });

#[derive(Serialize)]
struct Status {
    prefix: String,
    server: String,
    /// Where it listens, and whether over TLS.
    addresses: Vec<(String, bool)>,
    paths: Vec<(String, &'static str)>,
    redirects: Vec<(String, String)>,
}

impl Display for Status {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "HTTP Server Status:\nPrefix: {}\nServer: {}", self.prefix, self.server)?;
        if self.addresses.is_empty() {
            return writeln!(formatter, "Server Disabled");
        }
        for (address, is_secure) in &self.addresses {
            let name = if *is_secure { "HTTPS Server" } else { "Server" };
            writeln!(formatter, "{name} Enabled and Bound to {address}\n")?;
        }
        writeln!(formatter, "Enabled URI's:")?;
        self.paths.iter().try_for_each(|(path, title)| writeln!(formatter, "{path} => {title}"))?;
        writeln!(formatter, "\nEnabled Redirects:")?;
        self.redirects.iter().try_for_each(|(from, to)| writeln!(formatter, "  {from} => {to}"))?;
        if self.redirects.is_empty() { writeln!(formatter, "  None.") } else { Ok(()) }
    }
}
