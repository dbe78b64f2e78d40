//! Programs hear of a member when its device does something else.

use std::sync::{Arc, Weak};

use super::events;
use crate::channel::{Happening, Observer};
use crate::interpreter::Exchange;

/// Publishes `QueueMemberStatus` for the members whose device is otherwise than before.
pub struct MemberWatch(Weak<Exchange>);

impl MemberWatch {
    pub fn new(exchange: &Arc<Exchange>) -> Arc<Self> {
        Arc::new(Self(Arc::downgrade(exchange)))
    }
}

impl Observer for MemberWatch {
    fn happened(&self, happening: &Happening<'_>) {
        let Happening::Manager { event: "DeviceStateChange", fields, .. } = happening else { return };
        let device = fields.iter().find(|(name, _)| *name == "Device").map(|(_, device)| (*device).to_owned());
        let Some((device, exchange)) = device.zip(self.0.upgrade()) else { return };
        let is_member = |queue: &Arc<crate::queues::Queue>| {
            queue.members().iter().any(|member| member.state_interface.eq_ignore_ascii_case(&device))
        };
        let concerned: Vec<_> = exchange.queues.all().into_iter().filter(is_member).collect();
        if concerned.is_empty() {
            return;
        }
        // Who tells others of a happening must not tell more from within.
        tokio::spawn(async move {
            for queue in concerned {
                for member in queue.members() {
                    if member.state_interface.eq_ignore_ascii_case(&device) {
                        events::publish_member(&exchange, "QueueMemberStatus", &queue, &member);
                    }
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use parking_lot::Mutex;

    use super::*;
    use crate::channel::simulated::{Behaviour, SimulatedTechnology};
    use crate::conf::Memory;
    use crate::server::{Configuration, Setup};

    #[derive(Default)]
    struct Heard(Mutex<Vec<String>>);

    impl Observer for Heard {
        fn happened(&self, happening: &Happening<'_>) {
            if let Happening::Manager { event: "QueueMemberStatus", fields, .. } = happening {
                let value =
                    |wanted: &str| fields.iter().find(|(name, _)| *name == wanted).map_or("", |(_, value)| value);
                self.0.lock().push(format!("{} {} {}", value("Queue"), value("Interface"), value("Status")));
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_member_that_is_called_is_told_of() {
        let mut files = Memory::default()
            .with("etc/extensions.conf", "[default]\n")
            .with("etc/queues.conf", "[sales]\nmember => SIP/1\n[other]\nmember => SIP/2\n");
        let configuration = Configuration::load_from(&mut files, Path::new("etc/extensions.conf"));
        let exchange = configuration.exchange(Setup::default());
        let heard = Arc::new(Heard::default());
        exchange.begin_watching();
        exchange.channels.add_observer(MemberWatch::new(&exchange));
        exchange.channels.add_observer(heard.clone());
        let phones = SimulatedTechnology::new([], Behaviour::Rings);
        exchange.channels.add_technology(phones.clone());
        let (channel, _party) = phones.dial(&exchange.channels, "SIP", "1", |_| {});
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        channel.hang_up(crate::channel::Cause::NORMAL);
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        assert_eq!(*heard.0.lock(), ["sales SIP/1 2", "sales SIP/1 1"]);
    }
}
