//! URIs (RFC 3261 §19.1): `sip:` and `sips:` in parts, every other scheme as text.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

use rsip::{Host, Transport};

use super::{Params, scan};

/// A URI of any scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Uri {
    /// A `sip:` or `sips:` URI.
    Sip(SipUri),
    /// Any other URI, for instance `tel:+15551234` or `urn:service:sos`.
    Other {
        /// The scheme, in lower case.
        scheme: String,
        /// What follows the colon, as it was spelt.
        text: String,
    },
}

/// A `sip:` or `sips:` URI. User, password and headers are kept escaped, as they were spelt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SipUri {
    /// True for `sips:`.
    pub secure: bool,
    /// The user part, escaped; it may carry its own parameters (`123;ext=4`).
    pub user: Option<String>,
    /// The password, escaped.
    pub password: Option<String>,
    /// The host: a name or an address.
    pub host: Host,
    /// The port, if one is spelt out.
    pub port: Option<u16>,
    /// The URI parameters.
    pub params: Params,
    /// What follows the question mark, or nothing.
    pub headers: String,
}

impl SipUri {
    /// A `sip:` URI. `user` is plain text: what the grammar forbids in it is escaped.
    pub fn new(user: Option<&str>, host: Host, port: Option<u16>) -> SipUri {
        let user = user.map(escape_user);
        SipUri { secure: false, user, password: None, host, port, params: Params::default(), headers: String::new() }
    }

    /// The transport parameter, if it names a transport we know.
    pub fn transport(&self) -> Option<Transport> {
        transport_from(self.params.get("transport")?)
    }

    /// True if the URI marks a loose router (`;lr`).
    pub fn is_loose_router(&self) -> bool {
        self.params.has("lr")
    }

    fn parse(secure: bool, text: &str) -> Option<SipUri> {
        let (userinfo, rest) = match text.split_once('@') {
            Some((userinfo, rest)) => (Some(userinfo), rest),
            None => (None, text),
        };
        let (user, password) = match userinfo.map(|u| u.split_once(':').map_or((u, None), |(u, p)| (u, Some(p)))) {
            Some((user, password)) if is_userinfo(user) && password.is_none_or(is_userinfo) => (Some(user), password),
            Some(_) => return None,
            None => (None, None),
        };
        if user.is_some_and(str::is_empty) {
            return None;
        }
        let (rest, headers) = rest.split_once('?').unwrap_or((rest, ""));
        let end = rest.find(';').unwrap_or(rest.len());
        let (host_port, params) = rest.split_at_checked(end)?;
        let (host, port) = parse_host_port(host_port)?;
        Some(SipUri {
            secure,
            user: user.map(str::to_owned),
            password: password.map(str::to_owned),
            host,
            port,
            params: Params::parse(params)?,
            headers: headers.to_owned(),
        })
    }
}

impl Uri {
    /// A `sip:` URI; see [`SipUri::new`].
    pub fn sip(user: Option<&str>, host: Host, port: Option<u16>) -> Uri {
        Uri::Sip(SipUri::new(user, host, port))
    }

    /// Reads a URI without brackets around it. `None` if it is malformed: blanks, brackets or controls in it, no
    /// scheme, or a `sip:` URI without a proper host.
    pub fn parse(text: &str) -> Option<Uri> {
        if text.bytes().any(|b| b <= b' ' || b == 0x7f || b"<>\"".contains(&b)) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        let proper = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
        if !proper {
            return None;
        }
        match scheme.to_ascii_lowercase() {
            sip if sip == "sip" => SipUri::parse(false, rest).map(Uri::Sip),
            sips if sips == "sips" => SipUri::parse(true, rest).map(Uri::Sip),
            scheme => Some(Uri::Other { scheme, text: rest.to_owned() }),
        }
    }

    /// The parts of a `sip:` or `sips:` URI.
    pub fn as_sip(&self) -> Option<&SipUri> {
        match self {
            Uri::Sip(uri) => Some(uri),
            Uri::Other { .. } => None,
        }
    }

    /// The parts of a `sip:` or `sips:` URI, to change them.
    pub fn as_sip_mut(&mut self) -> Option<&mut SipUri> {
        match self {
            Uri::Sip(uri) => Some(uri),
            Uri::Other { .. } => None,
        }
    }

    /// The scheme in lower case.
    pub fn scheme(&self) -> &str {
        match self {
            Uri::Sip(SipUri { secure: true, .. }) => "sips",
            Uri::Sip(_) => "sip",
            Uri::Other { scheme, .. } => scheme,
        }
    }

    /// Whom the URI means, unescaped and without user parameters: the user of a `sip:` URI, the number of a `tel:` URI.
    pub fn user(&self) -> Option<Cow<'_, str>> {
        let user = self.written_user()?;
        Some(unescape(user.split(';').next().unwrap_or(user)))
    }

    /// The user with what stands behind a `;` in it. In a `tel:` URI these are parameters of the URI, left out.
    pub fn user_with_options(&self) -> Option<Cow<'_, str>> {
        match self {
            Uri::Sip(_) => self.written_user().map(unescape),
            Uri::Other { .. } => self.user(),
        }
    }

    fn written_user(&self) -> Option<&str> {
        match self {
            Uri::Sip(uri) => uri.user.as_deref(),
            Uri::Other { scheme, text } if scheme == "tel" => Some(text),
            Uri::Other { .. } => None,
        }
    }

    /// The host of a `sip:` URI.
    pub fn host(&self) -> Option<&Host> {
        self.as_sip().map(|uri| &uri.host)
    }

    /// The value in rsip's type. `None` if rsip cannot hold it: an IPv6 host, URI headers, another scheme.
    pub fn to_rsip(&self) -> Option<rsip::Uri> {
        let uri = self.as_sip()?;
        if !uri.headers.is_empty() || matches!(uri.host, Host::IpAddr(IpAddr::V6(_))) {
            return None;
        }
        let params = uri.params.iter().map(|(name, value)| {
            rsip::common::uri::Param::Other(name.to_owned().into(), value.map(|v| v.to_owned().into()))
        });
        Some(rsip::Uri {
            scheme: Some(if uri.secure { rsip::Scheme::Sips } else { rsip::Scheme::Sip }),
            auth: uri.user.clone().map(|user| rsip::Auth { user, password: uri.password.clone() }),
            host_with_port: rsip::HostWithPort { host: uri.host.clone(), port: uri.port.map(Into::into) },
            params: params.collect(),
            headers: Vec::new(),
        })
    }
}

impl fmt::Display for SipUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.user {
            f.write_str(user)?;
            if let Some(password) = &self.password {
                write!(f, ":{password}")?;
            }
            f.write_str("@")?;
        }
        write_host_port(f, &self.host, self.port)?;
        write!(f, "{}", self.params)?;
        if !self.headers.is_empty() {
            write!(f, "?{}", self.headers)?;
        }
        Ok(())
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Uri::Sip(uri) => uri.fmt(f),
            Uri::Other { scheme, text } => write!(f, "{scheme}:{text}"),
        }
    }
}

/// Reads `host`, `host:port`, `[v6]` or `[v6]:port`.
pub(super) fn parse_host_port(text: &str) -> Option<(Host, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            (Host::IpAddr(IpAddr::V6(address.parse().ok()?)), port)
        }
        None => {
            let (name, port) = text.split_at_checked(text.find(':').unwrap_or(text.len()))?;
            let name = name.trim_end_matches([' ', '\t']);
            let proper = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b));
            (proper.then(|| Host::from(name))?, port)
        }
    };
    let port = scan::trim(port);
    let port = match port.strip_prefix(':') {
        Some(digits) => Some(u16::try_from(scan::number(scan::trim(digits))?).ok().filter(|p| *p != 0)?),
        None if port.is_empty() => None,
        None => return None,
    };
    Some((host, port))
}

/// Writes a host and port, an IPv6 address in brackets.
pub(super) fn write_host_port(f: &mut fmt::Formatter<'_>, host: &Host, port: Option<u16>) -> fmt::Result {
    match host {
        Host::IpAddr(IpAddr::V6(address)) => write!(f, "[{address}]")?,
        host => write!(f, "{host}")?,
    }
    port.map_or(Ok(()), |port| write!(f, ":{port}"))
}

/// The transport that a URI parameter or a Via names; `None` if it is not one that rsip knows.
pub(super) fn transport_from(name: &str) -> Option<Transport> {
    const NAMES: [(&str, Transport); 7] = [
        ("UDP", Transport::Udp),
        ("TCP", Transport::Tcp),
        ("TLS", Transport::Tls),
        ("SCTP", Transport::Sctp),
        ("TLS-SCTP", Transport::TlsSctp),
        ("WS", Transport::Ws),
        ("WSS", Transport::Wss),
    ];
    NAMES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, transport)| *transport)
}

fn is_userinfo(text: &str) -> bool {
    text.bytes().all(|b| b > b' ' && b != 0x7f && !b"<>\"@".contains(&b))
}

/// Escapes a user part: everything but RFC 3261's unreserved and user-unreserved characters.
pub fn escape_user(text: &str) -> String {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&b) => escaped.push(char::from(b)),
            b => _ = write!(escaped, "%{b:02X}"),
        }
    }
    escaped
}

/// Undoes `%XX` escapes. What is no escape stays; bytes that are no UTF-8 become `?`.
pub fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let digit = |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16));
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match (byte, digit(bytes.get(at + 1)), digit(bytes.get(at + 2))) {
            (b'%', Some(high), Some(low)) => {
                plain.extend(u8::try_from(high * 16 + low));
                at += 3;
            }
            _ => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    Cow::Owned(scan::text_of(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_part_and_writes_it_back() {
        let text = "sips:alice;x=1:secret@[2001:db8::9]:5061;transport=tcp;lr?subject=a%20b";
        let uri = Uri::parse(text).unwrap();
        let sip = uri.as_sip().unwrap();
        assert!(sip.secure && sip.is_loose_router());
        assert_eq!((sip.password.as_deref(), sip.port), (Some("secret"), Some(5061)));
        assert_eq!(sip.transport(), Some(Transport::Tcp));
        assert_eq!(uri.user().unwrap(), "alice");
        assert_eq!(uri.to_string(), text);
        assert_eq!(uri.to_rsip(), None);
    }

    #[test]
    fn other_schemes_stay_text() {
        let uri = Uri::parse("urn:service:sos.fire").unwrap();
        assert_eq!((uri.scheme(), uri.user(), uri.as_sip()), ("urn", None, None));
        assert_eq!(Uri::parse("tel:+1-555;phone-context=x").unwrap().user().unwrap(), "+1-555");
    }

    #[test]
    fn refuses_malformed_ones() {
        for text in [
            "sip:",
            "sip:@host",
            "sip:a@b@c",
            "sip:a@h:0",
            "sip:a@h:99999",
            "sip:a@[::1",
            "sip:a b@c",
            ":x",
            "bob",
            "sip:a@h:5060x",
            "<sip:a@b>",
            "1sip:x",
            "sip:a@ho\"st",
            "sip:a@h;p=\"x",
        ] {
            assert_eq!(Uri::parse(text), None, "{text}");
        }
    }

    #[test]
    fn users_are_escaped_so_that_they_cannot_be_syntax() {
        let uri = Uri::sip(Some("a@b>\r\nX:%1"), "example.com".into(), None);
        assert_eq!(uri.to_string(), "sip:a%40b%3E%0D%0AX%3A%251@example.com");
        assert_eq!(uri.user().unwrap(), "a@b>\r\nX:%1");
    }

    #[test]
    fn unescaping_leaves_stray_percent_signs() {
        assert_eq!(unescape("%Z%45%"), "%ZE%");
        assert_eq!(unescape("%ff"), "?");
    }

    #[test]
    fn rsip_holds_what_it_can() {
        let uri = Uri::parse("sip:bob@example.com:5070;transport=udp").unwrap().to_rsip().unwrap();
        assert_eq!(uri.to_string(), "sip:bob@example.com:5070;transport=udp");
    }
}
