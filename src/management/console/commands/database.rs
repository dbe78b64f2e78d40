//! `database`: the AstDB.

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;
use crate::storage::astdb::DatabaseError;

pub static GET: Command = Command::now("database get", "<family> <key>", "Shows a value of the database", |request| {
    let [family, key] = request.words.as_slice() else { return request.usage() };
    match request.exchange().database.get(family, key) {
        Ok(Some(value)) => Answer::of(Value { value }),
        Ok(None) => Answer::refusal("Database entry not found."),
        Err(error) => failed(&error),
    }
})
.completes(families);

pub static PUT: Command =
    Command::now("database put", "<family> <key> <value>", "Stores a value in the database", |request| {
        let [family, key, value] = request.words.as_slice() else { return request.usage() };
        match request.exchange().database.put(family, key, value) {
            Ok(()) => Answer::line("Updated database successfully"),
            Err(error) => failed(&error),
        }
    })
    .completes(families);

pub static DEL: Command =
    Command::now("database del", "<family> <key>", "Removes a value from the database", |request| {
        let [family, key] = request.words.as_slice() else { return request.usage() };
        match request.exchange().database.delete(family, key) {
            Ok(true) => Answer::line("Database entry removed."),
            Ok(false) => Answer::refusal("Database entry could not be removed."),
            Err(error) => failed(&error),
        }
    })
    .completes(families);

pub static DELTREE: Command =
    Command::now("database deltree", "<family> [keytree]", "Removes everything under a key", |request| {
        let prefix = match request.words.as_slice() {
            [family] => family.clone(),
            [family, tree] => format!("{family}/{tree}"),
            _ => return request.usage(),
        };
        match request.exchange().database.delete_tree(&prefix) {
            Ok(0) => Answer::refusal("Database entries do not exist."),
            Ok(count) => Answer::line(format!("{count} database entries removed.")),
            Err(error) => failed(&error),
        }
    })
    .completes(families);

pub static SHOW: Command =
    Command::now("database show", "[family [keytree]]", "Shows what the database holds", |request| {
        if request.words.len() > 2 {
            return request.usage();
        }
        entries(request, &request.words.join("/"), |_| true)
    })
    .completes(families);

pub static SHOW_KEY: Command = Command::now("database showkey", "<key>", "Shows this key of every family", |request| {
    let [key] = request.words.as_slice() else { return request.usage() };
    let end = format!("/{key}");
    entries(request, "", |name| name.ends_with(&end))
});

pub static QUERY: Command =
    Command::now("database query", "\"<SQL statement>\"", "Runs a statement of SQL over the database", |request| {
        let [statement] = request.words.as_slice() else { return request.usage() };
        match request.exchange().database.query(statement) {
            Ok(rows) => Answer::of(Rows(rows.into_iter().map(|row| row.into_iter().collect()).collect())),
            Err(error) => Answer::failure(format!("Error executing SQL: {error}")),
        }
    })
    .manual("The table is astdb, its columns key and value.");

fn entries(request: &Request<'_>, prefix: &str, is_wanted: impl Fn(&str) -> bool) -> Answer {
    match request.exchange().database.tree(prefix) {
        Ok(found) => {
            let found = found.into_iter().filter(|(key, _)| is_wanted(key));
            Answer::of(Entries(found.map(|(key, value)| Entry { key, value }).collect()))
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &DatabaseError) -> Answer {
    Answer::failure(format!("Database unavailable: {error}"))
}

/// The families that there are.
fn families(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    if words.len() > 1 {
        return Vec::new();
    }
    let all = pbx.exchange.database.tree("").unwrap_or_default();
    let mut families: Vec<String> =
        all.iter().filter_map(|(key, _)| Some(key.trim_start_matches('/').split_once('/')?.0.to_owned())).collect();
    families.dedup();
    families
}

/// Rows of a query, each a list of columns and values.
#[derive(Serialize)]
struct Rows(Vec<Vec<(String, String)>>);

impl Display for Rows {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for row in &self.0 {
            row.iter().try_for_each(|(name, value)| writeln!(formatter, "{name:<5}: {value:<50}"))?;
            writeln!(formatter)?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Value {
    value: String,
}

impl Display for Value {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "Value: {}", self.value)
    }
}

#[derive(Serialize)]
struct Entry {
    key: String,
    value: String,
}

#[derive(Serialize)]
struct Entries(Vec<Entry>);

impl Display for Entries {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for entry in &self.0 {
            writeln!(formatter, "{:<50}: {:<25}", entry.key, entry.value)?;
        }
        writeln!(formatter, "{} results found.", self.0.len())
    }
}
