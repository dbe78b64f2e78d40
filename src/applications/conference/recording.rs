//! Recording a conference into a file.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::bridging::room::{Room, RoomKind};
use crate::interpreter::Exchange;
use crate::media::sound::{Recording, SoundError};

/// Why a conference is not recorded.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    #[error("the conference is recorded already")]
    Already,
    #[error("{0}")]
    Sound(#[from] SoundError),
}

/// Begins to record a room into `file`, or without one where its bridge profile says. A relative name is in the folder
/// `monitor` of the spool, of MeetMe in `meetme`; without an extension it is a `.wav`.
///
/// # Errors
/// Where it is recorded already, or the file cannot be written.
pub fn start(exchange: &Exchange, room: &Arc<Room>, file: Option<&str>) -> Result<PathBuf, RecordingError> {
    if room.recording().is_some() {
        return Err(RecordingError::Already);
    }
    let settings = &room.opening().recording;
    let path = place(exchange, room, file.filter(|file| !file.is_empty()));
    if let Some(folder) = path.parent() {
        // If that fails, so does the file, which tells why.
        let _ = std::fs::create_dir_all(folder);
    }
    let recording = if settings.appends { Recording::append(&path)? } else { Recording::create(&path)? };
    let command = settings.command.clone();
    let done: Option<Box<dyn FnOnce() + Send>> =
        if command.is_empty() { None } else { Some(Box::new(move || run(&command))) };
    match room.start_recording(&exchange.channels, recording, done) {
        true => Ok(path),
        false => Err(RecordingError::Already),
    }
}

fn place(exchange: &Exchange, room: &Room, file: Option<&str>) -> PathBuf {
    let settings = &room.opening().recording;
    let epoch = exchange.epoch();
    let folder = match room.kind() {
        RoomKind::MeetMe => "meetme",
        RoomKind::ConfBridge => "monitor",
    };
    let name = match file.unwrap_or(&settings.file) {
        // A name must not lead out of the folder.
        "" => format!("confbridge-{}-{epoch}.wav", room.name().replace(['/', '\\'], "_")),
        name if settings.has_timestamp && room.kind() == RoomKind::ConfBridge => stamped(name, epoch),
        name => name.to_owned(),
    };
    let path = exchange.directories.spool.join(folder).join(name);
    if path.extension().is_some() { path } else { path.with_extension("wav") }
}

/// `board.wav` becomes `board-1700000000.wav`.
fn stamped(name: &str, epoch: i64) -> String {
    let path = Path::new(name);
    match (path.file_stem(), path.extension()) {
        (Some(stem), Some(extension)) => {
            let stamped = format!("{}-{epoch}.{}", stem.to_string_lossy(), extension.to_string_lossy());
            path.with_file_name(stamped).to_string_lossy().into_owned()
        }
        _ => format!("{name}-{epoch}"),
    }
}

/// Runs the command for a complete recording; nobody waits for it.
fn run(command: &str) {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    std::thread::spawn(move || {
        if let Err(error) = shell.status() {
            tracing::warn!("the command for a conference's recording cannot be run: {error}");
        }
    });
}

#[cfg(test)]
mod tests {
    use super::stamped;

    #[test]
    fn the_time_stands_before_the_extension() {
        assert_eq!(stamped("/rec/board.wav", 17), "/rec/board-17.wav");
        assert_eq!(stamped("board", 17), "board-17");
    }
}
