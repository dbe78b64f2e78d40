//! Channels that are being called: what they begin with, and waiting for news of any of them.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use super::Callee;
use crate::channel::caller_id::Party;
use crate::channel::{Cause, Channel, Diversion, Event, Happening, Outgoing, State};

/// The setting of channels whose call somebody else may pick up.
pub const PICKABLE: &str = "PICKUP/pickable";

/// News of one called channel.
pub enum News {
    Event(Event),
    Gone(Cause),
}

/// Why a call ends that is sent on to where nothing is.
const NO_ROUTE: Cause = Cause(3);

/// What a called channel's future gives: news, or somebody who picked the call up.
enum Heard {
    News(News),
    PickedUp(Arc<Channel>),
}

type Waiting = Pin<Box<dyn Future<Output = Heard> + Send>>;

/// A channel that is being called, and what its caller remembers about it.
pub struct Called<T> {
    /// Dropped first: what is told of a call's end comes before the hang-up.
    pub about: T,
    pub callee: Callee,
    waiting: Waiting,
    /// Its wish to forward the call counts as busy.
    ignores_forwarding: bool,
    was_forwarded: bool,
}

impl<T> Called<T> {
    pub fn new(callee: Callee, about: T) -> Self {
        callee.channel().state().settings.set(PICKABLE, "yes");
        let waiting = news(Arc::clone(callee.channel()));
        Self { callee, about, waiting, ignores_forwarding: false, was_forwarded: false }
    }

    /// Lets it not send the call elsewhere.
    pub fn ignoring_forwarding(mut self, is_ignored: bool) -> Self {
        self.ignores_forwarding = is_ignored;
        self
    }

    /// The called party sends the call elsewhere; gives the news where it cannot go there.
    fn forward(&mut self, target: &str) -> Option<News> {
        if self.ignores_forwarding {
            self.callee.dial_ends("NOANSWER");
            return Some(News::Event(Event::Busy));
        }
        if !self.callee.forward(target) {
            return Some(News::Gone(NO_ROUTE));
        }
        self.was_forwarded = true;
        self.callee.channel().state().settings.set(PICKABLE, "yes");
        self.listen_again();
        None
    }

    /// Whether the call was sent elsewhere.
    pub fn was_forwarded(&self) -> bool {
        self.was_forwarded
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
        loop {
            let event = tokio::select! {
                biased;
                event = channel.event() => event,
                () = channel.interrupted() => {
                    return Heard::News(News::Gone(channel.hangup_cause().unwrap_or(Cause::NONE)));
                }
            };
            let Event::PickedUp(name) = event else { return Heard::News(News::Event(event)) };
            // Who picks up leaves its own plan for this call.
            if let Some(other) = channel.channels().find(&name)
                && other.claim().await.is_ok()
            {
                return Heard::PickedUp(other);
            }
        }
    })
}

/// Waits for news of any called channel; gives its index. Its [`Called::listen_again`] has to be called before the next.
pub async fn first_news<T>(called: &mut [Called<T>]) -> (usize, News) {
    poll_fn(|context| {
        for (index, one) in called.iter_mut().enumerate() {
            match one.waiting.as_mut().poll(context) {
                Poll::Ready(Heard::News(News::Event(Event::Forwarded(target)))) => {
                    if let Some(news) = one.forward(&target) {
                        return Poll::Ready((index, news));
                    }
                    context.waker().wake_by_ref();
                }
                Poll::Ready(Heard::News(news)) => return Poll::Ready((index, news)),
                Poll::Ready(Heard::PickedUp(other)) => {
                    one.callee.replace(other);
                    return Poll::Ready((index, News::Event(Event::Answered)));
                }
                Poll::Pending => {}
            }
        }
        Poll::Pending
    })
    .await
}

/// How often a call may be sent on yet: `CHANNEL(max_forwards)`.
pub fn forwards_left(state: &State) -> i64 {
    state.settings.get("CHANNEL/max_forwards").and_then(|number| number.parse().ok()).unwrap_or(20)
}

/// What a called channel's dialplan state begins with.
pub fn prepare(caller: &Channel, state: &mut State) {
    let theirs = caller.state();
    theirs.variables.inherit_into(&mut state.variables);
    for demand in ["CHANNEL/secure_bridge_media", "CHANNEL/secure_bridge_signaling"] {
        if let Some(value) = theirs.settings.get(demand) {
            state.settings.set(demand, value);
        }
    }
    state.wanted.linked_id = Some(caller.linked_id());
    state.wanted.calling = Some(theirs.caller.number().to_owned());
}

/// Lets a new channel belong to the call of who calls it, for `application`, and tells programs. It shows the party
/// `shown`; it has the party `own`, unless its technology knows better or `own` has to be it.
pub fn adopt(caller: &Channel, channel: &Channel, shown: &Party, own: Option<Party>, application: &'static str) {
    channel.link_with(caller);
    let theirs = caller.state();
    let mut state = channel.state();
    let (old_account, old_language) = (state.account_code.clone(), state.language.clone());
    let (is_known, has_music) = (state.is_caller_known, !state.music_class.is_empty());
    let music = state.music_class.clone();
    state.belong_to_call_of(&theirs);
    // The language is the called party's own.
    state.language = old_language;
    state.account_code = [&theirs.peer_account, &theirs.account_code, &old_account]
        .into_iter()
        .find(|account| !account.is_empty())
        .cloned()
        .unwrap_or_default();
    let forwards = forwards_left(&theirs).saturating_sub(1);
    state.settings.set("CHANNEL/max_forwards", &forwards.to_string());
    if has_music {
        state.music_class = music;
    }
    state.connected = shown.clone();
    let is_new = !is_known || own.is_some();
    if is_new {
        state.caller = own.unwrap_or_else(|| called_party(&theirs));
    } else {
        // Who is known is charged by its own number.
        state.ani = state.caller.clone();
    }
    state.application = application;
    state.position.extension.clone_from(&theirs.position.extension);
    state.dial_context.clone_from(&theirs.position.context);
    drop(theirs);
    drop(state);
    channel.channels().publish(&Happening::Purpose { channel, application });
    channel.tell_parties(is_new, &old_account, shown.number.is_some());
}

/// The called side of a leg that nobody knows has the number that was dialled, and the name of whom the caller is connected
/// with.
fn called_party(caller: &State) -> Party {
    let in_macro = caller.variables.get("MACRO_EXTEN").filter(|extension| !extension.is_empty());
    let dialed = in_macro.unwrap_or(&caller.position.extension).to_owned();
    Party { number: Some(dialed), tag: String::new(), ..caller.connected.clone() }
}

/// The same for one that is called in the caller's language, and stands for no number that was dialled.
pub fn adopt_in_language(caller: &Channel, channel: &Channel, shown: &Party, application: &'static str) {
    let language = caller.state().language.clone();
    let own = {
        let mut state = channel.state();
        state.language = language;
        (!state.is_caller_known).then(Party::default)
    };
    adopt(caller, channel, shown, own, application);
}

/// What a called channel's technology tells the called party.
pub fn outgoing(caller: &Channel, shown: &Party) -> Outgoing {
    let state = caller.state();
    let from = &state.redirecting_from;
    let diversion = from.number.as_ref().filter(|number| !number.is_empty()).map(|number| Diversion {
        number: number.clone(),
        name: from.name().to_owned(),
        reason: state.redirecting_reason.clone(),
        count: state.redirecting_count,
    });
    Outgoing {
        number: shown.number().to_owned(),
        name: shown.name().to_owned(),
        is_private: !shown.number_presentation.is_allowed(),
        diversion,
        codecs: caller.leg().codecs(),
        headers: state.headers.clone(),
    }
}
