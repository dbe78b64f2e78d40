//! Conferences: `MeetMe`, `ConfBridge` and what counts them. Both stand on the rooms of [`crate::bridging::room`].

pub mod confbridge;
pub mod meetme;
pub mod meetme_count;

mod profile;
mod stay;

use std::path::Path;

use crate::conf::{Config, Disk};
use crate::diagnostic::Sources;

/// A room of `meetme.conf`: `conf => number[,pin[,adminpin]]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ConfiguredRoom {
    pin: String,
    admin_pin: String,
}

/// The room of this number in `meetme.conf`, which is read anew each time.
fn configured_room(folder: &Path, number: &str) -> Option<ConfiguredRoom> {
    let path = folder.join("meetme.conf");
    if !path.exists() {
        return None;
    }
    let config = Config::read(&mut Disk::default(), &path, &mut Sources::default());
    let rooms = config.section("rooms")?;
    let room = rooms.all("conf").map(|entry| entry.value.split(',').map(str::trim));
    let mut fields = room.into_iter().find_map(|mut fields| (fields.next() == Some(number)).then_some(fields))?;
    let mut field = || fields.next().unwrap_or("").to_owned();
    Some(ConfiguredRoom { pin: field(), admin_pin: field() })
}
