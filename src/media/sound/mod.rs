//! Sound files: found by name without extension, read and written in 20 ms frames.
//!
//! A file is streamed: however long it is, only a few kilobytes of it are held. Whatever its rate, what comes out is
//! at 8 kHz; a file in a codec of the wire (`.ulaw`, `.alaw`) comes out in that codec, untouched.

mod find;
mod read;
mod record;
mod wav;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use find::SoundFolders;
pub use read::Sound;
pub use record::Recording;

/// Why a sound cannot be played or recorded.
#[derive(Debug, Error)]
pub enum SoundError {
    /// No folder has it.
    #[error(
        "no sound file `{name}` for language `{language}`: put {name}.wav (or .ulaw, .alaw, .sln, .sln16) into {}",
        folders(tried)
    )]
    NotFound {
        /// The name without extension.
        name: String,
        /// The language it was looked for in.
        language: String,
        /// The folders searched.
        tried: Vec<PathBuf>,
    },
    /// The file is in a form that cannot be played.
    #[error("{path}: {what} cannot be played: convert it with `sox {path} -r 8000 -c 1 -b 16 NAME.wav`")]
    Unsupported {
        /// The file.
        path: String,
        /// What is in it.
        what: String,
    },
    /// The file is not what its name says.
    #[error("{path}: {what}: write it anew, or convert it with sox")]
    Malformed {
        /// The file.
        path: String,
        /// What is wrong.
        what: &'static str,
    },
    /// The system says no.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The system's reason.
        source: io::Error,
    },
}

impl SoundError {
    fn io(path: &Path, source: io::Error) -> SoundError {
        SoundError::Io { path: path.display().to_string(), source }
    }

    fn unsupported(path: &Path, what: impl Into<String>) -> SoundError {
        SoundError::Unsupported { path: path.display().to_string(), what: what.into() }
    }

    fn malformed(path: &Path, what: &'static str) -> SoundError {
        SoundError::Malformed { path: path.display().to_string(), what }
    }
}

fn folders(tried: &[PathBuf]) -> String {
    let shown: Vec<String> = tried.iter().map(|folder| folder.display().to_string()).collect();
    if shown.is_empty() { "a sound folder (none is set)".to_owned() } else { shown.join(" or ") }
}

/// How the samples of a file are coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Ulaw,
    Alaw,
    /// Signed 16 bits, little-endian.
    Linear,
    /// Unsigned 8 bits, as old WAV files have.
    Linear8,
}

impl Encoding {
    fn octets(self) -> usize {
        match self {
            Encoding::Linear => 2,
            Encoding::Ulaw | Encoding::Alaw | Encoding::Linear8 => 1,
        }
    }
}

/// The form of a file's samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Form {
    encoding: Encoding,
    rate: u32,
    channels: u16,
}

impl Form {
    const fn raw(encoding: Encoding, rate: u32) -> Form {
        Form { encoding, rate, channels: 1 }
    }

    /// Octets of one sample of all channels.
    fn block(self) -> usize {
        self.encoding.octets() * usize::from(self.channels)
    }
}

/// What an extension stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// And the rate at which it is written; what is read tells its own.
    Wav(u32),
    Raw(Form),
    Unsupported(&'static str),
}

/// The extensions known, in the order in which files of one name are preferred: no conversion first.
const EXTENSIONS: &[(&str, Kind)] = &[
    ("ulaw", Kind::Raw(Form::raw(Encoding::Ulaw, 8000))),
    ("alaw", Kind::Raw(Form::raw(Encoding::Alaw, 8000))),
    ("wav", Kind::Wav(8000)),
    ("sln", Kind::Raw(Form::raw(Encoding::Linear, 8000))),
    ("pcm", Kind::Raw(Form::raw(Encoding::Ulaw, 8000))),
    ("ul", Kind::Raw(Form::raw(Encoding::Ulaw, 8000))),
    ("mu", Kind::Raw(Form::raw(Encoding::Ulaw, 8000))),
    ("ulw", Kind::Raw(Form::raw(Encoding::Ulaw, 8000))),
    ("al", Kind::Raw(Form::raw(Encoding::Alaw, 8000))),
    ("alw", Kind::Raw(Form::raw(Encoding::Alaw, 8000))),
    ("raw", Kind::Raw(Form::raw(Encoding::Linear, 8000))),
    ("sln12", Kind::Raw(Form::raw(Encoding::Linear, 12000))),
    ("sln16", Kind::Raw(Form::raw(Encoding::Linear, 16000))),
    ("wav16", Kind::Wav(16_000)),
    ("sln24", Kind::Raw(Form::raw(Encoding::Linear, 24000))),
    ("sln32", Kind::Raw(Form::raw(Encoding::Linear, 32000))),
    ("sln44", Kind::Raw(Form::raw(Encoding::Linear, 44100))),
    ("sln48", Kind::Raw(Form::raw(Encoding::Linear, 48000))),
    ("gsm", Kind::Unsupported("GSM 06.10")),
    ("WAV", Kind::Unsupported("GSM 06.10 in WAV")),
    ("wav49", Kind::Unsupported("GSM 06.10 in WAV")),
    ("g722", Kind::Unsupported("G.722")),
    ("g729", Kind::Unsupported("G.729")),
    ("mp3", Kind::Unsupported("MP3")),
    ("ogg", Kind::Unsupported("Ogg")),
    ("flac", Kind::Unsupported("FLAC")),
];

fn kind_of(path: &Path) -> Option<Kind> {
    let extension = path.extension()?.to_str()?;
    let exact = EXTENSIONS.iter().find(|(known, _)| *known == extension);
    let found = exact.or_else(|| EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)))?;
    Some(found.1)
}
