//! For tests: a call that walks a few lines of a plan, and the steps it took.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::trace::ChannelTrace;
use super::{Call, Clock, Exchange, Trace};
use crate::channel::simulated::{Behaviour, SimulatedTechnology};
use crate::channel::{Cause, State};
use crate::conf::Memory;
use crate::server::{Configuration, Setup};

/// A call that is over.
pub struct Trial(ChannelTrace);

impl Trial {
    /// Calls the extension 1 of a context `default` that begins with these lines.
    pub fn run(plan: &str) -> Self {
        Self::call(plan, "1")
    }

    /// Calls an extension.
    pub fn call(plan: &str, extension: &str) -> Self {
        Self::prepared(plan, |state| state.position.set("default", extension, 1))
    }

    /// Calls with a state that is prepared.
    pub fn prepared(plan: &str, prepare: impl FnOnce(&mut State)) -> Self {
        Self::play(plan, prepare, "")
    }

    /// Calls and presses a key each second.
    pub fn pressing(plan: &str, keys: &str) -> Self {
        Self::play(plan, |_| {}, keys)
    }

    fn play(plan: &str, prepare: impl FnOnce(&mut State), keys: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let exchange = exchange(plan);
            let trace = Trace::new();
            exchange.channels.add_observer(trace.clone());
            let phones = SimulatedTechnology::new([], Behaviour::Rings);
            let (channel, party) = phones.dial(&exchange.channels, "SIP", "1001", |state| {
                state.position.set("default", "1", 1);
                prepare(state);
            });
            let press = async {
                for key in keys.chars() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    party.press(key);
                }
                std::future::pending::<()>().await;
            };
            tokio::select! {
                () = Call::new(Arc::clone(&exchange), channel).run() => {}
                () = press => {}
            }
            Self(trace.channels().remove(0))
        })
    }

    /// A line a step.
    pub fn steps(&self) -> &str {
        &self.0.steps
    }

    /// The last line.
    pub fn last_step(&self) -> &str {
        self.0.steps.lines().last().unwrap_or("")
    }

    /// What the call ended with.
    pub fn cause(&self) -> Cause {
        self.0.cause.unwrap_or_default()
    }
}

fn exchange(plan: &str) -> Arc<Exchange> {
    let mut files = Memory::default().with("trial/extensions.conf", format!("[default]\n{plan}"));
    let configuration = Configuration::load_from(&mut files, Path::new("trial/extensions.conf"));
    let start = "2026-11-11T12:00:00[UTC]".parse().unwrap();
    let clock = Clock::Simulated { start, since: tokio::time::Instant::now() };
    configuration.exchange(Setup { clock, seed: 1, ..Setup::default() })
}
