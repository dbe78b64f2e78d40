//! `Originate`

use std::sync::Arc;
use std::time::Duration;

use super::{Action, Answering, Asked, Run};
use crate::applications::originating::{ANSWERED, Failure, Origination, TIMEOUT, Then};
use crate::channel::caller_id::{self, Party};
use crate::interpreter::{Exchange, Lookup};
use crate::management::ami::events::snapshot::UNKNOWN;
use crate::management::ami::manager::Manager;
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};

/// Calls a destination and lets it go to an application or into the plan when it answers.
///
/// Without `Async` the answer waits for the other party's; with it the event `OriginateResponse` tells what came of the
/// call.
pub static ORIGINATE: Action =
    Action::new("Originate", Privilege::ORIGINATE, "Originate a call.", Run::Wait(|asked| originate(asked)));

fn originate<'a>(asked: &'a Asked<'a>) -> Answering<'a> {
    Box::pin(async {
        let wish = wish(asked)?;
        let report = Report {
            manager: Arc::clone(asked.manager),
            action_id: asked.get("ActionID").map(str::to_owned),
            wish: wish.clone(),
        };
        let exchange = Arc::clone(asked.exchange());
        if asked.is_true("Async") {
            tokio::spawn(async move { report.tell(call(&exchange, wish).await) });
            return Ok(Reply::done("Originate successfully queued"));
        }
        match call(&exchange, wish).await.1 {
            Ok(()) => Ok(Reply::done("Originate successfully queued")),
            Err(_) => Err(Reply::error("Originate failed")),
        }
    })
}

/// The new channel's name and unique id, where there was one, and what came of the call.
type Came = (Option<(String, String)>, Result<(), Failure>);

async fn call(exchange: &Arc<Exchange>, wish: Origination) -> Came {
    match wish.clone().place(exchange).await {
        Ok(placed) => {
            let names = (placed.channel().name().to_string(), placed.channel().unique_id().to_string());
            (Some(names), placed.wait().await)
        }
        Err(error) => {
            tracing::warn!("the manager's Originate cannot call {}: {error}", wish.destination);
            wish.run_failed(exchange, Failure::Failed);
            (None, Err(Failure::Failed))
        }
    }
}

/// What the action wants.
fn wish(asked: &Asked<'_>) -> Result<Origination, Reply> {
    let destination = asked.need("Channel", "Channel not specified")?;
    if !destination.contains('/') {
        return Err(Reply::error("Invalid channel"));
    }
    let timeout = match asked.get("Timeout").map(|timeout| timeout.trim().parse::<i64>()) {
        Some(Ok(milliseconds)) => Duration::from_millis(milliseconds.unsigned_abs()),
        Some(Err(_)) => return Err(Reply::error("Invalid timeout")),
        None => TIMEOUT,
    };
    let caller = match asked.get("CallerID") {
        Some(text) => {
            let (name, number) = caller_id::parse(text);
            let given = |text: String| Some(text).filter(|text| !text.is_empty());
            Party { name: given(name), number: given(number), ..Party::default() }
        }
        None => Party::default(),
    };
    let ids = ["ChannelId", "OtherChannelId"].map(|key| asked.get(key));
    let is_taken = |id: &Option<&str>| id.is_some_and(|id| asked.exchange().channels.find(id).is_some());
    if ids.iter().any(is_taken) || (ids.first() == ids.last() && ids.iter().all(Option::is_some)) {
        return Err(Reply::error("Originate failed"));
    }
    if let (Some(context), Some(extension), Some(priority)) =
        (asked.get("Context"), asked.get("Exten"), priority(asked))
    {
        let place = asked.place(context, extension, priority)?;
        let plan = asked.exchange().plan();
        let lookup = Lookup::new(&plan, &asked.exchange().clock);
        if !lookup.exists(&place.context, &place.extension, place.priority, caller.number()) {
            return Err(Reply::error("Extension does not exist."));
        }
    }
    let user = asked.session.user();
    let mut variables = user.map(|user| user.variables.clone()).unwrap_or_default();
    // From the last to the first, as Asterisk sets them: of two values of one name the first stays.
    variables.extend(asked.variables().into_iter().rev());
    let library = asked.exchange().library;
    let reaches_outside = variables.iter().any(|(name, _)| library.mentions_dangerous(name));
    if reaches_outside && !asked.session.may(Privilege::SYSTEM) {
        return Err(Reply::error("Originate Access Forbidden: Variable"));
    }
    Ok(Origination {
        timeout,
        caller,
        variables,
        account: asked.get("Account").unwrap_or("").to_owned(),
        preparation: asked.get("PreDialGoSub").map(str::to_owned),
        // These, and no others of the called endpoint's.
        codecs: asked.get("Codecs").map(|codecs| format!("!all,{codecs}")),
        takes_early_media: asked.is_true("EarlyMedia"),
        channel_id: asked.get("ChannelId").map(str::to_owned),
        other_channel_id: asked.get("OtherChannelId").map(str::to_owned),
        ..Origination::new(destination, then(asked)?)
    })
}

/// The priority of the place; 0 counts as none.
fn priority<'a>(asked: &Asked<'a>) -> Option<&'a str> {
    asked.get("Priority").filter(|priority| priority.trim() != "0")
}

fn then(asked: &Asked<'_>) -> Result<Then, Reply> {
    if let Some(name) = asked.get("Application") {
        let arguments = asked.get("Data").unwrap_or("");
        let library = asked.exchange().library;
        if !asked.session.may(Privilege::SYSTEM) {
            if library.mentions_dangerous(arguments) {
                return Err(Reply::error("Originate Access Forbidden: Data"));
            }
            if library.reaches_outside(name, arguments) {
                return Err(Reply::error("Originate Access Forbidden: Application"));
            }
        }
        return Ok(Then::Application { name: name.to_owned(), arguments: arguments.to_owned() });
    }
    let (Some(context), Some(extension), Some(priority)) = (asked.get("Context"), asked.get("Exten"), priority(asked))
    else {
        return Err(Reply::error("Originate with 'Exten' requires 'Context' and 'Priority'"));
    };
    asked.place(context, extension, priority).map(Then::Place)
}

/// Tells what came of a call that was not waited for.
struct Report {
    manager: Arc<Manager>,
    action_id: Option<String>,
    wish: Origination,
}

impl Report {
    fn tell(self, (names, came): Came) {
        let Self { manager, action_id, wish } = self;
        // Of a call that failed the channel is gone: it is told by what was called.
        let (channel, unique_id) = names.filter(|_| came.is_ok()).unwrap_or_else(|| {
            let id = wish.channel_id.clone().unwrap_or_else(|| UNKNOWN.to_owned());
            (wish.destination.clone(), id)
        });
        let mut fields = Fields::new();
        if let Some(id) = action_id {
            fields.push("ActionID", id);
        }
        let known = |text: &str| if text.is_empty() { UNKNOWN.to_owned() } else { text.to_owned() };
        fields.push("Response", if came.is_ok() { "Success" } else { "Failure" });
        fields.push("Channel", channel);
        match &wish.then {
            Then::Place(place) => {
                fields.push("Context", &place.context);
                fields.push("Exten", &place.extension);
            }
            Then::Application { name, arguments } => {
                fields.push("Application", name);
                fields.push("Data", arguments);
            }
        }
        fields.push("Reason", came.map_or_else(|failure| wish.reason(failure), |()| ANSWERED));
        fields.push("Uniqueid", unique_id);
        fields.push("CallerIDNum", known(wish.caller.number()));
        fields.push("CallerIDName", known(wish.caller.name()));
        manager.hub.raise("OriginateResponse", Privilege::CALL, &fields);
    }
}
