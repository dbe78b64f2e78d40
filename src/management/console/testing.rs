//! For tests: an exchange with a console.

use std::path::Path;
use std::sync::Arc;

use parking_lot::Mutex;

use super::{Session, execute};
use crate::channel::Channel;
use crate::channel::caller_id::Party;
use crate::channel::simulated::{Behaviour, SimulatedTechnology};
use crate::conf::Memory;
use crate::interpreter::{Call, Clock, PlanArrivals};
use crate::management::ami::settings::Settings;
use crate::management::logger::Logger;
use crate::management::pbx::{Control, Orders, Pbx};
use crate::server::{Configuration, Setup};
use crate::sip::agent::Agent;
use crate::sip::endpoint::Endpoints;

/// A console at an exchange whose clock begins at noon.
pub struct Desk {
    pub pbx: Arc<Pbx>,
    pub session: Session,
    pub orders: Orders,
    /// What manager.conf says.
    pub manager: Mutex<Option<Settings>>,
}

impl Desk {
    /// At an exchange with this plan.
    pub fn new(plan: &str) -> Self {
        Self::with(Memory::default().with("etc/extensions.conf", plan))
    }

    /// At an exchange with these files, without SIP.
    pub fn with(files: Memory) -> Self {
        Self::at(files, Path::new("etc/extensions.conf"))
    }

    /// At an exchange whose plan stands here, without SIP.
    pub fn at(files: Memory, plan: &Path) -> Self {
        Self::read(files, plan).0
    }

    /// At an exchange with these files and its phones, on a port of its own.
    pub async fn with_phones(files: Memory) -> Self {
        let (mut desk, mut endpoints) = Self::read(files, Path::new("etc/extensions.conf"));
        endpoints.listen.iter_mut().for_each(|listen| listen.address = ([127, 0, 0, 1], 0).into());
        let exchange = Arc::clone(&desk.pbx.exchange);
        let arrivals = PlanArrivals::new(&exchange);
        let agent = Agent::start(endpoints, Arc::clone(&exchange.channels), arrivals).await.unwrap();
        exchange.channels.add_technology(agent.clone());
        let control = desk.pbx.control.clone();
        desk.pbx = Pbx::new(exchange, Some(agent), control, Logger::new());
        desk
    }

    fn read(mut files: Memory, plan: &Path) -> (Self, Endpoints) {
        let start = jiff::civil::datetime(2026, 3, 2, 12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        let clock = Clock::Simulated { start, since: tokio::time::Instant::now() };
        let mut configuration = Configuration::load_from(&mut files, plan);
        let endpoints = std::mem::take(&mut configuration.endpoints);
        let manager = Mutex::new(Some(std::mem::take(&mut configuration.manager)));
        let exchange = configuration.exchange(Setup { clock, seed: 1, ..Setup::default() });
        let (control, orders) = Control::new();
        let pbx = Pbx::new(exchange, None, control, Logger::new());
        (Self { pbx, session: Session::default(), orders, manager }, endpoints)
    }

    /// A virtual phone calls an extension of the context `default`, and what it waits in has begun.
    pub async fn call(&self, extension: &str) -> Arc<Channel> {
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        let exchange = &self.pbx.exchange;
        let (channel, _) = phones.dial(&exchange.channels, "SIP", "2001", |state| {
            state.caller = Party::new("Ann", "2001");
            state.dialed = Some(extension.to_owned());
            state.position.set("default", extension, 1);
        });
        Call::start(Arc::clone(exchange), Arc::clone(&channel));
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        channel
    }

    /// What a line answers.
    pub async fn tell(&self, line: &str) -> String {
        execute(&self.pbx, &self.session, line).await.text()
    }
}
