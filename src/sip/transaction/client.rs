//! The client machines: INVITE (§17.1.1, RFC 6026 §7.2) and all others (§17.1.2).

use std::time::Instant;

use super::Timers;
use super::timers::{Alarm, Due, Outcome};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Calling or Trying: nothing came back yet.
    Calling,
    Proceeding,
    /// A 2xx to an INVITE came; more of them may, from other branches.
    Accepted,
    Completed,
}

/// One client transaction.
#[derive(Debug)]
pub(super) struct Client {
    invite: bool,
    reliable: bool,
    state: State,
    pub(super) alarm: Alarm,
}

impl Client {
    /// The machine of a request that has just been sent.
    pub(super) fn new(invite: bool, reliable: bool, timers: &Timers, now: Instant) -> Client {
        let mut alarm = Alarm::until(now + if invite { timers.timer_b } else { timers.long() });
        if !reliable {
            alarm = alarm.retransmitting(now, timers.t1);
        }
        Client { invite, reliable, state: State::Calling, alarm }
    }

    /// True while an INVITE may still be cancelled at once: a provisional response came, and nothing else.
    pub(super) fn is_proceeding(&self) -> bool {
        self.state == State::Proceeding
    }

    /// True until a final response.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.state, State::Calling | State::Proceeding)
    }

    /// A cancelled INVITE gets its final response soon, or never (§9.1).
    pub(super) fn cancelled(&mut self, timers: &Timers, now: Instant) {
        self.alarm = Alarm::until(now + timers.long());
    }

    pub(super) fn response(&mut self, code: u16, timers: &Timers, now: Instant) -> Outcome {
        match (self.state, code) {
            (State::Calling | State::Proceeding, ..200) => {
                if self.state == State::Calling {
                    self.state = State::Proceeding;
                    match self.invite {
                        true => self.alarm = Alarm::off(),
                        false => self.alarm.slow_down(timers.t2),
                    }
                }
                Outcome { deliver: true, ..Outcome::default() }
            }
            (State::Calling | State::Proceeding, 200..300) if self.invite => {
                self.state = State::Accepted;
                self.alarm = Alarm::until(now + timers.long());
                Outcome { deliver: true, ..Outcome::default() }
            }
            (State::Calling | State::Proceeding, _) => {
                self.state = State::Completed;
                let linger = if self.invite { timers.long() } else { timers.t4 };
                self.alarm = Alarm::until(now + linger);
                Outcome { deliver: true, acknowledge: self.invite, finished: self.reliable, ..Outcome::default() }
            }
            (State::Accepted, 200..300) => Outcome { deliver: true, ..Outcome::default() },
            (State::Completed, 300..) => Outcome { acknowledge: self.invite, ..Outcome::default() },
            (State::Accepted | State::Completed, _) => Outcome::default(),
        }
    }

    pub(super) fn timeout(&mut self, timers: &Timers, now: Instant) -> Outcome {
        match self.alarm.check(now, (!self.invite).then_some(timers.t2)) {
            Due::Nothing => Outcome::default(),
            Due::Retransmit => Outcome { transmit: true, ..Outcome::default() },
            Due::Deadline => Outcome { timed_out: self.is_open(), finished: true, ..Outcome::default() },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    /// When the machine transmits and when it ends, in milliseconds, if nothing comes.
    fn silence(invite: bool, reliable: bool) -> (Vec<u128>, u128) {
        let (timers, start) = (Timers::default(), Instant::now());
        let mut client = Client::new(invite, reliable, &timers, start);
        let mut sent = Vec::new();
        loop {
            let now = client.alarm.next().unwrap();
            let outcome = client.timeout(&timers, now);
            let at = (now - start).as_millis();
            if outcome.transmit {
                sent.push(at);
            }
            if outcome.finished {
                assert!(outcome.timed_out);
                return (sent, at);
            }
        }
    }

    #[test]
    fn an_invite_doubles_its_pauses_until_timer_b() {
        assert_eq!(silence(true, false), (vec![500, 1500, 3500, 7500, 15500, 31500], 32000));
        assert_eq!(silence(true, true), (vec![], 32000));
    }

    #[test]
    fn other_requests_pause_at_most_t2() {
        let (sent, end) = silence(false, false);
        assert_eq!(sent, [500, 1500, 3500, 7500, 11500, 15500, 19500, 23500, 27500, 31500]);
        assert_eq!(end, 32000);
    }

    #[test]
    fn a_provisional_response_stops_or_slows_the_request() {
        let (timers, now) = (Timers::default(), Instant::now());
        let mut invite = Client::new(true, false, &timers, now);
        assert!(invite.response(180, &timers, now).deliver);
        assert_eq!(invite.alarm.next(), None);
        let mut options = Client::new(false, false, &timers, now);
        options.response(100, &timers, now);
        let first = options.alarm.next().unwrap();
        assert!(options.timeout(&timers, first).transmit);
        assert_eq!(options.alarm.next(), Some(first + timers.t2));
    }

    #[test]
    fn a_failure_is_acknowledged_each_time_and_delivered_once() {
        let (timers, now) = (Timers::default(), Instant::now());
        let mut invite = Client::new(true, false, &timers, now);
        let first = invite.response(486, &timers, now);
        assert!(first.deliver && first.acknowledge && !first.finished);
        let again = invite.response(486, &timers, now + Duration::from_secs(1));
        assert!(!again.deliver && again.acknowledge);
        assert!(Client::new(true, true, &timers, now).response(486, &timers, now).finished);
    }

    #[test]
    fn an_accepted_invite_delivers_every_2xx_until_timer_m() {
        let (timers, now) = (Timers::default(), Instant::now());
        let mut invite = Client::new(true, false, &timers, now);
        assert!(invite.response(200, &timers, now).deliver);
        assert!(invite.response(200, &timers, now).deliver);
        assert_eq!(invite.response(486, &timers, now), Outcome::default());
        let end = invite.alarm.next().unwrap();
        assert_eq!(end, now + Duration::from_secs(32));
        assert!(invite.timeout(&timers, end).finished);
    }
}
