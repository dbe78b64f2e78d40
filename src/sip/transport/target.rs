//! Where a request goes: the address and transport that its next hop names.

use std::io;
use std::net::SocketAddr;

use rsip::{Host, Transport};

use crate::sip::wire::{Request, SipUri, Uri};

/// An address and the transport to reach it by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// The transport.
    pub transport: Transport,
    /// The address.
    pub address: SocketAddr,
}

impl Target {
    /// A UDP address.
    pub fn udp(address: SocketAddr) -> Target {
        Target { transport: Transport::Udp, address }
    }

    /// A TCP address.
    pub fn tcp(address: SocketAddr) -> Target {
        Target { transport: Transport::Tcp, address }
    }

    /// The target of a `sip:` URI whose host is an address.
    pub fn of(uri: &Uri) -> Option<Target> {
        let uri = uri.as_sip()?;
        match uri.host {
            Host::IpAddr(address) => {
                Some(Target { transport: transport(uri), address: SocketAddr::new(address, port(uri)) })
            }
            Host::Domain(_) => None,
        }
    }

    /// The target of a `sip:` URI; a host name is looked up in the DNS (addresses only, no SRV).
    ///
    /// # Errors
    ///
    /// The host has no address, or the URI is not `sip:`.
    pub async fn resolve(uri: &Uri) -> io::Result<Target> {
        if let Some(target) = Target::of(uri) {
            return Ok(target);
        }
        let sip = uri.as_sip().ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "not a sip: URI"))?;
        let found = tokio::net::lookup_host((sip.host.to_string(), port(sip))).await?.next();
        let address = found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "the host has no address"))?;
        Ok(Target { transport: transport(sip), address })
    }
}

impl Request {
    /// The URI of the next hop: the first Route, or else the Request-URI (RFC 3261 §8.1.2).
    pub fn next_hop(&self) -> Uri {
        self.headers.addresses("Route").into_iter().next().map_or_else(|| self.uri.clone(), |route| route.uri)
    }
}

fn transport(uri: &SipUri) -> Transport {
    uri.transport().unwrap_or(if uri.secure { Transport::Tls } else { Transport::Udp })
}

fn port(uri: &SipUri) -> u16 {
    uri.port.unwrap_or(if uri.secure || transport(uri) == Transport::Tls { 5061 } else { 5060 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_names_address_port_and_transport() {
        let target = |text: &str| Target::of(&Uri::parse(text).unwrap());
        assert_eq!(target("sip:a@192.0.2.1"), Some(Target::udp("192.0.2.1:5060".parse().unwrap())));
        assert_eq!(target("sip:[::1]:5070;transport=tcp"), Some(Target::tcp("[::1]:5070".parse().unwrap())));
        assert_eq!(target("sip:a@example.com"), None);
        assert_eq!(target("tel:1"), None);
    }
}
