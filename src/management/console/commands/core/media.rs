//! `core show codecs`, `core show translation`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::management::console::{Answer, Command};
use crate::media::Codec;

pub static CODECS: Command = Command::now("core show codecs", "[audio]", "Lists the codecs", |_| {
    let codecs = Codec::ALL.into_iter().enumerate();
    let rows = codecs.map(|(at, codec)| Row {
        id: at + 1,
        kind: "audio",
        name: codec.name(),
        description: description(codec),
    });
    Answer::of(Codecs(rows.collect()))
});

pub static TRANSLATION: Command = Command::now(
    "core show translation",
    "",
    "Shows which codecs turn into which others, in microseconds a second of audio",
    |_| {
        let codecs = Codec::ALL.into_iter().filter(|codec| !codec.is_opaque());
        Answer::of(Translation { codecs: codecs.collect() })
    },
);

fn description(codec: Codec) -> &'static str {
    match codec {
        Codec::Ulaw => "G.711 u-law",
        Codec::Alaw => "G.711 a-law",
        Codec::Gsm => "GSM",
        Codec::G722 => "G722",
        Codec::G729 => "G.729A",
        Codec::G723 => "G.723.1",
        Codec::G726 => "G.726 RFC3551",
        Codec::Ilbc => "iLBC",
        Codec::Speex => "SpeeX",
        Codec::Linear => "16 bit Signed Linear PCM",
        Codec::Opus => "Opus Codec",
        Codec::Linear12 => "16 bit Signed Linear PCM (12kHz)",
        Codec::Linear16 => "16 bit Signed Linear PCM (16kHz)",
        Codec::Linear24 => "16 bit Signed Linear PCM (24kHz)",
        Codec::Linear32 => "16 bit Signed Linear PCM (32kHz)",
        Codec::Linear44 => "16 bit Signed Linear PCM (44kHz)",
        Codec::Linear48 => "16 bit Signed Linear PCM (48kHz)",
    }
}

/// About how many microseconds a second of audio takes. G.711 is a table, a filter changes the rate, G.722 codes in two
/// bands, GSM and Opus model the voice.
fn cost(source: Codec, destination: Codec) -> u32 {
    let rate = if source.sample_rate() == destination.sample_rate() { 0 } else { 300 };
    let coding = |codec| match codec {
        Codec::Opus => 9000,
        Codec::Gsm => 1300,
        Codec::G722 => 900,
        _ => 2,
    };
    rate + coding(source).max(coding(destination))
}

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
        writeln!(formatter, "Disclaimer: this command is for informational purposes only.")?;
        writeln!(formatter, "\tIt does not indicate anything about your configuration.")?;
        writeln!(formatter, "{:>8} {:<5} {:<12} {:<16} DESCRIPTION", "ID", "TYPE", "NAME", "FORMAT")?;
        writeln!(formatter, "{}", "-".repeat(96))?;
        for Row { id, kind, name, description } in &self.0 {
            writeln!(formatter, "{id:>8} {kind:<5} {name:<12} {name:<16} ({description})")?;
        }
        Ok(())
    }
}

struct Translation {
    codecs: Vec<Codec>,
}

impl Serialize for Translation {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.codecs.iter().map(|source| {
            let others = self.codecs.iter().filter(|destination| *destination != source);
            let costs: std::collections::BTreeMap<_, _> =
                others.map(|destination| (destination.name(), cost(*source, *destination))).collect();
            (source.name(), costs)
        }))
    }
}

impl Display for Translation {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "         Translation times between formats (in microseconds) for one second of data")?;
        writeln!(formatter, "          Source Format (Rows) Destination Format (Columns)\n")?;
        write!(formatter, "{:>15}", "")?;
        for codec in &self.codecs {
            write!(formatter, " {:>6}", codec.name())?;
        }
        writeln!(formatter)?;
        for source in &self.codecs {
            write!(formatter, "{:>15}", source.name())?;
            for destination in &self.codecs {
                match source == destination {
                    true => write!(formatter, " {:>6}", "-")?,
                    false => write!(formatter, " {:>6}", cost(*source, *destination))?,
                }
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}
