//! What the console and manager programs reach: the calls, the phones, and the server itself.

use std::sync::{Arc, OnceLock, Weak};

use jiff::Zoned;
use parking_lot::Mutex;
use tokio::sync::{mpsc, oneshot, watch};

use super::ami::manager::Manager;
use super::http::Http;
use super::logger::Logger;
use crate::dialplan::amendment::Amendment;
use crate::interpreter::Exchange;
use crate::sip::agent::Agent;

/// What programs take for Asterisk's version: that of the Asterisk whose behaviour is followed, then exten's own.
pub const VERSION: &str = concat!("20.0.0-exten-", env!("CARGO_PKG_VERSION"));

/// A running PBX, as those see it who steer it from outside.
pub struct Pbx {
    pub exchange: Arc<Exchange>,
    /// The SIP side; none where only virtual phones call.
    pub agent: Option<Arc<Agent>>,
    pub control: Control,
    pub logger: Arc<Logger>,
    pub started: Zoned,
    /// When the configuration was read last.
    pub reloaded: Mutex<Zoned>,
    manager: OnceLock<Weak<Manager>>,
    http: OnceLock<Weak<Http>>,
}

impl Pbx {
    pub fn new(exchange: Arc<Exchange>, agent: Option<Arc<Agent>>, control: Control, logger: Arc<Logger>) -> Arc<Self> {
        let started = exchange.clock.now();
        let reloaded = Mutex::new(started.clone());
        let (manager, http) = (OnceLock::new(), OnceLock::new());
        Arc::new(Self { exchange, agent, control, logger, started, reloaded, manager, http })
    }
}

impl Pbx {
    /// The manager, once there is one.
    pub fn manager(&self) -> Option<Arc<Manager>> {
        self.manager.get()?.upgrade()
    }

    /// The HTTP server, once there is one.
    pub fn http(&self) -> Option<Arc<Http>> {
        self.http.get()?.upgrade()
    }

    /// Makes the HTTP server known, of which the console tells.
    pub(super) fn set_http(&self, http: &Arc<Http>) {
        // There is one in a PBX.
        let _ = self.http.set(Arc::downgrade(http));
    }

    /// Makes the manager known, by which the PBX is steered.
    pub(super) fn set_manager(&self, manager: &Arc<Manager>) {
        // There is one in a PBX.
        let _ = self.manager.set(Arc::downgrade(manager));
    }
}

/// How a server ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    Stopped,
    /// It is to begin anew.
    Restart,
}

/// When a server that was asked to stop does so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At once: calls are hung up.
    Now,
    /// When the calls in progress are over; no new ones are taken.
    Gracefully,
    /// When there is no call.
    Convenient,
}

/// What the server is to do.
#[derive(Debug)]
pub enum Order {
    /// Reads the configuration again.
    Reload { done: oneshot::Sender<Reloading> },
    /// Changes the plan in service.
    Amend { amendments: Vec<Amendment>, done: oneshot::Sender<Result<(), String>> },
    /// Ends, or begins anew.
    Stop { when: When, restart: bool },
    /// Stays: an order to stop that waits for calls is withdrawn.
    Stay,
}

/// What a reload that was asked for came to.
#[derive(Clone, Debug, Default)]
pub struct Reloading {
    /// Whether the new configuration is in service; otherwise the last good one is.
    pub is_in_service: bool,
    /// What was found wrong, a line each: `extensions.conf:12:5: error[X0002]: …`.
    pub findings: Vec<String>,
}

/// Gives orders to the server.
#[derive(Clone, Debug)]
pub struct Control {
    orders: mpsc::Sender<Order>,
    booted: watch::Receiver<bool>,
}

/// The server's end of a [`Control`].
#[derive(Debug)]
pub struct Orders {
    orders: mpsc::Receiver<Order>,
    booted: watch::Sender<bool>,
}

/// So many orders wait; who has more is told that the server does not follow.
const MOST_ORDERS: usize = 16;

impl Control {
    /// Both ends.
    pub fn new() -> (Self, Orders) {
        let (send, receive) = mpsc::channel(MOST_ORDERS);
        let (booted, is_booted) = watch::channel(false);
        (Self { orders: send, booted: is_booted }, Orders { orders: receive, booted })
    }

    /// Gives an order; false where the server follows none any more.
    pub async fn order(&self, order: Order) -> bool {
        self.orders.send(order).await.is_ok()
    }

    /// Reads the configuration again and puts it into service if it has no error. None: there is no server to do so.
    pub async fn reload(&self) -> Option<Reloading> {
        let (done, answer) = oneshot::channel();
        self.order(Order::Reload { done }).await;
        answer.await.ok()
    }

    /// Changes the plan in service until it is read again.
    ///
    /// # Errors
    /// Why it is not changed.
    pub async fn amend(&self, amendments: Vec<Amendment>) -> Result<(), String> {
        let (done, answer) = oneshot::channel();
        self.order(Order::Amend { amendments, done }).await;
        answer.await.unwrap_or_else(|_| Err("There is no server that could change the plan.".to_owned()))
    }

    /// Waits until the server takes calls; false where it ended before.
    pub async fn fully_booted(&self) -> bool {
        self.booted.clone().wait_for(|booted| *booted).await.is_ok()
    }
}

impl Orders {
    /// Says that the server takes calls.
    pub fn booted(&self) {
        self.booted.send_replace(true);
    }

    /// The next order.
    pub async fn next(&mut self) -> Order {
        match self.orders.recv().await {
            Some(order) => order,
            None => std::future::pending().await,
        }
    }
}
