//! Endpoints, addresses of record, contacts and registrations of `pjsip.conf`.

mod detail;
mod lines;
mod lists;
mod orders;

use std::sync::Arc;

pub use detail::SHOW_ENDPOINT;
pub use lists::{
    SHOW_AORS, SHOW_AUTHS, SHOW_CONTACTS, SHOW_ENDPOINTS, SHOW_REGISTRATION_INBOUND_CONTACT_STATUSES,
    SHOW_REGISTRATIONS_INBOUND, SHOW_REGISTRATIONS_OUTBOUND, SHOW_RESOURCE_LISTS, SHOW_SUBSCRIPTIONS_INBOUND,
    SHOW_SUBSCRIPTIONS_OUTBOUND,
};
pub use orders::{NOTIFY, QUALIFY, REGISTER, UNREGISTER};

use super::{Action, Answer, Asked, Run};
use crate::management::ami::privilege::Privilege;
use crate::sip::agent::{Agent, ContactStatus, EndpointStatus};
use crate::sip::endpoint::{Endpoint, Endpoints, Technology, Written};

const fn action(name: &'static str, synopsis: &'static str, run: fn(&Asked<'_>) -> Answer) -> Action {
    Action::new(name, Privilege::SYSTEM, synopsis, Run::Compute(run))
}

/// The same, also for who may see reports.
const fn reported(name: &'static str, synopsis: &'static str, run: fn(&Asked<'_>) -> Answer) -> Action {
    Action::new(name, Privilege::SYSTEM.or(Privilege::REPORTING), synopsis, Run::Compute(run))
}

/// The configuration in service, and what is known of its telephones at this moment.
struct View<'a> {
    asked: &'a Asked<'a>,
    agent: Option<&'a Arc<Agent>>,
    settings: Arc<Endpoints>,
    statuses: Vec<EndpointStatus>,
}

impl<'a> View<'a> {
    fn new(asked: &'a Asked<'a>) -> Self {
        let agent = asked.manager.pbx.agent.as_ref();
        let settings = agent.map(|agent| agent.settings()).unwrap_or_default();
        let mut statuses = agent.map(|agent| agent.endpoints()).unwrap_or_default();
        statuses.retain(|status| status.technology == Technology::Pjsip);
        Self { asked, agent, settings, statuses }
    }

    fn endpoints(&self) -> impl Iterator<Item = (&Endpoint, &EndpointStatus)> {
        let configured = |status: &EndpointStatus| self.settings.get(Technology::Pjsip, &status.name);
        self.statuses.iter().filter_map(move |status| Some((configured(status)?, status)))
    }

    /// The section of a type with this name.
    fn section(&self, kind: &'static str, name: &str) -> Option<&Written> {
        self.settings.written(kind).find(|section| section.name.eq_ignore_ascii_case(name))
    }

    /// The contacts of an address of record.
    fn contacts<'b>(&'b self, aor: &'b str) -> impl Iterator<Item = &'b ContactStatus> {
        let all = self.statuses.iter().flat_map(|status| &status.contacts);
        all.filter(move |contact| contact.aor.eq_ignore_ascii_case(aor))
    }

    /// What the state of an endpoint is called.
    fn state(&self, status: &EndpointStatus) -> &'static str {
        match status.contacts.is_empty() && status.calls == 0 {
            true => "Unavailable",
            false => self.asked.exchange().device_state(&format!("PJSIP/{}", status.name)).text(),
        }
    }
}
