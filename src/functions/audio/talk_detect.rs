//! `TALK_DETECT`

use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::channel::tap::{Tap, Way};
use crate::channel::{Channel, Happening};
use crate::functions::fields;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};
use crate::media::Frame;

/// `Set(TALK_DETECT(set)=)` tells manager programs when the party begins and stops talking: the events
/// ChannelTalkingStart and ChannelTalkingStop.
///
/// The value may be `silence,threshold`: so many milliseconds of silence end a talk (2500), and so loud has it to be
/// (256). `Set(TALK_DETECT(remove)=)` ends it.
pub static TALK_DETECT: Function = Function::new(
    "TALK_DETECT",
    "Tells manager programs when the party talks",
    &[Argument::required("set|remove", Kind::Text)],
)
.writes(write);

struct Detector {
    channel: Weak<Channel>,
    silence: Duration,
    threshold: u32,
    talk: Mutex<Option<Talk>>,
}

#[derive(Clone, Copy)]
struct Talk {
    begun: Instant,
    last: Instant,
}

impl Tap for Detector {
    fn pass(&self, way: Way, frame: &Frame) -> Option<Frame> {
        if way == Way::Heard {
            return None;
        }
        let now = Instant::now();
        let is_loud = frame.mean_magnitude() >= self.threshold;
        let mut talk = self.talk.lock();
        match &mut *talk {
            Some(talk) if is_loud => talk.last = now,
            None if is_loud => {
                *talk = Some(Talk { begun: now, last: now });
                self.tell("ChannelTalkingStart", &[]);
            }
            Some(Talk { begun, last }) if now - *last >= self.silence => {
                let duration = (*last - *begun).as_millis().to_string();
                *talk = None;
                self.tell("ChannelTalkingStop", &[("Duration", &duration)]);
            }
            _ => {}
        }
        None
    }
}

impl Detector {
    fn tell(&self, event: &str, fields: &[(&str, &str)]) {
        if let Some(channel) = self.channel.upgrade() {
            let channel = &*channel;
            channel.channels().publish(&Happening::Manager {
                channel: Some(channel),
                event,
                privilege: "call",
                fields,
            });
        }
    }
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let Some(channel) = context.channel else { return Ok(()) };
    for old in channel.taps::<Detector>() {
        let old: Arc<dyn Tap> = old;
        channel.remove_tap(&old);
    }
    match arguments.trim().to_ascii_lowercase().as_str() {
        "set" => {
            let [silence, threshold] = fields::standard(value);
            let number = |text: Option<String>| text.and_then(|text| text.trim().parse().ok());
            channel.add_tap(Arc::new(Detector {
                channel: Arc::downgrade(channel),
                silence: Duration::from_millis(number(silence).unwrap_or(2500)),
                threshold: number(threshold).and_then(|it| u32::try_from(it).ok()).unwrap_or(256),
                talk: Mutex::default(),
            }));
            Ok(())
        }
        "remove" => Ok(()),
        other => Err(FunctionError::arguments(format!("`{other}` is neither set nor remove"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::tests::Bench;

    #[tokio::test(start_paused = true)]
    async fn a_talk_begins_with_a_word_and_ends_with_silence() {
        let bench = Bench::new("");
        bench.set("TALK_DETECT(set)", "100,300");
        let detector = bench.channel.taps::<Detector>().pop().unwrap();
        let talks = |level: i16| {
            detector.pass(Way::Said, &Frame::linear([level; 160]));
            detector.talk.lock().is_some()
        };
        assert!(!talks(200) && talks(400));
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(talks(0));
        tokio::time::sleep(Duration::from_millis(60)).await;
        assert!(!talks(0));
        bench.set("TALK_DETECT(remove)", "");
        assert!(bench.channel.taps::<Detector>().is_empty());
    }
}
