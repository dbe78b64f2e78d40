//! `agi`: what scripts may say.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use super::core::channels::list::names;
use crate::interpreter::RemoteCommand;
use crate::management::agi::COMMANDS;
use crate::management::console::{Answer, Command, Request};

pub static SHOW_COMMANDS: Command =
    Command::now("agi show commands", "[topic <command>]", "Lists the commands of AGI, or explains one", show);

pub static EXEC: Command = Command::now(
    "agi exec",
    "<channel> <command> [<id>]",
    "Gives a command to a call that waits for some in AGI(agi:async)",
    |request| {
        let (name, command, id) = match request.words.as_slice() {
            [name, command] => (name, command, None),
            [name, command, id] => (name, command, Some(id.clone())),
            _ => return request.usage(),
        };
        let Some(channel) = request.exchange().channels.find(name) else {
            return Answer::failure(format!("Channel {name} does not exist."));
        };
        let command = RemoteCommand { command: command.clone(), id };
        match request.exchange().remote.give(channel.unique_id(), command) {
            Ok(()) => Answer::line(format!("Added AGI command to channel {name} queue")),
            Err(_) => Answer::failure(format!("Failed to add AGI command to queue of channel {name}")),
        }
    },
)
.completes(|pbx, words| if words.len() == 1 { names(pbx) } else { Vec::new() });

pub static SET_DEBUG: Command = Command::now(
    "agi set debug",
    "{on|off}",
    "Shows what AGI programs and calls say to each other, or does not any more",
    |request| {
        let is_shown = match request.words.as_slice() {
            [word] if word.eq_ignore_ascii_case("on") => true,
            [word] if word.eq_ignore_ascii_case("off") => false,
            _ => return request.usage(),
        };
        request.exchange().remote.set_shown(is_shown);
        Answer::line(format!("AGI Debugging {}", if is_shown { "Enabled" } else { "Disabled" }))
    },
)
.completes(|_, _| vec!["off".to_owned(), "on".to_owned()]);

fn show(request: &Request<'_>) -> Answer {
    let topic = match request.words.split_first() {
        None => return Answer::of(AgiCommands(COMMANDS.iter().map(|command| row(command)).collect())),
        Some((word, topic)) if word.eq_ignore_ascii_case("topic") && !topic.is_empty() => topic.join(" "),
        Some(_) => return request.usage(),
    };
    match COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(&topic)) {
        Some(command) => Answer::of(Page(row(command))),
        None => Answer::failure(format!("No such AGI command '{topic}'.")),
    }
}

fn row(command: &'static crate::management::agi::command::Command) -> Row {
    Row { command: command.name, takes: command.takes, manual: command.manual, works_dead: command.works_dead }
}

#[derive(Serialize)]
struct Row {
    command: &'static str,
    takes: &'static str,
    manual: &'static str,
    works_dead: bool,
}

#[derive(Serialize)]
struct AgiCommands(Vec<Row>);

impl Display for AgiCommands {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "{:>5.5} {:>30.30}   Description", "Dead", "Command")?;
        for Row { command, manual, works_dead, .. } in &self.0 {
            let (dead, first) = (if *works_dead { "Yes" } else { "No" }, manual.lines().next().unwrap_or(""));
            writeln!(formatter, "{dead:>5.5} {:>30.30}   {first}", command.to_lowercase())?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Page(Row);

impl Display for Page {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let Row { command, takes, manual, works_dead } = &self.0;
        writeln!(formatter, "\n  -= Info about AGI '{}' =- \n", command.to_lowercase())?;
        writeln!(formatter, "[Syntax]\n{command} {takes}\n")?;
        writeln!(formatter, "[Runs Dead]\n{}\n", if *works_dead { "Yes" } else { "No" })?;
        writeln!(formatter, "[Description]\n{manual}\n")
    }
}
