//! Who tried to come in: security events, and an end to guessing passwords.
//!
//! The events go to the log (target `exten::security`) in the form that programs such as fail2ban know, and to manager
//! programs of the class `security`. Passwords and what is made of them are never in them.

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use tokio::time::Instant;

use super::Agent;
use crate::channel::Happening;
use crate::sip::endpoint::Technology;
use crate::sip::transport::ServerTransaction;

/// So many wrong passwords may come from an address within [`PERIOD`]; then it is not listened to for that long.
const MOST_FAILURES: u32 = 30;
const PERIOD: Duration = Duration::from_secs(60);

/// So many addresses are remembered at most.
const MOST_ADDRESSES: usize = 10_000;

/// What happened, by Asterisk's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Incident {
    /// The address may not come in.
    FailedAcl,
    /// There is no such account.
    InvalidAccount,
    InvalidPassword,
    /// There were too many wrong passwords.
    LockedOut,
    SuccessfulAuth,
}

impl Incident {
    fn event(self) -> &'static str {
        match self {
            Incident::FailedAcl => "FailedACL",
            Incident::InvalidAccount => "InvalidAccountID",
            Incident::InvalidPassword => "InvalidPassword",
            Incident::LockedOut => "RequestNotAllowed",
            Incident::SuccessfulAuth => "SuccessfulAuth",
        }
    }
}

/// The wrong passwords of each address.
#[derive(Debug, Default)]
pub(super) struct Guard {
    failures: HashMap<IpAddr, Failures>,
}

#[derive(Debug)]
struct Failures {
    count: u32,
    since: Instant,
}

impl Guard {
    /// Whether an address is not listened to.
    pub fn is_locked_out(&mut self, address: IpAddr, now: Instant) -> bool {
        self.failures.get(&address).is_some_and(|failures| {
            failures.count >= MOST_FAILURES && now.saturating_duration_since(failures.since) < PERIOD
        })
    }

    /// Counts a wrong password; true if it is the one too many.
    pub fn count(&mut self, address: IpAddr, now: Instant) -> bool {
        if self.failures.len() >= MOST_ADDRESSES {
            self.failures.retain(|_, failures| now.saturating_duration_since(failures.since) < PERIOD);
        }
        if self.failures.len() >= MOST_ADDRESSES && !self.failures.contains_key(&address) {
            return false;
        }
        let failures = self.failures.entry(address).or_insert(Failures { count: 0, since: now });
        if now.saturating_duration_since(failures.since) >= PERIOD {
            *failures = Failures { count: 0, since: now };
        }
        failures.count += 1;
        if failures.count == MOST_FAILURES {
            // The lock-out begins now.
            failures.since = now;
        }
        failures.count == MOST_FAILURES
    }
}

impl Agent {
    /// Tells of an incident.
    pub(super) fn tell_incident(&self, transaction: &ServerTransaction, technology: Technology, incident: Incident) {
        let request = &transaction.request;
        let account = request.from.uri.user().unwrap_or_default();
        let flow = &transaction.flow;
        let address = |address: std::net::SocketAddr| {
            let family = if address.is_ipv4() { "IPV4" } else { "IPV6" };
            format!("{family}/{}/{}/{}", flow.transport, address.ip(), address.port())
        };
        let local = self.udp_addresses().first().copied();
        let severity = if incident == Incident::SuccessfulAuth { "Informational" } else { "Error" };
        let fields = [
            ("EventTV", jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string()),
            ("Severity", severity.to_owned()),
            ("Service", technology.to_string()),
            ("EventVersion", "1".to_owned()),
            ("AccountID", account.to_string()),
            ("SessionID", request.call_id.to_string()),
            ("LocalAddress", local.map(address).unwrap_or_default()),
            ("RemoteAddress", address(super::admission::canonical(flow.remote))),
        ];
        let plain = |value: &str| value.replace(['"', '\n', '\r'], "'");
        let told: Vec<String> = fields.iter().map(|(name, value)| format!("{name}=\"{}\"", plain(value))).collect();
        let line = format!("SecurityEvent=\"{}\",{}", incident.event(), told.join(","));
        match incident {
            Incident::SuccessfulAuth => tracing::info!(target: "exten::security", "{line}"),
            _ => tracing::warn!(target: "exten::security", "{line}"),
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let event = incident.event();
        self.channels.publish(&Happening::Manager { channel: None, event, privilege: "security", fields: &fields });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_is_locked_out_for_a_while() {
        let (mut guard, now) = (Guard::default(), Instant::now());
        let [thief, phone]: [IpAddr; 2] = ["192.0.2.1", "192.0.2.2"].map(|address| address.parse().unwrap());
        let at_once = (1..MOST_FAILURES).filter(|_| guard.count(thief, now)).count();
        assert_eq!(at_once, 0);
        assert!(!guard.is_locked_out(thief, now));
        assert!(guard.count(thief, now + PERIOD / 2));
        assert!(guard.is_locked_out(thief, now + PERIOD));
        assert!(!guard.is_locked_out(phone, now));
        assert!(!guard.is_locked_out(thief, now + 2 * PERIOD));
        assert!(!guard.count(thief, now + 2 * PERIOD), "it begins anew");
    }
}
