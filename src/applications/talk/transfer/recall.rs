//! The target of an attended transfer does not answer, and who transferred has hung up: that one is called again.

use std::time::Duration;

use super::asking::{seconds, setting};
use super::attended::place;
use crate::applications::talk::{Called, Callee, News, first_news};
use crate::channel::Event;
use crate::conf::is_true;
use crate::interpreter::{Call, device_of};

/// Whom to call for how long, as `features.conf` says.
#[derive(Clone, Debug)]
pub(super) struct Recall {
    /// The device of who transferred: technology and resource.
    transferer: Option<(String, String)>,
    /// The `extension@context` of the target.
    target: String,
    /// `atxfernoanswertimeout`
    patience: Duration,
    /// `atxferloopdelay`
    pause: Duration,
    /// `atxfercallbackretries`; none with `atxferdropcall`.
    attempts: u32,
}

impl Recall {
    pub fn of(asked: &Call, target: &str) -> Self {
        let drops = is_true(&setting(asked, "atxferdropcall"));
        let attempts = setting(asked, "atxfercallbackretries").trim().parse().unwrap_or(2);
        let device = device_of(asked.channel.name()).split_once('/');
        Self {
            transferer: device.map(|(technology, resource)| (technology.to_owned(), resource.to_owned())),
            target: target.to_owned(),
            patience: seconds(asked, "atxfernoanswertimeout"),
            pause: seconds(asked, "atxferloopdelay"),
            attempts: if drops { 0 } else { attempts },
        }
    }

    /// Waits until the target answers; otherwise calls who transferred, and the target again, as often as is set. `call` is
    /// who waits.
    pub async fn reach(&self, call: &Call, target: Called<()>) -> Option<Callee> {
        if let Some(answered) = self.wait(target).await {
            return Some(answered);
        }
        let (technology, resource) = self.transferer.as_ref()?;
        for attempt in 0..self.attempts {
            if attempt > 0 {
                tokio::time::sleep(self.pause).await;
                if let Some(answered) = self.ring(call, "Local", &self.target).await {
                    return Some(answered);
                }
            }
            if let Some(answered) = self.ring(call, technology, resource).await {
                return Some(answered);
            }
        }
        None
    }

    async fn ring(&self, call: &Call, technology: &str, resource: &str) -> Option<Callee> {
        self.wait(place(call, technology, resource)?).await
    }

    async fn wait(&self, called: Called<()>) -> Option<Callee> {
        tokio::time::timeout(self.patience, answer(called)).await.ok().flatten()
    }
}

async fn answer(called: Called<()>) -> Option<Callee> {
    let mut called = [called];
    loop {
        match first_news(&mut called).await {
            (_, News::Event(Event::Answered)) => break,
            (_, News::Event(Event::Busy | Event::Congestion) | News::Gone(_)) => return None,
            (_, News::Event(_)) => called.iter_mut().for_each(Called::listen_again),
        }
    }
    let [called] = called;
    Some(called.callee)
}
