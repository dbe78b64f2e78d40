//! The rooms of `meetme.conf`, and choosing one that is empty.

use std::path::Path;

use super::booking;
use crate::bridging::room::RoomKind;
use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;
use crate::interpreter::Call;

/// Rooms made on the way are numbered up to here when one is chosen.
const MOST: u32 = 1024;

/// A room of `meetme.conf`: `conf => number[,pin[,adminpin]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Configured {
    pub number: String,
    pub pin: String,
    pub admin_pin: String,
}

/// `meetme.conf`, which is read anew each time.
pub(super) fn file(folder: &Path) -> Option<Config> {
    let path = folder.join("meetme.conf");
    path.exists().then(|| Config::read(&mut Disk::default(), &path, &mut Sources::default()))
}

/// All rooms of `meetme.conf`.
pub(super) fn configured(folder: &Path) -> Vec<Configured> {
    let config = file(folder);
    let Some(rooms) = config.as_ref().and_then(|config| config.section("rooms")) else { return Vec::new() };
    let room = |value: &str| {
        // The files of old separate with bars.
        let mut fields = value.split([',', '|']).map(|field| field.trim().to_owned());
        let mut field = || fields.next().unwrap_or_default();
        Configured { number: field(), pin: field(), admin_pin: field() }
    };
    rooms.all("conf").map(|entry| room(&entry.value)).collect()
}

/// A room that nobody is in: one of `meetme.conf` or the table, or with `makes` one that is not there. It is kept for this
/// call, so that two that ask at the same moment get two.
pub(super) async fn empty(call: &Call, makes: bool, without_pin: bool) -> Option<String> {
    let of_table = if makes { Vec::new() } else { booking::numbers(&call.exchange, without_pin).await };
    let rooms = configured(&call.exchange.folder);
    let mut candidates: Box<dyn Iterator<Item = String> + Send> = if makes {
        Box::new(
            (0..MOST).map(|number| number.to_string()).filter(|number| rooms.iter().all(|room| room.number != *number)),
        )
    } else {
        let fitting = rooms.iter().filter(|room| !without_pin || (room.pin.is_empty() && room.admin_pin.is_empty()));
        Box::new(fitting.map(|room| room.number.clone()).chain(of_table))
    };
    let exchange = &call.exchange;
    let holder = call.channel.unique_id();
    let is_alive = |holder: &str| exchange.channels.find(holder).is_some();
    candidates.find(|number| {
        exchange.rooms.find(RoomKind::MeetMe, number).is_none()
            && exchange.locks.take(&format!("MeetMe/{number}"), holder, is_alive)
    })
}
