//! Signals between telephone exchanges, in the audio: multi-frequency digits and pulses of a single frequency.

mod receive_mf;
mod receive_sf;
mod send_mf;
mod send_sf;

use std::sync::Arc;
use std::time::Duration;

pub use receive_mf::RECEIVE_MF;
pub use receive_sf::RECEIVE_SF;
pub use send_mf::SEND_MF;
pub use send_sf::SEND_SF;

use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::music;
use crate::channel::Channel;
use crate::interpreter::{Arguments, Call};
use crate::media::tone::Tone;
use crate::media::{Frame, Sink};

/// No more digits are taken.
const MOST: usize = 255;

/// A milliseconds argument.
fn milliseconds(arguments: &Arguments, index: usize, usual: u64) -> u64 {
    arguments.seconds(index).filter(|number| *number >= 1.0).map_or(usual, |number| number as u64)
}

/// The channel that an argument names, or the call's own; nothing, with a warning, where it is not there.
fn receiver(call: &Call, application: &str, name: Option<&str>) -> Option<Arc<Channel>> {
    let Some(name) = name else { return Some(Arc::clone(&call.channel)) };
    let found = call.exchange.channels.find(name);
    if found.is_none() {
        call.context().warn(&format!("{application}: there is no channel {name}"));
    }
    found
}

/// Parts of a signal, one after the other: what sounds, in the notation of tones, and for how long.
#[derive(Default)]
struct Signal {
    parts: Vec<String>,
    length: u64,
}

impl Signal {
    fn push(&mut self, sound: &str, milliseconds: u64) {
        self.parts.push(format!("!{sound}/{milliseconds}"));
        self.length += milliseconds;
    }

    /// Lets the party hear it, to the end.
    async fn play(self, channel: &Arc<Channel>) {
        let Ok(tone) = Tone::parse(&self.parts.join(",")) else { return };
        let _sounding = music::sound(channel, tone);
        tokio::time::sleep(Duration::from_millis(self.length)).await;
    }
}

/// Hears the party and tells each digit.
struct Ear<D> {
    detector: Mutex<D>,
    heard: UnboundedSender<char>,
}

/// Makes digits of frames.
trait Detector: Send + 'static {
    fn process(&mut self, frame: &Frame) -> Option<char>;
}

impl<D: Detector> Ear<D> {
    fn new(detector: D) -> (Arc<Self>, UnboundedReceiver<char>) {
        let (heard, digits) = unbounded_channel();
        (Arc::new(Self { detector: Mutex::new(detector), heard }), digits)
    }
}

impl<D: Detector> Sink for Ear<D> {
    fn accept(&self, frame: &Frame) {
        if let Some(digit) = self.detector.lock().process(frame) {
            // Nobody waits any more when the application is over.
            let _ = self.heard.send(digit);
        }
    }
}

/// Sets the variable to the digits when it is dropped, also where the caller hangs up.
struct Digits<'a> {
    call: &'a Call,
    variable: &'a str,
    digits: String,
}

impl Drop for Digits<'_> {
    fn drop(&mut self) {
        self.call.context().set(self.variable, &self.digits);
    }
}
