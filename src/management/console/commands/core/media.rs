//! `core show codecs`, `core show translation`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command};
use crate::media::Codec;

pub static CODECS: Command = Command::now("core show codecs", "[audio]", "Lists the codecs", |_| {
    let codecs = CODECS_KNOWN.iter().enumerate();
    let rows =
        codecs.map(|(at, (codec, description))| Row { id: at + 1, kind: "audio", name: codec.name(), description });
    Answer::of(Codecs(rows.collect()))
});

pub static TRANSLATION: Command = Command::now(
    "core show translation",
    "",
    "Shows which codecs turn into which others, in microseconds a second of audio",
    |_| Answer::of(Translation { codecs: CODECS_KNOWN.iter().map(|(codec, _)| codec.name()).collect() }),
);

/// The codecs that audio is turned into and from.
const CODECS_KNOWN: [(Codec, &str); 3] =
    [(Codec::Ulaw, "G.711 u-law"), (Codec::Alaw, "G.711 a-law"), (Codec::Linear, "16 bit Signed Linear PCM")];

#[derive(Serialize)]
struct Row {
    id: usize,
    kind: &'static str,
    name: &'static str,
    description: &'static str,
}

#[derive(Serialize)]
struct Codecs(Vec<Row>);

impl Display for Codecs {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "{:<8} {:<5} {:<12} {:<16} DESCRIPTION", "ID", "TYPE", "NAME", "FORMAT")?;
        writeln!(formatter, "{}", "-".repeat(96))?;
        for Row { id, kind, name, description } in &self.0 {
            writeln!(formatter, "{id:>8} {kind:<5} {name:<12} {name:<16} ({description})")?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Translation {
    codecs: Vec<&'static str>,
}

impl Display for Translation {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "         Translation times between formats (in microseconds) for one second of data")?;
        writeln!(formatter, "          Source Format (Rows) Destination Format (Columns)\n")?;
        write!(formatter, "{:>15}", "")?;
        for codec in &self.codecs {
            write!(formatter, "{codec:>6}")?;
        }
        writeln!(formatter)?;
        for source in &self.codecs {
            write!(formatter, "{source:>15}")?;
            for destination in &self.codecs {
                // G.711 is a table: a microsecond or two for the 50 frames of a second.
                write!(formatter, "{:>6}", if source == destination { "-" } else { "2" })?;
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}
