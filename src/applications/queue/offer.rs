//! Calling members for a caller, in the order of the strategy, until one answers.

use std::cmp::Ordering;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::Wish;
use super::visit::{Visit, members_with_states};
use super::{events, orders};
use crate::applications::dial;
use crate::applications::talk::{Called, Callee, News, adopt, first_news, outgoing, prepare};
use crate::channel::{Cause, Channel, DeviceState, Event, State};
use crate::interpreter::{Call, Exchange};
use crate::queues::settings::Autopause;
use crate::queues::{Member, Queue, Strategy};

/// What came of calling the members.
pub(super) enum Offered {
    Answered(Box<Answered>),
    Nobody,
    /// A key of the caller leads elsewhere.
    Key,
}

/// A member that answered.
pub(super) struct Answered {
    pub callee: Callee,
    pub member: Member,
    pub rang: Duration,
}

/// A member that may be called.
struct Attempt {
    member: Member,
    state: DeviceState,
    /// The lowest goes first.
    metric: i64,
    is_tried: bool,
}

/// What is known of a member that rings.
struct Ringing {
    member: Member,
    begun: Instant,
    _mark: Mark,
}

/// Notes that a member is being rung for as long as it lives. Where the caller hangs up meanwhile, the log says so.
struct Mark {
    exchange: Arc<Exchange>,
    queue: Arc<Queue>,
    caller: Arc<Channel>,
    member: String,
    interface: String,
    begun: Instant,
}

impl Mark {
    fn set(call: &Call, queue: &Arc<Queue>, member: &Member) -> Self {
        queue.change(&member.interface, |member| member.ringing += 1);
        Self {
            exchange: Arc::clone(&call.exchange),
            queue: Arc::clone(queue),
            caller: Arc::clone(&call.channel),
            member: member.name.clone(),
            interface: member.interface.clone(),
            begun: Instant::now(),
        }
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.queue.change(&self.interface, |member| member.ringing = member.ringing.saturating_sub(1));
        if self.caller.hangup_cause().is_some() {
            let rang = self.begun.elapsed().as_millis().to_string();
            let (call, queue) = (self.caller.unique_id(), self.queue.name());
            events::log(&self.exchange, call, queue, &self.member, "RINGCANCELED", &rang);
        }
    }
}

/// The members that are tried in one round, and those that ring.
struct Round<'a> {
    visit: &'a mut Visit,
    wish: &'a Wish,
    strategy: Strategy,
    attempts: Vec<Attempt>,
    ringing: Vec<Called<Ringing>>,
}

/// With less than this left nobody else is called.
const TOO_LATE: Duration = Duration::from_millis(500);

/// Calls members until one answers, the time of a round is over, or there is nobody left to call.
pub(super) async fn offer(call: &mut Call, visit: &mut Visit, wish: &Wish) -> Offered {
    let settings = visit.settings();
    let attempts = attempts(call, visit);
    let mut round = Round { visit, wish, strategy: settings.strategy, attempts, ringing: Vec::new() };
    let limit = round.time_limit();
    let mut deadline = Instant::now() + limit;
    round.ring_next(call).await;
    let offered = loop {
        if round.ringing.is_empty() {
            break Offered::Nobody;
        }
        let caller = Arc::clone(&call.channel);
        let (index, news) = tokio::select! {
            biased;
            news = first_news(&mut round.ringing) => news,
            event = caller.event() => {
                if let Event::Digit(digit) = event && round.visit.press(call, digit) {
                    break Offered::Key;
                }
                continue;
            }
            () = tokio::time::sleep_until(deadline) => {
                round.time_out(call);
                break Offered::Nobody;
            }
        };
        if let Some(answered) = round.take_news(call, index, news) {
            break Offered::Answered(Box::new(answered));
        }
        if round.ringing.is_empty() && round.strategy != Strategy::RingAll {
            if settings.timeout_restart {
                deadline = Instant::now() + limit;
            }
            if deadline.saturating_duration_since(Instant::now()) > TOO_LATE {
                round.ring_next(call).await;
            }
        }
    };
    round.remember_turn();
    offered
}

/// The members that this caller may reach, in the order in which they decide among equals.
fn attempts(call: &Call, visit: &mut Visit) -> Vec<Attempt> {
    let queue = Arc::clone(visit.queue());
    let settings = visit.settings();
    let members = members_with_states(call, &queue);
    let counts_penalty = settings.penalty_members_limit == 0 || members.len() > settings.penalty_members_limit;
    let now = call.exchange.epoch();
    let mut attempts = Vec::new();
    for (member, state) in members {
        let penalties = visit.penalties;
        let mut penalty = 0;
        if counts_penalty {
            penalty = member.penalty.max(penalties.raise.unwrap_or(0));
            if penalties.max.is_some_and(|max| penalty > max) || penalties.min.is_some_and(|min| penalty < min) {
                continue;
            }
        }
        let in_turn = |turn: usize| {
            let position = i64::try_from(member.position).unwrap_or(0);
            if member.position < turn { 1000 + position } else { position }
        };
        let by_penalty = i64::from(penalty) * 1_000_000;
        let metric = match settings.strategy {
            Strategy::RingAll => by_penalty,
            Strategy::Linear => in_turn(visit.turn) + by_penalty,
            Strategy::RrMemory | Strategy::RrOrdered => in_turn(queue.turn()) + by_penalty,
            Strategy::Random => call.exchange.random(0, 999) + by_penalty,
            Strategy::WRandom => call.exchange.random(0, (1 + i64::from(penalty)) * 1000 - 1),
            Strategy::FewestCalls => i64::from(member.calls) + by_penalty,
            Strategy::LeastRecent if member.last_call == 0 => by_penalty,
            Strategy::LeastRecent => (1_000_000 - (now - member.last_call)).max(0) + by_penalty,
        };
        attempts.push(Attempt { member, state, metric, is_tried: false });
    }
    attempts
}

impl Round<'_> {
    /// How long members may ring.
    fn time_limit(&self) -> Duration {
        let settings = self.visit.settings();
        let of_queue = match settings.timeout {
            // The wait is for ever; a day is as good.
            0 => Duration::from_secs(86_400),
            seconds => Duration::from_secs(seconds),
        };
        match settings.application_timeout_first {
            true => of_queue.min(self.visit.until_expiry()),
            false => of_queue,
        }
    }

    /// Calls the best member that was not tried; with `ringall` all that are as good. Those that cannot be called are
    /// passed over.
    async fn ring_next(&mut self, call: &mut Call) {
        loop {
            let untried = self.attempts.iter().filter(|attempt| !attempt.is_tried);
            let Some(best) = untried.map(|attempt| attempt.metric).min() else { return };
            let mut has_called = false;
            for index in 0..self.attempts.len() {
                let Some(attempt) = self.attempts.get_mut(index) else { break };
                if attempt.is_tried || attempt.metric != best {
                    continue;
                }
                attempt.is_tried = true;
                has_called |= self.ring(call, index).await;
                if self.strategy != Strategy::RingAll {
                    break;
                }
            }
            if has_called {
                return;
            }
        }
    }

    /// Calls a member; false where it cannot be called now.
    async fn ring(&mut self, call: &mut Call, index: usize) -> bool {
        let Some(Attempt { member, state, .. }) = self.attempts.get(index) else { return false };
        let queue = Arc::clone(self.visit.queue());
        let (wrapup, now) = (self.visit.settings().wrapup_time, call.exchange.epoch());
        // It may have been paused, or be ringing for another caller by now.
        let Some(member) = queue.member(&member.interface) else { return false };
        let is_free = member.is_available(*state, wrapup, now) && !is_wanted_elsewhere(call, &queue, &member);
        let Some((technology, resource)) = member.interface.split_once('/').filter(|_| is_free) else { return false };
        let shown = call.channel.state().caller.clone();
        let channels = {
            let caller = &call.channel;
            let prepare = |state: &mut State| prepare(caller, state);
            call.exchange.channels.request(technology, resource, &prepare)
        };
        let channels = match channels {
            Ok(channels) => channels,
            Err(error) => {
                tracing::debug!("queue {}: {} cannot be called: {error}", queue.name(), member.interface);
                return false;
            }
        };
        let mut has_called = false;
        for channel in channels {
            adopt(&call.channel, &channel, &shown, None, "AppQueue");
            let mut callee = Callee::new(&call.exchange, Arc::clone(&channel));
            if let Some(routine) = self.wish.options.argument('b') {
                let mut theirs = Call::new(Arc::clone(&call.exchange), Arc::clone(&channel));
                if !theirs.run_routine(&dial::routine_of(&call.channel, routine)).await {
                    continue;
                }
            }
            callee.dial_begins(Some(&call.channel), &member.interface);
            let about =
                Ringing { member: member.clone(), begun: Instant::now(), _mark: Mark::set(call, &queue, &member) };
            let ignores_forwarding = self.wish.options.has('i');
            let called = Called::new(callee, about).ignoring_forwarding(ignores_forwarding);
            channel.call(&outgoing(&call.channel, &shown));
            let named = (&*queue, &member);
            events::publish_called(&call.exchange, &call.channel, Some(&channel), "AgentCalled", named, &[]);
            self.ringing.push(called);
            has_called = true;
        }
        has_called
    }

    /// Takes news of a member that rings; gives it if it answered.
    fn take_news(&mut self, call: &Call, index: usize, news: News) -> Option<Answered> {
        match news {
            News::Event(Event::Answered) => {
                let Called { mut callee, about, .. } = self.ringing.remove(index);
                if self.wish.options.has('C') {
                    self.give_up_others(Cause::ANSWERED_ELSEWHERE);
                }
                let rang = about.begun.elapsed();
                callee.dial_ends("ANSWER");
                self.ringing.clear();
                return Some(Answered { callee, member: about.member, rang });
            }
            News::Event(Event::Busy) => self.fail(call, index, "BUSY"),
            News::Event(Event::Congestion) => self.fail(call, index, "CONGESTION"),
            News::Event(event) => {
                if let Some(called) = self.ringing.get_mut(index) {
                    called.listen_again();
                }
                if event == Event::Ringing && self.wish.options.has('R') && !self.wish.options.has('r') {
                    self.visit.begin_ringing(call);
                }
            }
            News::Gone(cause) => {
                let redirect = self.ringing.get(index).and_then(|called| called.channel().take_redirect());
                match redirect {
                    Some(position) => self.ringing.remove(index).callee.send_to(&position),
                    None => self.lose(call, index, cause),
                }
            }
        }
        None
    }

    fn give_up_others(&mut self, cause: Cause) {
        self.ringing.iter_mut().for_each(|called| called.callee.set_cause(cause));
    }

    /// A member refused.
    fn fail(&mut self, call: &Call, index: usize, status: &str) {
        let mut called = self.ringing.remove(index);
        called.callee.dial_ends(status);
        self.note_refusal(call, &called, status == "BUSY");
    }

    /// The line of a member ended.
    fn lose(&mut self, call: &Call, index: usize, cause: Cause) {
        let mut called = self.ringing.remove(index);
        called.callee.dial_ends("NOANSWER");
        self.note_refusal(call, &called, cause == Cause::BUSY);
    }

    fn note_refusal(&self, call: &Call, called: &Called<Ringing>, is_busy: bool) {
        let settings = self.visit.settings();
        let pauses = if is_busy { settings.autopause_busy } else { settings.autopause_unavailable };
        self.note_no_answer(call, called, pauses);
    }

    /// Nobody answered in time.
    fn time_out(&mut self, call: &Call) {
        for mut called in std::mem::take(&mut self.ringing) {
            self.note_no_answer(call, &called, true);
            called.callee.dial_ends("NOANSWER");
        }
    }

    /// Tells that a member did not answer, and pauses it where the queue says so.
    fn note_no_answer(&self, call: &Call, called: &Called<Ringing>, pauses: bool) {
        let (place, ringing) = (&self.visit.place, &called.about);
        let member = &ringing.member;
        let rang = ringing.begun.elapsed().as_millis().to_string();
        place.log(&member.name, "RINGNOANSWER", &rang);
        let named = (&**self.visit.queue(), member);
        let more = [("RingTime", rang.as_str())];
        let channel = Some(&**called.channel());
        events::publish_called(&call.exchange, &call.channel, channel, "AgentRingNoAnswer", named, &more);
        let settings = self.visit.settings();
        let is_too_soon = settings.autopause_delay > 0
            && member.last_call > 0
            && call.exchange.epoch() - member.last_call < settings.autopause_delay;
        if !pauses || is_too_soon {
            return;
        }
        match settings.autopause {
            Autopause::No => false,
            Autopause::Yes => {
                orders::pause(&call.exchange, self.visit.queue().name(), &member.interface, true, "Auto-Pause")
            }
            Autopause::All => orders::pause(&call.exchange, "", &member.interface, true, "Auto-Pause"),
        };
    }

    /// Those who were not reached in this round are first in the next.
    fn remember_turn(&mut self) {
        let next = self.attempts.iter().filter(|attempt| !attempt.is_tried).min_by_key(|attempt| attempt.metric);
        let next = next.map(|attempt| attempt.member.position);
        let last = self.attempts.iter().filter(|attempt| attempt.is_tried).max_by_key(|attempt| attempt.metric);
        let turn = match (next, last) {
            (Some(position), _) => position,
            (None, Some(last)) if last.member.position + 1 < self.attempts.len() => last.member.position + 1,
            (None, _) => 0,
        };
        match self.strategy {
            Strategy::Linear => self.visit.turn = turn,
            Strategy::RrMemory | Strategy::RrOrdered => self.visit.queue().set_turn(turn),
            _ => {}
        }
    }
}

/// Whether another queue needs the member more: a heavier one in which callers wait, and not enough members are free for
/// them; or, where `queues.conf` wants it, one of the same weight whose first caller has waited longer.
fn is_wanted_elsewhere(call: &Call, queue: &Arc<Queue>, member: &Member) -> bool {
    let weight = queue.settings().weight;
    let now = call.exchange.epoch();
    let longest_first = call.exchange.queues.general().longest_wait_first;
    let since = |queue: &Queue| queue.callers().first().map(|entry| entry.joined);
    call.exchange.queues.all().iter().any(|other| {
        if Arc::ptr_eq(other, queue) || other.count() == 0 || other.member(&member.interface).is_none() {
            return false;
        }
        match other.settings().weight.cmp(&weight) {
            Ordering::Less => false,
            Ordering::Equal => longest_first && since(other) < since(queue),
            Ordering::Greater => {
                let members = members_with_states(call, other);
                other.count() >= other.free_members(&members, now).max(1)
            }
        }
    })
}
