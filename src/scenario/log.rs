//! What happened on the stage, kept so that a story can look back at it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use super::statement::Step;
use crate::channel::{Cause, Happening, Indication, Observer, Phase};
use crate::diagnostic::Span;
use crate::interpreter::narration;

/// Everything that happened, in order.
pub struct Log {
    beginning: Instant,
    entries: Mutex<Vec<Entry>>,
    /// Who talks with whom, by the names of channels.
    bridges: Mutex<HashMap<Arc<str>, Arc<str>>>,
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The channel's name.
    pub channel: Arc<str>,
    /// The channel that it comes to: that of a telephone behind a Local channel, where something is heard.
    pub ear: Arc<str>,
    pub event: Event,
    /// As the narration tells it.
    pub line: Option<String>,
}

/// What a story can ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Step {
        position: String,
        application: String,
        arguments: String,
        span: Span,
    },
    Phase(Phase),
    Tone(String),
    Plays(String),
    MusicOn(String),
    MusicOff,
    Warning(String),
    HungUp(Cause),
    /// What only the narration tells.
    Other,
}

impl Log {
    /// Begins now.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { beginning: Instant::now(), entries: Mutex::default(), bridges: Mutex::default() })
    }

    /// How many entries there are: a place in the log.
    pub fn len(&self) -> usize {
        self.entries.lock().len()
    }

    /// Whether nothing happened yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How much time has passed.
    pub fn elapsed(&self) -> Duration {
        self.beginning.elapsed()
    }

    /// All of it, told.
    pub fn narration(&self) -> String {
        let entries = self.entries.lock();
        entries.iter().filter_map(|entry| entry.line.as_deref()).fold(String::new(), |text, line| text + line + "\n")
    }

    /// The first entry from a place on for which `find` gives something.
    pub fn find<T>(&self, from: usize, mut find: impl FnMut(&Entry) -> Option<T>) -> Option<(usize, T)> {
        let entries = self.entries.lock();
        entries.iter().enumerate().skip(from).find_map(|(at, entry)| Some((at, find(entry)?)))
    }

    /// What `find` gives of all entries from a place on.
    pub fn all<T>(&self, from: usize, find: impl FnMut(&Entry) -> Option<T>) -> Vec<T> {
        self.entries.lock().iter().skip(from).filter_map(find).collect()
    }

    /// Where what is played to a channel comes to: through a Local channel, to the one that talks with its other end.
    pub fn ear(&self, channel: &Arc<str>) -> Arc<str> {
        /// So many Local channels may stand between.
        const LONGEST: usize = 8;
        let bridges = self.bridges.lock();
        let mut ear = channel;
        for _ in 0..LONGEST {
            let Some(peer) = other_end(ear).and_then(|end| bridges.get(end.as_str())) else { break };
            ear = peer;
        }
        Arc::clone(ear)
    }

    fn note_bridge(&self, happening: &Happening<'_>) {
        match happening {
            Happening::BridgeEnter { channel, peer: Some(peer), .. } => {
                self.bridges.lock().insert(Arc::clone(channel.name()), Arc::clone(peer.name()));
            }
            Happening::BridgeLeave { channel, .. } => {
                self.bridges.lock().remove(channel.name());
            }
            _ => {}
        }
    }

    /// The places of the plan that were reached.
    pub fn spans(&self) -> Vec<Span> {
        self.all(0, |entry| match entry.event {
            Event::Step { span, .. } => Some(span),
            _ => None,
        })
    }
}

impl Event {
    /// Whether it is something that is heard.
    fn is_heard(&self) -> bool {
        matches!(self, Event::Tone(_) | Event::Plays(_) | Event::MusicOn(_) | Event::MusicOff)
    }

    /// Whether this is the step.
    pub fn is_step(&self, step: &Step) -> bool {
        matches!(self, Event::Step { position, application, arguments, .. } if step.is(position, application, arguments))
    }

    /// The tone's name, as the plan's own or as the phone makes it when it is told.
    fn tone(indication: Indication) -> Self {
        match indication {
            Indication::Ringing => Event::Tone("ring".to_owned()),
            Indication::Busy => Event::Tone("busy".to_owned()),
            Indication::Congestion => Event::Tone("congestion".to_owned()),
            _ => Event::Other,
        }
    }

    fn of(happening: &Happening<'_>) -> Self {
        match *happening {
            Happening::Step { position, application, arguments, span, .. } => Event::Step {
                position: position.to_string(),
                application: application.to_owned(),
                arguments: arguments.to_owned(),
                span,
            },
            Happening::Phase { phase, .. } => Event::Phase(phase),
            Happening::Indicated { indication, .. } => Self::tone(indication),
            Happening::Tone { tone, .. } => Event::Tone(tone.to_owned()),
            Happening::Plays { sound, .. } => Event::Plays(sound.to_owned()),
            Happening::MusicOn { class, .. } => Event::MusicOn(class.to_owned()),
            Happening::MusicOff { .. } => Event::MusicOff,
            Happening::Warning { text, .. } => Event::Warning(text.to_owned()),
            Happening::Hangup { cause, .. } => Event::HungUp(cause),
            _ => Event::Other,
        }
    }
}

impl Observer for Log {
    fn happened(&self, happening: &Happening<'_>) {
        let Some(channel) = happening.channel() else { return };
        self.note_bridge(happening);
        let (event, line) = (Event::of(happening), narration::line(self.elapsed(), happening));
        if event != Event::Other || line.is_some() {
            let channel = Arc::clone(channel.name());
            let ear = if event.is_heard() { self.ear(&channel) } else { Arc::clone(&channel) };
            self.entries.lock().push(Entry { channel, ear, event, line });
        }
    }
}

/// `Local/100@default-00000000;1` of `…;2`, and the other way round.
fn other_end(channel: &str) -> Option<String> {
    let (name, end) = channel.split_at_checked(channel.len().checked_sub(2)?)?;
    match end {
        ";1" => Some(format!("{name};2")),
        ";2" => Some(format!("{name};1")),
        _ => None,
    }
}
