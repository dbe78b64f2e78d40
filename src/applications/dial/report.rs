//! What Dial tells the plan about itself, also when the caller hangs up in the middle.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::channel::{Cause, Channel};
use crate::interpreter::Call;

/// Sets `DIALSTATUS`, `DIALEDTIME` and `ANSWEREDTIME` when it is dropped.
pub(super) struct Report {
    caller: Arc<Channel>,
    begun: Instant,
    answered: Option<Instant>,
    ended: Option<Instant>,
    status: &'static str,
    preparation: Option<String>,
}

impl Report {
    /// Empties the variables and begins to measure. Until something else is known, the caller gave up.
    pub fn begin(call: &Call) -> Self {
        let caller = Arc::clone(&call.channel);
        for name in ["DIALSTATUS", "DIALEDPEERNUMBER", "DIALEDPEERNAME", "DIALEDTIME", "ANSWEREDTIME"] {
            caller.set_variable(name, "");
        }
        caller.state().hangup_cause = Cause::NONE;
        Self { caller, begun: Instant::now(), answered: None, ended: None, status: "CANCEL", preparation: None }
    }

    /// Sets the subroutine that runs on each called channel first.
    pub fn prepare_with(&mut self, routine: String) {
        self.preparation = Some(routine);
    }

    /// The subroutine that runs on each called channel first.
    pub fn preparation(&self) -> Option<&str> {
        self.preparation.as_deref()
    }

    pub fn set_status(&mut self, status: &'static str) {
        self.status = status;
    }

    /// Somebody answered.
    pub fn answered(&mut self, callee: &Channel, resource: &str) {
        self.answered = Some(Instant::now());
        self.status = "ANSWER";
        self.caller.set_variable("DIALEDPEERNAME", callee.name());
        self.caller.set_variable("DIALEDPEERNUMBER", resource);
        self.caller.set_variable("DIALSTATUS", "ANSWER");
        let mut state = self.caller.state();
        // Legs that failed before count no more.
        state.hangup_cause = Cause::NONE;
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

/// Whole seconds as the reference counts them: rounded, a half downwards.
fn seconds(duration: Duration) -> u128 {
    (duration.as_millis() + 499) / 1000
}

impl Drop for Report {
    fn drop(&mut self) {
        let now = self.ended.unwrap_or_else(Instant::now);
        self.caller.set_variable("DIALSTATUS", self.status);
        if let Some(answered) = self.answered {
            self.caller.set_variable("ANSWEREDTIME", &seconds(now - answered).to_string());
            self.caller.set_variable("DIALEDTIME", &seconds(now - self.begun).to_string());
        }
    }
}
