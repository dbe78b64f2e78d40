//! Security events: who came in, who did not, and who asked for what he may not have. They go to the log (target
//! `exten::security`) and to the programs that may see the class `security`. Passwords and their hashes are never among
//! what they say.

use std::fmt::Write as _;
use std::net::SocketAddr;

use super::events::Hub;
use super::privilege::Privilege;
use super::reply::Fields;

/// What happened, by Asterisk's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incident<'a> {
    /// The address may not log in as this user.
    FailedAcl,
    /// There is no such user.
    InvalidAccount,
    InvalidPassword,
    /// A challenge was sent.
    ChallengeSent {
        challenge: &'a str,
    },
    /// The answer to a challenge was wrong.
    ChallengeFailed {
        challenge: &'a str,
    },
    /// There are too many who have not logged in, or the name is in use.
    SessionLimit,
    /// The user may not do this.
    NotAllowed {
        request: &'a str,
    },
    /// What came is no request.
    BadFormat {
        request: &'a str,
    },
    SuccessfulAuth {
        with_password: bool,
    },
}

impl Incident<'_> {
    fn event(self) -> &'static str {
        match self {
            Incident::FailedAcl => "FailedACL",
            Incident::InvalidAccount => "InvalidAccountID",
            Incident::InvalidPassword => "InvalidPassword",
            Incident::ChallengeSent { .. } => "ChallengeSent",
            Incident::ChallengeFailed { .. } => "ChallengeResponseFailed",
            Incident::SessionLimit => "SessionLimit",
            Incident::NotAllowed { .. } => "RequestNotAllowed",
            Incident::BadFormat { .. } => "RequestBadFormat",
            Incident::SuccessfulAuth { .. } => "SuccessfulAuth",
        }
    }

    fn severity(self) -> &'static str {
        match self {
            Incident::ChallengeSent { .. } | Incident::SuccessfulAuth { .. } => "Informational",
            _ => "Error",
        }
    }
}

/// Whom an incident is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub account: &'a str,
    /// Names the connection.
    pub session: &'a str,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// `TCP` or `TLS`.
    pub transport: &'static str,
}

/// Tells of an incident.
pub fn tell(hub: &Hub, subject: &Subject<'_>, incident: Incident<'_>) {
    let fields = fields(subject, incident, &jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string());
    let mut line = format!("SecurityEvent=\"{}\"", incident.event());
    for (name, value) in fields.as_str().lines().filter_map(|line| line.split_once(": ")) {
        // Writing to a text cannot fail.
        let _ = write!(line, ",{name}=\"{}\"", value.replace('"', "'"));
    }
    match incident.severity() {
        "Error" => tracing::warn!(target: "exten::security", "{line}"),
        _ => tracing::info!(target: "exten::security", "{line}"),
    }
    hub.raise(incident.event(), Privilege::SECURITY, &fields);
}

fn fields(subject: &Subject<'_>, incident: Incident<'_>, time: &str) -> Fields {
    let mut fields = Fields::new()
        .with("EventTV", time)
        .with("Severity", incident.severity())
        .with("Service", "AMI")
        .with("EventVersion", "1")
        .with("AccountID", subject.account)
        .with("SessionID", subject.session)
        .with("LocalAddress", address(subject.transport, subject.local))
        .with("RemoteAddress", address(subject.transport, subject.remote));
    match incident {
        Incident::ChallengeSent { challenge } | Incident::ChallengeFailed { challenge } => {
            fields.push("Challenge", challenge);
        }
        Incident::NotAllowed { request } | Incident::BadFormat { request } => fields.push("RequestType", request),
        Incident::SuccessfulAuth { with_password } => fields.push("UsingPassword", u8::from(with_password)),
        _ => {}
    }
    fields
}

/// `IPV4/TCP/127.0.0.1/5038`
fn address(transport: &str, address: SocketAddr) -> String {
    let family = if address.is_ipv4() { "IPV4" } else { "IPV6" };
    format!("{family}/{transport}/{}/{}", address.ip(), address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_names_account_and_addresses() {
        let [local, remote] = ["127.0.0.1:5038", "127.0.0.1:40000"].map(|address| address.parse().unwrap());
        let subject = Subject { account: "ann", session: "7", local, remote, transport: "TCP" };
        let told = fields(&subject, Incident::SuccessfulAuth { with_password: true }, "2026-01-01T00:00:00.000+0000");
        insta::assert_snapshot!(told.as_str().replace('\r', ""), @r"
        EventTV: 2026-01-01T00:00:00.000+0000
        Severity: Informational
        Service: AMI
        EventVersion: 1
        AccountID: ann
        SessionID: 7
        LocalAddress: IPV4/TCP/127.0.0.1/5038
        RemoteAddress: IPV4/TCP/127.0.0.1/40000
        UsingPassword: 1
        ");
    }
}
