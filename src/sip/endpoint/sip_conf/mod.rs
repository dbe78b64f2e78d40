//! `sip.conf`: the words of `chan_sip`.
//!
//! `[general]` holds what is for all and the defaults of the peers after it; each other section with a `type` is a
//! peer.

mod general;
mod peer;
mod register;

use std::time::Duration;

use super::setting::Reader;
use super::{Aor, Endpoint, Endpoints, Expiry, Qualify, Technology};
use crate::conf::Config;
use crate::diagnostic::{Diagnostic, codes};

/// What `[general]` gives to every peer.
struct Defaults {
    endpoint: Endpoint,
    expiry: Expiry,
    asking: Asking,
}

/// `qualify` and `qualifyfreq`, which come in any order.
#[derive(Clone, Copy)]
struct Asking {
    every: Duration,
    /// `None` asks nothing.
    timeout: Option<Duration>,
}

impl Asking {
    fn qualify(self) -> Option<Qualify> {
        self.timeout.map(|timeout| Qualify { every: self.every, timeout })
    }
}

pub(super) fn read(config: &Config, into: &mut Endpoints) {
    let asking = Asking { every: Duration::from_secs(60), timeout: None };
    let mut defaults = Defaults { endpoint: Endpoint::new(Technology::Sip, ""), expiry: Expiry::SIP, asking };
    into.general.guest = Some(Box::new(defaults.endpoint.clone()));
    for section in config.all("general") {
        general::read(section, &mut defaults, into);
    }
    let peers = config
        .sections
        .iter()
        .filter(|section| !["general", "authentication"].iter().any(|name| section.name.eq_ignore_ascii_case(name)));
    for section in peers {
        let mut reader = Reader::new(&mut into.diagnostics);
        let Some((endpoint, aor)) = peer::read(section, &defaults, &mut reader) else { continue };
        if !into.add(endpoint) {
            let message = format!("a second peer named \"{}\"", section.name);
            into.diagnostics.push(
                Diagnostic::warning(codes::DUPLICATE_NAME, message)
                    .at(section.span, "passed over: the first one stands")
                    .help("give it another name, or add to the first with (+)"),
            );
            continue;
        }
        // A registrar has one address of record a name; pjsip.conf was read before.
        if let Some(aor) = aor.filter(|aor: &Aor| into.aor(&aor.name).is_none()) {
            into.aors.push(aor);
        }
    }
}
