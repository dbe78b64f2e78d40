//! `pjsip qualify`, `sip qualify peer`

use crate::management::console::commands::sip::names;
use crate::management::console::{Answer, Command, Request};
use crate::sip::endpoint::Technology;

pub static PJSIP_QUALIFY: Command = Command::now(
    "pjsip qualify",
    "<endpoint>",
    "Asks the contacts of an endpoint now whether they are there",
    |request| qualify(request, Technology::Pjsip),
)
.completes(|pbx, words| if words.len() == 1 { names(pbx, Technology::Pjsip) } else { Vec::new() });

pub static SIP_QUALIFY: Command =
    Command::now("sip qualify peer", "<peer>", "Asks the contacts of a peer now whether they are there", |request| {
        qualify(request, Technology::Sip)
    })
    .completes(|pbx, words| if words.len() == 1 { names(pbx, Technology::Sip) } else { Vec::new() });

fn qualify(request: &Request<'_>, technology: Technology) -> Answer {
    let [name] = request.words.as_slice() else { return request.usage() };
    let asked = request.pbx.agent.as_ref().and_then(|agent| agent.qualify_now(technology, name));
    match asked {
        Some(0) => Answer::failure(format!("{name} has no contact that is to be asked (qualify)")),
        Some(_) => Answer::line(format!("Sending qualify to all reachable contacts on endpoint {name}")),
        None => Answer::failure(format!("Unable to retrieve endpoint {name}")),
    }
}
