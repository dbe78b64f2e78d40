//! `DATABASE GET`, `DATABASE PUT`, `DATABASE DEL`, `DATABASE DELTREE`

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::interpreter::Context;
use crate::storage::astdb::DatabaseError;

pub static DATABASE_GET: Command = Command::new(
    "DATABASE GET",
    "<family> <key>",
    "Answers 1 and the value in brackets, or 0 where there is none.",
    Run::Compute(get),
)
.dead();

fn get(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 2 {
        return Reply::Usage;
    }
    match context.exchange.database.get(words.get(0), words.get(1)) {
        Ok(Some(value)) => Reply::value(&value),
        Ok(None) => Reply::result(0),
        Err(error) => failed(context, &error, 0),
    }
}

pub static DATABASE_PUT: Command = Command::new(
    "DATABASE PUT",
    "<family> <key> <value>",
    "Stores a value; 1 is the result, or 0 where that failed.",
    Run::Compute(put),
)
.dead();

fn put(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 3 {
        return Reply::Usage;
    }
    match context.exchange.database.put(words.get(0), words.get(1), words.get(2)) {
        Ok(()) => Reply::result(1),
        Err(error) => failed(context, &error, 0),
    }
}

pub static DATABASE_DEL: Command = Command::new(
    "DATABASE DEL",
    "<family> <key>",
    "Removes a value; 1 is the result, also where there was none, or 0 where that failed.",
    Run::Compute(delete),
)
.dead();

fn delete(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 2 {
        return Reply::Usage;
    }
    match context.exchange.database.delete(words.get(0), words.get(1)) {
        Ok(_) => Reply::result(1),
        Err(error) => failed(context, &error, 0),
    }
}

pub static DATABASE_DELTREE: Command = Command::new(
    "DATABASE DELTREE",
    "<family> [<key>]",
    "Removes a family, or what is below a key of it. 0 is the result if there was anything, otherwise 1.",
    Run::Compute(delete_tree),
)
.dead();

fn delete_tree(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.is_empty() || words.len() > 2 {
        return Reply::Usage;
    }
    let tree = match words.given(1) {
        Some(key) => format!("{}/{key}", words.get(0)),
        None => words.get(0).to_owned(),
    };
    match context.exchange.database.delete_tree(&tree) {
        // Asterisk's, the wrong way round.
        Ok(count) => Reply::result(if count > 0 { 0 } else { 1 }),
        Err(error) => failed(context, &error, 1),
    }
}

fn failed(context: &mut Context<'_>, error: &DatabaseError, result: u8) -> Reply {
    context.warn(&format!("AGI: {error}"));
    Reply::result(result)
}
