//! Recording calls while they go on: `MixMonitor`, `Monitor` and what stops them.

pub mod mix_monitor;
pub mod monitor;
pub mod stop_mix_monitor;

mod recorder;
mod timeline;

pub use recorder::{CallRecorder, Track};

use std::path::PathBuf;

use crate::channel::{Channel, Happening};
use crate::interpreter::Exchange;
use crate::media::sound;

/// The file of a recording: a relative name lies in the folder `monitor` of the spool; a name without extension is of
/// `format`.
fn file(exchange: &Exchange, name: &str, format: &str) -> PathBuf {
    let path = exchange.directories.monitor().join(name);
    match path.extension() {
        Some(_) => sound::as_written(&path),
        None => sound::in_format(&path, format),
    }
}

fn tell(channel: &Channel, event: &str, fields: &[(&str, &str)]) {
    channel.channels().publish(&Happening::Manager { channel: Some(channel), event, privilege: "call", fields });
}
