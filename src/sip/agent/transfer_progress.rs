//! How a transfer goes on, for the telephone that asked for it (RFC 3515 §2.4.4): what becomes of the party that it sent
//! elsewhere.

use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;

use super::leg::{Command, Line};
use crate::channel::{Channel, Channels, Happening, Indication, Observer, Phase};

/// A telephone hears of its transfer for so long.
pub(super) const LONGEST: Duration = Duration::from_secs(600);

/// A party of which nothing is heard for so long is taken to be where it was sent.
const PATIENCE: Duration = Duration::from_secs(60);

/// Applications that take a call without playing a sound file.
const ANSWERS: [&str; 4] = ["Answer", "Echo", "Milliwatt", "PlayTones"];

/// How a transfer stands, as the status line of a NOTIFY says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// The number of the REFER.
    pub refer: u32,
    pub status: u16,
}

impl Progress {
    /// Whether nothing follows.
    pub fn is_final(self) -> bool {
        self.status >= 200
    }
}

/// Watches the party that was sent elsewhere.
struct Watch {
    this: Weak<Watch>,
    refer: u32,
    /// The unique id of the party.
    party: Arc<str>,
    line: Weak<Line>,
    channels: Weak<Channels>,
    told: Mutex<u16>,
}

/// Tells the telephone of `line` what becomes of a party from now on.
pub(super) fn follow(line: &Arc<Line>, party: &Channel, refer: u32) {
    let watch = Arc::new_cyclic(|this| Watch {
        this: Weak::clone(this),
        refer,
        party: Arc::clone(party.unique_id()),
        line: Arc::downgrade(line),
        channels: Arc::downgrade(party.channels()),
        told: Mutex::new(100),
    });
    party.channels().add_observer(Arc::clone(&watch) as _);
    tokio::spawn(async move {
        tokio::time::sleep(PATIENCE).await;
        watch.tell(200);
    });
}

impl Watch {
    fn tell(&self, status: u16) {
        let before = std::mem::replace(&mut *self.told.lock(), status);
        if before >= 200 || before == status {
            *self.told.lock() = before;
            return;
        }
        let progress = Progress { refer: self.refer, status };
        if let Some(line) = self.line.upgrade() {
            line.order(Command::Transferred(progress));
        }
        if let (true, Some(this)) = (progress.is_final(), self.this.upgrade()) {
            // Not from within: who tells holds the list of observers.
            tokio::spawn(async move {
                if let Some(channels) = this.channels.upgrade() {
                    let observer: Arc<dyn Observer> = this;
                    channels.remove_observer(&observer);
                }
            });
        }
    }
}

impl Observer for Watch {
    fn happened(&self, happening: &Happening<'_>) {
        let is_about = |channel: &Channel| *channel.unique_id() == self.party;
        if !happening.channel().is_some_and(is_about) {
            return;
        }
        let status = match happening {
            Happening::Indicated { indication: Indication::Ringing, .. } | Happening::Tone { tone: "ring", .. } => 180,
            Happening::Indicated { indication: Indication::Progress, .. } => 183,
            Happening::Indicated { indication: Indication::Busy, .. } => 486,
            Happening::Indicated { indication: Indication::Congestion, .. } => 503,
            Happening::BridgeEnter { .. } | Happening::Plays { .. } | Happening::RoomJoin { .. } => 200,
            Happening::Phase { phase: Phase::Up, .. } | Happening::MusicOn { .. } => 200,
            // The party hears something: whoever it was sent to has taken the call.
            Happening::Step { application, .. } if ANSWERS.contains(application) => 200,
            Happening::Hangup { .. } => 503,
            _ => return,
        };
        self.tell(status);
    }
}
