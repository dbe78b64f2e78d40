//! `channel`: what is done to a channel.

pub mod ladder;
pub mod originate;

use crate::channel::{Cause, Interrupt, Position};
use crate::management::console::commands::core::channels::list::names;
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::Pbx;

pub static REQUEST_HANGUP: Command =
    Command::now("channel request hangup", "<channel>|all", "Hangs up a channel, or all", hang_up)
        .completes(channels_or_all);

pub static HANGUP_REQUEST: Command =
    Command::now("hangup request", "<channel>|all", "Hangs up a channel, or all", hang_up).completes(channels_or_all);

fn channels_or_all(pbx: &Pbx, words: &[&str]) -> Vec<String> {
    if words.len() > 1 {
        return Vec::new();
    }
    let mut names = names(pbx);
    names.push("all".to_owned());
    names
}

fn hang_up(request: &Request<'_>) -> Answer {
    let [wanted] = request.words.as_slice() else { return request.usage() };
    let channels = &request.exchange().channels;
    if wanted.eq_ignore_ascii_case("all") {
        let all = channels.all();
        all.iter().for_each(|channel| channel.request_hangup(Cause::NONE));
        let names = all.iter().map(|channel| format!("Requested Hangup on channel '{}'\n", channel.name()));
        return Answer::line(names.collect::<String>());
    }
    match channels.find(wanted) {
        Some(channel) => {
            channel.request_hangup(Cause::NONE);
            Answer::line(format!("Requested Hangup on channel '{}'", channel.name()))
        }
        None => Answer::refusal(format!("{wanted} is not a known channel")),
    }
}

pub static REDIRECT: Command = Command::now(
    "channel redirect",
    "<channel> <[[context,]extension,]priority>",
    "Sends a channel to another place in the plan",
    |request| {
        let [wanted, place] = request.words.as_slice() else { return request.usage() };
        let exchange = request.exchange();
        let Some(channel) = exchange.channels.find(wanted) else {
            return Answer::failure(format!("Channel '{wanted}' not found"));
        };
        let plan = exchange.plan();
        let position: Option<Position> = crate::interpreter::Context::new(exchange, &plan, &channel).resolve(place);
        match position {
            Some(position) => {
                channel.interrupt(Interrupt::Goto(position));
                Answer::line(format!("Channel '{}' successfully redirected to {place}", channel.name()))
            }
            None => Answer::failure(format!("Channel '{}' failed to be redirected to {place}", channel.name())),
        }
    },
)
.completes(|pbx, words| if words.len() == 1 { names(pbx) } else { Vec::new() });
