//! Texts outside of calls.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Action, Answer, Asked, Run};
use crate::channel::message::TextMessage;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::Reply;

/// Sends a text to somebody outside of calls.
pub static MESSAGE_SEND: Action =
    Action::new("MessageSend", Privilege::MESSAGE, "Send an out of call message to an endpoint.", Run::Compute(send));

fn send(asked: &Asked<'_>) -> Answer {
    // Where a destination is given, `To` is only what the message shows.
    let shown = asked.get("To");
    let destination = asked.get("Destination").or(shown);
    let destination = destination.ok_or_else(|| Reply::error("No 'To' address specified."))?;
    let body = match asked.get("Base64Body").map(|body| STANDARD.decode(body)) {
        Some(Ok(body)) => String::from_utf8_lossy(&body).into_owned(),
        Some(Err(_)) => return Err(Reply::error("The Base64Body is not base64.")),
        None => asked.get("Body").unwrap_or("").to_owned(),
    };
    let channels = &asked.exchange().channels;
    let reachable = destination.split_once(':').filter(|(technology, _)| channels.has_technology(technology));
    let (technology, rest) = reachable.ok_or_else(|| Reply::error("Message technology not found."))?;
    let message = TextMessage {
        to: shown.unwrap_or(destination).to_owned(),
        from: asked.get("From").unwrap_or("").to_owned(),
        body,
        data: asked.variables(),
    };
    match channels.send_message(technology, rest, &message) {
        Ok(()) => Ok(Reply::done("Message successfully sent")),
        Err(error) => {
            tracing::info!("the manager's text to {destination} was not sent: {error}");
            Err(Reply::error("Message failed to send."))
        }
    }
}
