//! Dynamic members that survive a restart, in the AstDB as Asterisk keeps them:
//! `/Queue/PersistentMembers/<queue>` is `interface;penalty;paused;name;state_interface;reason` for each, joined by `|`.

use super::settings::number;
use super::{Member, Queue, Queues};
use crate::storage::astdb::Database;

const FAMILY: &str = "Queue/PersistentMembers";

pub(super) fn store(queue: &Queue, database: &dyn Database) {
    let entry = |member: &Member| {
        let state = if member.state_interface == member.interface { "" } else { member.state_interface.as_str() };
        let paused = u8::from(member.is_paused);
        let Member { interface, penalty, name, pause_reason, .. } = member;
        format!("{interface};{penalty};{paused};{name};{state};{pause_reason}")
    };
    let entries: Vec<String> = queue.members().iter().filter(|member| member.is_dynamic).map(entry).collect();
    let stored = match entries.is_empty() {
        true => database.delete(FAMILY, queue.name()).map(|_| ()),
        false => database.put(FAMILY, queue.name(), &entries.join("|")),
    };
    if let Err(error) = stored {
        tracing::warn!("the members of queue {} are not kept: {error}", queue.name());
    }
}

pub(super) fn restore(queues: &Queues, database: &dyn Database, now: i64) {
    let stored = match database.tree(FAMILY) {
        Ok(stored) => stored,
        Err(error) => {
            tracing::warn!("the dynamic members of queues are not there: {error}");
            return;
        }
    };
    for (key, entries) in stored {
        let name = key.rsplit('/').next().unwrap_or("");
        let Some(queue) = queues.find(name) else {
            tracing::warn!("there is no queue {name} any more: its dynamic members are forgotten");
            let _ = database.delete(FAMILY, name);
            continue;
        };
        for member in entries.split(['|', ',']).filter_map(parse) {
            let ring_in_use = queue.settings().ring_in_use;
            queue.add(Member { ring_in_use, login: now, last_pause: if member.is_paused { now } else { 0 }, ..member });
        }
    }
}

fn parse(entry: &str) -> Option<Member> {
    let mut fields = entry.split(';');
    let interface = fields.next().filter(|interface| !interface.is_empty())?;
    let penalty = i32::try_from(number(fields.next()?)).ok()?;
    let is_paused = number(fields.next()?) == 1;
    let mut given = |default: &str| fields.next().filter(|field| !field.is_empty()).unwrap_or(default).to_owned();
    Some(Member {
        name: given(interface),
        state_interface: given(interface),
        pause_reason: given(""),
        penalty,
        is_paused,
        is_dynamic: true,
        ..Member::new(interface)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queues::{General, QueueSettings, Settings};
    use crate::storage::astdb::Memory;

    #[test]
    fn dynamic_members_come_back() {
        let settings = || QueueSettings {
            general: General { persistent_members: true, ..General::default() },
            queues: vec![("sales".to_owned(), Settings::default(), Vec::new())],
            ..QueueSettings::default()
        };
        let database = Memory::default();
        let before = Queues::default();
        before.apply(settings(), 1);
        let ann = Member { is_dynamic: true, penalty: 2, name: "Ann".to_owned(), ..Member::new("SIP/1") };
        before.add_member("sales", ann, &database).unwrap();
        assert_eq!(database.get(FAMILY, "sales").unwrap().as_deref(), Some("SIP/1;2;0;Ann;;"));
        let after = Queues::default();
        after.apply(settings(), 5);
        after.restore_members(&database, 5);
        let back = after.find("sales").unwrap().member("SIP/1").unwrap();
        assert_eq!((back.penalty, back.name.as_str(), back.is_dynamic, back.login), (2, "Ann", true, 5));
        after.remove_member("sales", "SIP/1", &database).map(|_| ()).unwrap();
        assert_eq!(database.get(FAMILY, "sales").unwrap(), None);
    }
}
