//! What waits to be written to a manager program. It is bounded: who does not read is cut off.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// So many bytes may wait for a program that reads slowly.
pub const CAPACITY: usize = 4 * 1024 * 1024;

/// So many bytes of events may be held back while the program's action takes its time. Events are shared by all.
const MOST_HELD: usize = 16 * CAPACITY;

/// Texts that wait, each shared by all who get it.
#[derive(Default)]
pub struct Outbox {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Default)]
struct Waiting {
    texts: VecDeque<Arc<str>>,
    bytes: usize,
    /// Events that come behind the answer of the action that is under way; `None` while there is none.
    held: Option<VecDeque<Arc<str>>>,
    held_bytes: usize,
    end: End,
}

/// Whether more is to come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum End {
    /// More may come.
    #[default]
    Open,
    /// What waits is written, and no more.
    Closed,
    /// The program did not read: nothing is written any more.
    Cut,
}

impl Outbox {
    /// Adds a text; false where that is one too many and the program is cut off by it.
    pub fn push(&self, text: &Arc<str>) -> bool {
        let mut waiting = self.waiting.lock();
        if waiting.end != End::Open {
            return true;
        }
        let fits = waiting.bytes + text.len() <= CAPACITY;
        if fits {
            waiting.bytes += text.len();
            waiting.texts.push_back(Arc::clone(text));
        } else {
            *waiting = Waiting { end: End::Cut, ..Waiting::default() };
        }
        drop(waiting);
        self.changed.notify_waiters();
        fits
    }

    /// Adds an event, which waits for the answer of the action that is under way; false as `push`.
    pub fn push_event(&self, text: &Arc<str>) -> bool {
        let mut waiting = self.waiting.lock();
        let length = waiting.held_bytes + text.len();
        if let Some(held) = waiting.held.as_mut().filter(|_| length <= MOST_HELD) {
            held.push_back(Arc::clone(text));
            waiting.held_bytes = length;
            return true;
        }
        drop(waiting);
        self.push(text)
    }

    /// An action is under way: events come behind its answer, as from Asterisk.
    pub fn hold(&self) {
        self.waiting.lock().held.get_or_insert_default();
    }

    /// The action is answered.
    pub fn release(&self) {
        let mut waiting = self.waiting.lock();
        let held = waiting.held.take().unwrap_or_default();
        waiting.bytes += std::mem::take(&mut waiting.held_bytes);
        if waiting.end == End::Open {
            waiting.texts.extend(held);
        }
        drop(waiting);
        self.changed.notify_waiters();
    }

    /// No more is to come.
    pub fn close(&self) {
        let mut waiting = self.waiting.lock();
        if waiting.end == End::Open {
            waiting.end = End::Closed;
        }
        drop(waiting);
        self.changed.notify_waiters();
    }

    /// Gives up what waits; false where that was done already.
    pub fn cut(&self) -> bool {
        let before = std::mem::replace(&mut *self.waiting.lock(), Waiting { end: End::Cut, ..Waiting::default() });
        self.changed.notify_waiters();
        before.end != End::Cut
    }

    /// Whether no more is to come.
    pub fn is_over(&self) -> bool {
        self.waiting.lock().end != End::Open
    }

    /// How many bytes wait.
    pub fn bytes(&self) -> usize {
        self.waiting.lock().bytes
    }

    /// What waits, as soon as there is something; `None` at the end.
    pub async fn next(&self) -> Option<VecDeque<Arc<str>>> {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut waiting = self.waiting.lock();
                if !waiting.texts.is_empty() {
                    waiting.bytes = 0;
                    return Some(std::mem::take(&mut waiting.texts));
                }
                if waiting.end != End::Open {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// What waits at this moment, and no more than that.
    pub fn take(&self) -> VecDeque<Arc<str>> {
        let mut waiting = self.waiting.lock();
        waiting.bytes = 0;
        std::mem::take(&mut waiting.texts)
    }

    /// Waits until something waits, or no more is to come.
    pub async fn filled(&self) {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let waiting = self.waiting.lock();
                if !waiting.texts.is_empty() || waiting.end != End::Open {
                    return;
                }
            }
            changed.await;
        }
    }

    /// Waits until no more is to come; gives why.
    pub async fn ended(&self) -> End {
        self.ends(|end| end != End::Open).await
    }

    /// Waits until nothing is written any more.
    pub async fn is_cut(&self) {
        self.ends(|end| end == End::Cut).await;
    }

    async fn ends(&self, so: impl Fn(End) -> bool) -> End {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            let end = self.waiting.lock().end;
            if so(end) {
                return end;
            }
            changed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_waits_comes_in_order_and_then_the_end() {
        let outbox = Outbox::default();
        assert!(["a", "b"].iter().all(|text| outbox.push(&Arc::from(*text))));
        outbox.close();
        assert!(outbox.push(&Arc::from("late")), "who has left is not cut off");
        assert_eq!(outbox.next().await.unwrap().iter().map(|text| &**text).collect::<String>(), "ab");
        assert_eq!(outbox.next().await, None);
    }

    #[tokio::test]
    async fn events_wait_for_the_answer_of_the_action_that_is_under_way() {
        let outbox = Outbox::default();
        outbox.hold();
        assert!(outbox.push_event(&Arc::from("event")) && outbox.push(&Arc::from("answer,")));
        assert_eq!(outbox.take().iter().map(|text| &**text).collect::<String>(), "answer,");
        outbox.release();
        assert!(outbox.push_event(&Arc::from(",next")));
        assert_eq!(outbox.take().iter().map(|text| &**text).collect::<String>(), "event,next");
        assert_eq!(outbox.bytes(), 0);
    }

    #[tokio::test]
    async fn who_does_not_read_is_cut_off() {
        let outbox = Outbox::default();
        let text: Arc<str> = "x".repeat(CAPACITY / 2).into();
        assert!(outbox.push(&text) && outbox.push(&text));
        assert!(!outbox.push(&Arc::from("more")));
        assert_eq!((outbox.bytes(), outbox.next().await), (0, None));
        assert_eq!(outbox.ended().await, End::Cut);
    }
}
