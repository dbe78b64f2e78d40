//! The user agent: turns SIP into channels, and channels into SIP.
//!
//! ```text
//!   REGISTER ──► registration ──► Registrar ◄── destination ◄── Dial(SIP/2001)
//!                                                    │
//!   INVITE ──► admission ──► incoming ──► Session    ▼
//!                               │            ▲    outgoing ──► INVITE
//!                               ▼            └───────┘
//!                            Channel ◄──── SipLeg (Line) ──── Audio ──► RTP
//! ```
//!
//! A call is one task and one [`Channel`](crate::channel::Channel): the channel's leg sends the task commands, the
//! task reports what the peer does as events and interrupts. No lock is held while anything is waited for, and
//! everything is bounded: calls in all, calls an endpoint, commands and requests that wait, redirects that are
//! followed.

mod admission;
mod announcing;
mod audio;
mod calls;
mod codecs;
mod contact;
mod destination;
mod early;
mod extensions;
mod facts;
mod identity;
mod incoming;
mod info;
mod keeping;
mod leg;
mod message;
mod notify;
mod outgoing;
mod proof;
mod qualify;
mod reasons;
mod refer;
mod registration;
mod reliable;
mod reoffer;
mod reporting;
mod requests;
mod resources;
mod serve;
mod session;
mod session_timer;
mod start;
mod status;
mod subscribe;
mod transfer_progress;
mod trunk;
mod waiting_messages;

#[cfg(test)]
mod tests;

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use arc_swap::ArcSwap;
use parking_lot::Mutex;
use tokio::sync::{broadcast, watch};

use super::authentication::Authenticator;
use super::endpoint::{Endpoints, Listen, Transport};
use super::registrar::Registrar;
use super::transport::Handle;
use crate::channel::arrivals::Arrivals;
use crate::channel::{Cause, Channels};
use crate::security::Guard;
use crate::tls::Certificate;
use calls::Calls;
use qualify::Reachability;

pub use notify::News;
pub use qualify::Reach;
pub use start::StartError;
pub use status::{ContactStatus, EndpointStatus, RegistrationStatus};
pub use subscribe::SubscriptionStatus;
pub use trunk::Wish;

/// How long a shutdown waits for the peers to take leave.
const LEAVE: Duration = Duration::from_secs(2);

/// The SIP side of an exchange.
pub struct Agent {
    this: Weak<Agent>,
    handle: Handle,
    /// Where the configuration of the start asks to listen.
    asked: Vec<Listen>,
    /// What those see who connect over TLS.
    certificate: Option<Arc<Certificate>>,
    settings: ArcSwap<Endpoints>,
    registrar: Mutex<Registrar>,
    authenticator: Mutex<Authenticator>,
    calls: Arc<Calls>,
    reachability: Reachability,
    registrations: Mutex<Vec<RegistrationStatus>>,
    /// What is to become of a registration of ours, by its name.
    wishes: broadcast::Sender<(String, trunk::Wish)>,
    subscriptions: subscribe::Subscriptions,
    channels: Arc<Channels>,
    arrivals: Arc<dyn Arrivals>,
    /// Changes with every reload and at shutdown; the standing tasks look around then.
    generation: watch::Sender<Generation>,
    /// Where registrations are kept over a restart.
    keeper: OnceLock<keeping::Keeper>,
    guard: Mutex<Guard>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Generation {
    number: u64,
    is_last: bool,
}

impl Agent {
    /// Takes a new configuration. Registrations and live calls survive; listeners stay as they were at the start.
    pub async fn reload(&self, settings: Endpoints) {
        let mut settings = start::resolved(settings).await;
        if self.asked != std::mem::replace(&mut settings.listen, self.listens()) {
            tracing::warn!("SIP listens where it did before: changed addresses take effect at the next start");
        }
        if let Some((known, tls)) = self.certificate.as_ref().zip(settings.general.tls.as_ref())
            && let Some(certificate) = &tls.certificate
        {
            known.renew(certificate, tls.key.as_ref().unwrap_or(certificate));
        }
        self.authenticator.lock().set_realm(&settings.general.realm);
        let gone = self.registrar.lock().retain(|aor| settings.aor(aor).is_some_and(|aor| aor.max_contacts > 0));
        gone.iter().for_each(|event| self.tell(event));
        self.settings.store(Arc::new(settings));
        self.generation.send_modify(|generation| generation.number += 1);
        trunk::start(self);
    }

    /// Takes leave of everybody: hangs up the live calls, withdraws our registrations, closes the sockets.
    pub async fn shutdown(&self) {
        for channel in self.channels.all() {
            if matches!(channel.leg().technology(), "SIP" | "PJSIP") {
                channel.hang_up(Cause::NORMAL);
            }
        }
        self.generation.send_modify(|generation| generation.is_last = true);
        // Who does not answer in time is left behind.
        let _ = tokio::time::timeout(LEAVE, async {
            self.calls.all_gone().await;
            trunk::all_withdrawn(self).await;
        })
        .await;
        self.handle.shutdown();
    }

    /// The addresses that UDP is listened on, with the ports that were given to port 0.
    pub fn udp_addresses(&self) -> Vec<std::net::SocketAddr> {
        self.handle.addresses(Transport::Udp)
    }

    /// What is listened on, with the ports that were given to port 0.
    pub fn listens(&self) -> Vec<Listen> {
        self.settings.load().listen.clone()
    }
}
