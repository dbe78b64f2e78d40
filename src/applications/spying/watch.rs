//! Listening to one channel until something ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::time::Duration;

use super::ear::{Ear, Voice, Voices};
use crate::bridging::holding::Holding;
use crate::channel::tap::Tap;
use crate::channel::{Channel, Event, Happening, Listening, snapshot};
use crate::interpreter::{Call, Options};

/// How the spy takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Listens,
    Whispers,
    /// Is heard by both.
    Barges,
    /// Whispers and hears nothing.
    OnlyWhispers,
}

/// What ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// The channel hung up, or left its bridge where only bridges are listened to.
    Gone,
    /// `*`, or the key of option `c`: another is to be looked for.
    Next,
    /// Digits and `#`: a channel of that name is to be looked for.
    Named(String),
    /// The key of option `x` ends it.
    Quit,
    /// A key that is an extension.
    Exit(char),
}

/// Taps on a channel that are taken away again.
pub(super) struct Tapped {
    taps: Vec<(Arc<Channel>, Arc<dyn Tap>)>,
}

impl Tapped {
    fn add(&mut self, channel: &Arc<Channel>, tap: Arc<dyn Tap>) {
        channel.add_tap(Arc::clone(&tap));
        self.taps.push((Arc::clone(channel), tap));
    }
}

impl Drop for Tapped {
    fn drop(&mut self) {
        self.taps.iter().for_each(|(channel, tap)| _ = channel.remove_tap(tap));
    }
}

fn tell(call: &Call, spied: &Channel, event: &str) {
    let both = [snapshot::fields(&call.channel, "Spyer"), snapshot::fields(spied, "Spyee")].concat();
    let fields: Vec<(&str, &str)> = both.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    call.exchange.channels.publish(&Happening::Manager { channel: None, event, privilege: "call", fields: &fields });
}

struct Watched<'a> {
    call: &'a Call,
    spied: &'a Channel,
}

impl Drop for Watched<'_> {
    fn drop(&mut self) {
        tell(self.call, self.spied, "ChanSpyStop");
    }
}

/// Listens to a channel; the keys do what ChanSpy's manual says.
pub(super) async fn watch(
    call: &Call,
    spied: &Arc<Channel>,
    options: &Options,
    mode: &mut Mode,
    volume: &Arc<AtomicI32>,
    is_exit: impl Fn(char) -> bool,
) -> Left {
    tell(call, spied, "ChanSpyStart");
    let _watched = Watched { call, spied };
    let key_of = |letter: char| options.argument(letter).and_then(|keys| keys.trim().chars().next());
    let (cycles, quits) = (key_of('c').unwrap_or('*'), key_of('x'));
    let mut digits = String::new();
    loop {
        let _side = join(&call.channel, spied, options.has('o'), *mode, volume);
        let event = tokio::select! {
            biased;
            event = call.channel.event() => event,
            () = gone(spied, options.has('b')) => return Left::Gone,
        };
        let Event::Digit(key) = event else { continue };
        if options.has('d') {
            let wanted = match key {
                '4' => Some(Mode::Listens),
                '5' => Some(Mode::Whispers),
                '6' => Some(Mode::Barges),
                _ => None,
            };
            if let Some(wanted) = wanted {
                *mode = wanted;
                continue;
            }
        }
        if options.has('X') && is_exit(key) {
            return Left::Exit(key);
        }
        match key {
            key if quits == Some(key) => return Left::Quit,
            key if cycles == key => return Left::Next,
            '#' if digits.is_empty() => {
                // Louder step by step, then from the softest again.
                let next = volume.load(Ordering::Relaxed) + 1;
                volume.store(if next > 4 { -4 } else { next }, Ordering::Relaxed);
            }
            '#' => return Left::Named(std::mem::take(&mut digits)),
            key if key.is_ascii_digit() => digits.push(key),
            _ => {}
        }
    }
}

/// Connects the spy with the channel, as long as the result lives.
pub(super) fn join(
    spy: &Arc<Channel>,
    spied: &Arc<Channel>,
    only_said: bool,
    mode: Mode,
    volume: &Arc<AtomicI32>,
) -> (Tapped, Option<Holding>, Option<Listening>) {
    let mut tapped = Tapped { taps: Vec::new() };
    let mut voices = Vec::new();
    let mut parties = Vec::new();
    if mode != Mode::Listens {
        parties.push(Arc::clone(spied));
    }
    if mode == Mode::Barges
        && let Some(peer) = spied.bridged_with().and_then(|name| spied.channels().find(&name))
    {
        parties.push(peer);
    }
    let hearing = (mode != Mode::OnlyWhispers).then(|| {
        let ear = Arc::new(Ear::new(only_said));
        tapped.add(spied, ear.clone());
        let volume = Arc::clone(volume);
        Holding::relay(spy, move || {
            let frame = ear.next();
            match volume.load(Ordering::Relaxed) {
                0 => Some(frame),
                steps => Some(frame.amplified(2.0_f32.powi(steps))),
            }
        })
    });
    for party in &parties {
        let voice = Arc::new(Voice::new(party));
        tapped.add(party, voice.clone());
        voices.push(voice);
    }
    let speaking = (!voices.is_empty()).then(|| spy.listen(Arc::new(Voices(voices))));
    (tapped, hearing, speaking)
}

/// Waits until the channel hangs up, or leaves its bridge.
async fn gone(spied: &Channel, in_bridge: bool) {
    while spied.hangup_cause().is_none() && !(in_bridge && spied.bridged_with().is_none()) {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
