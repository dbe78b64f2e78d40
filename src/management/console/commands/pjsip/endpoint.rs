//! `pjsip show endpoint`

use super::list::HEADINGS;
use super::objects::{Portrait, all};
use crate::management::console::commands::sip::{names, peers::codecs};
use crate::management::console::{Answer, Command};
use crate::sip::endpoint::{Endpoint, Technology};

pub static ENDPOINT: Command =
    Command::now("pjsip show endpoint", "<name>", "Shows everything about a phone or trunk of pjsip.conf", |request| {
        let [name] = request.words.as_slice() else { return request.usage() };
        let object = all(request, |known| known.eq_ignore_ascii_case(name)).into_iter().next();
        let settings = request.pbx.agent.as_ref().map(|agent| agent.settings());
        let endpoint = settings.as_ref().and_then(|settings| settings.get(Technology::Pjsip, name));
        match object.zip(endpoint) {
            Some((object, endpoint)) => Answer::of(Portrait::new(&HEADINGS, object, parameters(endpoint))),
            None => Answer::failure(format!("Unable to find object {name}.\n")),
        }
    })
    .completes(|pbx, words| if words.len() == 1 { names(pbx, Technology::Pjsip) } else { Vec::new() });

/// The settings, sorted by name as Asterisk shows them.
fn parameters(endpoint: &Endpoint) -> Vec<(&'static str, String)> {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let switch = |is_on: bool| is_on.to_string();
    let mut parameters = vec![
        ("accountcode", text(&endpoint.account_code)),
        ("allow", format!("({})", codecs(endpoint).join("|"))),
        ("aors", endpoint.aors.join(",")),
        ("auth", endpoint.login.as_ref().map(|_| endpoint.name.clone()).unwrap_or_default()),
        ("callerid", endpoint.caller_id.clone().unwrap_or_else(|| "<unknown>".to_owned())),
        ("context", endpoint.context.clone()),
        ("device_state_busy_at", "0".to_owned()),
        ("direct_media", switch(false)),
        ("dtmf_mode", format!("{:?}", endpoint.dtmf_mode).to_lowercase()),
        ("force_rport", switch(endpoint.nat.force_rport)),
        ("from_domain", text(&endpoint.from_domain)),
        ("from_user", text(&endpoint.from_user)),
        ("language", text(&endpoint.language)),
        ("mailboxes", endpoint.mailboxes.join(",")),
        ("moh_suggest", endpoint.music_class.clone().unwrap_or_else(|| "default".to_owned())),
        ("named_call_group", endpoint.named_call_groups.join(",")),
        ("named_pickup_group", endpoint.named_pickup_groups.join(",")),
        ("outbound_proxy", text(&endpoint.outbound_proxy)),
        ("rewrite_contact", switch(endpoint.nat.rewrite_contact)),
        ("rtp_symmetric", switch(endpoint.nat.symmetric_rtp)),
        ("rtp_timeout", endpoint.rtp_timeout.map_or(0, |time| time.as_secs()).to_string()),
        ("rtp_timeout_hold", endpoint.rtp_hold_timeout.map_or(0, |time| time.as_secs()).to_string()),
        ("send_pai", switch(endpoint.send_asserted)),
        ("transport", text(&endpoint.transport)),
        ("trust_id_inbound", switch(endpoint.trust_identity)),
    ];
    parameters.sort();
    parameters
}
