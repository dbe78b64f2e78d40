//! `core show help`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, COMMANDS, Command, Request};

pub static HELP: Command =
    Command::now("core show help", "[topic]", "Lists the commands, or explains those that begin so", help);

pub static SHORT: Command =
    Command::now("help", "[topic]", "Lists the commands, or explains those that begin so", help);

fn help(request: &Request<'_>) -> Answer {
    let topic = request.words.join(" ").to_lowercase();
    let exact = COMMANDS.iter().find(|command| command.words == topic);
    if let Some(command) = exact {
        return Answer::line(command.usage_text());
    }
    let found = COMMANDS.iter().filter(|command| begins(command.words, &topic));
    let entries: Vec<Entry> = found
        .map(|command| Entry { command: command.words, takes: command.takes, synopsis: command.synopsis })
        .collect();
    match entries.is_empty() {
        true => Answer::refusal(format!("No such command '{topic}'.")),
        false => Answer::of(Entries(entries)),
    }
}

fn begins(words: &str, topic: &str) -> bool {
    words.strip_prefix(topic).is_some_and(|rest| topic.is_empty() || rest.starts_with(' '))
}

#[derive(Serialize)]
struct Entry {
    command: &'static str,
    takes: &'static str,
    synopsis: &'static str,
}

#[derive(Serialize)]
struct Entries(Vec<Entry>);

impl Display for Entries {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for entry in &self.0 {
            writeln!(formatter, "{:>30} -- {}", entry.command, entry.synopsis)?;
        }
        Ok(())
    }
}
