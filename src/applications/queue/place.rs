//! A caller's place in a queue, and what is to be told when it is given up.

use std::sync::Arc;

use tokio::time::Instant;

use super::events;
use crate::channel::Channel;
use crate::interpreter::Exchange;
use crate::queues::report::figures;
use crate::queues::{Entry, Queue};

/// A caller's place in a queue. Dropping it leaves the queue; who was not served has abandoned it.
pub(super) struct Place {
    pub exchange: Arc<Exchange>,
    pub queue: Arc<Queue>,
    pub channel: Arc<Channel>,
    pub id: u64,
    pub begun: Instant,
    /// The same, in seconds since 1970.
    joined: i64,
    pub original_position: usize,
    last_position: usize,
    state: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// If the caller goes now, it gives up.
    Waits,
    /// Its end is told already, or a member has it.
    Settled,
    /// It is out of the queue.
    Left,
}

impl Place {
    pub fn take(exchange: &Arc<Exchange>, queue: &Arc<Queue>, entry: &Entry) -> Self {
        let place = Self {
            exchange: Arc::clone(exchange),
            queue: Arc::clone(queue),
            channel: Arc::clone(&entry.channel),
            id: entry.id,
            begun: entry.joined,
            joined: exchange.epoch(),
            original_position: entry.original_position,
            last_position: entry.position,
            state: Stage::Waits,
        };
        let (position, count) = (entry.position.to_string(), queue.count().to_string());
        let fields = [("Queue", queue.name()), ("Position", &position), ("Count", &count)];
        events::publish(exchange, Some(&entry.channel), "QueueCallerJoin", &fields);
        place.set("QUEUEPOSITION", &position);
        place
    }

    /// The present place, from 1.
    pub fn position(&self) -> usize {
        self.queue.entry(self.id).map_or(self.last_position, |entry| entry.position)
    }

    /// Seconds since the caller joined, by the clock on the wall.
    pub fn waited(&self) -> u64 {
        (self.exchange.epoch() - self.joined).unsigned_abs()
    }

    /// Writes a line of the log about this caller.
    pub fn log(&self, agent: &str, event: &str, data: &str) {
        events::log(&self.exchange, self.channel.unique_id(), self.queue.name(), agent, event, data);
    }

    /// A key leads the caller elsewhere.
    pub fn leave_by_key(&mut self, digits: &str) {
        self.state = Stage::Settled;
        let data = format!("{digits}|{}|{}|{}", self.position(), self.original_position, self.waited());
        self.log("NONE", "EXITWITHKEY", &data);
    }

    /// A program wants the caller to leave.
    pub fn withdraw(&mut self, words: &str) {
        self.state = Stage::Settled;
        let data = format!("{}|{}|{}|{words:.40}", self.position(), self.original_position, self.waited());
        self.log("NONE", "WITHDRAW", &data);
    }

    /// The caller leaves unanswered: says so to programs, counts it, and logs `event` with place and time.
    pub fn give_up(&mut self, event: &str) {
        if std::mem::replace(&mut self.state, Stage::Settled) != Stage::Waits {
            return;
        }
        let (position, original, waited) = (self.position(), self.original_position, self.waited());
        self.last_position = position;
        let texts = [position.to_string(), original.to_string(), waited.to_string()];
        let fields = [
            ("Queue", self.queue.name()),
            ("Position", texts[0].as_str()),
            ("OriginalPosition", texts[1].as_str()),
            ("HoldTime", texts[2].as_str()),
        ];
        events::publish(&self.exchange, Some(&self.channel), "QueueCallerAbandon", &fields);
        self.queue.note_abandoned(waited);
        self.set("ABANDONED", "TRUE");
        self.log("NONE", event, &format!("{position}|{original}|{waited}"));
    }

    /// A member has the caller.
    pub fn note_served(&mut self) {
        self.state = Stage::Settled;
    }

    /// Gives the place to the next.
    pub fn leave(&mut self) {
        if std::mem::replace(&mut self.state, Stage::Left) == Stage::Left {
            return;
        }
        let Some(entry) = self.queue.leave(self.id) else { return };
        self.last_position = entry.position;
        self.set("QUEUEPOSITION", &entry.position.to_string());
        let (position, count) = (entry.position.to_string(), self.queue.count().to_string());
        let fields = [("Queue", self.queue.name()), ("Position", &position), ("Count", &count)];
        events::publish(&self.exchange, Some(&self.channel), "QueueCallerLeave", &fields);
    }

    /// Sets a variable of the caller.
    pub fn set(&self, name: &str, value: &str) {
        self.channel.set_variable(name, value);
    }

    /// The queue's figures as variables, where `setqueuevar` says so.
    pub fn set_figures(&self, channel: &Channel) {
        let settings = self.queue.settings();
        if !settings.set_queue_var {
            return;
        }
        for (name, value) in figures(&self.queue) {
            channel.set_variable(name, &value);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.give_up("ABANDON");
        self.set_figures(&self.channel);
        self.leave();
    }
}
