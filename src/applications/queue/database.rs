//! Queues that stand in a database (`queues` and `queue_members` of `extconfig.conf`).

use std::path::Path;
use std::sync::Arc;

use crate::conf::{Config, Memory, is_true};
use crate::diagnostic::Sources;
use crate::interpreter::{Exchange, leading_integer};
use crate::queues::{Member, Settings};
use crate::storage::realtime::Row;

/// Reads a queue again that stands in a database, or finds it there. What `queues.conf` has stays as it is there.
pub(super) async fn refresh(exchange: &Arc<Exchange>, name: &str) {
    if exchange.queues.find(name).is_some_and(|queue| !queue.is_of_database()) {
        return;
    }
    let Some(row) = exchange.rows("queues", &[("name", name)]).await.into_iter().next() else { return };
    let members = exchange.rows("queue_members", &[("queue_name", name)]).await;
    let settings = settings(exchange, name, &row);
    let members = members.iter().filter_map(|row| member(row, settings.ring_in_use)).collect();
    exchange.queues.take(name, settings, members, exchange.epoch());
}

/// The columns are named as the settings of `queues.conf`, with underscores where those have dashes.
fn settings(exchange: &Exchange, name: &str, row: &Row) -> Settings {
    let mut text = "[queue]\n".to_owned();
    for (column, value) in row.iter().filter(|(_, value)| !value.is_empty()) {
        let value = value.replace(['\r', '\n'], " ").replace(';', "\\;");
        for key in [column.clone(), column.replace('_', "-")] {
            text.push_str(&format!("{key} = {value}\n"));
        }
    }
    let mut files = Memory::default().with(name, text);
    let config = Config::read(&mut files, Path::new(name), &mut Sources::default());
    Settings::read(config.section("queue"), &exchange.queues.general())
}

fn member(row: &Row, rings_in_use: bool) -> Option<Member> {
    let get = |wanted: &str| {
        let found = row.iter().find(|(name, value)| name.eq_ignore_ascii_case(wanted) && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    };
    let mut member = Member { ring_in_use: rings_in_use, ..Member::new(get("interface")?) };
    let number = |name: &str| get(name).and_then(leading_integer).unwrap_or(0).max(0);
    member.penalty = number("penalty");
    member.wrapup_time = number("wrapuptime").into();
    member.is_paused = get("paused").is_some_and(is_true);
    if let Some(rings) = get("ringinuse") {
        member.ring_in_use = is_true(rings);
    }
    if let Some(name) = get("membername") {
        name.clone_into(&mut member.name);
    }
    if let Some(device) = get("state_interface") {
        device.clone_into(&mut member.state_interface);
    }
    Some(member)
}
