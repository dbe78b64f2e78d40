//! What manager programs hear of telephones and trunks: `PeerStatus`, `ContactStatus` and `Registry`.

use super::{Agent, Reach};
use crate::channel::Happening;
use crate::sip::endpoint::{Endpoint, Registration, Technology};
use crate::sip::registrar::{Change, Event};

impl Agent {
    /// A binding came or went.
    pub(super) fn announce_binding(&self, endpoint: &Endpoint, event: &Event) {
        let source = event.source.to_string();
        let (word, more) = match event.change {
            Change::Added(_) | Change::Refreshed(_) => ("Registered", ("Address", source.as_str())),
            Change::Removed => ("Unregistered", ("Address", source.as_str())),
            Change::Expired => ("Unregistered", ("Cause", "Expired")),
        };
        match (endpoint.technology, event.change) {
            (Technology::Sip, _) => self.announce_peer(endpoint, word, &[more]),
            (Technology::Pjsip, Change::Added(_)) => {
                self.announce_peer(endpoint, "Reachable", &[]);
                self.announce_contact(endpoint, &event.aor, &event.contact, "NonQualified", "0");
            }
            (Technology::Pjsip, Change::Refreshed(_)) => {}
            (Technology::Pjsip, Change::Removed | Change::Expired) => {
                let is_last = self.settings.load().aor(&event.aor).is_none_or(|aor| self.contacts_of(aor).is_empty());
                if is_last {
                    self.announce_peer(endpoint, "Unreachable", &[]);
                }
                self.announce_contact(endpoint, &event.aor, &event.contact, "Removed", "0");
            }
        }
    }

    /// A contact that is asked whether it is there answers, or does not any more.
    pub(super) fn announce_reach(&self, endpoint: &Endpoint, aor: &str, contact: &str, reach: Reach) {
        let (word, milliseconds, microseconds) = match reach {
            Reach::Reachable(after) => ("Reachable", after.as_millis().to_string(), after.as_micros().to_string()),
            Reach::Unreachable => ("Unreachable", "-1".to_owned(), "0".to_owned()),
        };
        match endpoint.technology {
            Technology::Sip => self.announce_peer(endpoint, word, &[("Time", &milliseconds)]),
            Technology::Pjsip => {
                self.announce_contact(endpoint, aor, contact, word, &microseconds);
                self.announce_peer(endpoint, word, &[]);
            }
        }
    }

    /// A registration of ours stands, or does not any more.
    pub(super) fn announce_registration(&self, registration: &Registration, status: &str) {
        let user = match registration.technology {
            Technology::Sip => registration.name.rsplit_once('@').map_or(&*registration.name, |(user, _)| user),
            Technology::Pjsip => &registration.client_uri,
        };
        let domain = match registration.technology {
            Technology::Sip => registration.server_uri.trim_start_matches("sip:"),
            Technology::Pjsip => &registration.server_uri,
        };
        let technology = registration.technology.to_string();
        let fields = [("ChannelType", technology.as_str()), ("Username", user), ("Domain", domain), ("Status", status)];
        self.announce("Registry", &fields);
    }

    fn announce_peer(&self, endpoint: &Endpoint, status: &str, more: &[(&str, &str)]) {
        let technology = endpoint.technology.to_string();
        let peer = format!("{technology}/{}", endpoint.name);
        let mut fields = vec![("ChannelType", technology.as_str()), ("Peer", &peer), ("PeerStatus", status)];
        fields.extend_from_slice(more);
        self.announce("PeerStatus", &fields);
    }

    fn announce_contact(&self, endpoint: &Endpoint, aor: &str, uri: &str, status: &str, roundtrip: &str) {
        let fields = [
            ("URI", uri),
            ("ContactStatus", status),
            ("AOR", aor),
            ("EndpointName", &endpoint.name),
            ("RoundtripUsec", roundtrip),
        ];
        self.announce("ContactStatus", &fields);
    }

    fn announce(&self, event: &str, fields: &[(&str, &str)]) {
        self.channels.publish(&Happening::Manager { channel: None, event, privilege: "system", fields });
    }
}
