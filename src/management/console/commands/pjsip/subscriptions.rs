//! `pjsip show subscriptions`, `pjsip list subscriptions`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;
use tokio::time::Instant;

use crate::channel::caller_id;
use crate::management::console::{Answer, Command, Request};
use crate::sip::endpoint::Technology;
use crate::sip::subscription::Package;

pub static SHOW: Command = Command::now(
    "pjsip show subscriptions",
    "inbound|outbound",
    "Shows the phones of pjsip.conf that watch extensions and mailboxes",
    |request| subscriptions(request, false),
)
.completes(directions);

/// A line each.
pub static LIST: Command = Command::now(
    "pjsip list subscriptions",
    "inbound|outbound",
    "Lists the phones of pjsip.conf that watch extensions and mailboxes",
    |request| subscriptions(request, true),
)
.manual("exten watches nobody: there are no outbound subscriptions.")
.completes(directions);

fn directions(_: &crate::management::pbx::Pbx, words: &[&str]) -> Vec<String> {
    if words.len() == 1 { ["inbound", "outbound"].map(str::to_owned).to_vec() } else { Vec::new() }
}

#[derive(Serialize)]
struct Subscription {
    endpoint: String,
    caller_name: String,
    caller_number: String,
    resource: String,
    event: &'static str,
    expires_in: u64,
    call_id: String,
}

#[derive(Serialize)]
struct Subscriptions {
    subscriptions: Vec<Subscription>,
    #[serde(skip)]
    is_brief: bool,
}

fn subscriptions(request: &Request<'_>, is_brief: bool) -> Answer {
    let is_inbound = match request.words.as_slice() {
        [direction] if direction.eq_ignore_ascii_case("inbound") => true,
        [direction] if direction.eq_ignore_ascii_case("outbound") => false,
        _ => return request.usage(),
    };
    let agent = request.pbx.agent.as_ref().filter(|_| is_inbound);
    let settings = agent.map(|agent| agent.settings());
    let all = agent.map(|agent| agent.subscriptions()).unwrap_or_default();
    let now = Instant::now();
    let pjsip = all.into_iter().filter(|one| one.technology == Technology::Pjsip).map(|one| {
        let endpoint = settings.as_ref().and_then(|settings| settings.get(Technology::Pjsip, &one.endpoint));
        let caller = endpoint.and_then(|endpoint| endpoint.caller_id.as_deref());
        let (caller_name, caller_number) = caller.map(caller_id::parse).unwrap_or_default();
        Subscription {
            caller_name,
            caller_number,
            event: match one.package {
                Package::Presence => "presence",
                Package::Dialog => "dialog",
                Package::MessageSummary => "message-summary",
            },
            resource: one.resource,
            expires_in: one.expires.saturating_duration_since(now).as_secs(),
            call_id: one.call_id,
            endpoint: one.endpoint,
        }
    });
    Answer::of(Subscriptions { subscriptions: pjsip.collect(), is_brief })
}

impl Display for Subscriptions {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        if self.is_brief {
            writeln!(formatter, "{:<30} {:<30} {:>6} Call-id", "Endpoint/CLI", "Resource/Event", "Expiry")?;
        } else {
            writeln!(formatter, "Endpoint: <Endpoint/Caller-ID.............................................>")?;
            writeln!(formatter, "Resource: <Resource/Event.................................................>")?;
            writeln!(formatter, "  Expiry: <Expiry>  <Call-id..............................................>")?;
            writeln!(formatter, "{}\n", "=".repeat(75))?;
        }
        for one in &self.subscriptions {
            let Subscription { endpoint, caller_name, caller_number, resource, event, expires_in, call_id } = one;
            let watched = format!("{resource}/{event}");
            if self.is_brief {
                let watcher = format!("{endpoint}/{caller_name}");
                writeln!(formatter, "{watcher:<30.30} {watched:<30.30} {expires_in:>6} {call_id}")?;
            } else {
                writeln!(formatter, "Endpoint: {endpoint}/\"{caller_name}\" <{caller_number}>")?;
                writeln!(formatter, "Resource: {watched}\n  Expiry: {expires_in:>8}  {call_id}\n")?;
            }
        }
        let blank = if self.is_brief && !self.subscriptions.is_empty() { "\n" } else { "" };
        writeln!(formatter, "{blank}{} active subscriptions", self.subscriptions.len())
    }
}
