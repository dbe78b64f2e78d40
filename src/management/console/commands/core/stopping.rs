//! `core stop`, `core restart`, `core abort shutdown`

use crate::management::console::command::Answering;
use crate::management::console::{Answer, Command, Request};
use crate::management::pbx::{Order, When};

pub static STOP_NOW: Command = Command::later("core stop now", "", "Hangs up all calls and stops exten", |request| {
    stop(request, When::Now, false)
});

pub static STOP_GRACEFULLY: Command = Command::later(
    "core stop gracefully",
    "",
    "Takes no new calls, and stops exten when those in progress are over",
    |request| stop(request, When::Gracefully, false),
);

pub static STOP_WHEN_CONVENIENT: Command = Command::later(
    "core stop when convenient",
    "",
    "Stops exten as soon as there is no call; new calls are taken until then",
    |request| stop(request, When::Convenient, false),
);

pub static RESTART_NOW: Command =
    Command::later("core restart now", "", "Hangs up all calls and starts exten anew", |request| {
        stop(request, When::Now, true)
    });

pub static RESTART_GRACEFULLY: Command = Command::later(
    "core restart gracefully",
    "",
    "Takes no new calls, and starts exten anew when those in progress are over",
    |request| stop(request, When::Gracefully, true),
);

pub static RESTART_WHEN_CONVENIENT: Command = Command::later(
    "core restart when convenient",
    "",
    "Starts exten anew as soon as there is no call; new calls are taken until then",
    |request| stop(request, When::Convenient, true),
);

pub static ABORT: Command = Command::later(
    "core abort shutdown",
    "",
    "Withdraws an order to stop or restart that waits for calls",
    |request| Box::pin(give(request, Order::Stay, "Shutdown aborted.")),
);

fn stop<'a>(request: &'a Request<'a>, when: When, restart: bool) -> Answering<'a> {
    let said = match (when, restart) {
        (When::Now, _) => "",
        (When::Gracefully, false) => "Waiting for inactivity to perform halt...",
        (When::Gracefully, true) => "Waiting for inactivity to perform restart...",
        (When::Convenient, false) => "Waiting for inactivity to perform halt; new calls are taken until then...",
        (When::Convenient, true) => "Waiting for inactivity to perform restart; new calls are taken until then...",
    };
    Box::pin(give(request, Order::Stop { when, restart }, said))
}

async fn give(request: &Request<'_>, order: Order, said: &str) -> Answer {
    if !request.words.is_empty() {
        return request.usage();
    }
    match request.pbx.control.order(order).await {
        true => Answer::line(said),
        false => Answer::failure("There is no server that could stop."),
    }
}
