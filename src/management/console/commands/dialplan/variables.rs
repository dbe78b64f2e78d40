//! `dialplan set chanvar`, `dialplan eval function`

use std::sync::Arc;

use crate::interpreter::Context;
use crate::management::console::commands::core::channels::list::names;
use crate::management::console::{Answer, Command, Request};

pub static SET_CHANVAR: Command = Command::now(
    "dialplan set chanvar",
    "<channel> <name> <value>",
    "Sets a variable or a function of a channel",
    |request| {
        let [channel, name, value] = request.words.as_slice() else { return request.usage() };
        let exchange = request.exchange();
        let Some(channel) = exchange.channels.find(channel) else {
            return Answer::failure(format!("Channel '{channel}' not found"));
        };
        let plan = exchange.plan();
        Context::new(exchange, &plan, &channel).set(name, value);
        Answer::line(format!("\n    -- Channel variable '{name}' set to '{value}' for '{}'", channel.name()))
    },
)
.completes(|pbx, words| if words.len() == 1 { names(pbx) } else { Vec::new() });

pub static EVAL_FUNCTION: Command = Command::now(
    "dialplan eval function",
    "<function(arguments)>",
    "Shows what a function gives outside of calls",
    evaluate,
);

fn evaluate(request: &Request<'_>) -> Answer {
    if request.words.is_empty() {
        return request.usage();
    }
    let text = request.words.join(" ");
    let name = text.split('(').next().unwrap_or_default();
    let exchange = request.exchange();
    if exchange.library.function(name).is_none_or(|function| function.read.is_none()) {
        return Answer::failure("Return Value: Failure (-1)");
    }
    let plan = Arc::clone(&exchange.plan());
    let result = Context::without_channel(exchange, &plan).expand(&format!("${{{text}}}"));
    Answer::line(format!("Return Value: Success (0)\nResult: {result}"))
}
