//! `presencestate`: whether people are there, as plans keep it.

use crate::interpreter::Context;
use crate::management::console::{Answer, Command, Request};

/// Where the database keeps them: state, subtype and message, apart by commas.
const FAMILY: &str = "CustomPresence";

pub static LIST: Command = Command::now("presencestate list", "", "Lists the custom presence states", |request| {
    let rule = "-".repeat(69);
    let mut text = format!("\n{rule}\n--- Custom Presence States {}\n{rule}\n---\n", "-".repeat(42));
    let people = request.exchange().database.tree(FAMILY).unwrap_or_default();
    for (key, value) in &people {
        let name = key.rsplit('/').next().unwrap_or(key);
        let mut parts = value.splitn(3, ',');
        let mut next = || parts.next().unwrap_or("");
        text += &format!("--- Name: 'CustomPresence:{name}'\n    --- State: '{}'\n", next());
        text += &format!("    --- Subtype: '{}'\n    --- Message: '{}'\n", next(), next());
        text += "    --- Base64 Encoded: 'No'\n---\n";
    }
    match people.is_empty() {
        true => text += "No custom presence states defined\n",
        false => text += &format!("{rule}\n{rule}\n\n"),
    }
    Answer::lines(text)
});

pub static CHANGE: Command = Command::now(
    "presencestate change",
    "CustomPresence:<name> <state>[,<subtype>[,<message>[,<options>]]]",
    "Sets a custom presence state, as PRESENCE_STATE() does",
    change,
);

fn change(request: &Request<'_>) -> Answer {
    let [provider, value] = request.words.as_slice() else { return request.usage() };
    let Some(name) = provider.strip_prefix("CustomPresence:") else {
        return Answer::failure("The presencestate command can only be used to set 'CustomPresence:' presence state!");
    };
    let exchange = request.exchange();
    let plan = exchange.plan();
    let write = exchange.library.function("PRESENCE_STATE").and_then(|function| function.write);
    match write.map(|write| write(&mut Context::without_channel(exchange, &plan), provider, value)) {
        Some(Ok(())) => Answer::line(format!("Changing {name} to {}", value.split(',').next().unwrap_or(value))),
        _ => request.usage(),
    }
}
