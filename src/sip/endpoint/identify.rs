//! Whose request this is.

use std::net::{IpAddr, SocketAddr};

use super::{Endpoint, Endpoints, Host, Identifier, Identity, Role, Technology};
use crate::sip::wire::Headers;

/// What a request outside of dialogs tells of who sent it.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    /// The user of its From.
    pub user: Option<&'a str>,
    /// The host of its From.
    pub domain: Option<&'a str>,
    /// The user of its credentials, if it has any.
    pub auth_user: Option<&'a str>,
    /// The `line` of the URI that it is for, if it is a contact of a registration of ours.
    pub line: Option<&'a str>,
    /// Where it came from.
    pub source: SocketAddr,
    /// The address of record that registered from there, if any did
    /// ([`Registrar::bound_to`](crate::sip::registrar::Registrar::bound_to)).
    pub registered: Option<&'a str>,
    pub headers: &'a Headers,
}

/// Whom a request comes from.
#[derive(Clone, Copy, Debug)]
pub enum Identified<'a> {
    /// An endpoint; with `authenticate` it must prove itself first.
    Endpoint {
        /// Which.
        endpoint: &'a Endpoint,
        /// Whether to ask for a password.
        authenticate: bool,
    },
    /// Nobody we know, and strangers may call into this context.
    Guest {
        /// What guests have in common.
        guest: &'a Endpoint,
    },
    /// Nobody we know, or from where the endpoint may not call. Challenge it as though it were somebody and refuse
    /// whatever it answers, so that it does not learn which names exist.
    Unknown,
}

impl Endpoints {
    /// Finds the endpoint that a request comes from.
    ///
    /// In Asterisk's order: `pjsip.conf` by address and then by name, or as its `endpoint_identifier_order` wants it;
    /// friends and users of `sip.conf` by name, peers by address. Last, and more lenient than Asterisk, a peer with
    /// `host = dynamic` is known by its name or the user of its credentials if it has a password to prove.
    pub fn identify(&self, caller: &Caller<'_>) -> Identified<'_> {
        let Caller { user: from_user, auth_user, source, registered, .. } = *caller;
        let from = |technology| self.get(technology, from_user?);
        let mut ways = self.general.global.identifiers.iter();
        let found = self
            .by_line(caller.line)
            .or_else(|| ways.find_map(|way| self.pjsip(*way, caller)))
            .map(|endpoint| (endpoint, endpoint.login.is_some()))
            .or_else(|| {
                let named = from(Technology::Sip).filter(|endpoint| endpoint.by_username);
                named.map(|endpoint| (endpoint, endpoint.login.is_some() && !endpoint.insecure.invite))
            })
            .or_else(|| {
                let phone = || self.get(Technology::Sip, registered?).filter(|peer| peer.role != Role::User);
                let peer = self.sip_by_address(source).or_else(phone);
                peer.map(|endpoint| (endpoint, endpoint.login.is_some() && !endpoint.insecure.invite))
            })
            .or_else(|| {
                let named = from(Technology::Sip).or_else(|| self.get(Technology::Sip, auth_user?));
                named.filter(|endpoint| endpoint.hosts.is_empty() && endpoint.login.is_some()).map(|peer| (peer, true))
            });
        match found {
            Some((endpoint, _)) if !endpoint.access.permits(source.ip()) => Identified::Unknown,
            Some((endpoint, authenticate)) => Identified::Endpoint { endpoint, authenticate },
            None => self.stranger(caller),
        }
    }

    /// The endpoint of the registration of ours that brought the call.
    fn by_line(&self, line: Option<&str>) -> Option<&Endpoint> {
        let mut registrations = self.registrations.iter();
        let registration = registrations.find(|registration| registration.line.as_deref() == line && line.is_some())?;
        self.get(Technology::Pjsip, registration.endpoint.as_deref()?)
    }

    /// The endpoint of `pjsip.conf` that a caller is in one of the ways.
    fn pjsip(&self, way: Identifier, caller: &Caller<'_>) -> Option<&Endpoint> {
        match way {
            Identifier::Ip => self.pjsip_by_address(caller.source),
            Identifier::Username => {
                let endpoint = self.of_domain(caller.user?, caller.domain);
                endpoint.filter(|endpoint| endpoint.by_username)
            }
            Identifier::AuthUsername => self.pjsip_by_credentials(caller.auth_user?),
            Identifier::Header => self.pjsip_by_header(caller.headers),
            // It comes last, behind the phones of `sip.conf`.
            Identifier::Anonymous => None,
        }
    }

    /// An endpoint may be named `user@domain`.
    fn of_domain(&self, user: &str, domain: Option<&str>) -> Option<&Endpoint> {
        let domain = domain.filter(|_| !self.general.global.is_single_domain);
        let full = domain.and_then(|domain| self.get(Technology::Pjsip, &format!("{user}@{domain}")));
        full.or_else(|| self.get(Technology::Pjsip, user))
    }

    fn pjsip_by_header(&self, headers: &Headers) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| {
            let mut wanted = endpoint.headers.iter();
            wanted.any(|wanted| headers.all(&wanted.name).any(|value| wanted.fits(value)))
        })
    }

    fn stranger(&self, caller: &Caller<'_>) -> Identified<'_> {
        if let Some(endpoint) = self.of_domain("anonymous", caller.domain) {
            return Identified::Endpoint { endpoint, authenticate: endpoint.login.is_some() };
        }
        match &self.general.guest {
            Some(guest) => Identified::Guest { guest },
            None => Identified::Unknown,
        }
    }

    fn pjsip_by_address(&self, source: SocketAddr) -> Option<&Endpoint> {
        let known = |endpoint: &&Endpoint| {
            endpoint.technology == Technology::Pjsip
                && (endpoint.networks.iter().any(|network| network.contains(source.ip()))
                    || endpoint.hosts.iter().any(|identity| self.is_at(identity, source)))
        };
        self.endpoints.iter().find(known)
    }

    fn pjsip_by_credentials(&self, user: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| {
            let mut logins = endpoint.login.iter().chain(&endpoint.further_logins);
            let logs_in = logins.any(|login| login.username == user);
            endpoint.technology == Technology::Pjsip && endpoint.by_auth_username && logs_in
        })
    }

    /// A port that fits goes before `insecure = port`.
    fn sip_by_address(&self, source: SocketAddr) -> Option<&Endpoint> {
        let at = |endpoint: &&Endpoint, any_port: bool| {
            endpoint.technology == Technology::Sip
                && endpoint.role != Role::User
                && endpoint.hosts.iter().any(|host| host.port.is_none() == any_port && self.is_at(host, source))
        };
        let mut endpoints = self.endpoints.iter();
        endpoints
            .find(|endpoint| at(endpoint, false))
            .or_else(|| self.endpoints.iter().find(|endpoint| at(endpoint, true)))
    }

    fn is_at(&self, identity: &Identity, source: SocketAddr) -> bool {
        let ip = source.ip().to_canonical();
        let same_host = match &identity.host {
            Host::Address(address) => address.to_canonical() == ip,
            Host::Name(name) => {
                let known: &[IpAddr] = self.resolved.get(&name.to_ascii_lowercase()).map_or(&[], Vec::as_slice);
                known.iter().any(|address| address.to_canonical() == ip)
            }
        };
        same_host && identity.port.is_none_or(|port| port == source.port())
    }
}
