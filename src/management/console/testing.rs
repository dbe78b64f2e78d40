//! For tests: an exchange with a console.

use std::path::Path;
use std::sync::Arc;

use super::{Session, execute};
use crate::conf::Memory;
use crate::interpreter::Clock;
use crate::management::logger::Logger;
use crate::management::pbx::{Control, Orders, Pbx};
use crate::server::{Configuration, Setup};

/// A console at an exchange whose clock begins at noon.
pub struct Desk {
    pub pbx: Arc<Pbx>,
    pub session: Session,
    pub orders: Orders,
}

impl Desk {
    /// At an exchange with this plan.
    pub fn new(plan: &str) -> Self {
        Self::with(Memory::default().with("extensions.conf", plan))
    }

    /// At an exchange with these files.
    pub fn with(mut files: Memory) -> Self {
        let start = jiff::civil::datetime(2026, 3, 2, 12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        let clock = Clock::Simulated { start, since: tokio::time::Instant::now() };
        let configuration = Configuration::load_from(&mut files, Path::new("extensions.conf"));
        let exchange = configuration.exchange(Setup { clock, seed: 1, ..Setup::default() });
        let (control, orders) = Control::new();
        Self { pbx: Pbx::new(exchange, None, control, Logger::new()), session: Session::default(), orders }
    }

    /// What a line answers.
    pub async fn tell(&self, line: &str) -> String {
        execute(&self.pbx, &self.session, line).await.text()
    }
}
