//! Lists of everything that `pjsip.conf` names, and of what came of it.

use super::{Action, Answer, View, action, lines, reported};
use crate::management::ami::reply::{Fields, Reply};
use crate::sip::endpoint::Technology;
use crate::sip::subscription::Package;

pub static SHOW_ENDPOINTS: Action = action("PJSIPShowEndpoints", "Lists PJSIP endpoints.", |asked| {
    let view = View::new(asked);
    let mut reply =
        Reply::list("A listing of Endpoints follows, presented as EndpointList events", "EndpointListComplete");
    for (endpoint, status) in view.endpoints() {
        let section = view.section("endpoint", &endpoint.name);
        let named = |setting: &str| section.and_then(|section| section.get(setting)).unwrap_or_default();
        reply.event(
            "EndpointList",
            Fields::new()
                .with("ObjectType", "endpoint")
                .with("ObjectName", &endpoint.name)
                .with("Transport", endpoint.transport.as_deref().unwrap_or(""))
                .with("Aor", endpoint.aors.join(","))
                .with("Auths", named("auth"))
                .with("OutboundAuths", named("outbound_auth"))
                .with("Contacts", lines::names(status.contacts.iter()))
                .with("DeviceState", view.state(status))
                .with("ActiveChannels", status.calls),
        );
    }
    found(reply, "No endpoints found")
});

pub static SHOW_AORS: Action = action("PJSIPShowAors", "Lists PJSIP AORs.", |asked| {
    let view = View::new(asked);
    let mut reply = Reply::list("A listing of AORs follows, presented as AorList events", "AorListComplete");
    view.settings.written("aor").for_each(|aor| reply.event("AorList", lines::aor(&view, aor)));
    found(reply, "No Aors found")
});

pub static SHOW_AUTHS: Action = action("PJSIPShowAuths", "Lists PJSIP Auths.", |asked| {
    let view = View::new(asked);
    let mut reply = Reply::list("A listing of Auths follows, presented as AuthList events", "AuthListComplete");
    view.settings.written("auth").for_each(|auth| reply.event("AuthList", lines::auth(auth)));
    found(reply, "No Auths found")
});

/// Lists the contacts that registered: those that the configuration names stand in no list of Asterisk's.
pub static SHOW_CONTACTS: Action = action("PJSIPShowContacts", "Lists PJSIP Contacts.", |asked| {
    let view = View::new(asked);
    let mut reply =
        Reply::list("A listing of Contacts follows, presented as ContactList events", "ContactListComplete");
    for (endpoint, status) in view.endpoints() {
        for contact in status.contacts.iter().filter(|contact| contact.left.is_some()) {
            reply.event("ContactList", lines::contact(&view, contact, &endpoint.name));
        }
    }
    found(reply, "No Contacts found")
});

pub static SHOW_REGISTRATIONS_OUTBOUND: Action =
    reported("PJSIPShowRegistrationsOutbound", "Lists PJSIP outbound registrations.", |asked| {
        let view = View::new(asked);
        let mut reply =
            Reply::list("Following are Events for each Outbound registration", "OutboundRegistrationDetailComplete");
        let mut known = view.agent.map(|agent| agent.registrations()).unwrap_or_default();
        known.retain(|status| status.technology == Technology::Pjsip);
        for section in view.settings.written("registration") {
            let Some(status) = known.iter().find(|status| status.name == section.name) else { continue };
            let fields = lines::section(section, &[]).with("Status", status.word);
            reply.event("OutboundRegistrationDetail", fields.with("NextReg", status.next().as_secs()));
            let named = section.get("outbound_auth").unwrap_or_default();
            for auth in named.split(',').filter_map(|name| view.section("auth", name.trim())) {
                reply.event("AuthDetail", lines::auth(auth));
            }
        }
        let standing = known.iter().filter(|status| status.is_registered).count();
        let down = known.len() - standing;
        Ok(reply.ending_with("Registered", standing).ending_with("NotRegistered", down))
    });

pub static SHOW_REGISTRATIONS_INBOUND: Action =
    action("PJSIPShowRegistrationsInbound", "Lists PJSIP inbound registrations.", |asked| {
        let view = View::new(asked);
        let mut reply =
            Reply::list("Following are Events for each Inbound registration", "InboundRegistrationDetailComplete");
        for (endpoint, _) in view.endpoints() {
            for aor in endpoint.aors.iter().filter_map(|name| view.section("aor", name)) {
                reply.event("InboundRegistrationDetail", lines::inbound(&view, aor));
            }
        }
        Ok(reply)
    });

/// Lists the contacts that registered.
pub static SHOW_REGISTRATION_INBOUND_CONTACT_STATUSES: Action = action(
    "PJSIPShowRegistrationInboundContactStatuses",
    "Lists ContactStatuses for PJSIP inbound registrations.",
    |asked| {
        let view = View::new(asked);
        let mut reply = Reply::list(
            "Following are ContactStatusEvents for each Inbound registration",
            "ContactStatusDetailComplete",
        );
        for (endpoint, status) in view.endpoints() {
            for contact in status.contacts.iter().filter(|contact| contact.left.is_some()) {
                reply.event("ContactStatusDetail", lines::contact_status(&view, contact, &endpoint.name));
            }
        }
        Ok(reply)
    },
);

/// Telephones subscribe to extensions, not to lists of them.
pub static SHOW_RESOURCE_LISTS: Action =
    action("PJSIPShowResourceLists", "Displays settings for configured resource lists.", |_| {
        Err(Reply::error("No resource lists found"))
    });

/// Lists the telephones that watch extensions and mailboxes.
pub static SHOW_SUBSCRIPTIONS_INBOUND: Action =
    action("PJSIPShowSubscriptionsInbound", "Lists subscriptions.", |asked| {
        let view = View::new(asked);
        let mut reply =
            Reply::list("Following are Events for each inbound Subscription", "InboundSubscriptionDetailComplete");
        let all = view.agent.map(|agent| agent.subscriptions()).unwrap_or_default();
        for subscription in all.iter().filter(|one| one.technology == Technology::Pjsip) {
            let kind = match subscription.package {
                Package::MessageSummary => "mwi",
                Package::Presence | Package::Dialog => "extension_state",
            };
            let left = subscription.expires.saturating_duration_since(tokio::time::Instant::now()).as_secs();
            let shortest = view.section("endpoint", &subscription.endpoint).and_then(|one| one.get("sub_min_expiry"));
            reply.event(
                "InboundSubscriptionDetail",
                Fields::new()
                    .with("Role", "Notifier")
                    .with("Endpoint", &subscription.endpoint)
                    .with("Callid", &subscription.call_id)
                    .with("State", "ACTIVE")
                    .with("Callerid", &subscription.subscriber)
                    .with("SubscriptionType", kind)
                    .with("SubMinExpiry", shortest.unwrap_or_default())
                    .with("Duration", subscription.granted.as_secs())
                    .with("ExpirationTime", left)
                    .with("Extension", &subscription.resource),
            );
        }
        Ok(reply)
    });

/// exten subscribes to nobody.
pub static SHOW_SUBSCRIPTIONS_OUTBOUND: Action =
    action("PJSIPShowSubscriptionsOutbound", "Lists subscriptions.", |_| {
        Ok(Reply::list("Following are Events for each outbound Subscription", "OutboundSubscriptionDetailComplete"))
    });

/// A list, or that there is nothing to list.
fn found(reply: Reply, otherwise: &str) -> Answer {
    if reply.items() == 0 { Err(Reply::error(otherwise)) } else { Ok(reply) }
}
