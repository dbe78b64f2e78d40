//! How loud a party is, tick by tick: for applications that wait for silence or noise.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::time::{Interval, MissedTickBehavior};

use crate::channel::{Channel, Listening};
use crate::media::{FRAME, Frame, Sink};

/// Gives the party's loudness every 20 ms. No audio is silence.
pub struct Meter {
    level: Arc<Level>,
    ticks: Interval,
    _listening: Listening,
}

#[derive(Default)]
struct Level(AtomicU32);

impl Sink for Level {
    fn accept(&self, frame: &Frame) {
        self.0.fetch_max(frame.mean_magnitude(), Ordering::Relaxed);
    }
}

impl Meter {
    pub fn new(channel: &Arc<Channel>) -> Self {
        let level = Arc::new(Level::default());
        let mut ticks = tokio::time::interval(FRAME);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        Self { level: Arc::clone(&level), ticks, _listening: channel.listen(level) }
    }

    /// The mean magnitude of the last 20 ms.
    pub async fn next(&mut self) -> u32 {
        self.ticks.tick().await;
        self.level.0.swap(0, Ordering::Relaxed)
    }
}
