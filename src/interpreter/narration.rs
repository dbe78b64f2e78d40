//! What happens to channels, told line by line with the time since the beginning.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::channel::{BridgeKind, Happening, Observer, Phase};

/// Collects lines such as `  0.000 SIP/2001-00000000    100@default:1 Answer`.
pub struct Narration {
    beginning: Instant,
    text: Mutex<String>,
}

impl Narration {
    /// Begins now.
    pub fn new() -> Arc<Self> {
        Arc::new(Self { beginning: Instant::now(), text: Mutex::default() })
    }

    /// What was told so far.
    pub fn text(&self) -> String {
        self.text.lock().clone()
    }
}

impl Observer for Narration {
    fn happened(&self, happening: &Happening<'_>) {
        if let Some(line) = line(self.beginning.elapsed(), happening) {
            // Writing to a String cannot fail.
            let _ = writeln!(self.text.lock(), "{line}");
        }
    }
}

/// The line that tells of something, if it is worth one.
pub fn line(since: Duration, happening: &Happening<'_>) -> Option<String> {
    let channel = happening.channel().map_or("", |channel| channel.name());
    let words = words(happening)?;
    Some(format!("{:9.3} {channel:<28} {words}", since.as_secs_f64()))
}

fn words(happening: &Happening<'_>) -> Option<String> {
    Some(match happening {
        Happening::Step { position, application, arguments, .. } => match *arguments {
            "" => format!("{position} {application}"),
            arguments => format!("{position} {application} {arguments}"),
        },
        Happening::Phase { phase: Phase::Ringing, .. } => "rings".to_owned(),
        Happening::Phase { phase: Phase::Up, .. } => "is answered".to_owned(),
        Happening::Pressed { digit, .. } => format!("presses {digit}"),
        Happening::Plays { sound, .. } => format!("hears {sound}"),
        Happening::Tone { tone, .. } => format!("hears the {tone} tone"),
        Happening::MusicOn { class: "", .. } => "hears music".to_owned(),
        Happening::MusicOn { class, .. } => format!("hears music of class {class}"),
        Happening::MusicOff { .. } => "hears music no more".to_owned(),
        Happening::BridgeEnter { peer: Some(peer), .. } => format!("talks with {}", peer.name()),
        Happening::BridgeLeave { bridge, .. } if bridge.kind() == BridgeKind::Basic => "talks no more".to_owned(),
        Happening::RoomJoin { room, .. } => format!("enters room {room}"),
        Happening::RoomLeave { room, .. } => format!("leaves room {room}"),
        Happening::DialEnd { caller: Some(_), status, callee, .. } if !status.is_empty() => {
            format!("gets {status} from {}", callee.name())
        }
        Happening::User { name, body, .. } => format!("says {name} {body}"),
        Happening::Warning { text, .. } => format!("warning: {text}"),
        Happening::Hangup { cause, .. } => format!("is hung up, cause {cause}"),
        _ => return None,
    })
}
