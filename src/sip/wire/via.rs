//! Via: the way the response goes back (RFC 3261 §20.42, RFC 3581).

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use rsip::{Host, Transport};

use super::{Params, scan, uri};

/// The magic cookie that begins the branch of every RFC 3261 transaction.
pub(in crate::sip) const MAGIC_COOKIE: &str = "z9hG4bK";

/// One Via value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Via {
    /// The version of SIP, 2.0 but for peers whose requests are answered with 505.
    version: String,
    /// The transport as it was spelt.
    transport: String,
    /// The host of sent-by.
    pub host: Host,
    /// The port of sent-by, if one is spelt out.
    pub port: Option<u16>,
    /// branch, received, rport, maddr and others.
    pub params: Params,
}

impl Via {
    /// A Via for a request we send; it asks for `rport`.
    pub fn new(transport: Transport, host: Host, port: Option<u16>, branch: &str) -> Via {
        let mut params = Params::default();
        params.set("branch", Some(branch));
        params.set("rport", None);
        let transport = transport.to_string().to_ascii_uppercase();
        Via { version: "2.0".to_owned(), transport, host, port, params }
    }

    /// Reads one value. `None` if it is malformed or not of SIP.
    pub(super) fn parse(text: &str) -> Option<Via> {
        let (name, rest) = text.split_once('/')?;
        let (version, rest) = rest.split_once('/')?;
        let version = scan::trim(version);
        if !scan::trim(name).eq_ignore_ascii_case("SIP") || !scan::is_token(version) {
            return None;
        }
        let rest = scan::trim(rest);
        let (transport, rest) = rest.split_at_checked(rest.find([' ', '\t'])?)?;
        let (sent_by, params) = rest.split_at_checked(rest.find(';').unwrap_or(rest.len()))?;
        let (host, port) = uri::parse_host_port(scan::trim(sent_by))?;
        scan::is_token(transport).then_some(())?;
        Some(Via {
            version: version.to_owned(),
            transport: transport.to_owned(),
            host,
            port,
            params: Params::parse(params)?,
        })
    }

    /// The transport, if it is one we know.
    pub fn transport(&self) -> Option<Transport> {
        uri::transport_from(&self.transport)
    }

    /// The branch; empty if there is none.
    pub fn branch(&self) -> &str {
        self.params.get("branch").unwrap_or("")
    }

    /// True if the branch says that RFC 3261's transaction matching applies.
    pub fn has_magic_cookie(&self) -> bool {
        self.branch().get(..MAGIC_COOKIE.len()).is_some_and(|head| head.eq_ignore_ascii_case(MAGIC_COOKIE))
            && self.branch().len() > MAGIC_COOKIE.len()
    }

    /// Notes where a request came from: `received` always when it differs from sent-by or `rport` was asked for,
    /// and the value of `rport` (RFC 3261 §18.2.1, RFC 3581 §4).
    pub fn stamp(&mut self, source: SocketAddr) {
        let wants_port = self.params.has("rport");
        let address = source.ip().to_canonical();
        if wants_port {
            self.params.set("rport", Some(&source.port().to_string()));
        }
        if wants_port || self.host != Host::IpAddr(address) {
            self.params.set("received", Some(&address.to_string()));
        } else {
            self.params.remove("received");
        }
    }

    /// Where a response goes over an unreliable transport, if the Via says it in numbers (RFC 3261 §18.2.2).
    pub fn reply_address(&self) -> Option<SocketAddr> {
        let port = self.params.get("rport").and_then(|p| p.parse().ok()).or(self.port).unwrap_or(5060);
        let address = self.params.get("maddr").or(self.params.get("received")).and_then(parse_address);
        match (&self.host, address) {
            (_, Some(address)) => Some(SocketAddr::new(address, port)),
            (Host::IpAddr(address), None) => Some(SocketAddr::new(*address, port)),
            (Host::Domain(_), None) => None,
        }
    }
}

/// An address as `received` and `maddr` spell it; IPv6 with or without brackets.
fn parse_address(text: &str) -> Option<IpAddr> {
    text.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

impl fmt::Display for Via {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SIP/{}/{} ", self.version, self.transport)?;
        uri::write_host_port(f, &self.host, self.port)?;
        write!(f, "{}", self.params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_blanks_everywhere() {
        let via = Via::parse("SIP  / 2.0  / TCP     spindle.example.com   ;   branch  =   z9hG4bK9ikj8  ").unwrap();
        assert_eq!(via.transport(), Some(Transport::Tcp));
        assert_eq!(via.to_string(), "SIP/2.0/TCP spindle.example.com;branch=z9hG4bK9ikj8");
        assert!(via.has_magic_cookie());
    }

    #[test]
    fn refuses_malformed_ones() {
        for text in ["", "SIP/2.0/UDP", "SIP/2.0/UDP ;branch=1", "HTTP/2.0/UDP h", "SIP/2.0/UDP h:x"] {
            assert_eq!(Via::parse(text), None, "{text}");
        }
    }

    #[test]
    fn stamping_tells_the_way_back() {
        let source = "198.51.100.7:40000".parse().unwrap();
        let mut via = Via::parse("SIP/2.0/UDP 10.0.0.1:5060;rport;branch=z9hG4bKx").unwrap();
        via.stamp(source);
        assert_eq!(via.params.get("received"), Some("198.51.100.7"));
        assert_eq!(via.reply_address(), Some(source));
        let mut via = Via::parse("SIP/2.0/UDP 198.51.100.7;branch=z9hG4bKx;received=1.2.3.4").unwrap();
        via.stamp(source);
        assert!(!via.params.has("received"), "what the peer claims is not believed");
        assert_eq!(via.reply_address(), Some("198.51.100.7:5060".parse().unwrap()));
    }

    #[test]
    fn ipv6_with_or_without_brackets_in_received() {
        for received in ["2001:db8::9:255", "[2001:db8::9:255]"] {
            let text = format!("SIP/2.0/UDP [2001:db8::9:1];received={received};branch=z9hG4bKas3-111");
            let via = Via::parse(&text).unwrap();
            assert_eq!(via.reply_address(), Some("[2001:db8::9:255]:5060".parse().unwrap()));
        }
    }
}
