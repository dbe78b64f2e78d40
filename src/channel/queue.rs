//! The two ways to reach a channel's task: what its party did, in order, and what others ask of it, at once.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::Mutex;
use tokio::sync::{Notify, oneshot};

use super::{Cause, Position};

/// Something that the party or the network did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The network works on an outgoing call.
    Proceeding,
    /// The called party is being alerted.
    Ringing,
    /// Audio before the answer: the network's own announcement or ringing tone.
    Progress,
    /// The called party answered.
    Answered,
    /// Who is called there is somebody else than before.
    Connected,
    /// The called party is busy.
    Busy,
    /// The network of the called party is congested.
    Congestion,
    /// The party pressed a key.
    Digit(char),
    /// The party put the call on hold.
    Held,
    /// The party took the call from hold.
    Resumed,
    /// The called party wants the call to go to this `extension@context` instead.
    Forwarded(std::sync::Arc<str>),
    /// The channel of this name takes the call that rings here.
    PickedUp(std::sync::Arc<str>),
    /// What became of the transfer that the party was asked for, as a SIP status.
    Transferred(u16),
    /// The party sent a text.
    Text(std::sync::Arc<str>),
    /// Somebody outside winds what plays to the party.
    Winding(Winding),
}

/// What somebody outside wants of what plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Winding {
    Stop,
    Pause,
    Restart,
    Back,
    Forward,
}

/// A queue never holds more: a phone that floods keys loses the newest.
const CAPACITY: usize = 1024;

#[derive(Default)]
pub(super) struct Events {
    queue: Mutex<VecDeque<Event>>,
    arrived: Notify,
}

impl Events {
    pub fn push(&self, event: Event) {
        let mut queue = self.queue.lock();
        if queue.len() < CAPACITY {
            queue.push_back(event);
        }
        drop(queue);
        self.arrived.notify_one();
    }

    pub fn push_front(&self, event: Event) {
        self.queue.lock().push_front(event);
        self.arrived.notify_one();
    }

    pub fn try_next(&self) -> Option<Event> {
        self.queue.lock().pop_front()
    }

    pub async fn next(&self) -> Event {
        loop {
            if let Some(event) = self.try_next() {
                return event;
            }
            self.arrived.notified().await;
        }
    }

    pub fn discard_digits(&self) {
        self.queue.lock().retain(|event| !matches!(event, Event::Digit(_)));
    }
}

/// What somebody else asks of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Hang up.
    Hangup(Cause),
    /// Leave what it does and go on here.
    Goto(Position),
}

#[derive(Default)]
pub(super) struct Interrupts {
    waiting: Mutex<Waiting>,
    raised: AtomicBool,
    arrived: Notify,
}

#[derive(Default)]
struct Waiting {
    hangup: Option<Cause>,
    redirect: Option<Position>,
    claim: Option<oneshot::Sender<()>>,
}

impl Interrupts {
    pub fn raise(&self, interrupt: Interrupt) {
        let mut waiting = self.waiting.lock();
        match interrupt {
            Interrupt::Hangup(cause) => {
                waiting.hangup.get_or_insert(cause);
            }
            Interrupt::Goto(position) => waiting.redirect = Some(position),
        }
        self.raised.store(true, Ordering::Release);
        drop(waiting);
        self.arrived.notify_waiters();
    }

    /// Asks for the channel itself.
    pub fn claim(&self) -> oneshot::Receiver<()> {
        let (claim, given) = oneshot::channel();
        self.waiting.lock().claim = Some(claim);
        self.raised.store(true, Ordering::Release);
        self.arrived.notify_waiters();
        given
    }

    /// Gives the channel to who claims it; false where nobody does, or the party has hung up.
    pub fn give(&self) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.hangup.is_some() {
            return false;
        }
        let Some(claim) = waiting.claim.take() else { return false };
        self.raised.store(waiting.redirect.is_some(), Ordering::Release);
        claim.send(()).is_ok()
    }

    pub fn is_raised(&self) -> bool {
        self.raised.load(Ordering::Acquire)
    }

    /// Lets those who wait for something look again.
    pub fn nudge(&self) {
        self.arrived.notify_waiters();
    }

    /// Waits for the next request or nudge; it begins to wait when it is polled first.
    pub fn next(&self) -> tokio::sync::futures::Notified<'_> {
        self.arrived.notified()
    }

    pub async fn raised(&self) {
        loop {
            let notified = self.arrived.notified();
            tokio::pin!(notified);
            notified.as_mut().enable();
            if self.is_raised() {
                return;
            }
            notified.await;
        }
    }

    pub fn hangup(&self) -> Option<Cause> {
        self.waiting.lock().hangup
    }

    pub fn take_redirect(&self) -> Option<Position> {
        let mut waiting = self.waiting.lock();
        if waiting.hangup.is_some() {
            return None;
        }
        let redirect = waiting.redirect.take();
        self.raised.store(waiting.claim.is_some(), Ordering::Release);
        redirect
    }
}
