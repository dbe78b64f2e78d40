//! `voicemail show`: mailboxes and their zones.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command};
use crate::storage::voicemail::Zone;

pub static SHOW_USERS: Command =
    Command::now("voicemail show users", "[for <context>]", "Lists mailboxes", |request| {
        let context = match request.words.as_slice() {
            [] => None,
            [word, context] if word == "for" => Some(context.clone()),
            _ => return request.usage(),
        };
        let voicemail = &request.exchange().voicemail;
        let settings = voicemail.settings();
        if settings.mailboxes.is_empty() {
            return Answer::failure("There are no voicemail users currently defined");
        }
        let mailboxes = settings.mailboxes.iter().filter(|user| context.as_ref().is_none_or(|it| *it == user.context));
        let users: Vec<User> = mailboxes
            .map(|user| User {
                context: user.context.clone(),
                mailbox: user.mailbox.clone(),
                name: user.name.clone(),
                zone: user.preferences.zone.clone(),
                new: voicemail.counts(&user.key()).new,
            })
            .collect();
        match context {
            Some(context) if users.is_empty() => Answer::failure(format!("No such voicemail context \"{context}\"")),
            _ => Answer::of(Users { users }),
        }
    });

pub static SHOW_ZONES: Command =
    Command::now("voicemail show zones", "", "Lists the zones in which times are said", |request| {
        let settings = request.exchange().voicemail.settings();
        match settings.zones.is_empty() {
            true => Answer::failure("There are no voicemail zones currently defined"),
            false => Answer::of(Zones { zones: settings.zones.iter().map(ShownZone::of).collect() }),
        }
    });

pub static RELOAD: Command = Command::now("voicemail reload", "", "Reads voicemail.conf again", |request| {
    request.exchange().voicemail.reload();
    Answer::line("Reloading voicemail configuration...")
});

#[derive(Serialize)]
struct User {
    context: String,
    mailbox: String,
    name: String,
    zone: String,
    new: usize,
}

#[derive(Serialize)]
#[serde(transparent)]
struct Users {
    users: Vec<User>,
}

impl Display for Users {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let (context, mailbox) = ("Context", "Mbox");
        writeln!(formatter, "{context:<10} {mailbox:<5} {:<25} {:<10} {:>6}", "User", "Zone", "NewMsg")?;
        for User { context, mailbox, name, zone, new } in &self.users {
            writeln!(formatter, "{context:<10} {mailbox:<5} {name:<25} {zone:<10} {new:>6}")?;
        }
        writeln!(formatter, "{} voicemail users configured.", self.users.len())
    }
}

#[derive(Serialize)]
struct ShownZone {
    name: String,
    timezone: String,
    format: String,
}

impl ShownZone {
    fn of(zone: &Zone) -> Self {
        Self { name: zone.name.clone(), timezone: zone.zone.clone(), format: zone.format.clone() }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Zones {
    zones: Vec<ShownZone>,
}

impl Display for Zones {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "{:<15} {:<20} {:<45}", "Zone", "Timezone", "Message Format")?;
        for ShownZone { name, timezone, format } in &self.zones {
            writeln!(formatter, "{name:<15} {timezone:<20} {format:<45}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use crate::conf::Memory;
    use crate::management::console::testing::Desk;

    #[tokio::test]
    async fn mailboxes_and_zones() {
        let folder = tempfile::tempdir().unwrap();
        let text = "[zonemessages]\nvie=Europe/Vienna|Q\n[sales]\n300 => 1,Ann,,,tz=vie\n";
        std::fs::write(folder.path().join("voicemail.conf"), text).unwrap();
        let plan = folder.path().join("extensions.conf");
        let desk = Desk::at(Memory::default().with(plan.clone(), "[default]\n"), &plan);
        let shown = desk.tell("voicemail show users").await;
        assert!(
            shown.contains("sales      300   Ann                       vie             0\n1 voicemail users"),
            "{shown}"
        );
        assert!(desk.tell("voicemail show users for none").await.starts_with("No such voicemail context"));
        assert!(desk.tell("voicemail show zones").await.contains("vie             Europe/Vienna        Q"));
        assert!(desk.tell("parking show").await.contains("Parking Spaces      :  701-750"));
        assert_eq!(desk.tell("mixmonitor list none").await, "No channel matching 'none' found.\n");
    }
}
