//! What a party hears while it waits: a tone or music, from a task that ends with its guard.

use std::sync::Arc;
use std::time::Duration;

use crate::channel::{Channel, Happening, Playing};
use crate::media::{FRAME, Frame};

/// So often a leg that nobody listens to is asked whether somebody does now.
const UNHEARD: Duration = Duration::from_millis(500);

/// Plays frames to a channel until it is dropped.
#[must_use = "the audio stops when the guard is dropped"]
pub struct Holding {
    task: tokio::task::JoinHandle<()>,
    music: Option<Arc<Channel>>,
    _playing: Playing,
}

impl Holding {
    /// Plays what `source` gives, a frame every 20 ms, until it gives no more.
    pub fn play(channel: &Arc<Channel>, source: impl FnMut() -> Option<Frame> + Send + 'static) -> Self {
        Self::start(channel, false, source)
    }

    /// Plays what others say at this moment: `source` is asked also while nobody listens.
    pub fn relay(channel: &Arc<Channel>, source: impl FnMut() -> Option<Frame> + Send + 'static) -> Self {
        Self::start(channel, true, source)
    }

    fn start(
        channel: &Arc<Channel>,
        is_live: bool,
        mut source: impl FnMut() -> Option<Frame> + Send + 'static,
    ) -> Self {
        let playing = channel.begin_playing();
        let channel = Arc::clone(channel);
        let task = tokio::spawn(async move {
            let mut ticks = tokio::time::interval(FRAME);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
            loop {
                // Nothing needs to be played where nobody listens.
                while !is_live && !channel.hears() {
                    tokio::time::sleep(UNHEARD).await;
                }
                let Some(frame) = source() else { return };
                ticks.tick().await;
                channel.write(&frame);
            }
        });
        Self { task, music: None, _playing: playing }
    }

    /// Plays music of a class, and says so to observers.
    pub fn music(channel: &Arc<Channel>, class: &str, source: impl FnMut() -> Option<Frame> + Send + 'static) -> Self {
        channel.channels().publish(&Happening::MusicOn { channel, class });
        let mut holding = Self::play(channel, source);
        holding.music = Some(Arc::clone(channel));
        holding
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        self.task.abort();
        if let Some(channel) = &self.music {
            channel.channels().publish(&Happening::MusicOff { channel });
        }
    }
}
