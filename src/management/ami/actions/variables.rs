//! Variables and functions of a channel, or global ones.

use super::{Action, Answer, Asked, Run};
use crate::interpreter::Context;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;

/// Gives a variable, or what a function gives.
pub static GETVAR: Action = Action::new(
    "Getvar",
    Privilege::CALL.or(Privilege::REPORTING),
    "Gets a channel variable or function value.",
    Run::Compute(getvar),
);

fn getvar(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Variable", "No variable specified")?;
    if !is_permitted(asked, name, "GetVar Access Forbidden: Variable")? {
        return Ok(Reply::success().with("Variable", name).with("Value", ""));
    }
    let value = with_context(asked, |context| match function(name) {
        Some((function, arguments)) => {
            let mut value = String::new();
            // As in Asterisk, what cannot be read is empty; the log says why.
            if !context.read_function(function, arguments, &mut value) {
                tracing::error!("Function {function} not registered");
            }
            value
        }
        None => context.get(name).unwrap_or_default(),
    })?;
    Ok(Reply::success().with("Variable", name).with("Value", value))
}

/// Sets a variable, or writes a function.
pub static SETVAR: Action =
    Action::new("Setvar", Privilege::CALL, "Sets a channel variable or function value.", Run::Compute(setvar));

fn setvar(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Variable", "No variable specified")?;
    if !is_permitted(asked, name, "SetVar Access Forbidden: Variable")? {
        return Err(Reply::error("Variable not set"));
    }
    let value = asked.get("Value").unwrap_or("");
    if !asked.session.may(Privilege::SYSTEM) && asked.exchange().library.mentions_dangerous(value) {
        return Err(Reply::error("SetVar Access Forbidden: Value"));
    }
    // What ends like a function has to be one.
    if name.ends_with(')') {
        let function = function(name).map_or("", |(function, _)| function);
        let known = asked.exchange().library.function(function);
        if known.is_none_or(|function| function.write.is_none()) {
            return Err(Reply::error("Variable not set"));
        }
    }
    with_context(asked, |context| match (context.channel, function(name)) {
        (None, None) => context.set_global(name, value),
        _ => context.set(name, value),
    })?;
    Ok(Reply::done("Variable Set"))
}

/// Works on the channel that is named, or on nobody's.
fn with_context<T>(asked: &Asked<'_>, work: impl FnOnce(&mut Context<'_>) -> T) -> Result<T, Reply> {
    let exchange = asked.exchange();
    let plan = exchange.plan();
    let Some(name) = asked.get("Channel") else { return Ok(work(&mut Context::without_channel(exchange, &plan))) };
    let channel = asked.find(name).ok_or_else(|| Reply::error("No such channel"))?;
    Ok(work(&mut Context::new(exchange, &plan, &channel)))
}

/// Splits `NAME(arguments)`.
fn function(name: &str) -> Option<(&str, &str)> {
    name.strip_suffix(')')?.split_once('(')
}

/// Functions that reach files and programs are for those who may use the class `system`, and do their work only where
/// `live_dangerously` of asterisk.conf says so.
fn is_permitted(asked: &Asked<'_>, text: &str, forbidden: &str) -> Result<bool, Reply> {
    if !asked.exchange().library.mentions_dangerous(text) {
        return Ok(true);
    }
    if !asked.session.may(Privilege::SYSTEM) {
        return Err(Reply::error(forbidden));
    }
    let is_permitted = asked.manager.settings().lives_dangerously;
    if !is_permitted {
        tracing::error!("a manager program may not use {text}: live_dangerously of asterisk.conf is not set");
    }
    Ok(is_permitted)
}
