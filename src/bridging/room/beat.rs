//! The beat of the rooms: every 20 ms, one task a core mixes the rooms in which somebody is heard.
//!
//! A room in which somebody begins to speak joins the core with the fewest, and leaves it when it falls silent. A core
//! without rooms has no task. One wake-up mixes many rooms, and no lock is shared by all.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::available_parallelism;

use parking_lot::Mutex;
use tokio::time::MissedTickBehavior;

use super::Room;
use super::sound::Hands;
use crate::media::FRAME;

/// The rooms that speak, spread over the cores.
pub(super) struct Beats {
    cores: Box<[Arc<Core>]>,
}

#[derive(Default)]
struct Core {
    rooms: Mutex<Speaking>,
    count: AtomicUsize,
}

#[derive(Default)]
struct Speaking {
    rooms: Vec<Arc<Room>>,
    is_beating: bool,
}

impl Default for Beats {
    fn default() -> Self {
        let cores = available_parallelism().map_or(1, NonZero::get);
        Self { cores: (0..cores).map(|_| Arc::default()).collect() }
    }
}

impl Beats {
    /// Mixes a room from the next beat on, until it is silent.
    pub fn join(&self, room: Arc<Room>) {
        let Some(core) = self.cores.iter().min_by_key(|core| core.count.load(Ordering::Relaxed)) else { return };
        core.count.fetch_add(1, Ordering::Relaxed);
        let mut speaking = core.rooms.lock();
        speaking.rooms.push(room);
        if !std::mem::replace(&mut speaking.is_beating, true) {
            tokio::spawn(Arc::clone(core).beat());
        }
    }
}

impl Core {
    async fn beat(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(FRAME);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (mut mixed, mut hands) = (Vec::new(), Hands::default());
        loop {
            ticks.tick().await;
            // Not under the lock: what is heard may make another room speak.
            std::mem::swap(&mut mixed, &mut self.rooms.lock().rooms);
            let before = mixed.len();
            mixed.retain(|room: &Arc<Room>| room.tick(&mut hands));
            self.count.fetch_sub(before - mixed.len(), Ordering::Relaxed);
            let mut speaking = self.rooms.lock();
            speaking.rooms.append(&mut mixed);
            if speaking.rooms.is_empty() {
                speaking.is_beating = false;
                return;
            }
        }
    }
}
