//! Opening the sockets and setting the agent up.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, OnceLock, Weak};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use sha2::{Digest as _, Sha256};
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use super::calls::Calls;
use super::{Agent, Reachability, qualify, registration, serve, subscribe, trunk, waiting_messages};
use crate::channel::Channels;
use crate::channel::arrivals::Arrivals;
use crate::security::Guard;
use crate::sip::authentication::Authenticator;
use crate::sip::endpoint::{Endpoints, Host, Listen, Tls, Transport};
use crate::sip::transaction::Timers;
use crate::sip::transport::{self, Config, Handle, Incoming};
use crate::tls::{self, Certificate, Trust};

/// So many wrong passwords of one address within a minute are too many.
const MOST_FAILURES: u32 = 30;

/// Why the user agent does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error(
        "cannot listen for SIP on {address} over {transport}: {error}; stop the program that listens there, or choose \
         another address (udpbindaddr and tcpbindaddr in sip.conf, bind in pjsip.conf)"
    )]
    Bind {
        /// UDP or TCP.
        transport: Transport,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
}

impl Agent {
    /// Opens the sockets and begins to answer. Calls enter the plan through `arrivals`. The agent is a technology, to be
    /// added to those of `channels`.
    ///
    /// # Errors
    ///
    /// The first address that cannot be listened on.
    pub async fn start(
        settings: Endpoints,
        channels: Arc<Channels>,
        arrivals: Arc<dyn Arrivals>,
    ) -> Result<Arc<Agent>, StartError> {
        let (handle, incoming, certificate) = bind(&settings).await?;
        let asked = settings.listen.clone();
        let mut settings = resolved(settings).await;
        settings.listen = given(&asked, &handle);
        // No peer ever sees these two, so none can guess the key.
        let key = Sha256::digest(handle.new_call_id() + &handle.new_call_id()).into();
        let authenticator = Authenticator::new(&settings.general.realm, key, Instant::now());
        for listen in &settings.listen {
            tracing::info!("SIP listens on {} over {}", listen.address, listen.transport);
        }
        let agent = Arc::new_cyclic(|this| Agent {
            this: Weak::clone(this),
            handle,
            asked,
            certificate,
            settings: ArcSwap::from_pointee(settings),
            registrar: Mutex::default(),
            authenticator: Mutex::new(authenticator),
            calls: Arc::new(Calls::default()),
            reachability: Reachability::default(),
            registrations: Mutex::default(),
            wishes: broadcast::channel(64).0,
            subscriptions: subscribe::Subscriptions::default(),
            channels,
            arrivals,
            generation: watch::Sender::default(),
            keeper: OnceLock::new(),
            guard: Mutex::new(Guard::new(MOST_FAILURES)),
        });
        tokio::spawn(serve::serve(Arc::clone(&agent), incoming));
        tokio::spawn(registration::expire(Arc::clone(&agent)));
        tokio::spawn(qualify::qualify(Arc::clone(&agent)));
        tokio::spawn(waiting_messages::follow(Arc::clone(&agent)));
        trunk::start(&agent);
        Ok(agent)
    }
}

async fn bind(settings: &Endpoints) -> Result<(Handle, Incoming, Option<Arc<Certificate>>), StartError> {
    let addresses = |transport| {
        let listening = settings.listen.iter().filter(move |listen| listen.transport == transport);
        listening.map(|listen| listen.address).collect::<Vec<_>>()
    };
    let general = &settings.general;
    let timers = Timers { timer_b: general.timer_b, ..Timers::from_t1(general.timer_t1) };
    let tls = general.tls.as_ref().and_then(|tls| {
        let secured = secured(tls, addresses(Transport::Tls));
        // Telephones that need no TLS go on telephoning.
        secured.inspect_err(|error| tracing::error!("SIP is not spoken over TLS: {error}; name PEM files")).ok()
    });
    let (tls, certificate) = tls.unzip();
    let config =
        Config { udp: addresses(Transport::Udp), tcp: addresses(Transport::Tcp), tls, timers, ..Config::default() };
    let listening = config.udp.iter().map(|address| (Transport::Udp, *address));
    let listening = listening.chain(config.tcp.iter().map(|address| (Transport::Tcp, *address)));
    let secured = config.tls.iter().flat_map(|tls| &tls.addresses);
    let listening: Vec<_> = listening.chain(secured.map(|address| (Transport::Tls, *address))).collect();
    let bound = transport::bind(config).await;
    let (handle, incoming) = bound.map_err(|error| {
        let culprit = listening.iter().find(|(transport, address)| !is_free(*transport, *address));
        let unknown = (Transport::Udp, SocketAddr::from(([0, 0, 0, 0], 0)));
        let (transport, address) = *culprit.or(listening.first()).unwrap_or(&unknown);
        StartError::Bind { transport, address, error }
    })?;
    Ok((handle, incoming, certificate.flatten()))
}

/// Reads the certificates.
fn secured(settings: &Tls, addresses: Vec<SocketAddr>) -> std::io::Result<(transport::Tls, Option<Arc<Certificate>>)> {
    let certificate = match &settings.certificate {
        Some(certificate) => Some(Certificate::read(certificate, settings.key.as_ref().unwrap_or(certificate))?),
        None => {
            tracing::warn!("SIP over TLS has no certificate: nobody can connect over it, we can to others");
            None
        }
    };
    let acceptor = certificate.as_ref().map_or_else(tls::refuser, |known| Ok(known.acceptor().clone()))?;
    let trust = match &settings.authorities {
        _ if !settings.verifies => Trust::All,
        Some(authorities) => Trust::Authorities(authorities.clone()),
        None => Trust::World,
    };
    Ok((transport::Tls { addresses, acceptor, connector: tls::connector(&trust)? }, certificate))
}

/// What is listened on, with the ports that the system gave to port 0.
fn given(asked: &[Listen], handle: &Handle) -> Vec<Listen> {
    let mut bound: Vec<_> = [Transport::Udp, Transport::Tcp, Transport::Tls]
        .into_iter()
        .map(|transport| (transport, handle.addresses(transport).into_iter()))
        .collect();
    let mut next = |transport| bound.iter_mut().find(|(known, _)| *known == transport)?.1.next();
    asked.iter().filter_map(|listen| Some(Listen { address: next(listen.transport)?, ..listen.clone() })).collect()
}

fn is_free(transport: Transport, address: SocketAddr) -> bool {
    match transport {
        Transport::Tcp | Transport::Tls => std::net::TcpListener::bind(address).is_ok(),
        _ => std::net::UdpSocket::bind(address).is_ok(),
    }
}

/// The same configuration with the addresses that its host names stand for now.
pub(super) async fn resolved(mut settings: Endpoints) -> Endpoints {
    let mut names: Vec<String> = settings.names_to_resolve().map(str::to_owned).collect();
    names.sort();
    names.dedup();
    for name in names {
        let addresses = lookup(&name).await;
        if addresses.is_empty() {
            tracing::warn!("host name {name} has no address: calls from there are not known by it");
        }
        settings.resolve(&name, addresses);
    }
    if let Some(external) = &mut settings.general.external
        && let Host::Name(name) = &external.host
    {
        match lookup(name).await.first() {
            Some(address) => external.host = Host::Address(*address),
            None => tracing::warn!("external address {name} cannot be looked up"),
        }
    }
    settings
}

async fn lookup(name: &str) -> Vec<IpAddr> {
    let found = tokio::net::lookup_host((name, 0)).await;
    found.map(|addresses| addresses.map(|address| address.ip()).collect()).unwrap_or_default()
}
