//! The timers of RFC 3261 §17 (table 4).

use std::time::{Duration, Instant};

/// The settable times. All other timers follow from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timers {
    /// T1: the estimate of a round trip.
    pub t1: Duration,
    /// T2: the longest pause between two retransmissions.
    pub t2: Duration,
    /// T4: how long a message may live in the network.
    pub t4: Duration,
    /// Timer B: how long an INVITE waits for its first response.
    pub timer_b: Duration,
}

impl Default for Timers {
    fn default() -> Self {
        Timers::from_t1(Duration::from_millis(500))
    }
}

impl Timers {
    /// The RFC's times for a given T1.
    pub fn from_t1(t1: Duration) -> Timers {
        Timers { t1, t2: Duration::from_secs(4).max(t1), t4: Duration::from_secs(5), timer_b: t1 * 64 }
    }

    /// 64 × T1: timers F, H, J, L and M, and at least D.
    pub(super) fn long(&self) -> Duration {
        self.t1 * 64
    }
}

/// The two instants a transaction waits for.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Alarm {
    retransmit: Option<(Instant, Duration)>,
    deadline: Option<Instant>,
}

/// What has come due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    Nothing,
    Retransmit,
    Deadline,
}

impl Alarm {
    /// Waits until the deadline, without retransmissions.
    pub(super) fn until(deadline: Instant) -> Alarm {
        Alarm { retransmit: None, deadline: Some(deadline) }
    }

    /// Waits for nothing.
    pub(super) fn off() -> Alarm {
        Alarm::default()
    }

    /// The same deadline, with retransmissions that begin after `interval`.
    pub(super) fn retransmitting(mut self, now: Instant, interval: Duration) -> Alarm {
        self.retransmit = Some((now + interval, interval));
        self
    }

    /// Ends the retransmissions.
    pub(super) fn quiet(&mut self) {
        self.retransmit = None;
    }

    /// The longer pauses of a request that has a provisional response.
    pub(super) fn slow_down(&mut self, interval: Duration) {
        if let Some((_, pause)) = &mut self.retransmit {
            *pause = interval;
        }
    }

    pub(super) fn next(&self) -> Option<Instant> {
        match (self.retransmit, self.deadline) {
            (Some((retransmit, _)), Some(deadline)) => Some(retransmit.min(deadline)),
            (Some((retransmit, _)), None) => Some(retransmit),
            (None, deadline) => deadline,
        }
    }

    /// What has come due; a retransmission sets the next one, after twice the pause but at most `longest`.
    pub(super) fn check(&mut self, now: Instant, longest: Option<Duration>) -> Due {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            *self = Alarm::off();
            return Due::Deadline;
        }
        match &mut self.retransmit {
            Some((at, pause)) if *at <= now => {
                *pause = longest.map_or(*pause * 2, |longest| (*pause * 2).min(longest));
                *at = now + *pause;
                Due::Retransmit
            }
            _ => Due::Nothing,
        }
    }
}

/// What a step of a transaction asks of the layer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Send the stored message.
    pub(super) transmit: bool,
    /// Send the ACK of a failure.
    pub(super) acknowledge: bool,
    /// Hand the message to the user agent.
    pub(super) deliver: bool,
    /// Tell the user agent that the peer kept silent.
    pub(super) timed_out: bool,
    /// Forget the transaction.
    pub(super) finished: bool,
}
