//! What is sent to endpoints and servers of `pjsip.conf`.

use super::{Action, Answer, Asked, action, reported};
use crate::management::ami::reply::Reply;
use crate::sip::agent::{News, Wish};
use crate::sip::endpoint::Technology;

/// Asks an endpoint's contacts whether they are there.
pub static QUALIFY: Action = reported("PJSIPQualify", "Qualify a chan_pjsip endpoint.", |asked| {
    let name = asked.need("Endpoint", "Endpoint parameter missing.")?;
    let asked_contacts = asked.manager.pbx.agent.as_ref().and_then(|agent| agent.qualify_now(Technology::Pjsip, name));
    match asked_contacts {
        None => Err(Reply::error("Unable to retrieve endpoint")),
        Some(_) => Ok(Reply::done("Endpoint found, will qualify")),
    }
});

/// Sends a NOTIFY to an endpoint's telephones, or to a URI.
pub static NOTIFY: Action =
    action("PJSIPNotify", "Send a NOTIFY to either an endpoint or an arbitrary URI.", |asked| {
        let news = News::of(asked.variables());
        let agent = asked.manager.pbx.agent.as_ref();
        match (asked.get("Endpoint"), asked.get("URI")) {
            (Some(_), Some(_)) => Err(Reply::error(
                "PJSIPNotify action can not handle a request specifying both 'URI' and 'Endpoint'. You must use only \
                 one of the two.",
            )),
            (None, None) => Err(Reply::error("PJSIPNotify requires either an endpoint name or a SIP URI.")),
            (Some(name), None) => match agent.and_then(|agent| agent.notify(Technology::Pjsip, name, &news)) {
                Some(_) => Ok(Reply::done("NOTIFY sent")),
                None => Err(Reply::error("Unable to retrieve endpoint")),
            },
            (None, Some(uri)) => match agent.is_some_and(|agent| agent.notify_uri(uri, &news)) {
                true => Ok(Reply::done("NOTIFY sent")),
                false => Err(Reply::error("Unable to parse URI")),
            },
        }
    });

/// Makes a registration of ours anew, or all.
pub static REGISTER: Action = reported("PJSIPRegister", "Register an outbound registration.", |asked| {
    order(asked, Wish::Register, "Reregistration")
});

/// Withdraws a registration of ours, or all.
pub static UNREGISTER: Action = reported("PJSIPUnregister", "Unregister an outbound registration.", |asked| {
    order(asked, Wish::Unregister, "Unregistration")
});

fn order(asked: &Asked<'_>, wish: Wish, word: &str) -> Answer {
    let name = asked.need("Registration", "Registration parameter missing.")?;
    let agent = asked.manager.pbx.agent.as_ref();
    if name == "*all" {
        for registration in agent.map(|agent| agent.registrations()).unwrap_or_default() {
            agent.map(|agent| agent.order_registration(&registration.name, wish));
        }
        return Ok(Reply::done(format_args!("{word}s queued.")));
    }
    match agent.is_some_and(|agent| agent.order_registration(name, wish)) {
        true => Ok(Reply::done(format_args!("{word} sent"))),
        false => Err(Reply::error("Unable to retrieve registration entry")),
    }
}
