//! Listening for manager programs.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::events::Hub;
use super::privilege::Privilege;
use super::reply::Fields;
use super::session::{self, Peer};
use super::settings::Settings;
use crate::management::pbx::Pbx;
use crate::security::Guard;
use crate::tls::Certificate;

/// So many failed logins of one address within a minute shut it out.
const MOST_FAILURES: u32 = 10;

/// Why the manager does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address cannot be listened on.
    #[error(
        "cannot listen for manager programs on {address}: {error}; stop the program that listens there, or choose \
         another address (bindaddr and port, or tlsbindaddr, in manager.conf)"
    )]
    Bind { address: SocketAddr, error: io::Error },
    /// The certificate cannot be used.
    #[error("the certificate of manager.conf cannot be used: {0}")]
    Certificate(io::Error),
}

/// The manager of a PBX.
pub struct Manager {
    pub pbx: Arc<Pbx>,
    pub hub: Arc<Hub>,
    settings: Arc<ArcSwap<Settings>>,
    guard: Mutex<Guard>,
    /// Programs that are there without having logged in.
    strangers: AtomicUsize,
    connections: AtomicU64,
    addresses: Mutex<Vec<(SocketAddr, &'static str)>>,
    /// What programs over TLS see.
    certificate: OnceLock<Arc<Certificate>>,
}

impl Manager {
    /// Makes a manager that listens nowhere yet.
    pub fn new(pbx: Arc<Pbx>, settings: Settings) -> Arc<Self> {
        let settings = Arc::new(ArcSwap::from_pointee(settings));
        let manager = Arc::new(Self {
            hub: Hub::new(Arc::clone(&pbx.exchange.channels), Arc::clone(&settings)),
            pbx,
            settings,
            guard: Mutex::new(Guard::new(MOST_FAILURES)),
            strangers: AtomicUsize::default(),
            connections: AtomicU64::default(),
            addresses: Mutex::default(),
            certificate: OnceLock::new(),
        });
        manager.pbx.set_manager(&manager);
        manager
    }

    /// Listens where the settings say, if they enable it.
    ///
    /// # Errors
    /// Where an address cannot be listened on, or the certificate cannot be used.
    pub async fn start(pbx: Arc<Pbx>, settings: Settings) -> Result<Arc<Self>, StartError> {
        let manager = Self::new(pbx, settings);
        let settings = manager.settings();
        if !settings.is_enabled {
            return Ok(manager);
        }
        let certificate = settings.tls.as_ref().map(|tls| Certificate::read(&tls.certificate, &tls.key)).transpose();
        let certificate = certificate.map_err(StartError::Certificate)?;
        manager.listen(settings.bind, None).await?;
        if let Some((tls, certificate)) = settings.tls.as_ref().zip(certificate) {
            // It is set once, here.
            let _ = manager.certificate.set(Arc::clone(&certificate));
            manager.listen(tls.bind, Some(certificate)).await?;
        }
        Ok(manager)
    }

    async fn listen(self: &Arc<Self>, address: SocketAddr, tls: Option<Arc<Certificate>>) -> Result<(), StartError> {
        let bind = TcpListener::bind(address).await;
        let listener = bind.map_err(|error| StartError::Bind { address, error })?;
        let local = listener.local_addr().unwrap_or(address);
        let transport = if tls.is_some() { "TLS" } else { "TCP" };
        tracing::info!("manager programs connect to {local} over {transport}");
        self.addresses.lock().push((local, transport));
        tokio::spawn(Arc::clone(self).accept(listener, tls));
        Ok(())
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, tls: Option<Arc<Certificate>>) {
        loop {
            match listener.accept().await {
                Ok((stream, remote)) => {
                    tokio::spawn(Arc::clone(&self).greet(stream, remote, tls.clone()));
                }
                Err(error) => {
                    // Too many open files, for instance: they may become fewer.
                    tracing::warn!("a manager program could not be taken: {error}");
                    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// Takes one connection, unless its address guesses passwords or too many wait to log in.
    async fn greet(self: Arc<Self>, stream: TcpStream, remote: SocketAddr, tls: Option<Arc<Certificate>>) {
        let Ok(local) = stream.local_addr() else { return };
        let number = self.next_number();
        let transport = if tls.is_some() { "TLS" } else { "TCP" };
        let peer = Peer { number, local, remote, transport, asks_for_events: false };
        if !self.admits(remote.ip()) {
            tracing::debug!("{} had too many failed logins: its connection is closed", remote.ip());
            return;
        }
        let Some(stranger) = Stranger::enter(&self) else {
            tracing::warn!("the connection of {remote} is closed: too many programs have not logged in (authlimit)");
            return;
        };
        // Answers are short and programs wait for them.
        let _ = stream.set_nodelay(true);
        let patience = self.settings().auth_timeout;
        match tls {
            None => session::serve(self, stream, peer, stranger).await,
            Some(tls) => match tokio::time::timeout(patience, tls.acceptor().accept(stream)).await {
                Ok(Ok(stream)) => session::serve(self, stream, peer, stranger).await,
                Ok(Err(error)) => tracing::warn!("the TLS connection of {remote} failed: {error}"),
                Err(_) => tracing::debug!("the TLS connection of {remote} did not come about in time"),
            },
        }
    }

    /// Counts the connections.
    pub(super) fn next_number(&self) -> u64 {
        self.connections.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Whether programs at an address may try to log in.
    pub(super) fn admits(&self, address: IpAddr) -> bool {
        // Where somebody of this address is in, the others there are not shut out with one who guesses.
        let is_home = || self.hub.sessions().iter().any(|session| session.remote().ip() == address);
        self.guard.lock().admits(address, Instant::now()) || is_home()
    }

    /// The settings at this moment.
    pub fn settings(&self) -> Arc<Settings> {
        self.settings.load_full()
    }

    /// Takes new settings and the certificate as it is now. Who is logged in stays; addresses stay as they were at the
    /// start.
    pub fn reload(&self, settings: Settings) {
        let before = self.settings.load();
        let secured = |settings: &Settings| settings.tls.as_ref().map(|tls| tls.bind);
        let is_elsewhere = before.is_enabled != settings.is_enabled
            || settings.is_enabled && (before.bind != settings.bind || secured(&before) != secured(&settings));
        if is_elsewhere {
            tracing::warn!("the manager listens where it did before: changed addresses take effect at the next start");
        }
        if let Some((certificate, tls)) = self.certificate.get().zip(settings.tls.as_ref()) {
            certificate.renew(&tls.certificate, &tls.key);
        }
        drop(before);
        self.settings.store(Arc::new(settings));
        let fields = Fields::new().with("Module", "All").with("Status", "0");
        self.hub.raise("Reload", Privilege::SYSTEM, &fields);
    }

    /// Says goodbye to every program.
    pub fn shutdown(&self, is_restart: bool) {
        let restart = if is_restart { "True" } else { "False" };
        let fields = Fields::new().with("Shutdown", "Cleanly").with("Restart", restart);
        self.hub.raise("Shutdown", Privilege::SYSTEM, &fields);
        self.hub.sessions().iter().for_each(|session| session.close());
    }

    /// Where it listens, with the ports that were given to port 0, and over what.
    pub fn addresses(&self) -> Vec<(SocketAddr, &'static str)> {
        self.addresses.lock().clone()
    }

    /// Notes a failed login.
    pub(super) fn note_failure(&self, peer: &Peer) {
        if self.guard.lock().failed(peer.remote.ip(), Instant::now()) {
            tracing::warn!(
                "{} had too many failed logins at the manager: it is shut out for a minute",
                peer.remote.ip()
            );
        }
    }

    pub(super) fn note_success(&self, peer: &Peer) {
        self.guard.lock().succeeded(peer.remote.ip());
    }
}

/// The place of a program that has not logged in.
pub struct Stranger {
    manager: Arc<Manager>,
}

impl Stranger {
    pub(super) fn enter(manager: &Arc<Manager>) -> Option<Self> {
        let limit = manager.settings().auth_limit;
        let there = manager.strangers.fetch_add(1, Ordering::Relaxed);
        let stranger = Self { manager: Arc::clone(manager) };
        (there < limit).then_some(stranger)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        self.manager.strangers.fetch_sub(1, Ordering::Relaxed);
    }
}
