//! Channels that are being called: what they begin with, and waiting for news of any of them.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use super::Callee;
use crate::channel::caller_id::Party;
use crate::channel::{Cause, Channel, Event, Outgoing, State};

/// News of one called channel.
pub enum News {
    Event(Event),
    Gone(Cause),
}

type Waiting = Pin<Box<dyn Future<Output = News> + Send>>;

/// A channel that is being called, and what its caller remembers about it.
pub struct Called<T> {
    /// Dropped first: what is told of a call's end comes before the hang-up.
    pub about: T,
    pub callee: Callee,
    waiting: Waiting,
}

impl<T> Called<T> {
    pub fn new(callee: Callee, about: T) -> Self {
        let waiting = news(Arc::clone(callee.channel()));
        Self { callee, about, waiting }
    }

    pub fn channel(&self) -> &Arc<Channel> {
        self.callee.channel()
    }

    /// Waits for the next news after one came.
    pub fn listen_again(&mut self) {
        self.waiting = news(Arc::clone(self.callee.channel()));
    }
}

fn news(channel: Arc<Channel>) -> Waiting {
    Box::pin(async move {
        tokio::select! {
            biased;
            event = channel.event() => News::Event(event),
            () = channel.interrupted() => News::Gone(channel.hangup_cause().unwrap_or(Cause::NONE)),
        }
    })
}

/// Waits for news of any called channel; gives its index. Its [`Called::listen_again`] has to be called before the next.
pub async fn first_news<T>(called: &mut [Called<T>]) -> (usize, News) {
    poll_fn(|context| {
        for (index, one) in called.iter_mut().enumerate() {
            if let Poll::Ready(news) = one.waiting.as_mut().poll(context) {
                return Poll::Ready((index, news));
            }
        }
        Poll::Pending
    })
    .await
}

/// What a called channel's dialplan state begins with. `shown` is the party that it shows.
pub fn prepare(caller: &Channel, shown: &Party, state: &mut State) {
    let theirs = caller.state();
    theirs.variables.inherit_into(&mut state.variables);
    state.connected = shown.clone();
    // The called side of a leg is whom the caller is connected with, or else the number that it dialled.
    let dialed = theirs.dialed.clone().filter(|dialed| !dialed.is_empty());
    state.caller = match theirs.connected.number {
        Some(_) => theirs.connected.clone(),
        None => Party { number: dialed.or_else(|| Some(theirs.position.extension.clone())), ..Party::default() },
    };
    state.belong_to_call_of(&theirs);
    state.position = theirs.position.clone();
    state.wanted.linked_id = Some(caller.linked_id());
}

/// What a called channel's technology tells the called party.
pub fn outgoing(caller: &Channel, shown: &Party) -> Outgoing {
    Outgoing {
        number: shown.number().to_owned(),
        name: shown.name().to_owned(),
        is_private: !shown.number_presentation.is_allowed(),
        headers: caller.state().headers.clone(),
    }
}
