//! Local channels: two ends of a call inside exten. What goes into `;1` comes out of `;2`, which runs the plan.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::arrivals::{Arrivals, Reach};
use super::leg::{Technology, Unavailable};
use super::{Cause, Channel, Channels, Event, Happening, Indication, Interrupt, Leg, Outgoing, Party, Phase, State};
use crate::media::{Codec, Frame, Sink};

/// The technology `Local/extension@context[/options]`.
pub struct LocalTechnology {
    arrivals: Arc<dyn Arrivals>,
}

impl LocalTechnology {
    pub fn new(arrivals: Arc<dyn Arrivals>) -> Self {
        Self { arrivals }
    }

    /// Makes both ends. The first is handed out; the second begins to run when the first is called.
    pub fn pair(
        &self,
        channels: &Arc<Channels>,
        extension: &str,
        context: &str,
        prepare: &dyn Fn(&mut State),
    ) -> (Arc<Channel>, Arc<Channel>) {
        self.pair_of(channels, (extension, context), false, prepare)
    }

    /// The same; where it `optimises`, both ends leave a call whose parties can talk without them.
    fn pair_of(
        &self,
        channels: &Arc<Channels>,
        (extension, context): (&str, &str),
        optimises: bool,
        prepare: &dyn Fn(&mut State),
    ) -> (Arc<Channel>, Arc<Channel>) {
        let number = channels.next_number("Local");
        let pair = Arc::new(Pair {
            ends: [OnceLock::new(), OnceLock::new()],
            sinks: [Mutex::default(), Mutex::default()],
            arrivals: Arc::clone(&self.arrivals),
            is_called: AtomicBool::new(false),
            passage: Passage::default(),
        });
        pair.passage.set_open(optimises);
        let make = |side: usize, phase: Phase, prepare: &dyn Fn(&mut State)| {
            let name = format!("Local/{extension}@{context}-{number:08x};{}", side + 1);
            channels.create(name, phase, prepare, |channel| {
                // Cannot be set twice: each side is made once.
                let _ = pair.ends[side].set(Weak::clone(channel));
                LocalLeg { pair: Arc::clone(&pair), side }
            })
        };
        let other_id = Mutex::new(None);
        let first = make(0, Phase::Down, &|state| {
            prepare(state);
            *other_id.lock() = state.wanted.other_id.take();
            if state.position.context.is_empty() {
                state.position.set(context, extension, 1);
            }
            state.is_outgoing = true;
        });
        let parties = {
            let state = first.state();
            (state.connected.clone(), state.caller.clone())
        };
        let second = make(1, Phase::Ring, &|state| {
            (state.caller, state.connected) = parties.clone();
            first.state().shared_with_other_end(state);
            state.wanted.unique_id = other_id.lock().take();
            state.wanted.linked_id = Some(first.linked_id());
            state.position.set(context, extension, 1);
        });
        (first, second)
    }
}

impl Technology for LocalTechnology {
    fn names(&self) -> &'static [&'static str] {
        &["Local"]
    }

    fn request(
        &self,
        channels: &Arc<Channels>,
        _name: &str,
        resource: &str,
        prepare: &dyn Fn(&mut State),
    ) -> Result<Vec<Arc<Channel>>, Unavailable> {
        let number = resource.split('/').next().unwrap_or(resource);
        let (extension, context) = number.split_once('@').unwrap_or((number, "default"));
        let calling = Mutex::new(None);
        let optimises = !resource.split_once('/').is_some_and(|(_, options)| options.contains('n'));
        let (first, _) = self.pair_of(channels, (extension, context), optimises, &|state| {
            prepare(state);
            *calling.lock() = state.wanted.calling.take();
        });
        let caller = calling.lock().take().unwrap_or_default();
        if self.arrivals.reach(context, extension, &caller) != Reach::Complete {
            first.hang_up(Cause::NONE);
            return Err(Unavailable::NotReachable(format!(
                "no extension {extension} in context {context} for a Local channel"
            )));
        }
        Ok(vec![first])
    }
}

struct Pair {
    ends: [OnceLock<Weak<Channel>>; 2],
    sinks: [Mutex<Option<Arc<dyn Sink>>>; 2],
    arrivals: Arc<dyn Arrivals>,
    is_called: AtomicBool,
    passage: Passage,
}

impl Pair {
    fn end(&self, side: usize) -> Option<Arc<Channel>> {
        self.ends.get(side)?.get()?.upgrade()
    }
}

/// What passes through a Local channel that may be taken out of its call.
#[derive(Default)]
pub struct Passage {
    second: OnceLock<Weak<Channel>>,
    is_open: AtomicBool,
    is_left: AtomicBool,
    has_audio: AtomicBool,
    news: Notify,
}

impl Passage {
    /// The second end, while it lives.
    pub fn second(&self) -> Option<Arc<Channel>> {
        self.second.get()?.upgrade()
    }

    /// Lets it be taken out of its call, or not.
    pub fn set_open(&self, is_open: bool) {
        self.is_open.store(is_open, Ordering::Relaxed);
    }

    /// The call goes on without the two ends: who took it out hangs both up.
    pub fn leave(&self) {
        self.is_left.store(true, Ordering::Relaxed);
    }

    fn note_audio(&self) {
        if !self.has_audio.load(Ordering::Relaxed) {
            self.has_audio.store(true, Ordering::Relaxed);
            self.news.notify_one();
        }
    }

    /// Waits until audio has passed: without any nobody would gain by a shorter way.
    pub async fn has_audio(&self) {
        while !self.has_audio.load(Ordering::Relaxed) {
            self.news.notified().await;
        }
    }
}

struct LocalLeg {
    pair: Arc<Pair>,
    side: usize,
}

impl LocalLeg {
    fn other(&self) -> Option<Arc<Channel>> {
        self.pair.end(1 - self.side)
    }

    fn tell(&self, event: Event) {
        if let Some(other) = self.other() {
            other.report(event);
        }
    }
}

/// What the first end was told before it is called, as by a subroutine of Dial's option `b`, the second knows.
fn cross_over(first: &Channel, second: &Channel) {
    let first = first.state().clone();
    let mut state = second.state();
    let known = state.variables.clone();
    state.variables.take_over(&first.variables);
    drop(state);
    second.tell_variables(&known);
    let mut state = second.state();
    state.caller = first.connected.clone();
    state.connected = first.caller.clone();
    let old_account = state.account_code.clone();
    state.belong_to_call_of(&first);
    first.shared_with_other_end(&mut state);
    let has = |party: &Party| party.number.is_some() || party.name.is_some();
    let (has_caller, has_connected) = (has(&state.caller), has(&state.connected));
    drop(state);
    second.tell_parties(has_caller, &old_account, has_connected);
}

impl Leg for LocalLeg {
    fn technology(&self) -> &'static str {
        "Local"
    }

    fn call(&self, _outgoing: &Outgoing) {
        if let Some(second) = self.other() {
            self.pair.is_called.store(true, Ordering::Relaxed);
            if let Some(first) = self.pair.end(self.side) {
                cross_over(&first, &second);
                first.channels().publish(&Happening::LocalPair { first: &first, second: &second });
            }
            self.pair.arrivals.arrive(second);
        }
    }

    fn answer(&self) {
        self.tell(Event::Answered);
    }

    fn indicate(&self, indication: Indication) {
        let event = match indication {
            Indication::Proceeding => Event::Proceeding,
            Indication::Ringing => Event::Ringing,
            Indication::Progress => Event::Progress,
            Indication::Busy => Event::Busy,
            Indication::Congestion => Event::Congestion,
            Indication::Hold => Event::Held,
            Indication::Unhold => Event::Resumed,
            Indication::Incomplete => return,
        };
        self.tell(event);
    }

    fn hang_up(&self, cause: Cause) {
        let Some(other) = self.other().filter(|_| !self.pair.passage.is_left.load(Ordering::Relaxed)) else { return };
        other.interrupt(Interrupt::Hangup(cause));
        // A second end that never ran has no task that would notice.
        if self.side == 0 && !self.pair.is_called.load(Ordering::Relaxed) {
            other.hang_up(cause);
        }
    }

    fn write(&self, frame: &Frame) {
        self.pair.passage.note_audio();
        let sink = self.pair.sinks.get(1 - self.side).and_then(|sink| sink.lock().clone());
        if let Some(sink) = sink {
            sink.give(frame);
        }
    }

    fn carries(&self, codec: Codec) -> bool {
        let sink = self.pair.sinks.get(1 - self.side).and_then(|sink| sink.lock().clone());
        sink.is_some_and(|sink| sink.carries(codec))
    }

    fn speaks(&self) -> bool {
        false
    }

    fn optimize_away(&self) -> bool {
        self.pair.passage.set_open(true);
        true
    }

    fn passage(&self) -> Option<&Passage> {
        let passage = &self.pair.passage;
        let _ =
            passage.second.get_or_init(|| self.pair.end(1).map_or_else(Weak::new, |second| Arc::downgrade(&second)));
        (self.side == 0 && passage.is_open.load(Ordering::Relaxed)).then_some(passage)
    }

    fn listen(&self, sink: Option<Arc<dyn Sink>>) {
        if let Some(place) = self.pair.sinks.get(self.side) {
            *place.lock() = sink;
        }
    }

    /// Who is connected with this end calls from the other.
    fn show_connected(&self, party: &Party) {
        let Some(other) = self.other() else { return };
        {
            let mut state = other.state();
            state.caller = party.clone();
            state.is_caller_known = true;
        }
        other.channels().publish(&Happening::CallerChanged { channel: &other });
        match other.bridged_with().and_then(|peer| other.channels().find(&peer)) {
            Some(peer) => peer.connect_with(party),
            None => other.report(Event::Connected),
        }
    }

    fn send_text(&self, _text: &str) -> bool {
        true
    }

    fn send_digit(&self, digit: char, _duration: Duration) {
        self.tell(Event::Digit(digit));
    }
}
