//! Who calls: the header fields that say it, read and written.

use super::Agent;
use crate::channel::caller_id::{self, Party, Presentation};
use crate::channel::{Outgoing, State};
use crate::sip::endpoint::{Endpoint, Technology};
use crate::sip::transport::Way;
use crate::sip::wire::{Headers, NameAddr, Request, Response, Uri};

/// The caller of a request: P-Asserted-Identity or Remote-Party-ID where the endpoint is trusted, or else its
/// configured `callerid`, or else From.
pub(super) fn caller(request: &Request, endpoint: &Endpoint) -> Party {
    let mut party = of_address(&request.from);
    if let Some(configured) = &endpoint.caller_id {
        let (name, number) = caller_id::parse(configured);
        party.name = Some(name).filter(|name| !name.is_empty()).or(party.name);
        party.number = Some(number).filter(|number| !number.is_empty()).or(party.number);
        let presentation = endpoint.signalling.caller_presentation;
        (party.number_presentation, party.name_presentation) = (presentation, presentation);
    }
    if let Some(asserted) = asserted(&request.headers).filter(|_| endpoint.trust_identity) {
        party = asserted;
    }
    if party.number().eq_ignore_ascii_case("anonymous") && request.from.uri.to_string().contains("anonymous.invalid") {
        return Party {
            number_presentation: Presentation::Prohibited,
            name_presentation: Presentation::Prohibited,
            ..Party::default()
        };
    }
    party
}

fn of_address(address: &NameAddr) -> Party {
    Party {
        name: address.display_name().map(|name| name.into_owned()),
        number: address.uri.user().map(|user| user.into_owned()),
        ..Party::default()
    }
}

/// Our From in a call to a peer.
pub(super) fn from(agent: &Agent, endpoint: &Endpoint, outgoing: &Outgoing, way: &Way) -> NameAddr {
    let settings = agent.settings.load();
    let nobody = settings.general.global.from_user.as_str();
    // chan_sip leaves From as it is where another header says who hides.
    let hides = outgoing.is_private && (endpoint.technology == Technology::Pjsip || !endpoint.shows_hidden());
    let (name, user) = match (hides, outgoing.number.as_str()) {
        (true, _) => ("Anonymous", "anonymous"),
        (false, "") => (outgoing.name.as_str(), nobody),
        (false, number) => (outgoing.name.as_str(), number),
    };
    let user = endpoint.from_user.as_deref().unwrap_or(user);
    let mut address = way.contact(Some(user));
    if let Some(sip) = address.uri.as_sip_mut() {
        sip.params = Default::default();
        sip.port = sip.port.filter(|port| *port != 5060);
        if let Some(domain) = endpoint.from_domain.as_deref().or(hides.then_some("anonymous.invalid"))
            && let Some(Uri::Sip(named)) = Uri::parse(&format!("sip:{domain}"))
        {
            (sip.host, sip.port) = (named.host, named.port);
        }
    }
    address.with_display(name).with_tag(&agent.handle.new_tag())
}

/// Says that the user of a URI is a telephone number, if it is one (RFC 3261 §19.1.1).
pub(super) fn mark_number(uri: &mut Uri) {
    let is_number = uri.user().is_some_and(|user| {
        let digits = user.strip_prefix('+').unwrap_or(&user);
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    });
    if let Some(sip) = uri.as_sip_mut().filter(|_| is_number) {
        sip.params.set("user", Some("phone"));
    }
}

/// Adds the identity that a trusted peer is told.
pub(super) fn assert_identity(request: &mut Request, endpoint: &Endpoint, outgoing: &Outgoing, way: &Way) {
    let is_hidden = outgoing.is_private && !endpoint.shows_hidden();
    if !endpoint.sends_identity() || outgoing.number.is_empty() || is_hidden {
        return;
    }
    let address = of_party(&way.contact(None).uri, &outgoing.number, &outgoing.name);
    state_identity(&mut request.headers, endpoint, &address, "calling", outgoing.is_private);
}

/// Adds to a message inside a call whom the peer is connected with, if it may know.
pub(super) fn assert_connected(headers: &mut Headers, endpoint: &Endpoint, party: &Party, ours: &NameAddr) {
    let is_hidden = !party.number_presentation.is_allowed() && !endpoint.shows_hidden();
    if !endpoint.sends_identity() || party.number().is_empty() || is_hidden {
        return;
    }
    let address = of_party(&ours.uri, party.number(), party.name());
    state_identity(headers, endpoint, &address, "called", !party.number_presentation.is_allowed());
}

fn state_identity(headers: &mut Headers, endpoint: &Endpoint, address: &NameAddr, party: &str, is_private: bool) {
    if endpoint.send_asserted {
        headers.push("P-Asserted-Identity", address.to_string());
        if is_private {
            headers.push("Privacy", "id");
        }
    }
    if endpoint.send_remote_party {
        let privacy = if is_private { "full" } else { "off" };
        headers.push("Remote-Party-ID", format!("{address};party={party};privacy={privacy};screen=no"));
    }
}

/// Somebody at an address of ours. These name no port: they say who it is, not where.
fn of_party(ours: &Uri, number: &str, name: &str) -> NameAddr {
    let mut address = NameAddr::new(ours.clone()).with_display(name);
    if let Some(sip) = address.uri.as_sip_mut() {
        (sip.params, sip.port) = (Default::default(), None);
        sip.user = Some(crate::sip::wire::escape_user(number));
    }
    address
}

/// Asterisk's word for why a call was forwarded, and that of RFC 5806.
const REASONS: [(&str, &str); 8] = [
    ("cfb", "user-busy"),
    ("cfnr", "no-answer"),
    ("cfu", "unconditional"),
    ("unavailable", "unavailable"),
    ("time_of_day", "time-of-day"),
    ("dnd", "do-not-disturb"),
    ("deflection", "deflection"),
    ("away", "away"),
];

/// Tells a peer who forwarded the call.
pub(super) fn divert(request: &mut Request, outgoing: &Outgoing) {
    let Some(diversion) = &outgoing.diversion else { return };
    let address = of_party(&request.from.uri, &diversion.number, &diversion.name);
    let known = REASONS.iter().find(|(word, _)| *word == diversion.reason);
    let reason = known.map_or("unknown", |(_, reason)| *reason);
    request.headers.push("Diversion", format!("{address};reason={reason}"));
}

/// Tells a peer how the call came to it (RFC 7044): who forwarded it, or else whom it is for.
pub(super) fn tell_history(request: &mut Request, outgoing: &Outgoing) {
    let last = match &outgoing.diversion {
        Some(diversion) => of_party(&request.from.uri, &diversion.number, &diversion.name),
        None => {
            let mut target = NameAddr::new(request.uri.clone());
            target.uri.as_sip_mut().into_iter().for_each(|sip| sip.port = None);
            target
        }
    };
    request.headers.push("History-Info", format!("{last};index=1"));
}

/// Takes note of who answered, where the peer may say it and does; of anything else the configuration knows better.
pub(super) fn answered(response: &Response, endpoint: &Endpoint, state: &mut State) {
    if let Some(party) = told(&response.headers, endpoint) {
        (state.caller, state.is_caller_known) = (party, true);
    }
}

/// Whom a peer says that it is, in a response or inside a call.
pub(super) fn told(headers: &Headers, endpoint: &Endpoint) -> Option<Party> {
    if !endpoint.trust_identity || !endpoint.signalling.trusts_connected {
        return None;
    }
    asserted(headers)
}

/// P-Asserted-Identity, or Remote-Party-ID.
fn asserted(headers: &Headers) -> Option<Party> {
    let asserted = headers.addresses("P-Asserted-Identity").into_iter().next();
    let remote = headers.addresses("Remote-Party-ID").into_iter().next();
    let is_private = headers.get("Privacy").is_some_and(|privacy| privacy.contains("id"))
        || remote.as_ref().and_then(|remote| remote.params.get("privacy")).is_some_and(|words| words != "off");
    let mut party = of_address(&asserted.or(remote)?);
    if is_private {
        party.number_presentation = Presentation::ProhibitedNotScreened;
        party.name_presentation = Presentation::ProhibitedNotScreened;
    }
    Some(party)
}

/// Takes note of why a called party forwards the call.
pub(super) fn forwarded(response: &Response, state: &mut State) {
    let diversion = response.headers.addresses("Diversion").into_iter().next();
    let reason = diversion.as_ref().and_then(|address| address.params.get("reason")).unwrap_or("unconditional");
    let known = REASONS.iter().find(|(_, known)| known.eq_ignore_ascii_case(reason.trim_matches('"')));
    state.redirecting_reason = known.map_or("unknown", |(word, _)| *word).to_owned();
}

/// Takes note of who forwarded a call that comes in.
pub(super) fn diverted(request: &Request, state: &mut State) {
    let diversions = request.headers.addresses("Diversion");
    let Some(last) = diversions.first() else { return };
    let word = |address: &NameAddr| {
        let reason = address.params.get("reason").unwrap_or("").trim_matches('"');
        let known = REASONS.iter().find(|(_, known)| known.eq_ignore_ascii_case(reason));
        known.map_or("unknown", |(word, _)| *word).to_owned()
    };
    let counts = diversions.iter().map(|address| address.params.get("counter").and_then(|count| count.parse().ok()));
    state.redirecting_count = counts.map(|count: Option<u8>| u32::from(count.unwrap_or(1))).sum();
    (state.redirecting_from, state.redirecting_reason) = (of_address(last), word(last));
    if let Some(first) = diversions.last() {
        (state.redirecting_original, state.redirecting_original_reason) = (of_address(first), word(first));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sip::wire::{Message, parse_datagram};

    fn invite(fields: &str) -> Request {
        let text = format!(
            "INVITE sip:100@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK1\r\nTo: <sip:100@10.0.0.1>\r\n\
             Call-ID: a\r\nCSeq: 1 INVITE\r\n{fields}\r\nContent-Length: 0\r\n\r\n"
        );
        match parse_datagram(text.as_bytes()) {
            Ok(Message::Request(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_caller_is_who_the_endpoint_may_say_it_is() {
        let request = invite("From: \"Ann\" <sip:2001@a>;tag=1\r\nP-Asserted-Identity: \"Boss\" <sip:9000@a>");
        let mut endpoint = Endpoint::new(Technology::Sip, "2001");
        assert_eq!(caller(&request, &endpoint).all(), "\"Ann\" <2001>");
        endpoint.caller_id = Some("Desk <42>".to_owned());
        assert_eq!(caller(&request, &endpoint).all(), "\"Desk\" <42>");
        endpoint.signalling.caller_presentation = Presentation::Prohibited;
        assert!(!caller(&request, &endpoint).number_presentation.is_allowed());
        endpoint.trust_identity = true;
        assert_eq!(caller(&request, &endpoint).all(), "\"Boss\" <9000>");
    }

    #[test]
    fn a_diversion_says_who_forwarded_and_why() {
        let mut request = invite("From: \"Ann\" <sip:2001@a>;tag=1");
        let diversion = crate::channel::Diversion {
            number: "2002".to_owned(),
            reason: "cfb".to_owned(),
            count: 2,
            ..Default::default()
        };
        divert(&mut request, &Outgoing { diversion: Some(diversion), ..Outgoing::default() });
        assert_eq!(request.headers.get("Diversion"), Some("<sip:2002@a>;reason=user-busy"));
        request.headers.set("Diversion", "<sip:2002@a>;reason=user-busy;counter=2");
        let mut state = State::new(tokio::time::Instant::now());
        diverted(&request, &mut state);
        let told = (state.redirecting_from.number(), state.redirecting_reason.as_str(), state.redirecting_count);
        assert_eq!(told, ("2002", "cfb", 2));
    }

    #[test]
    fn an_anonymous_caller_has_no_number() {
        let request = invite("From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1");
        let party = caller(&request, &Endpoint::new(Technology::Sip, "trunk"));
        assert_eq!((party.number, party.number_presentation.is_allowed()), (None, false));
    }
}
