//! Ends calls that walk in circles. In virtual time a call that never waits would stand the clock still for ever.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::channel::{Cause, Happening, Interrupt, Observer};

/// So many steps at one moment are more than any plan means to take.
const MOST_STEPS: u32 = 500_000;

/// Counts the steps that are taken while the clock stands still, and ends the call that takes too many.
pub struct Circles {
    most: u32,
    taken: Mutex<(Instant, u32)>,
}

impl Circles {
    pub fn new() -> Arc<Self> {
        Self::after(MOST_STEPS)
    }

    /// One who loses patience after so many steps.
    pub fn after(most: u32) -> Arc<Self> {
        Arc::new(Self { most, taken: Mutex::new((Instant::now(), 0)) })
    }

    /// Counts a step; whether it is one too many.
    fn is_too_many(&self) -> bool {
        let now = Instant::now();
        let mut taken = self.taken.lock();
        *taken = if taken.0 == now { (now, taken.1 + 1) } else { (now, 1) };
        if taken.1 < self.most {
            return false;
        }
        taken.1 = 0;
        true
    }
}

impl Observer for Circles {
    fn happened(&self, happening: &Happening<'_>) {
        let Happening::Step { channel, .. } = happening else { return };
        if self.is_too_many() {
            let text = format!("{} steps without waiting: the plan walks in circles, and the call is ended", self.most);
            channel.channels().publish(&Happening::Warning { channel, text: &text });
            channel.interrupt(Interrupt::Hangup(Cause::NORMAL));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};
    use crate::channel::{Channels, Position};
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn a_call_that_never_waits_is_ended() {
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        let channel = phones.dial(&Channels::new(1), "SIP", "2001", |_| {}).0;
        let circles = Circles::after(3);
        let position = Position::default();
        let span = crate::diagnostic::Span::new(crate::diagnostic::FileId(0), 0, 0);
        let step = || {
            let (application, arguments) = ("Goto", "1");
            circles.happened(&Happening::Step { channel: &channel, position: &position, application, arguments, span });
            channel.is_interrupted()
        };
        assert_eq!([step(), step()], [false, false]);
        tokio::time::advance(Duration::from_millis(1)).await;
        assert_eq!([step(), step(), step()], [false, false, true]);
    }
}
