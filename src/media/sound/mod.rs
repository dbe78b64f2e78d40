//! Sound files: found by name without extension, read and written in 20 ms frames.
//!
//! A file is streamed: however long it is, only a few kilobytes of it are held. Whatever its rate, what comes out is
//! at the rate that was asked for; a file in a codec of the wire (`.ulaw`, `.alaw`) comes out in that codec, untouched.

mod coded;
mod find;
mod read;
mod record;
mod wav;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

use super::frame::{Codec, SAMPLES};
use super::gsm;

pub use find::SoundFolders;
pub use read::Sound;
pub use record::Recording;

/// Why a sound cannot be played or recorded.
#[derive(Debug, Error)]
pub enum SoundError {
    /// No folder has it.
    #[error(
        "no sound file `{name}` for language `{language}`: put {name}.wav (or .gsm, .ulaw, .alaw, .sln, .g722) into {}",
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
    /// The file is in a form that cannot be played or written.
    #[error(
        "{path}: {what} is not read or written: use wav, or convert it with `ffmpeg -i {path} -ar 8000 -ac 1 NAME.wav`"
    )]
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
    Gsm,
    /// GSM as WAV files have it: two frames share an octet.
    GsmInWav,
    G722,
}

impl Encoding {
    /// Octets of the least that can be read by itself.
    fn octets(self) -> usize {
        match self {
            Encoding::Linear => 2,
            Encoding::Ulaw | Encoding::Alaw | Encoding::Linear8 | Encoding::G722 => 1,
            Encoding::Gsm => gsm::OCTETS,
            Encoding::GsmInWav => gsm::WAV_OCTETS,
        }
    }

    /// Samples of one channel in it.
    fn samples(self) -> usize {
        match self {
            Encoding::Gsm => SAMPLES,
            Encoding::GsmInWav => 2 * SAMPLES,
            Encoding::G722 => 2,
            _ => 1,
        }
    }

    /// The codec of the wire that is the same octets.
    fn codec(self) -> Option<Codec> {
        match self {
            Encoding::Ulaw => Some(Codec::Ulaw),
            Encoding::Alaw => Some(Codec::Alaw),
            Encoding::Gsm | Encoding::GsmInWav => Some(Codec::Gsm),
            Encoding::G722 => Some(Codec::G722),
            Encoding::Linear | Encoding::Linear8 => None,
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

    /// Octets of the least of all channels that can be read by itself.
    fn block(self) -> usize {
        self.encoding.octets() * usize::from(self.channels)
    }

    /// How long so many octets last.
    fn time_of(self, octets: u64) -> Duration {
        let samples = octets / self.block() as u64 * self.encoding.samples() as u64;
        Duration::from_micros(samples * 1_000_000 / u64::from(self.rate))
    }

    /// How many octets last so long, in whole blocks.
    fn octets_in(self, time: Duration) -> u64 {
        let samples = time.as_micros() * u128::from(self.rate) / 1_000_000;
        samples as u64 / self.encoding.samples() as u64 * self.block() as u64
    }
}

/// What an extension stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// And the form in which it is written; what is read tells its own.
    Wav(Form),
    Raw(Form),
    Unsupported(&'static str),
}

impl Kind {
    /// The form of its samples, as far as the name tells.
    fn form(self) -> Option<Form> {
        match self {
            Kind::Wav(form) | Kind::Raw(form) => Some(form),
            Kind::Unsupported(_) => None,
        }
    }
}

/// The extensions known; of those that are equally near to a codec, the first is preferred.
const EXTENSIONS: &[(&str, Kind)] = &[
    ("ulaw", Kind::Raw(Form::raw(Encoding::Ulaw, 8000))),
    ("alaw", Kind::Raw(Form::raw(Encoding::Alaw, 8000))),
    ("wav", Kind::Wav(Form::raw(Encoding::Linear, 8000))),
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
    ("wav16", Kind::Wav(Form::raw(Encoding::Linear, 16_000))),
    ("sln24", Kind::Raw(Form::raw(Encoding::Linear, 24000))),
    ("sln32", Kind::Raw(Form::raw(Encoding::Linear, 32000))),
    ("sln44", Kind::Raw(Form::raw(Encoding::Linear, 44100))),
    ("sln48", Kind::Raw(Form::raw(Encoding::Linear, 48000))),
    ("g722", Kind::Raw(Form::raw(Encoding::G722, 16_000))),
    ("gsm", Kind::Raw(Form::raw(Encoding::Gsm, 8000))),
    ("WAV", Kind::Wav(Form::raw(Encoding::GsmInWav, 8000))),
    ("wav49", Kind::Wav(Form::raw(Encoding::GsmInWav, 8000))),
    ("g729", Kind::Unsupported("G.729")),
    ("g723", Kind::Unsupported("G.723.1")),
    ("g723sf", Kind::Unsupported("G.723.1")),
    ("g726-16", Kind::Unsupported("G.726")),
    ("g726-24", Kind::Unsupported("G.726")),
    ("g726-32", Kind::Unsupported("G.726")),
    ("g726-40", Kind::Unsupported("G.726")),
    ("ilbc", Kind::Unsupported("iLBC")),
    ("siren7", Kind::Unsupported("Siren 7")),
    ("siren14", Kind::Unsupported("Siren 14")),
    ("vox", Kind::Unsupported("ADPCM")),
    ("sln96", Kind::Unsupported("linear at 96 kHz")),
    ("sln192", Kind::Unsupported("linear at 192 kHz")),
    ("opus", Kind::Unsupported("Opus in a file")),
    ("ogg", Kind::Unsupported("Ogg")),
    ("mp3", Kind::Unsupported("MP3")),
    ("flac", Kind::Unsupported("FLAC")),
];

/// How the name of a file in a format ends: that of `wav49` is `WAV`, as Asterisk has it.
pub fn extension_of(format: &str) -> &str {
    if format.eq_ignore_ascii_case("wav49") { "WAV" } else { format }
}

/// The file of this name in a format.
pub fn in_format(stem: &Path, format: &str) -> PathBuf {
    // Not `Path::with_extension`: a name may have dots.
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(extension_of(format));
    PathBuf::from(path)
}

/// The file that a recording of this name is written to: Asterisk knows `call.wav49` and writes `call.WAV`.
pub fn as_written(path: &Path) -> PathBuf {
    match path.extension().and_then(|it| it.to_str()) {
        Some(extension) if extension_of(extension) != extension => path.with_extension(extension_of(extension)),
        _ => path.to_owned(),
    }
}

/// Whether recordings are written in a format.
pub fn is_written(format: &str) -> bool {
    kind_of(&in_format(Path::new("x"), format)).is_some_and(|kind| kind.form().is_some())
}

fn kind_of(path: &Path) -> Option<Kind> {
    let extension = path.extension()?.to_str()?;
    let exact = EXTENSIONS.iter().find(|(known, _)| *known == extension);
    let found = exact.or_else(|| EXTENSIONS.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension)))?;
    Some(found.1)
}
