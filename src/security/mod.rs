//! Security events, of phones and of programs alike: who came in, who did not, and who asked for what he may not have.
//!
//! They go to the log (target `exten::security`, level `SECURITY` of `logger.conf`) in the form of Asterisk's, which
//! programs such as fail2ban read, and to manager programs of the class `security`. Passwords and what is made of them
//! are never among what they say.

pub mod account;
mod guard;

use std::fmt::Write as _;
use std::net::SocketAddr;

pub use guard::Guard;

use crate::channel::{Channels, Happening};

/// What happened, by Asterisk's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incident<'a> {
    /// The address may not come in, or not as this account.
    FailedAcl,
    /// There is no such account.
    InvalidAccount,
    InvalidPassword,
    /// A challenge was sent.
    ChallengeSent {
        challenge: &'a str,
    },
    /// The answer to a challenge was wrong. Which would have been right is told to nobody.
    ChallengeFailed {
        challenge: &'a str,
        response: &'a str,
    },
    /// There are too many who have not logged in, or the name is in use.
    SessionLimit,
    /// The account may not do this, or the address tried too many passwords.
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

    /// The version of the event's fields.
    fn version(self) -> &'static str {
        if self == Incident::InvalidPassword { "2" } else { "1" }
    }
}

/// Whom an incident is about.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// `AMI`, `SIP`, `PJSIP`.
    pub service: &'a str,
    pub account: &'a str,
    /// Names the connection or the dialog.
    pub session: &'a str,
    pub local: SocketAddr,
    pub remote: SocketAddr,
    /// `UDP`, `TCP`, `TLS`.
    pub transport: &'a str,
    /// When the session began that the account logged in to, in the form of Asterisk's log; `None` where there are none.
    pub since: Option<&'a str>,
}

/// A moment in the form of Asterisk's log.
pub fn moment(time: &jiff::Zoned) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string()
}

/// Tells of an incident.
pub fn tell(channels: &Channels, subject: &Subject<'_>, incident: Incident<'_>) {
    let fields = fields(subject, incident, moment(&jiff::Zoned::now()));
    let line = line(incident, &fields);
    match incident.severity() {
        "Error" => tracing::warn!(target: "exten::security", "{line}"),
        _ => tracing::info!(target: "exten::security", "{line}"),
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let event = incident.event();
    channels.publish(&Happening::Manager { channel: None, event, privilege: "security", fields: &fields });
}

/// The line of the log.
fn line(incident: Incident<'_>, fields: &[(&str, String)]) -> String {
    let mut line = format!("SecurityEvent=\"{}\"", incident.event());
    for (name, value) in fields {
        // Writing to a text cannot fail.
        let _ = write!(line, ",{name}=\"{}\"", value.replace(['"', '\n', '\r'], "'"));
    }
    line
}

fn fields(subject: &Subject<'_>, incident: Incident<'_>, time: String) -> Vec<(&'static str, String)> {
    let mut fields = vec![
        ("EventTV", time),
        ("Severity", incident.severity().to_owned()),
        ("Service", subject.service.to_owned()),
        ("EventVersion", incident.version().to_owned()),
        ("AccountID", subject.account.to_owned()),
        ("SessionID", subject.session.to_owned()),
        ("LocalAddress", address(subject.transport, subject.local)),
        ("RemoteAddress", address(subject.transport, subject.remote)),
    ];
    match incident {
        Incident::ChallengeSent { challenge } => fields.push(("Challenge", challenge.to_owned())),
        Incident::ChallengeFailed { challenge, response } => {
            fields.push(("Challenge", challenge.to_owned()));
            fields.push(("Response", response.to_owned()));
            fields.push(("ExpectedResponse", String::new()));
        }
        Incident::NotAllowed { request } | Incident::BadFormat { request } => {
            fields.push(("RequestType", request.to_owned()));
        }
        Incident::SuccessfulAuth { with_password } => {
            fields.push(("UsingPassword", u8::from(with_password).to_string()));
        }
        _ => {}
    }
    if let Some(since) = subject.since {
        fields.push(("SessionTV", since.to_owned()));
    }
    fields
}

/// `IPV4/TCP/127.0.0.1/5038`
fn address(transport: &str, address: SocketAddr) -> String {
    let ip = address.ip().to_canonical();
    let family = if ip.is_ipv4() { "IPV4" } else { "IPV6" };
    format!("{family}/{transport}/{ip}/{}", address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_incident_is_a_line_that_names_account_and_addresses() {
        let [local, remote] = ["127.0.0.1:5038", "[::ffff:192.0.2.1]:40000"].map(|address| address.parse().unwrap());
        let subject =
            Subject { service: "AMI", account: "a\"nn", session: "0x7", local, remote, transport: "TCP", since: None };
        let told = |incident| line(incident, &fields(&subject, incident, "2026-01-01T00:00:00.000+0000".to_owned()));
        assert_eq!(
            told(Incident::InvalidPassword),
            "SecurityEvent=\"InvalidPassword\",EventTV=\"2026-01-01T00:00:00.000+0000\",Severity=\"Error\",\
             Service=\"AMI\",EventVersion=\"2\",AccountID=\"a'nn\",SessionID=\"0x7\",\
             LocalAddress=\"IPV4/TCP/127.0.0.1/5038\",RemoteAddress=\"IPV4/TCP/192.0.2.1/40000\""
        );
        let told = told(Incident::SuccessfulAuth { with_password: true });
        assert!(told.contains("Severity=\"Informational\"") && told.ends_with(",UsingPassword=\"1\""), "{told}");
        let subject = Subject { since: Some("then"), ..subject };
        let fields = fields(&subject, Incident::BadFormat { request: "Action: Frob" }, String::new());
        assert_eq!(fields.last(), Some(&("SessionTV", "then".to_owned())));
    }
}
