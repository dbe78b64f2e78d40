//! `file`: sound files.

use std::path::PathBuf;
use std::time::Instant;

use crate::management::console::{Answer, Command};
use crate::media::sound::{Recording, Sound, SoundError};

pub static CONVERT: Command = Command::now(
    "file convert",
    "<file_in> <file_out>",
    "Converts a sound file into another format, which the names' ends tell",
    |request| {
        let [from, to] = request.words.as_slice() else { return request.usage() };
        let sounds = request.exchange().directories.sounds();
        let path = |name: &str| if name.starts_with('/') { PathBuf::from(name) } else { sounds.join(name) };
        let begun = Instant::now();
        match convert(&path(from), &path(to)) {
            Ok(()) => Answer::line(format!("Converted {from} to {to} in {}ms", begun.elapsed().as_millis())),
            Err(error) => Answer::failure(format!("Unable to convert {from}: {error}")),
        }
    },
)
.manual("A name without a leading slash stands in the folder of the sounds.");

fn convert(from: &std::path::Path, to: &std::path::Path) -> Result<(), SoundError> {
    let mut sound = Sound::open(from)?;
    let mut copy = Recording::create(to)?;
    while let Some(frame) = sound.next_frame()? {
        copy.write(&frame)?;
    }
    copy.finish()
}
