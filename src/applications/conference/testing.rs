//! For tests: an exchange with virtual phones, and what manager programs hear.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;

use crate::channel::local::LocalTechnology;
use crate::channel::simulated::{Behaviour, Party, SimulatedTechnology};
use crate::channel::{Happening, Observer};
use crate::interpreter::{Call, Clock, Exchange, PlanArrivals};
use crate::media::frame::{FRAME, Frame, SAMPLES};
use crate::server::{Configuration, Setup};

/// An exchange with this plan.
pub(super) struct House {
    pub exchange: Arc<Exchange>,
    phones: Arc<SimulatedTechnology>,
    told: Arc<Told>,
    /// The folder of the configuration and of everything that is kept.
    pub folder: tempfile::TempDir,
}

#[derive(Default)]
struct Told {
    events: Mutex<Vec<String>>,
    warnings: Mutex<Vec<String>>,
}

impl Observer for Told {
    fn happened(&self, happening: &Happening<'_>) {
        match happening {
            Happening::Manager { event, fields, .. } => {
                let of_bridge = |name: &str| name.starts_with("Bridge") || ["Meetme", "Conference"].contains(&name);
                let fields = fields.iter().filter(|(name, _)| !of_bridge(name));
                let fields: String = fields.map(|(name, value)| format!(" {name}={value}")).collect();
                self.events.lock().push(format!("{event}{fields}"));
            }
            Happening::Warning { text, .. } => self.warnings.lock().push((*text).to_owned()),
            _ => {}
        }
    }
}

impl House {
    /// The steps of extensions of `default`, a line each; `files` are the other files of the configuration.
    pub fn new(plan: &str, files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        std::fs::write(folder.path().join("extensions.conf"), format!("[default]\n{plan}\n")).unwrap();
        let configuration = Configuration::load(folder.path());
        let start = jiff::civil::datetime(2026, 3, 2, 9, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
        let clock = Clock::Simulated { start, since: tokio::time::Instant::now() };
        let exchange = configuration.exchange(Setup { clock, seed: 1, ..Setup::default() });
        let told = Arc::new(Told::default());
        exchange.channels.add_observer(told.clone());
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        exchange.channels.add_technology(phones.clone());
        exchange.channels.add_technology(Arc::new(LocalTechnology::new(PlanArrivals::new(&exchange))));
        Self { exchange, phones, told, folder }
    }

    /// A phone calls an extension.
    pub fn dial(&self, name: &str, extension: &str) -> Arc<Party> {
        let prepare = |state: &mut crate::channel::State| state.position.set("default", extension, 1);
        let (channel, party) = self.phones.dial(&self.exchange.channels, "SIP", name, prepare);
        Call::start(Arc::clone(&self.exchange), channel);
        party
    }

    /// Forgets calls that are over.
    pub fn forget(&self) {
        self.phones.forget_calls();
    }

    /// What manager programs heard since it was asked last, without the fields of bridges.
    pub fn events(&self) -> Vec<String> {
        std::mem::take(&mut self.told.events.lock())
    }

    pub fn warnings(&self) -> Vec<String> {
        std::mem::take(&mut self.told.warnings.lock())
    }
}

/// Lets time pass.
pub(super) async fn wait(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

/// A phone talks, at a level that is its own.
pub(super) async fn talk(party: &Party, level: i16, frames: usize) {
    for _ in 0..frames {
        party.say(&Frame::linear([level; SAMPLES]));
        tokio::time::sleep(FRAME).await;
    }
}
