//! How a channel is taken out of what it does: sent elsewhere, claimed by another, out of time, hung up.

use tokio::time::Instant;

use super::{Cause, Channel, Happening, Interrupt, PATIENCE, Position, SoftHangup};

impl Channel {
    /// Asks the channel to leave what it does: to hang up, or to go on elsewhere in the plan.
    pub fn interrupt(&self, interrupt: Interrupt) {
        if let Interrupt::Hangup(cause) = interrupt
            && self.hangup_cause().is_none()
        {
            self.channels.publish(&Happening::HangupAsked { channel: self, cause: Some(cause) });
        }
        if let Interrupt::Goto(position) = &interrupt
            && let Some(mut state) = self.state_within(PATIENCE)
        {
            state.records.note_place(position);
        }
        self.interrupts.raise(interrupt);
    }

    /// Sends two channels elsewhere in the plan at once, so that neither is left alone, and hung up, before it hears of it.
    pub fn send_both(both: [(&Channel, Position); 2]) {
        for (channel, position) in &both {
            if let Some(mut state) = channel.state_within(PATIENCE) {
                state.records.note_place(position);
            }
        }
        for (channel, position) in both {
            channel.interrupts.raise(Interrupt::Goto(position));
        }
    }

    /// The party hung up, or its network did.
    pub fn party_hung_up(&self, cause: Cause) {
        let peer = self.bridged_with().and_then(|name| self.channels.find(&name));
        for channel in [Some(self), peer.as_deref()].into_iter().flatten() {
            if let Some(mut state) = channel.state_within(PATIENCE)
                && state.hangup_source.is_empty()
            {
                state.hangup_source = self.name.to_string();
            }
        }
        if self.hangup_cause().is_none() {
            let is_known = self.state_within(PATIENCE).is_some_and(|state| state.hangup_cause != Cause::NONE);
            let cause = Some(cause).filter(|_| !is_known);
            self.channels.publish(&Happening::HangupAsked { channel: self, cause });
        }
        self.interrupts.raise(Interrupt::Hangup(cause));
    }

    /// Asks the channel to hang up on behalf of somebody else than its party.
    pub fn soft_hang_up(&self, cause: Cause) {
        self.interrupts.raise(Interrupt::Hangup(cause));
    }

    /// The same, and tells everybody.
    pub fn request_hangup(&self, cause: Cause) {
        if self.hangup_cause().is_none() {
            self.channels.publish(&Happening::SoftHangupAsked { channel: self, by: SoftHangup::Explicit });
        }
        self.soft_hang_up(cause);
    }

    /// Waits until somebody asks the channel to leave what it does. The request stays until it is taken.
    pub async fn interrupted(&self) {
        self.interrupts.raised().await;
    }

    /// Whether a request waits; one atomic load.
    pub fn is_interrupted(&self) -> bool {
        self.interrupts.is_raised()
    }

    /// Sets when the call is to end, also for an application that waits at this moment.
    pub fn set_time_limit(&self, limit: Option<Instant>) {
        self.state().timeouts.absolute = limit;
        self.interrupts.nudge();
    }

    /// Waits until the time is over that the call was given.
    pub async fn time_is_up(&self) {
        loop {
            let changed = self.interrupts.next();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let limit = self.state().timeouts.absolute;
            let over = async {
                match limit {
                    Some(limit) => tokio::time::sleep_until(limit).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = over => return,
                () = changed => {}
            }
        }
    }

    /// Takes a request to go elsewhere. A hang-up is no request that is ever used up: see [`Self::hangup_cause`].
    pub fn take_redirect(&self) -> Option<Position> {
        self.interrupts.take_redirect()
    }

    /// Asks for the channel itself: whoever has charge of it leaves what it does and gives it away. The answer comes when
    /// the channel is free; none does where it was hung up instead.
    pub fn claim(&self) -> tokio::sync::oneshot::Receiver<()> {
        self.interrupts.claim()
    }

    /// Gives the channel to who claimed it: whoever had charge of it has no more to do with it. False where nobody did.
    pub fn give(&self) -> bool {
        self.interrupts.give()
    }

    /// The cause, once the channel is to hang up or has hung up.
    pub fn hangup_cause(&self) -> Option<Cause> {
        self.interrupts.hangup()
    }

    /// Ends the leg: tells its technology, removes it from the directory and closes its record. Idempotent.
    pub fn hang_up(&self, cause: Cause) {
        self.interrupts.raise(Interrupt::Hangup(cause));
        if !self.channels.remove(self) {
            return;
        }
        let cause = if cause == Cause::NONE { self.hangup_cause().unwrap_or(cause) } else { cause };
        self.leg.listen(None);
        self.clear_taps();
        self.leg.hang_up(cause);
        let records = self.channels.ledger().close(self, cause);
        self.channels.publish(&Happening::Hangup { channel: self, cause });
        for record in &records {
            self.channels.publish(&Happening::Recorded { channel: self, record });
        }
    }

    /// Who leaves a bridge in good order ends with cause 16, unless something else is known already.
    pub fn note_normal_end(&self) {
        let mut state = self.state();
        if state.hangup_cause == Cause::NONE {
            state.hangup_cause = Cause::NORMAL;
        }
    }
}
