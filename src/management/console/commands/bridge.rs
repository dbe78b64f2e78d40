//! `bridge`: who talks with whom.

use crate::channel::Cause;
use crate::management::console::table::{Column, Table};
use crate::management::console::{Answer, Command};
use crate::management::pbx::Pbx;

const COLUMNS: &[Column] = &[
    ("Bridge-ID", 36, "id"),
    ("Chans", 5, "channels"),
    ("Type", 15, "type"),
    ("Technology", 15, "technology"),
    ("Duration", 0, "duration"),
];

pub static SHOW_ALL: Command = Command::now("bridge show all", "", "Lists the bridges", |request| {
    let rows = request.exchange().channels.bridges().into_iter().map(|bridge| {
        let seconds = bridge.created().elapsed().as_secs();
        vec![
            bridge.unique_id().to_string(),
            format!("{:>5}", bridge.count()),
            bridge.kind().word().to_owned(),
            bridge.kind().technology().to_owned(),
            format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
        ]
    });
    Answer::of(Table::new(COLUMNS, rows.collect()))
});

pub static SHOW: Command = Command::now("bridge show", "<bridge>", "Shows a bridge and who is in it", |request| {
    let [id] = request.words.as_slice() else { return request.usage() };
    let Some(bridge) = request.exchange().channels.find_bridge(id) else {
        return Answer::refusal(format!("Bridge '{id}' not found"));
    };
    let seconds = bridge.created().elapsed().as_secs();
    let mut lines = vec![
        format!("Id: {}", bridge.unique_id()),
        format!("Type: {}", bridge.kind().word()),
        format!("Technology: {}", bridge.kind().technology()),
        format!("Subclass: {}", bridge.kind().word()),
        format!("Creator: {}", bridge.creator()),
        format!("Name: {}", bridge.name()),
        "Video-Mode: none".to_owned(),
        "Video-Source-Id: ".to_owned(),
        format!("Num-Channels: {}", bridge.count()),
        format!("Num-Active: {}", bridge.count()),
        format!("Duration: {:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
    ];
    lines.extend(bridge.members().iter().map(|member| format!("Channel: {}", member.name())));
    Answer::line(lines.join("\n"))
})
.completes(bridges);

pub static DESTROY: Command = Command::now("bridge destroy", "<bridge>", "Hangs up everybody in a bridge", |request| {
    let [id] = request.words.as_slice() else { return request.usage() };
    match request.exchange().channels.find_bridge(id) {
        Some(bridge) => {
            bridge.members().iter().for_each(|member| member.soft_hang_up(Cause::NORMAL));
            Answer::line(format!("Destroying bridge '{id}'"))
        }
        None => Answer::refusal(format!("Bridge '{id}' not found")),
    }
})
.completes(bridges);

pub static KICK: Command =
    Command::now("bridge kick", "<bridge> <channel>", "Hangs up a channel that is in a bridge", |request| {
        let [id, name] = request.words.as_slice() else { return request.usage() };
        let Some(bridge) = request.exchange().channels.find_bridge(id) else {
            return Answer::refusal(format!("Bridge '{id}' not found"));
        };
        match bridge.members().iter().find(|member| **member.name() == **name) {
            Some(member) => {
                member.soft_hang_up(Cause::NORMAL);
                Answer::line(format!("Kicking channel '{name}' from bridge '{id}'"))
            }
            None => Answer::refusal(format!("Channel '{name}' not found")),
        }
    })
    .completes(bridges);

const TECHNOLOGIES: &[Column] =
    &[("Name", 20, "name"), ("Type", 20, "type"), ("Priority", 8, "priority"), ("Suspended", 0, "suspended")];

/// Asterisk's columns have the numbers at their right.
fn right(number: u32) -> String {
    format!("{number:>8}")
}

pub static TECHNOLOGY_SHOW: Command =
    Command::now("bridge technology show", "", "Lists how bridges carry audio", |_| {
        let rows = [("holding_bridge", "Holding", 50), ("simple_bridge", "1to1Mix", 50), ("softmix", "MultiMix", 10)];
        let rows = rows.map(|(name, kind, priority)| {
            [name.to_owned(), kind.to_owned(), right(priority), "No".to_owned()].to_vec()
        });
        Answer::of(Table::new(TECHNOLOGIES, rows.to_vec()))
    });

fn bridges(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    match words {
        [_] => pbx.exchange.channels.bridges().iter().map(|bridge| bridge.unique_id().to_string()).collect(),
        [id, _] => {
            let members = pbx.exchange.channels.find_bridge(id).map(|bridge| bridge.members()).unwrap_or_default();
            members.iter().map(|member| member.name().to_string()).collect()
        }
        _ => Vec::new(),
    }
}
