//! Work on another channel than the one that runs the step.

use std::sync::Arc;

use super::Context;
use crate::channel::{Channel, State};

impl Context<'_> {
    /// Whether this is the context's own channel.
    fn is_own(&self, other: &Arc<Channel>) -> bool {
        self.channel.is_some_and(|own| Arc::ptr_eq(own, other))
    }

    /// Lets `work` look at the state of a channel. The own state is unlocked while another's is locked, so that two
    /// channels that look at each other do not wait for ever.
    pub fn with_state<T>(&mut self, other: &Arc<Channel>, work: impl FnOnce(&mut State) -> T) -> T {
        if self.is_own(other) { work(&mut self.state) } else { self.unlocked(|| work(&mut other.state())) }
    }

    /// Lets `work` read and write variables and functions as if the step ran on another channel.
    pub fn as_channel<T>(&mut self, other: &Arc<Channel>, work: impl FnOnce(&mut Context<'_>) -> T) -> T {
        if self.is_own(other) {
            return work(self);
        }
        let (exchange, plan) = (self.exchange, self.plan);
        let span = self.span;
        self.unlocked(|| {
            let mut context = Context::new(exchange, plan, other);
            context.span = span;
            work(&mut context)
        })
    }
}
