//! Addresses: how a peer reaches us, and the way to a peer.

use std::net::IpAddr;

use rsip::Host;

use super::Agent;
use crate::sip::endpoint::{self, Endpoint, Technology};
use crate::sip::registrar::Binding;
use crate::sip::transport::{Flow, SentBy, Target, Unreachable, Way};
use crate::sip::wire::{NameAddr, Request, Uri};

impl Agent {
    /// The way back on which a request came, with the address that the peer finds us at.
    pub(super) fn way_back(&self, flow: Flow) -> Way {
        self.seen_from_outside(self.handle.way_back(flow))
    }

    /// The way to a target, from the transport that is named, or else from an address of the technology's own.
    pub(super) fn way_to(
        &self,
        target: Target,
        technology: Technology,
        transport: Option<&str>,
    ) -> Result<Way, Unreachable> {
        let settings = self.settings.load();
        let own = || settings.listen.iter().filter(|listen| listen.technology == technology);
        let named = own().filter(|listen| transport.is_some_and(|name| listen.name == name));
        let mut preferred: Vec<_> = named.map(|listen| listen.address).collect();
        if preferred.is_empty() {
            preferred.extend(own().map(|listen| listen.address));
        }
        self.handle.way_to(target, &preferred).map(|way| self.seen_from_outside(way))
    }

    /// The way to a target on behalf of an endpoint.
    pub(super) fn way_for(&self, endpoint: &Endpoint, target: Target) -> Result<Way, Unreachable> {
        self.way_to(target, endpoint.technology, endpoint.transport.as_deref())
    }

    /// The way of a request inside a dialog: along its route; or that of the request which opened the dialog, on a
    /// connection and to a peer whose own word about its address is not taken.
    pub(super) async fn way_inside(&self, endpoint: &Endpoint, opened: &Way, request: &Request) -> Way {
        if opened.flow.is_reliable() || endpoint.nat.rewrite_contact {
            return opened.clone();
        }
        let target = Target::resolve(&request.next_hop()).await;
        let way = target.ok().and_then(|target| self.way_for(endpoint, target).ok());
        way.unwrap_or_else(|| opened.clone())
    }

    fn seen_from_outside(&self, mut way: Way) -> Way {
        let settings = self.settings.load();
        if let Some(external) = settings.general.external_towards(way.flow.remote.ip()) {
            let host = match &external.host {
                endpoint::Host::Address(address) => Host::IpAddr(*address),
                endpoint::Host::Name(name) => Host::from(name.as_str()),
            };
            let port = match way.flow.transport {
                rsip::Transport::Udp => external.port,
                rsip::Transport::Tcp => settings.general.external_tcp_port,
                _ => settings.general.external_tls_port,
            };
            way.sent_by = SentBy { host, port: port.or(way.sent_by.port) };
        }
        way
    }
}

/// The connection that a phone registered over: the only way back to it. `None` over UDP, where its contact says the way.
pub(super) fn connection(binding: &Binding) -> Option<Target> {
    let is_connection = binding.transport != rsip::Transport::Udp;
    is_connection.then_some(Target { transport: binding.transport, address: binding.source })
}

/// The address for SDP on a way, and the local one to open RTP ports on.
pub(super) fn media_addresses(way: &Way) -> (IpAddr, IpAddr) {
    let local = way.flow.local.ip().to_canonical();
    let shown = match way.sent_by.host {
        Host::IpAddr(address) => address.to_canonical(),
        Host::Domain(_) => local,
    };
    let any: IpAddr = if shown.is_ipv4() { [0, 0, 0, 0].into() } else { [0_u16; 8].into() };
    (shown, if local.is_unspecified() { any } else { local })
}

/// What stands behind `SIP/` or `PJSIP/` in a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination<'a> {
    /// An endpoint's name, or a host.
    pub peer: &'a str,
    /// The number to call there.
    pub number: Option<&'a str>,
    /// A whole URI to call through the endpoint (`PJSIP/endpoint/sip:…`).
    pub uri: Option<&'a str>,
}

impl<'a> Destination<'a> {
    /// Reads `peer`, `peer/number`, `number@peer` and `endpoint/sip:number@host`.
    pub fn parse(technology: Technology, resource: &'a str) -> Option<Self> {
        // `!caller` and the like after the destination are for old servers.
        let resource = resource.split('!').next().unwrap_or(resource).trim();
        let (peer, number, uri) = match resource.split_once('/') {
            Some((peer, uri)) if technology == Technology::Pjsip && is_uri(uri) => (peer, None, Some(uri)),
            Some((peer, number)) if technology == Technology::Sip || !peer.contains('@') => (peer, Some(number), None),
            _ => match resource.rsplit_once('@') {
                Some((number, peer)) => (peer, Some(number), None),
                None => (resource, None, None),
            },
        };
        let number = number.filter(|number| !number.is_empty());
        (!peer.is_empty()).then_some(Self { peer, number, uri })
    }

    /// The URI of a peer that is no endpoint but a host: an address, a name with a dot, or one with a port.
    pub fn host_uri(&self) -> Option<Uri> {
        let host = endpoint::HostPort::parse(self.peer)?;
        let is_host = match &host.host {
            endpoint::Host::Address(_) => true,
            endpoint::Host::Name(name) => name.contains('.') || host.port.is_some() || name == "localhost",
        };
        let user = self.number.map(|number| number.split(':').next().unwrap_or(number));
        let host_name = match &host.host {
            endpoint::Host::Address(address) => Host::IpAddr(*address),
            endpoint::Host::Name(name) => Host::from(name.as_str()),
        };
        is_host.then(|| Uri::sip(user, host_name, host.port))
    }
}

fn is_uri(text: &str) -> bool {
    text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("sip:"))
        || text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("sips:"))
}

/// The same URI for another user.
pub(super) fn with_user(mut uri: Uri, number: Option<&str>) -> Uri {
    if let (Some(sip), Some(number)) = (uri.as_sip_mut(), number) {
        sip.user = Some(crate::sip::wire::escape_user(number));
    }
    uri
}

/// An outbound proxy as configured: a URI, or a host with perhaps a port and words after a comma.
pub(super) fn proxy(text: &str) -> Option<NameAddr> {
    let text = text.split(',').next().unwrap_or(text).trim();
    let bare = text.replace("\\;", ";");
    let bare = bare.trim_start_matches('<').trim_end_matches('>');
    let uri = if is_uri(bare) { Uri::parse(bare)? } else { Uri::parse(&format!("sip:{bare}"))? };
    let mut route = NameAddr::new(uri);
    route.uri.as_sip_mut()?.params.set("lr", None);
    Some(route)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(technology: Technology, resource: &str) -> (String, Option<String>, Option<String>) {
        let found = Destination::parse(technology, resource).unwrap();
        (found.peer.to_owned(), found.number.map(str::to_owned), found.uri.map(str::to_owned))
    }

    #[test]
    fn destinations_name_a_peer_and_perhaps_a_number() {
        let plain = |peer: &str, number: &str| (peer.to_owned(), Some(number.to_owned()), None);
        assert_eq!(parsed(Technology::Sip, "2001"), ("2001".to_owned(), None, None));
        assert_eq!(parsed(Technology::Sip, "555@trunk"), plain("trunk", "555"));
        assert_eq!(parsed(Technology::Sip, "trunk/555"), plain("trunk", "555"));
        assert_eq!(parsed(Technology::Pjsip, "555@trunk"), plain("trunk", "555"));
        assert_eq!(
            parsed(Technology::Pjsip, "trunk/sip:555@10.0.0.1"),
            ("trunk".to_owned(), None, Some("sip:555@10.0.0.1".to_owned()))
        );
        assert_eq!(Destination::parse(Technology::Sip, "555@"), None);
    }

    #[test]
    fn a_host_needs_no_endpoint() {
        let uri = |resource| {
            Destination::parse(Technology::Sip, resource).unwrap().host_uri().map(|uri: Uri| uri.to_string())
        };
        assert_eq!(uri("555@192.0.2.1").as_deref(), Some("sip:555@192.0.2.1"));
        assert_eq!(uri("555@sip.example.com:5080").as_deref(), Some("sip:555@sip.example.com:5080"));
        assert_eq!(uri("2001"), None);
    }

    #[test]
    fn a_proxy_is_a_loose_router() {
        assert_eq!(proxy("10.0.0.1:5080,force").unwrap().to_string(), "<sip:10.0.0.1:5080;lr>");
        assert_eq!(proxy("sip:proxy.example\\;lr").unwrap().to_string(), "<sip:proxy.example;lr>");
    }
}
