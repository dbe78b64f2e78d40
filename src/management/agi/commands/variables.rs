//! `GET VARIABLE`, `GET FULL VARIABLE`, `SET VARIABLE`, `SET CALLERID`

use super::super::command::{Command, Run};
use super::super::reply::Reply;
use super::super::words::Words;
use crate::channel::caller_id;
use crate::interpreter::Context;

pub static GET_VARIABLE: Command = Command::new(
    "GET VARIABLE",
    "<name>",
    "Answers 1 and the value of a variable or function in brackets, or 0 where it is not set.",
    Run::Compute(get_variable),
)
.dead();

fn get_variable(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 1 {
        return Reply::Usage;
    }
    let name = words.get(0);
    let value = match name.strip_suffix(')').and_then(|name| name.split_once('(')) {
        Some((function, arguments)) => {
            let mut value = String::new();
            context.read_function(function, arguments, &mut value).then_some(value)
        }
        None => context.get(name),
    };
    value.map_or_else(|| Reply::result(0), |value| Reply::value(&value))
}

pub static GET_FULL_VARIABLE: Command = Command::new(
    "GET FULL VARIABLE",
    "<text> [<channel>]",
    "Substitutes ${} and $[] in a text, on this or another channel, and answers 1 and the text in brackets;\n\
     0 where there is no such channel.",
    Run::Compute(get_full_variable),
)
.dead();

fn get_full_variable(context: &mut Context<'_>, words: &Words) -> Reply {
    match words.len() {
        1 => Reply::value(&context.expand(words.get(0))),
        2 => match context.exchange.channels.find(words.get(1)) {
            Some(other) => Reply::value(&context.as_channel(&other, |other| other.expand(words.get(0)))),
            None => Reply::result(0),
        },
        _ => Reply::Usage,
    }
}

pub static SET_VARIABLE: Command = Command::new(
    "SET VARIABLE",
    "<name> <value>",
    "Sets a variable of the channel, or writes a function. The result is 1.",
    Run::Compute(set_variable),
)
.dead();

fn set_variable(context: &mut Context<'_>, words: &Words) -> Reply {
    if words.len() != 2 {
        return Reply::Usage;
    }
    context.set(words.get(0), words.get(1));
    Reply::result(1)
}

pub static SET_CALLERID: Command = Command::new(
    "SET CALLERID",
    "<\"name\" <number>>",
    "Sets the caller's number, or name and number. The result is 1.",
    Run::Compute(set_callerid),
);

fn set_callerid(context: &mut Context<'_>, words: &Words) -> Reply {
    let (name, number) = caller_id::parse(words.get(0));
    context.state.caller.name = Some(name);
    context.state.caller.number = Some(number);
    context.announce_caller();
    Reply::result(1)
}
