//! `DISA`

use std::time::Duration;

use super::music;
use crate::interpreter::{Application, Argument, Arguments, Call, Keyed, Kind, Letter, Outcome, Run};

/// Gives the caller a dial tone and lets it dial as if it were inside.
///
/// First the caller keys the passcode and `#`, unless that is `no-password`; then, at the second dial tone, an extension of
/// the context (`disa` if none is named), where the call goes on. A passcode that begins with `/` names a file with a line a
/// passcode: `passcode,context,callerid`. Whoever knows the passcode dials on your account: give the context only what
/// strangers may reach.
pub static DISA: Application = Application {
    name: "DISA",
    synopsis: "Gives the caller a dial tone",
    arguments: &[
        Argument::required("passcode", Kind::Text),
        Argument::optional("context", Kind::Text),
        Argument::optional("callerid", Kind::Text),
        Argument::optional("mailbox", Kind::Text),
        Argument::optional("options", Kind::Options),
    ],
    options: &[
        Letter::plain('n', "does not answer the call"),
        Letter::plain('p', "takes # for the end of the extension"),
    ],
    sets: &[],
    run: Run::Wait(|call, arguments| Box::pin(disa(call, arguments))),
};

/// How long who failed hears that it did.
const REFUSAL: Duration = Duration::from_secs(10);

/// What a passcode opens.
struct Access {
    /// The passcode; the call goes on its account.
    account: String,
    context: String,
    caller_id: String,
}

async fn disa(call: &mut Call, arguments: Arguments) -> Outcome {
    let Some(passcode) = arguments.given(0) else {
        call.context().warn("DISA needs a passcode, or `no-password`");
        return Outcome::Hangup;
    };
    let options = arguments.options(4);
    if !options.has('n') {
        call.answer(Duration::ZERO).await;
    }
    let given = Access {
        account: String::new(),
        context: arguments.given(1).unwrap_or("disa").to_owned(),
        caller_id: arguments.get(2).to_owned(),
    };
    let access = if passcode.eq_ignore_ascii_case("no-password") {
        Some(given)
    } else {
        let entered = dial(call, |_| false, false).await;
        let access = entered.and_then(|entered| check(call, passcode, &entered, given));
        if access.is_none() {
            call.context().warn("DISA: a wrong passcode was keyed");
        }
        access
    };
    let Some(access) = access else { return refuse(call).await };
    let caller = call.channel.state().caller.number().to_owned();
    let plan = std::sync::Arc::clone(call.plan());
    let exchange = std::sync::Arc::clone(&call.exchange);
    let lookup = crate::interpreter::Lookup::new(&plan, &exchange.clock);
    let is_final = |dialled: &str| !lookup.matches_more(&access.context, dialled, &caller);
    let hash_counts = !options.has('p') && lookup.can_match(&access.context, "#", &caller);
    let Some(dialled) = dial(call, is_final, hash_counts).await else { return refuse(call).await };
    let extension = if lookup.exists(&access.context, &dialled, 1, &caller) {
        dialled.as_str()
    } else {
        call.context().set("INVALID_EXTEN", &dialled);
        "i"
    };
    if !lookup.exists(&access.context, extension, 1, &caller) {
        return refuse(call).await;
    }
    let mut context = call.context();
    if !access.caller_id.is_empty() {
        context.set("CALLERID(all)", &access.caller_id);
    }
    if !access.account.is_empty() {
        context.set_account(&access.account);
    }
    context.state.jump(&access.context, extension, 1);
    Outcome::Continue
}

/// Collects digits under a dial tone until they are final, `#` ends them or no more come; nothing if none came.
async fn dial(call: &mut Call, is_final: impl Fn(&str) -> bool, hash_counts: bool) -> Option<String> {
    let timeouts = call.channel.state().timeouts;
    let mut tone = Some(music::tone(call, &call.channel, "dial"));
    let mut dialled = String::new();
    loop {
        let limit = if tone.is_some() { timeouts.response } else { timeouts.digit };
        let key = match call.key(limit).await {
            Keyed::Key(key) => key,
            Keyed::TimedOut if tone.is_some() => return None,
            Keyed::TimedOut => return Some(dialled),
        };
        drop(tone.take());
        if key == '#' && !(hash_counts && dialled.is_empty()) {
            return Some(dialled);
        }
        dialled.push(key);
        if is_final(&dialled) {
            return Some(dialled);
        }
    }
}

fn check(call: &Call, passcode: &str, entered: &str, given: Access) -> Option<Access> {
    if passcode.starts_with(|first: char| first.is_ascii_digit()) {
        return (entered == passcode).then(|| Access { account: entered.to_owned(), ..given });
    }
    let lines = match std::fs::read(passcode) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
        Err(error) => {
            call.context().warn(&format!("DISA: {passcode}: {error}"));
            return None;
        }
    };
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    let mut lines = lines.map(|line| line.split(',').collect::<Vec<_>>());
    let fields = lines.find(|fields| fields.first() == Some(&entered))?;
    let field = |index: usize| fields.get(index).map(|field| field.trim()).filter(|field| !field.is_empty());
    Some(Access {
        account: entered.to_owned(),
        context: field(1).map_or(given.context, str::to_owned),
        caller_id: field(2).map_or(given.caller_id, str::to_owned),
    })
}

async fn refuse(call: &mut Call) -> Outcome {
    let tone = music::tone(call, &call.channel, "congestion");
    tokio::time::sleep(REFUSAL).await;
    drop(tone);
    Outcome::Hangup
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn the_passcode_opens_the_context() {
        let plan = "DISA(99,in)\n[in]\nexten => 200,1,Hangup";
        let told = Trial::of(plan).press("99#ww200").run();
        assert!(told.has("200@in:1 Hangup"), "{:?}", told.lines);
        let told = Trial::of(plan).press("98#ww200").run();
        assert!(told.has("tone congestion") && !told.has("200@in:1"), "{:?}", told.lines);
    }
}
