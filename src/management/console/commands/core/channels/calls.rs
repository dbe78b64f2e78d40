//! `core show calls`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use super::super::uptime::in_words;
use crate::management::console::{Answer, Command, Request};

pub static CALLS: Command =
    Command::now("core show calls", "[uptime|seconds]", "Shows how many calls there are and have been", |request| {
        let started = request.pbx.started.timestamp().as_second();
        let seconds = request.exchange().epoch() - started;
        match request.word(0).to_ascii_lowercase().as_str() {
            "" => Answer::of(Calls::of(request)),
            "uptime" => Answer::line(format!("{}System uptime: {}", Calls::of(request), in_words(seconds))),
            "seconds" => Answer::line(format!("{}System uptime: {seconds}", Calls::of(request))),
            _ => request.usage(),
        }
    });

/// How many calls there are and have been.
#[derive(Serialize)]
pub struct Calls {
    active_calls: u64,
    processed_calls: u64,
}

impl Calls {
    pub fn of(request: &Request<'_>) -> Self {
        let calls = &request.exchange().calls;
        Self { active_calls: calls.active(), processed_calls: calls.processed() }
    }
}

impl Display for Calls {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        writeln!(formatter, "{} active call{}", self.active_calls, plural(self.active_calls))?;
        writeln!(formatter, "{} call{} processed", self.processed_calls, plural(self.processed_calls))
    }
}
