//! The server machines: INVITE (§17.2.1, RFC 6026 §7.1) and all others (§17.2.2).

use std::time::Instant;

use super::Timers;
use super::timers::{Alarm, Due, Outcome};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Trying: no response yet.
    Trying,
    Proceeding,
    /// A 2xx to an INVITE was sent.
    Accepted,
    Completed,
    /// The failure of an INVITE was acknowledged.
    Confirmed,
}

/// One server transaction.
#[derive(Debug)]
pub(super) struct Server {
    invite: bool,
    reliable: bool,
    acknowledged: bool,
    state: State,
    pub(super) alarm: Alarm,
}

impl Server {
    pub(super) fn new(invite: bool, reliable: bool) -> Server {
        Server { invite, reliable, acknowledged: false, state: State::Trying, alarm: Alarm::off() }
    }

    /// True until a final response.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Trying | State::Proceeding)
    }

    /// The same request came again.
    pub(super) fn retransmission(&self) -> Outcome {
        let transmit = matches!(self.state, State::Proceeding | State::Completed);
        Outcome { transmit, ..Outcome::default() }
    }

    /// The user agent responds. `None` if the transaction is past that.
    pub(super) fn respond(&mut self, code: u16, timers: &Timers, now: Instant) -> Option<Outcome> {
        let sent = Outcome { transmit: true, ..Outcome::default() };
        match (self.state, code) {
            (State::Trying | State::Proceeding, ..200) => {
                self.state = State::Proceeding;
                Some(sent)
            }
            (State::Trying | State::Proceeding, _) if !self.invite => {
                self.state = State::Completed;
                self.alarm = Alarm::until(now + timers.long());
                Some(Outcome { finished: self.reliable, ..sent })
            }
            (State::Trying | State::Proceeding, 200..300) => {
                self.state = State::Accepted;
                // The 2xx travels end to end, over hops that may lose it, whatever this one is (§13.3.1.4).
                self.alarm = Alarm::until(now + timers.long()).retransmitting(now, timers.t1);
                Some(sent)
            }
            (State::Trying | State::Proceeding, _) => {
                self.state = State::Completed;
                self.alarm = Alarm::until(now + timers.long());
                if !self.reliable {
                    self.alarm = self.alarm.retransmitting(now, timers.t1);
                }
                Some(sent)
            }
            _ => None,
        }
    }

    /// The ACK of a final response to an INVITE.
    pub(super) fn acknowledge(&mut self, timers: &Timers, now: Instant) -> Outcome {
        match self.state {
            State::Completed => {
                self.state = State::Confirmed;
                self.alarm = Alarm::until(now + timers.t4);
                Outcome { finished: self.reliable, ..Outcome::default() }
            }
            State::Accepted => {
                self.alarm.quiet();
                Outcome { deliver: !std::mem::replace(&mut self.acknowledged, true), ..Outcome::default() }
            }
            _ => Outcome::default(),
        }
    }

    pub(super) fn timeout(&mut self, timers: &Timers, now: Instant) -> Outcome {
        match self.alarm.check(now, Some(timers.t2)) {
            Due::Nothing => Outcome::default(),
            Due::Retransmit => Outcome { transmit: true, ..Outcome::default() },
            Due::Deadline => {
                let unacknowledged = match self.state {
                    State::Accepted => !self.acknowledged,
                    State::Completed => self.invite,
                    _ => false,
                };
                Outcome { timed_out: unacknowledged, finished: true, ..Outcome::default() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_retransmission_brings_the_last_response_again() {
        let (timers, now) = (Timers::default(), Instant::now());
        let mut server = Server::new(true, false);
        assert!(!server.retransmission().transmit, "there is nothing to send yet");
        assert!(server.respond(180, &timers, now).unwrap().transmit);
        assert!(server.retransmission().transmit);
        server.respond(200, &timers, now).unwrap();
        assert!(!server.retransmission().transmit, "a 2xx has its own pace");
    }

    #[test]
    fn a_2xx_is_sent_until_its_ack() {
        let (timers, now) = (Timers::default(), Instant::now());
        let mut server = Server::new(true, true);
        server.respond(200, &timers, now).unwrap();
        assert_eq!(server.alarm.next(), Some(now + timers.t1));
        assert!(server.timeout(&timers, now + timers.t1).transmit);
        assert!(server.acknowledge(&timers, now).deliver);
        assert!(!server.acknowledge(&timers, now).deliver, "the second ACK is no news");
        let end = server.alarm.next().unwrap();
        assert_eq!(end, now + Duration::from_secs(32));
        assert_eq!(server.timeout(&timers, end), Outcome { finished: true, ..Outcome::default() });
    }

    #[test]
    fn a_failure_without_ack_ends_at_timer_h() {
        let (timers, start) = (Timers::default(), Instant::now());
        let mut server = Server::new(true, false);
        server.respond(486, &timers, start).unwrap();
        let mut sent = 0;
        let end = loop {
            let now = server.alarm.next().unwrap();
            let outcome = server.timeout(&timers, now);
            sent += usize::from(outcome.transmit);
            if outcome.finished {
                assert!(outcome.timed_out);
                break now;
            }
        };
        assert_eq!((sent, end), (10, start + Duration::from_secs(32)));
    }

    #[test]
    fn an_acknowledged_failure_lingers_for_t4() {
        let (timers, now) = (Timers::default(), Instant::now());
        let mut server = Server::new(true, false);
        server.respond(486, &timers, now).unwrap();
        assert_eq!(server.acknowledge(&timers, now), Outcome::default());
        assert_eq!(server.alarm.next(), Some(now + timers.t4));
        assert!(server.respond(200, &timers, now).is_none());
    }

    #[test]
    fn other_requests_linger_for_timer_j_over_udp_only() {
        let (timers, now) = (Timers::default(), Instant::now());
        let mut server = Server::new(false, false);
        server.respond(200, &timers, now).unwrap();
        assert!(server.retransmission().transmit);
        assert!(server.respond(200, &timers, now).is_none());
        assert!(Server::new(false, true).respond(200, &timers, now).unwrap().finished);
    }
}
