//! `PJSIPShowEndpoint`: everything about one endpoint.

use super::{Action, Answer, Asked, View, action, lines};
use crate::management::ami::reply::{Fields, Reply};

/// Tells the settings and the state of an endpoint and of each object that it refers to.
pub static SHOW_ENDPOINT: Action =
    action("PJSIPShowEndpoint", "Detail listing of an endpoint and its objects.", show_endpoint);

fn show_endpoint(asked: &Asked<'_>) -> Answer {
    let name = asked.need("Endpoint", "PJSIPShowEndpoint requires an endpoint name")?;
    let has_technology = name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("pjsip/"));
    let name = if has_technology { name.get(6..).unwrap_or_default() } else { name };
    let view = View::new(asked);
    let found = view.endpoints().find(|(endpoint, _)| endpoint.name == name);
    let section = view.section("endpoint", name);
    let ((endpoint, status), section) =
        found.zip(section).ok_or_else(|| Reply::error(format_args!("Unable to retrieve endpoint {name}")))?;
    let mut reply =
        Reply::list("Following are Events for each object associated with the Endpoint", "EndpointDetailComplete");
    let of_endpoint = |fields: Fields| fields.with("EndpointName", &endpoint.name);
    reply.event("EndpointDetail", lines::endpoint(&view, endpoint, section));
    for name in &endpoint.aors {
        if let Some(aor) = view.section("aor", name) {
            reply.event("AorDetail", of_endpoint(lines::aor(&view, aor)));
        }
    }
    for setting in ["auth", "outbound_auth"] {
        let named = section.get(setting).unwrap_or_default();
        for auth in named.split(',').filter_map(|name| view.section("auth", name.trim())) {
            reply.event("AuthDetail", of_endpoint(lines::auth(auth)));
        }
    }
    let transport = endpoint.transport.as_deref().and_then(|name| view.section("transport", name));
    if let Some(transport) = transport {
        reply.event("TransportDetail", of_endpoint(lines::section(transport, &[])));
    }
    let identifies = |section: &&_| -> bool {
        let section: &crate::sip::endpoint::Written = section;
        section.get("endpoint").is_some_and(|name| name.eq_ignore_ascii_case(&endpoint.name))
    };
    for identify in view.settings.written("identify").filter(identifies) {
        reply.event("IdentifyDetail", of_endpoint(lines::section(identify, &[])));
    }
    for contact in &status.contacts {
        reply.event("ContactStatusDetail", lines::contact_status(&view, contact, &endpoint.name));
    }
    Ok(reply)
}
