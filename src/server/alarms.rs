//! The manager's events `StorageAlarm` and `StorageAlarmClear`: a disk or database that takes nothing, and that does again.

use std::sync::Arc;

use crate::channel::Happening;
use crate::interpreter::Exchange;
use crate::storage::records::{Alarm, Alarms};

/// Tells manager programs what happens to disks and databases. Asterisk has no such event; the log says the same.
pub fn alarms(exchange: &Arc<Exchange>) -> Alarms {
    let exchange = Arc::downgrade(exchange);
    Arc::new(move |alarm| {
        let exchange = exchange.clone();
        // At the end of the program there is nobody to be told.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        // An observer, who may have found it out, must not tell observers.
        runtime.spawn(async move {
            if let Some(exchange) = exchange.upgrade() {
                publish(&exchange, &alarm);
            }
        });
    })
}

fn publish(exchange: &Exchange, alarm: &Alarm) {
    let waiting = alarm.waiting.to_string();
    let mut fields = vec![("Storage", alarm.storage.as_str()), ("Kind", alarm.kind), ("Waiting", waiting.as_str())];
    let event = match &alarm.reason {
        Some(reason) => {
            fields.push(("Reason", reason));
            "StorageAlarm"
        }
        None => "StorageAlarmClear",
    };
    exchange.channels.publish(&Happening::Manager { channel: None, event, privilege: "system", fields: &fields });
}
