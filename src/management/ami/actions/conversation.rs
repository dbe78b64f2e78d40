//! The conversation itself: logging in and out, which events come, and what can be asked.

use std::time::Duration;

use super::{Action, Answer, Answering, Asked, Run};
use crate::management::ami::events::filter::{Filter, FilterError};
use crate::management::ami::login;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

/// Lets the program in.
pub static LOGIN: Action = Action::new(
    "Login",
    Privilege::NONE,
    "Login Manager.",
    Run::Compute(|asked| Ok(login::log_in(asked.manager, asked.session, asked.request))),
);

/// Gives a challenge for a login by MD5.
pub static CHALLENGE: Action = Action::new(
    "Challenge",
    Privilege::NONE,
    "Generate Challenge for MD5 Auth.",
    Run::Compute(|asked| Ok(login::challenge(asked.session, asked.request))),
);

/// Ends the conversation.
pub static LOGOFF: Action = Action::new(
    "Logoff",
    Privilege::NONE,
    "Logoff Manager.",
    Run::Compute(|_| Ok(Reply::goodbye("Thanks for all the fish."))),
);

/// Shows that the server is there.
pub static PING: Action = Action::new("Ping", Privilege::NONE, "Keepalive command.", Run::Compute(ping));

fn ping(asked: &Asked<'_>) -> Answer {
    let now = asked.exchange().clock.now().timestamp();
    let time = format_args!("{}.{:06}", now.as_second(), now.subsec_microsecond()).to_string();
    Ok(Reply::success().with("Ping", "Pong").with("Timestamp", time))
}

/// Chooses the classes of the events that come.
pub static EVENTS: Action = Action::new("Events", Privilege::NONE, "Control Event Flow.", Run::Compute(events));

fn events(asked: &Asked<'_>) -> Answer {
    let mask = Privilege::parse_mask(asked.need("EventMask", "Invalid event mask")?);
    asked.session.listen_to(mask);
    asked.manager.hub.look_again();
    Ok(Reply::success().with("Events", if mask == Privilege::NONE { "Off" } else { "On" }))
}

/// Adds a filter for events.
pub static FILTER: Action = Action::new(
    "Filter",
    Privilege::SYSTEM,
    "Dynamically add filters for the current manager session.",
    Run::Compute(filter),
);

fn filter(asked: &Asked<'_>) -> Answer {
    if !asked.get("Operation").is_some_and(|operation| operation.eq_ignore_ascii_case("add")) {
        return Err(Reply::error("Unknown operation"));
    }
    let filter = match asked.get("MatchCriteria") {
        // The name of an event or of a line alone says enough.
        Some(criteria) => Filter::read(&format!("eventfilter({criteria})"), asked.get("Filter").unwrap_or_default()),
        None => Filter::plain(asked.get("Filter").unwrap_or_default()),
    };
    let filter = filter.map_err(|error| match error {
        FilterError::Regex(_) => Reply::error("Filter did not compile.  Check the syntax of the filter given."),
        FilterError::Unknown(_) => {
            Reply::error("Filter was formatted incorrectly.  Check the syntax of the filter given.")
        }
    })?;
    asked.session.add_filter(filter);
    Ok(Reply::done("Success"))
}

/// Names the actions that the program may take.
pub static LIST_COMMANDS: Action =
    Action::new("ListCommands", Privilege::NONE, "List available manager commands.", Run::Compute(list_commands));

fn list_commands(asked: &Asked<'_>) -> Answer {
    let allowed = super::ACTIONS.iter().filter(|action| asked.session.may(action.privilege));
    Ok(allowed.fold(Reply::success(), |reply, Action { name, synopsis, privilege, .. }| {
        reply.with(name, format_args!("{synopsis}  (Priv: {privilege})"))
    }))
}

/// Sends an event of the program's own to all programs.
pub static USER_EVENT: Action =
    Action::new("UserEvent", Privilege::USER, "Send an arbitrary event.", Run::Compute(user_event));

fn user_event(asked: &Asked<'_>) -> Answer {
    let mut fields = Fields::new().with("UserEvent", asked.get("UserEvent").unwrap_or(""));
    // The program's own lines go out as they came.
    for (key, line) in asked.request.lines() {
        if !["Action", "UserEvent"].iter().any(|own| key.eq_ignore_ascii_case(own)) {
            fields.append(line);
            fields.append("\r\n");
        }
    }
    asked.manager.hub.raise("UserEvent", Privilege::USER, &fields);
    Ok(Reply::done("Event Sent"))
}

/// Waits until an event has come.
pub static WAIT_EVENT: Action =
    Action::new("WaitEvent", Privilege::NONE, "Wait for an event to occur.", Run::Wait(|asked| wait_event(asked)));

fn wait_event<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let seconds = asked.get("Timeout").map(|timeout| timeout.trim().parse::<i64>());
        let seconds = seconds.transpose().unwrap_or(Some(0)).unwrap_or(-1);
        let longest = u64::try_from(seconds).ok().map(Duration::from_secs);
        let mut told = String::new();
        if asked.session.peer.asks_for_events {
            // It comes again before its session is given up.
            let most = asked.manager.settings().web_timeout;
            let longest = longest.map_or(most, |longest| longest.min(most));
            told = tokio::time::timeout(longest, asked.session.waiting_events()).await.unwrap_or_default();
        } else if let Some(longest) = longest {
            // Who has waited in vain is told so all the same.
            let _ = tokio::time::timeout(longest, asked.session.next_event()).await;
        } else {
            asked.session.next_event().await;
        }
        let mut reply = Reply::done("Waiting for Event completed.").telling(told);
        reply.event("WaitEventComplete", Fields::new());
        Ok(reply)
    })
}
