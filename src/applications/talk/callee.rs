//! A called party and the duty to hang it up.

use std::sync::Arc;

use crate::channel::{Cause, Channel, Happening, Position};
use crate::interpreter::{Call, Exchange};

/// A called party. Dropping it hangs it up, unless it has somewhere to go on.
pub struct Callee {
    exchange: Arc<Exchange>,
    channel: Arc<Channel>,
    cause: Cause,
    is_ours: bool,
    /// Who dials it, until it is known how that ends.
    dialed_by: Option<Arc<Channel>>,
}

impl Callee {
    pub fn new(exchange: &Arc<Exchange>, channel: Arc<Channel>) -> Self {
        Self { exchange: Arc::clone(exchange), channel, cause: Cause::NONE, is_ours: true, dialed_by: None }
    }

    pub fn channel(&self) -> &Arc<Channel> {
        &self.channel
    }

    /// Tells everybody that a channel dials it, by this destination.
    pub fn dial_begins(&mut self, caller: &Arc<Channel>, destination: &str) {
        let happening = Happening::DialBegin { caller, callee: &self.channel, destination };
        caller.channels().publish(&happening);
        self.dialed_by = Some(Arc::clone(caller));
    }

    /// Tells everybody how the dialling ended: a word of DIALSTATUS. Once it is known it is not told again.
    pub fn dial_ends(&mut self, status: &str) {
        if let Some(caller) = self.dialed_by.take() {
            caller.channels().publish(&Happening::DialEnd { caller: &caller, callee: &self.channel, status });
        }
    }

    /// Sets the cause that the party is told when it is dropped.
    pub fn set_cause(&mut self, cause: Cause) {
        self.cause = cause;
    }

    /// Sends the party into the plan, where it goes on by itself.
    pub fn send_to(mut self, position: &Position) {
        self.is_ours = false;
        self.channel.state().position = position.clone();
        Call::start(Arc::clone(&self.exchange), Arc::clone(&self.channel));
    }

    /// Says where the party goes when it is dropped, instead of being hung up (option `F`).
    pub fn set_successor(&mut self, position: &Position) {
        self.channel.state().jump(&position.context, &position.extension, position.priority);
    }

    /// Follows a redirect that somebody asked for; gives the party back where there is none.
    pub fn follow_redirect(self) -> Option<Self> {
        match self.channel.take_redirect() {
            Some(position) => {
                self.send_to(&position);
                None
            }
            None => Some(self),
        }
    }
}

impl Drop for Callee {
    fn drop(&mut self) {
        self.dial_ends("CANCEL");
        if !self.is_ours {
            return;
        }
        // Somebody sent the party elsewhere, or a feature or option `F` gave it a place to go on.
        let redirect = self.channel.take_redirect();
        let mut state = self.channel.state();
        if let Some(position) = redirect {
            state.jump(&position.context, &position.extension, position.priority);
        }
        let goes_on = std::mem::take(&mut state.has_jumped);
        drop(state);
        if goes_on && self.channel.hangup_cause().is_none() {
            Call::start(Arc::clone(&self.exchange), Arc::clone(&self.channel));
        } else {
            // Its own cause counts if it was the one who left.
            self.channel.hang_up(self.channel.hangup_cause().unwrap_or(self.cause));
        }
    }
}
