//! `register => [peer?][transport://]user[@domain][:secret[:authuser]]@host[:port][/extension][~expiry]`.

use std::time::Duration;

use super::super::{HostPort, Login, Persistence, Registration, Technology, Transport, setting};
use crate::sip::authentication::{Password, Secret};

/// Reads one line. `None` if it names no user or no host.
pub(super) fn parse(line: &str, default_expiry: Duration, retry: Duration) -> Option<Registration> {
    let (endpoint, line) = match line.trim().split_once('?') {
        Some((peer, rest)) if !peer.contains('@') => (Some(peer.trim().to_owned()), rest),
        _ => (None, line.trim()),
    };
    let (transport, line) = match line.split_once("://") {
        Some((name, rest)) => (Some(setting::transport(name)?), rest),
        None => (None, line),
    };
    // A password may hold an @ of its own: the host stands behind the last one.
    let (who, place) = line.rsplit_once('@')?;
    let (place, expiry) = match place.split_once('~') {
        Some((place, seconds)) => (place, Duration::from_secs(seconds.trim().parse::<u32>().ok()?.into())),
        None => (place, default_expiry),
    };
    let (host, extension) = place.split_once('/').map_or((place, "s"), |(host, extension)| (host, extension.trim()));
    let server = HostPort::parse(host)?;

    let mut parts = who.splitn(3, ':');
    let user = parts.next()?.trim();
    let (secret, auth_user) = (parts.next(), parts.next());
    let (user, domain) = user.split_once('@').map_or((user, None), |(user, domain)| (user, Some(domain)));
    if user.is_empty() {
        return None;
    }
    let port = server.port.map(|port| format!(":{port}")).unwrap_or_default();
    let through = transport.filter(|transport| *transport != Transport::Udp);
    let parameter = through
        .map(|transport| format!(";transport={}", transport.to_string().to_ascii_lowercase()))
        .unwrap_or_default();
    let domain = domain.map_or_else(|| server.host.to_string(), str::to_owned);
    let username = auth_user.map(str::trim).filter(|user| !user.is_empty()).unwrap_or(user).to_owned();
    let password = secret.filter(|secret| !secret.is_empty()).map(|secret| Password::Plain(Secret::new(secret)));
    Some(Registration {
        technology: Technology::Sip,
        name: format!("{user}@{}", server.host),
        server_uri: format!("sip:{}{port}{parameter}", server.host),
        client_uri: format!("sip:{user}@{domain}"),
        login: password.map(|password| Login { username, password, realm: None }),
        contact_user: if extension.is_empty() { "s".to_owned() } else { extension.to_owned() },
        expiry,
        retry,
        transport: transport.map(|transport| transport.to_string().to_ascii_lowercase()),
        outbound_proxy: None,
        endpoint,
        line: None,
        persistence: Persistence::SIP,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<Registration> {
        parse(line, Duration::from_secs(120), Duration::from_secs(20))
    }

    #[test]
    fn the_short_form() {
        let registration = read("1234@sip.example.com").unwrap();
        assert_eq!(registration.server_uri, "sip:sip.example.com");
        assert_eq!(registration.client_uri, "sip:1234@sip.example.com");
        assert_eq!(registration.contact_user, "s");
        assert_eq!(registration.login, None);
    }

    #[test]
    fn the_long_form() {
        let line = "trunk?tcp://1234@example.org:p@ss:auth@sip.example.com:5080/100~300";
        let registration = read(line).unwrap();
        assert_eq!(registration.endpoint.as_deref(), Some("trunk"));
        assert_eq!(registration.server_uri, "sip:sip.example.com:5080;transport=tcp");
        assert_eq!(registration.client_uri, "sip:1234@example.org");
        let login = registration.login.unwrap();
        assert_eq!(login.username, "auth");
        assert_eq!(login.password, Password::Plain(Secret::new("p@ss")));
        assert_eq!((registration.contact_user.as_str(), registration.expiry.as_secs()), ("100", 300));
    }

    #[test]
    fn what_names_no_user_or_host_is_none() {
        for line in ["", "user", "@host", "user:secret@", ":secret@host", "carrier://u@h", "u@h:x"] {
            assert_eq!(read(line), None, "{line}");
        }
    }
}
