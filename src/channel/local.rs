//! Local channels: two ends of a call inside exten. What goes into `;1` comes out of `;2`, which runs the plan.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use parking_lot::Mutex;

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
        let number = channels.next_number("Local");
        let pair = Arc::new(Pair {
            ends: [OnceLock::new(), OnceLock::new()],
            sinks: [Mutex::default(), Mutex::default()],
            arrivals: Arc::clone(&self.arrivals),
            is_called: AtomicBool::new(false),
        });
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
        let begin = first.state().clone();
        let second = make(1, Phase::Ring, &|state| {
            state.variables = begin.variables.clone();
            state.caller = begin.connected.clone();
            state.connected = begin.caller.clone();
            state.belong_to_call_of(&begin);
            begin.shared_with_other_end(state);
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
        let (first, second) = self.pair(channels, extension, context, prepare);
        let caller = second.state().caller.number().to_owned();
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
}

impl Pair {
    fn end(&self, side: usize) -> Option<Arc<Channel>> {
        self.ends.get(side)?.get()?.upgrade()
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
    state.caller = first.connected.clone();
    state.connected = first.caller.clone();
    state.belong_to_call_of(&first);
    first.shared_with_other_end(&mut state);
    drop(state);
    second.tell_variables(&known);
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
        let Some(other) = self.other() else { return };
        other.interrupt(Interrupt::Hangup(cause));
        // A second end that never ran has no task that would notice.
        if self.side == 0 && !self.pair.is_called.load(Ordering::Relaxed) {
            other.hang_up(cause);
        }
    }

    fn write(&self, frame: &Frame) {
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
        let peer = other.bridged_with().and_then(|peer| other.channels().find(&peer));
        if let Some(peer) = peer {
            peer.connect_with(party);
        }
    }

    fn send_text(&self, _text: &str) -> bool {
        true
    }

    fn send_digit(&self, digit: char, _duration: Duration) {
        self.tell(Event::Digit(digit));
    }
}
