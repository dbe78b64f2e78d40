//! Recording a conference into a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::applications::monitoring::{Track, mix_monitor};
use crate::bridging::room::{NewRecording, Room, RoomKind};
use crate::interpreter::{Exchange, Options};
use crate::media::sound::{Recording, SoundError, as_written};

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
pub fn start(exchange: &Arc<Exchange>, room: &Arc<Room>, file: Option<&str>) -> Result<PathBuf, RecordingError> {
    if room.recording().is_some() {
        return Err(RecordingError::Already);
    }
    let settings = &room.opening().recording;
    let options = Options::parse(&settings.options);
    let appends = settings.appends || options.has('a');
    let named = file.filter(|file| !file.is_empty());
    let (name, path) = room.recording_file(named, settings.appends, |name| place(exchange, room, name));
    let (mut hearing, mut silent) = (Vec::new(), Vec::new());
    for (track, path) in mix_monitor::files(exchange, Some(path.clone()), &options) {
        if let Some(folder) = path.parent() {
            // If that fails, so does the file, which tells why.
            let _ = std::fs::create_dir_all(folder);
        }
        let recording = if appends { Recording::append(&path)? } else { Recording::create(&path)? };
        if track == Track::Said { silent.push(recording) } else { hearing.push(recording) }
    }
    let mut hearing = hearing.into_iter();
    let Some(file) = hearing.next() else { return Ok(path) };
    let taken = file.path().to_owned();
    let command = settings.command.replace("^{MIXMONITOR_FILENAME}", &taken.to_string_lossy());
    let then = mix_monitor::afterwards(exchange, None, "", &options, command);
    let done = {
        let taken = taken.clone();
        Box::new(move || then(&[(Track::Both, taken)]))
    };
    let gain = mix_monitor::volume(&options, 'v');
    let recording = NewRecording {
        named: (name, path),
        copies: hearing.collect(),
        silent,
        gain,
        done: Some(done),
        ..NewRecording::of(file)
    };
    match room.start_recording(&exchange.channels, recording) {
        true => Ok(taken),
        false => Err(RecordingError::Already),
    }
}

fn place(exchange: &Exchange, room: &Room, name: &str) -> PathBuf {
    let settings = &room.opening().recording;
    let epoch = exchange.epoch();
    let folder = match room.kind() {
        RoomKind::MeetMe => "meetme",
        RoomKind::ConfBridge => "monitor",
    };
    let name = match name {
        // A name must not lead out of the folder.
        "" => format!("confbridge-{}-{epoch}.wav", room.name().replace(['/', '\\'], "_")),
        name if settings.has_timestamp && room.kind() == RoomKind::ConfBridge => stamped(name, epoch),
        name => name.to_owned(),
    };
    let path = exchange.directories.spool.join(folder).join(name);
    if path.extension().is_some() { as_written(&path) } else { path.with_extension("wav") }
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

#[cfg(test)]
mod tests {
    use super::stamped;

    #[test]
    fn the_time_stands_before_the_extension() {
        assert_eq!(stamped("/rec/board.wav", 17), "/rec/board-17.wav");
        assert_eq!(stamped("board", 17), "board-17");
    }
}
