//! `manager`: who may steer from outside, and who does.

use std::fmt::{Display, Formatter, Result};
use std::sync::Arc;

use serde::Serialize;

use crate::management::ami::actions::{ACTIONS, find};
use crate::management::ami::events::catalogue::{self, EVENTS};
use crate::management::ami::manager::Manager;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::settings::{Settings, User};
use crate::management::console::{Answer, Command};
use crate::management::pbx::Pbx;

pub static SHOW_COMMANDS: Command =
    Command::now("manager show commands", "", "Lists the actions that manager programs may take", |_| {
        let rows = ACTIONS.iter().map(|action| Row {
            action: action.name,
            privilege: action.privilege.to_string(),
            synopsis: action.synopsis,
        });
        Answer::of(Actions(rows.collect()))
    });

pub static SHOW_COMMAND: Command =
    Command::now("manager show command", "<action>", "Explains an action of the manager", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        match find(name) {
            Some(action) => Answer::line(format!(
                "[Syntax]\nAction: {}\n[ActionID:] <value>\n\n[Synopsis]\n{}\n\n[Privilege]\n{}",
                action.name, action.synopsis, action.privilege
            )),
            None => Answer::refusal(format!("No manager command found by the name '{name}'")),
        }
    })
    .completes(|_, words| match words.len() {
        1 => ACTIONS.iter().map(|action| action.name.to_owned()).collect(),
        _ => Vec::new(),
    });

pub static SHOW_EVENTS: Command =
    Command::now("manager show events", "", "Lists the events that manager programs hear", |_| {
        Answer::of(Events(EVENTS.iter().map(|(name, ..)| *name).collect()))
    });

pub static SHOW_EVENT: Command =
    Command::now("manager show event", "<event>", "Explains an event of the manager", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        match catalogue::find(name) {
            Some((name, class, meaning)) => {
                Answer::line(format!("Event: {name}\n[Synopsis]\n{meaning}.\n\n[Class]\n{class},all"))
            }
            None => Answer::refusal(format!("Could not find event '{name}'")),
        }
    })
    .completes(|_, words| match words.len() {
        1 => EVENTS.iter().map(|(name, ..)| (*name).to_owned()).collect(),
        _ => Vec::new(),
    });

pub static SHOW_USERS: Command =
    Command::now("manager show users", "", "Lists who may log in to the manager", |request| {
        let users = settings(request.pbx).map(|settings| settings.users.iter().map(|user| user.name.clone()).collect());
        Answer::of(Users(users.unwrap_or_default()))
    });

pub static SHOW_USER: Command =
    Command::now("manager show user", "<user>", "Shows what a user of the manager may do", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        let settings = settings(request.pbx);
        let user = settings.as_ref().and_then(|settings| settings.users.iter().find(|user| user.name == *name));
        match user {
            Some(user) => Answer::of(Portrait::of(user)),
            None => Answer::refusal(format!("There is no manager called {name}")),
        }
    })
    .completes(|pbx, words| match (words.len(), settings(pbx)) {
        (1, Some(settings)) => settings.users.iter().map(|user| user.name.clone()).collect(),
        _ => Vec::new(),
    });

pub static SHOW_CONNECTED: Command =
    Command::now("manager show connected", "", "Lists the manager programs that are there", |request| {
        let sessions = request.pbx.manager().map(|manager| manager.hub.sessions()).unwrap_or_default();
        let programs = sessions.iter().filter_map(|session| {
            let user = session.user()?;
            let age = session.since.elapsed().as_secs();
            Some(Connected {
                user: user.name.clone(),
                address: session.peer.remote.ip().to_string(),
                start: request.exchange().epoch() - i64::try_from(age).unwrap_or(0),
                elapsed: age,
                session: session.peer.number,
                read: bits(user.read),
                write: bits(user.write),
            })
        });
        Answer::of(Programs(programs.collect()))
    });

pub static KICK_SESSION: Command =
    Command::now("manager kick session", "<session>", "Ends the connection of a manager program", |request| {
        let [wanted] = request.words.as_slice() else { return request.usage() };
        let sessions = request.pbx.manager().map(|manager| manager.hub.sessions()).unwrap_or_default();
        match sessions.iter().find(|session| session.peer.number.to_string() == *wanted) {
            Some(session) => {
                session.close();
                Answer::line(format!("Kicking manager session connected using file descriptor {wanted}"))
            }
            None => Answer::refusal(format!("No manager session found using file descriptor {wanted}")),
        }
    })
    .manual("The number is that of `manager show connected` under FileDes.");

pub static RELOAD: Command = Command::later("manager reload", "", "Reads manager.conf again", |request| {
    Box::pin(super::dialplan::reload::reload(request.pbx, ""))
});

pub static SHOW_SETTINGS: Command =
    Command::now("manager show settings", "", "Shows where manager programs connect", |request| {
        let Some(manager) = request.pbx.manager() else { return Answer::failure("There is no manager.") };
        let settings = manager.settings();
        let addresses = manager.addresses();
        let at = |transport: &str| {
            let found = addresses.iter().find(|(_, known)| *known == transport);
            found.map_or("Disabled".to_owned(), |(address, _)| address.to_string())
        };
        let switch = |is_on: bool| if is_on { "Yes" } else { "No" };
        let tls = settings.tls.as_ref();
        let path = |path: Option<&std::path::PathBuf>| path.map(|path| path.display().to_string()).unwrap_or_default();
        let rows = [
            ("Manager (AMI):", switch(settings.is_enabled).to_owned()),
            ("Web Manager (AMI/HTTP):", switch(settings.is_on_web && request.pbx.http().is_some()).to_owned()),
            ("TCP Bindaddress:", at("TCP")),
            ("HTTP Timeout (seconds):", settings.web_timeout.as_secs().to_string()),
            ("TLS Enable:", switch(tls.is_some()).to_owned()),
            ("TLS Bindaddress:", at("TLS")),
            ("TLS Certfile:", path(tls.map(|tls| &tls.certificate))),
            ("TLS Privatekey:", path(tls.map(|tls| &tls.key))),
            ("TLS Cipher:", String::new()),
            ("Allow multiple login:", switch(settings.allows_multiple_login).to_owned()),
            ("Display connects:", switch(settings.displays_connects).to_owned()),
            ("Timestamp events:", switch(settings.has_timestamps).to_owned()),
            ("Channel vars:", settings.channel_variables.join(",")),
            ("Disabled events:", settings.disabled_events.join(",")),
            ("Debug:", "No".to_owned()),
        ];
        let rows = rows.map(|(name, value)| match name {
            // Lists stand as they are.
            "Channel vars:" | "Disabled events:" => format!("  {name:<25}  {value}\n"),
            _ => format!("  {name:<25}  {value:<15}\n"),
        });
        Answer::lines(format!("\nGlobal Settings:\n----------------\n{}", rows.concat()))
    });

/// The classes as a number; all of them are all bits.
fn bits(classes: Privilege) -> u32 {
    if classes == Privilege::ALL { i32::MAX.unsigned_abs() } else { classes.0 }
}

fn settings(pbx: &Pbx) -> Option<Arc<Settings>> {
    pbx.manager().map(|manager: Arc<Manager>| manager.settings())
}

#[derive(Serialize)]
struct Row {
    action: &'static str,
    privilege: String,
    synopsis: &'static str,
}

#[derive(Serialize)]
struct Actions(Vec<Row>);

impl Display for Actions {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let mut row = |action: &str, synopsis: &str| writeln!(formatter, "  {action:<27.27}  {synopsis:<48.48}");
        row("Action", "Synopsis")?;
        row("------", "--------")?;
        self.0.iter().try_for_each(|action| row(action.action, action.synopsis))
    }
}

#[derive(Serialize)]
struct Events(Vec<&'static str>);

impl Display for Events {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "Events:")?;
        let rule = "-".repeat(25);
        writeln!(formatter, "  {rule}  {rule}  {rule}")?;
        for row in self.0.chunks(3) {
            let cells: Vec<String> = row.iter().map(|name| format!("  {name:<25}")).collect();
            writeln!(formatter, "{}", cells.concat().trim_end())?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Users(Vec<String>);

impl Display for Users {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "\nusername\n--------")?;
        self.0.iter().try_for_each(|name| writeln!(formatter, "{name}"))?;
        writeln!(formatter, "-------------------\n{} manager users configured.", self.0.len())
    }
}

#[derive(Serialize)]
struct Portrait {
    username: String,
    has_secret: bool,
    read: String,
    write: String,
    has_access_list: bool,
    displays_connects: bool,
    allows_multiple_login: bool,
    variables: Vec<(String, String)>,
}

impl Portrait {
    fn of(user: &User) -> Self {
        Self {
            username: user.name.clone(),
            has_secret: user.secret.is_some(),
            read: user.read.to_string(),
            write: user.write.to_string(),
            has_access_list: !user.access.is_empty(),
            displays_connects: user.displays_connects,
            allows_multiple_login: user.allows_multiple_login,
            variables: user.variables.clone(),
        }
    }
}

impl Display for Portrait {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let secret = if self.has_secret { "<Set>" } else { "<N/A>" };
        let switch = |is_on: bool| if is_on { "yes" } else { "no" };
        writeln!(formatter)?;
        for (name, value) in [
            ("username", self.username.as_str()),
            ("secret", secret),
            ("ACL", switch(self.has_access_list)),
            ("read perm", &self.read),
            ("write perm", &self.write),
            ("displayconnects", switch(self.displays_connects)),
            ("allowmultiplelogin", switch(self.allows_multiple_login)),
        ] {
            writeln!(formatter, "{name:>18}: {value}")?;
        }
        writeln!(formatter, "{:>18}: ", "Variables")?;
        self.variables.iter().try_for_each(|(name, value)| writeln!(formatter, "{:>17}{name} = {value}", ""))
    }
}

#[derive(Serialize)]
struct Connected {
    user: String,
    address: String,
    start: i64,
    elapsed: u64,
    session: u64,
    read: u32,
    write: u32,
}

#[derive(Serialize)]
struct Programs(Vec<Connected>);

impl Display for Programs {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(
            formatter,
            "  {:<15}  {:<55}  {:<10}  {:<10}  {:<8}  {:<8}  {:<10}  {:<10}",
            "Username", "IP Address", "Start", "Elapsed", "FileDes", "HttpCnt", "ReadPerms", "WritePerms"
        )?;
        for Connected { user, address, start, elapsed, session, read, write } in &self.0 {
            writeln!(
                formatter,
                "  {user:<15.15}  {address:<55.55}  {start:<10}  {elapsed:<10}  {session:<8}  {:<8}  {read:010}  {write:010}",
                0
            )?;
        }
        writeln!(formatter, "{} users connected.", self.0.len())
    }
}
