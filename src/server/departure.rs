//! When a server that was asked to stop does so.

use std::time::Duration;

use crate::channel::Channels;
use crate::management::pbx::{Ending, When};

/// How often it is looked whether the calls are over.
const LOOK: Duration = Duration::from_millis(100);

/// An order to stop, if there is one.
#[derive(Default)]
pub struct Departure(Option<(When, Ending)>);

impl Departure {
    /// Takes an order; a later one replaces it.
    pub fn set(&mut self, when: When, restart: bool, channels: &Channels) {
        channels.set_closed(when == When::Gracefully);
        self.0 = Some((when, if restart { Ending::Restart } else { Ending::Stopped }));
    }

    /// Stays after all.
    pub fn withdraw(&mut self, channels: &Channels) {
        channels.set_closed(false);
        self.0 = None;
    }

    /// Resolves when it is time to go.
    pub async fn due(&self, channels: &Channels) -> Ending {
        let Some((when, ending)) = self.0 else { return std::future::pending().await };
        while when != When::Now && channels.count() > 0 {
            tokio::time::sleep(LOOK).await;
        }
        ending
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::Cause;
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};

    #[tokio::test(start_paused = true)]
    async fn a_graceful_stop_waits_for_calls_and_takes_no_new_ones() {
        let channels = Channels::new(1);
        let channel = SimulatedTechnology::new([], Behaviour::Rings).dial(&channels, "SIP", "2001", |_| {}).0;
        let mut departure = Departure::default();
        departure.set(When::Gracefully, true, &channels);
        assert!(channels.is_closed());
        assert!(tokio::time::timeout(Duration::from_secs(9), departure.due(&channels)).await.is_err());
        departure.withdraw(&channels);
        assert!(!channels.is_closed());
        departure.set(When::Convenient, false, &channels);
        assert!(!channels.is_closed());
        channel.hang_up(Cause::NORMAL);
        assert_eq!(departure.due(&channels).await, Ending::Stopped);
    }
}
