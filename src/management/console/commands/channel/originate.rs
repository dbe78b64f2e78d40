//! `channel originate`

use std::time::Duration;

use crate::applications::originating::{Origination, Then};
use crate::channel::Position;
use crate::management::console::command::Answering;
use crate::management::console::{Answer, Command, Request};

pub static ORIGINATE: Command = Command::later(
    "channel originate",
    "<technology/destination> application <application> [<data>] | extension [<extension>@][<context>]",
    "Calls a destination and gives it to an application or to the plan",
    originate,
)
.completes(|pbx, words| match words {
    [_, _] => ["application", "extension"].map(str::to_owned).to_vec(),
    [_, how, _] if how.eq_ignore_ascii_case("application") => {
        pbx.exchange.library.applications.iter().map(|application| application.name.to_owned()).collect()
    }
    _ => Vec::new(),
});

/// How long the destination may ring.
const TIMEOUT: Duration = Duration::from_secs(30);

fn originate<'a>(request: &'a Request<'a>) -> Answering<'a> {
    Box::pin(async move {
        let Some(then) = then(&request.words) else { return request.usage() };
        if let Then::Application { name, .. } = &then
            && request.exchange().library.application(name).is_none()
        {
            return Answer::failure(format!("No such application '{name}'"));
        }
        let destination = request.word(0).to_owned();
        let placed = Origination { timeout: TIMEOUT, ..Origination::new(&destination, then) }.place(request.exchange());
        match placed.await {
            Ok(placed) => {
                // As in Asterisk the console does not wait for the answer.
                tokio::spawn(placed.wait());
                Answer::line("")
            }
            Err(error) => Answer::failure(format!("{destination} cannot be called: {error}")),
        }
    })
}

/// Where the call goes; none where the words do not say it.
fn then(words: &[String]) -> Option<Then> {
    let [destination, how, rest @ ..] = words else { return None };
    if !destination.contains('/') {
        return None;
    }
    match how.to_ascii_lowercase().as_str() {
        "application" => {
            let (name, data) = rest.split_first()?;
            Some(Then::Application { name: name.clone(), arguments: data.join(" ") })
        }
        "extension" if rest.len() <= 1 => {
            let place = rest.first().map_or("", String::as_str);
            let (extension, context) = place.split_once('@').unwrap_or((place, ""));
            let given =
                |text: &str, otherwise: &str| if text.is_empty() { otherwise.to_owned() } else { text.to_owned() };
            Some(Then::Place(Position::new(&given(context, "default"), &given(extension, "s"), 1)))
        }
        _ => None,
    }
}
