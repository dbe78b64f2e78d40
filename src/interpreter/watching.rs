//! Telling those who watch: manager programs and telephones hear when a device or an extension with a hint is otherwise
//! than before.
//!
//! What may have changed a device's state touches it. A task then looks at the devices that were touched, and at the
//! hints that have them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::{Notify, watch};

use super::Exchange;
use crate::channel::watching::{Caller, Watched};
use crate::channel::{DeviceState, Happening, Observer, Phase};

/// What is watched and what is known of it.
#[derive(Default)]
pub struct Watching {
    touched: Mutex<BTreeSet<String>>,
    wakes: Notify,
    devices: Mutex<HashMap<String, DeviceState>>,
    hints: Mutex<HashMap<(String, String), Hint>>,
}

/// A hint that somebody may watch.
struct Hint {
    /// As the plan has it.
    text: String,
    /// The devices, in small letters.
    devices: Vec<String>,
    sender: watch::Sender<Watched>,
}

/// The devices of a hint: `SIP/1&Custom:light`, perhaps with a name or a presence behind a comma.
fn devices(text: &str) -> Vec<String> {
    let devices = text.split(['(', ',']).next().unwrap_or("");
    devices.split('&').map(|device| device.trim().to_ascii_lowercase()).filter(|device| !device.is_empty()).collect()
}

impl Watching {
    /// Says that a device may be otherwise than before.
    pub fn touch(&self, device: &str) {
        self.touched.lock().insert(device.to_owned());
        self.wakes.notify_one();
    }
}

impl Exchange {
    /// What the hint of an extension points at, the variables of a pattern's hint substituted.
    pub fn hint(self: &Arc<Self>, context: &str, extension: &str) -> Option<String> {
        let plan = self.plan();
        let text = super::Lookup::new(&plan, &self.clock).hint(context, extension)?;
        if !text.contains("${") {
            return Some(text);
        }
        let mut surroundings = super::Context::without_channel(self, &plan);
        surroundings.state.position.set(context, extension, 1);
        Some(surroundings.expand(&text))
    }

    /// How an extension with a hint is, now and later. `None` where there is no hint.
    pub fn watch_extension(self: &Arc<Self>, context: &str, extension: &str) -> Option<watch::Receiver<Watched>> {
        let key = (context.to_owned(), extension.to_owned());
        let text = self.hint(context, extension)?;
        let mut hints = self.watching.hints.lock();
        let hint = hints.entry(key).or_insert_with(|| Hint {
            devices: devices(&text),
            sender: watch::Sender::new(Watched::of(DeviceState::NotInUse)),
            text: text.clone(),
        });
        hint.sender.send_replace(self.watched(&text));
        Some(hint.sender.subscribe())
    }

    /// How many watch an extension with a hint.
    pub fn watchers(&self, context: &str, extension: &str) -> usize {
        let hints = self.watching.hints.lock();
        let hint = hints.get(&(context.to_owned(), extension.to_owned()));
        hint.map_or(0, |hint| hint.sender.receiver_count())
    }

    /// The hints of the plan are watched by manager programs; those that the plan has no longer tell it to who watches.
    pub fn renew_hints(self: &Arc<Self>) {
        let plan = self.plan();
        let mut hints = self.watching.hints.lock();
        for (context, extension, _) in plan.plan.hints() {
            let name = extension.written();
            if name.starts_with('_') {
                continue;
            }
            let Some(text) = self.hint(&context.name, name) else { continue };
            hints.entry((context.name.to_string(), name.to_owned())).or_insert_with(|| Hint {
                devices: devices(&text),
                sender: watch::Sender::new(self.watched(&text)),
                text,
            });
        }
        hints.retain(|(context, extension), hint| match self.hint(context, extension) {
            Some(text) => {
                hint.devices = devices(&text);
                hint.text = text;
                hint.sender.send_if_modified(|watched| replace(watched, self.watched(&hint.text)));
                true
            }
            None => {
                hint.sender.send_if_modified(|watched| !std::mem::replace(&mut watched.is_gone, true));
                hint.sender.receiver_count() > 0
            }
        });
    }

    fn watched(&self, hint: &str) -> Watched {
        let state = self.hint_state(hint);
        let rings = matches!(state, DeviceState::Ringing | DeviceState::RingInUse);
        Watched { state, caller: rings.then(|| self.caller_of(hint)).flatten(), is_gone: false }
    }

    /// Who calls the telephone of a hint that rings.
    fn caller_of(&self, hint: &str) -> Option<Caller> {
        let devices = devices(hint);
        let channels = self.channels.all();
        let rings = |channel: &&Arc<crate::channel::Channel>| {
            channel.phase() == Phase::Ringing && devices.contains(&device_of(channel.name()).to_ascii_lowercase())
        };
        let channel = channels.iter().find(rings)?;
        let state = channel.state();
        let (number, name) = (state.connected.number().to_owned(), state.connected.name().to_owned());
        let dialed = state.caller.number().to_owned();
        Some(Caller { number, name, call: channel.unique_id().to_string(), dialed })
    }

    /// Looks at what is touched and tells who watches, for as long as the server lives.
    pub fn begin_watching(self: &Arc<Self>) {
        self.renew_hints();
        self.channels.add_observer(Arc::new(Toucher(Arc::downgrade(self))));
        let exchange = Arc::clone(self);
        tokio::spawn(async move {
            loop {
                exchange.watching.wakes.notified().await;
                let touched = std::mem::take(&mut *exchange.watching.touched.lock());
                touched.iter().for_each(|device| exchange.look_at(device));
            }
        });
    }

    fn look_at(&self, device: &str) {
        let key = device.to_ascii_lowercase();
        let state = self.device_state(device);
        let before = self.watching.devices.lock().insert(key.clone(), state);
        let mut changed = Vec::new();
        for ((context, extension), hint) in &*self.watching.hints.lock() {
            if !hint.devices.contains(&key) {
                continue;
            }
            let watched = self.watched(&hint.text);
            if hint.sender.send_if_modified(|known| replace(known, watched.clone())) {
                changed.push((context.clone(), extension.clone(), hint.text.clone(), watched));
            }
        }
        changed.sort_by(|one, next| (&one.0, &one.1).cmp(&(&next.0, &next.1)));
        for (context, extension, hint, watched) in changed {
            let number = watched.number().to_string();
            let fields = [
                ("Exten", extension.as_str()),
                ("Context", &context),
                ("Hint", &hint),
                ("Status", &number),
                ("StatusText", watched.text()),
            ];
            self.tell("ExtensionStatus", &fields);
        }
        if before != Some(state) {
            let fields = [("Device", device), ("State", state.word())];
            self.tell("DeviceStateChange", &fields);
        }
    }

    fn tell(&self, event: &str, fields: &[(&str, &str)]) {
        self.channels.publish(&Happening::Manager { channel: None, event, privilege: "call", fields });
    }
}

/// Puts a new value in the place of the old; false where they are the same.
fn replace(known: &mut Watched, new: Watched) -> bool {
    std::mem::replace(known, new.clone()) != new
}

/// The device of a channel: its name without the number behind it.
pub fn device_of(channel: &str) -> &str {
    channel.rsplit_once('-').map_or(channel, |(device, _)| device)
}

/// Touches the devices of the channels that something happens to.
struct Toucher(Weak<Exchange>);

impl Observer for Toucher {
    fn happened(&self, happening: &Happening<'_>) {
        let Some(exchange) = self.0.upgrade() else { return };
        match happening {
            Happening::Created { channel }
            | Happening::Phase { channel, .. }
            | Happening::Held { channel }
            | Happening::Resumed { channel }
            | Happening::Hangup { channel, .. } => {
                exchange.watching.touch(device_of(channel.name()));
            }
            Happening::RoomJoin { room, .. } | Happening::RoomLeave { room, .. } => {
                exchange.watching.touch(&format!("confbridge:{room}"));
                exchange.watching.touch(&format!("meetme:{room}"));
            }
            Happening::Manager { event: "MessageWaiting", fields, .. } => {
                if let Some((_, mailbox)) = fields.iter().find(|(name, _)| *name == "Mailbox") {
                    exchange.watching.touch(&format!("MWI:{mailbox}"));
                }
            }
            Happening::Manager { event, fields, .. } if event.starts_with("Queue") => {
                if let Some((_, queue)) = fields.iter().find(|(name, _)| *name == "Queue") {
                    exchange.watching.touch(&format!("Queue:{queue}"));
                    exchange.watching.touch(&format!("Queue:{queue}_avail"));
                    if let Some((_, interface)) = fields.iter().find(|(name, _)| *name == "Interface") {
                        exchange.watching.touch(&format!("Queue:{queue}_pause_{interface}"));
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};
    use crate::conf::Memory;
    use crate::server::{Configuration, Setup};

    fn exchange(plan: &str) -> Arc<Exchange> {
        let mut files = Memory::default().with("extensions.conf", plan.to_owned());
        Configuration::load_from(&mut files, Path::new("extensions.conf")).exchange(Setup::default())
    }

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl Observer for Heard {
        fn happened(&self, happening: &Happening<'_>) {
            if let Happening::Manager { event, fields, .. } = happening {
                let values: Vec<&str> = fields.iter().map(|(_, value)| *value).collect();
                self.0.lock().push(format!("{event} {}", values.join(" ")));
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_hint_is_told_to_who_watches() {
        let exchange = exchange("[a]\nexten => 1,hint,SIP/2001&Custom:lamp\nexten => _2XX,hint,SIP/20${EXTEN:1}\n");
        let heard = Arc::new(Heard::default());
        exchange.channels.add_observer(heard.clone());
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        exchange.channels.add_technology(phones.clone());
        exchange.begin_watching();
        let mut watched = exchange.watch_extension("a", "1").unwrap();
        assert_eq!(watched.borrow_and_update().number(), 0);
        let (channel, _party) = phones.dial(&exchange.channels, "SIP", "2001", |_| {});
        watched.changed().await.unwrap();
        let now = watched.borrow_and_update().clone();
        assert_eq!((now.number(), now.text()), (1, "InUse"));
        channel.hang_up(crate::channel::Cause::NORMAL);
        watched.changed().await.unwrap();
        assert_eq!(watched.borrow_and_update().number(), 0);
        exchange.set_custom_state("lamp", DeviceState::Busy).unwrap();
        watched.changed().await.unwrap();
        assert_eq!(watched.borrow_and_update().number(), 2);
        assert_eq!(
            *heard.0.lock(),
            [
                "ExtensionStatus 1 a SIP/2001&Custom:lamp 1 InUse",
                "DeviceStateChange SIP/2001 INUSE",
                "ExtensionStatus 1 a SIP/2001&Custom:lamp 0 Idle",
                "DeviceStateChange SIP/2001 NOT_INUSE",
                "ExtensionStatus 1 a SIP/2001&Custom:lamp 2 Busy",
                "DeviceStateChange Custom:lamp BUSY",
            ]
        );
        assert!(exchange.watch_extension("a", "9").is_none());
        assert_eq!(exchange.hint("a", "201").as_deref(), Some("SIP/2001"));
    }
}
