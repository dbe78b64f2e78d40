//! What Dial tells the plan about itself, also when the caller hangs up in the middle.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::channel::{Cause, Channel, Event};
use crate::interpreter::Call;

/// Sets `DIALSTATUS`, and how long it took, when it is dropped.
pub(super) struct Report {
    caller: Arc<Channel>,
    begun: Instant,
    answered: Option<Instant>,
    ended: Option<Instant>,
    /// Somebody's telephone rang, or let the caller hear how the call goes on.
    has_rung: bool,
    has_progressed: bool,
    status: &'static str,
    preparation: Option<String>,
    is_silent: bool,
}

impl Report {
    /// Empties the variables and begins to measure. Until something else is known, the caller gave up.
    pub fn begin(call: &Call) -> Self {
        let caller = Arc::clone(&call.channel);
        for name in ["DIALSTATUS", "DIALEDPEERNUMBER", "DIALEDPEERNAME"] {
            caller.set_variable(name, "");
        }
        for name in ["ANSWEREDTIME", "DIALEDTIME", "RINGTIME", "PROGRESSTIME"] {
            caller.set_variable(name, "");
            caller.set_variable(&format!("{name}_MS"), "");
        }
        caller.state().hangup_cause = Cause::NONE;
        Self {
            caller,
            begun: Instant::now(),
            answered: None,
            ended: None,
            has_rung: false,
            has_progressed: false,
            status: "CANCEL",
            preparation: None,
            is_silent: false,
        }
    }

    /// Sets the subroutine that runs on each called channel first.
    pub fn prepare_with(&mut self, routine: String) {
        self.preparation = Some(routine);
    }

    /// The subroutine that runs on each called channel first.
    pub fn preparation(&self) -> Option<&str> {
        self.preparation.as_deref()
    }

    /// The two go their own ways: nothing is told of the end.
    pub fn says_nothing(&mut self) {
        self.is_silent = true;
    }

    /// What DIALSTATUS will be.
    pub fn status(&self) -> &'static str {
        self.status
    }

    pub fn set_status(&mut self, status: &'static str) {
        self.status = status;
    }

    /// A called leg says how it goes on: the first that rings, and the first that is heard, count.
    pub fn goes_on(&mut self, callee: &Channel, event: &Event) {
        let (name, is_known) = match event {
            Event::Ringing => ("RINGTIME", &mut self.has_rung),
            Event::Progress => ("PROGRESSTIME", &mut self.has_progressed),
            _ => return,
        };
        if !std::mem::replace(is_known, true) {
            set_time(&self.caller, name, Instant::now() - callee.created());
        }
    }

    /// Somebody answered.
    pub fn answered(&mut self, callee: &Channel, resource: &str) {
        self.answered = Some(Instant::now());
        self.status = "ANSWER";
        self.caller.set_variable("DIALSTATUS", "ANSWER");
        self.caller.set_variable("DIALEDPEERNAME", callee.name());
        self.caller.set_variable("DIALEDPEERNUMBER", resource);
        // Legs that failed before count no more: from here on a hang-up is a normal one.
        for channel in [&*self.caller, callee] {
            channel.state().hangup_cause = Cause::NORMAL;
        }
    }

    /// The two begin to talk.
    pub fn talk_begins(&mut self) {
        self.answered = Some(Instant::now());
    }

    /// The talk is over.
    pub fn talk_ends(&mut self) {
        self.ended = Some(Instant::now());
    }
}

/// A time in whole seconds, and under `NAME_MS` in milliseconds.
fn set_time(caller: &Channel, name: &str, time: Duration) {
    caller.set_variable(name, &time.as_secs().to_string());
    caller.set_variable(&format!("{name}_MS"), &time.as_millis().to_string());
}

impl Drop for Report {
    fn drop(&mut self) {
        if self.is_silent {
            return;
        }
        let now = self.ended.unwrap_or_else(Instant::now);
        if let Some(answered) = self.answered {
            set_time(&self.caller, "ANSWEREDTIME", now - answered);
            set_time(&self.caller, "DIALEDTIME", now - self.begun);
        }
        self.caller.set_variable("DIALSTATUS", self.status);
    }
}
