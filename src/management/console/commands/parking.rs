//! `parking show`

use std::fmt::{Display, Formatter, Result};

use serde::Serialize;

use crate::bridging::parking::{Lot, Parked};
use crate::management::console::{Answer, Command};

pub static SHOW: Command = Command::now("parking show", "[lot]", "Shows parking lots and who waits there", |request| {
    let parking = &request.exchange().parking;
    let lots = parking.lots();
    let wanted = request.words.first();
    let shown: Vec<ShownLot> = lots
        .iter()
        .filter(|lot| wanted.is_none_or(|name| *name == lot.name))
        .map(|lot| ShownLot::of(lot, &parking.all()))
        .collect();
    match wanted {
        Some(name) if shown.is_empty() => Answer::failure(format!("Could not find parking lot: '{name}'")),
        _ => Answer::of(Lots { lots: shown }),
    }
});

#[derive(Serialize)]
struct ShownLot {
    name: String,
    extension: String,
    context: String,
    first: u32,
    last: u32,
    seconds: u64,
    comes_back: bool,
    comeback_context: String,
    comeback_seconds: u64,
    music: String,
    parked: Vec<ShownCall>,
}

#[derive(Serialize)]
struct ShownCall {
    space: u32,
    channel: String,
    parker: String,
}

impl ShownLot {
    fn of(lot: &Lot, parked: &[Parked]) -> Self {
        let here = parked.iter().filter(|one| one.lot == lot.name);
        Self {
            name: lot.name.clone(),
            extension: lot.extension.clone(),
            context: lot.context.clone(),
            first: lot.first,
            last: lot.last,
            seconds: lot.time.as_secs(),
            comes_back: lot.comes_back,
            comeback_context: lot.comeback_context.clone(),
            comeback_seconds: lot.comeback_time.as_secs(),
            music: lot.music.clone(),
            parked: here
                .map(|one| ShownCall {
                    space: one.space,
                    channel: one.channel.name().to_string(),
                    parker: one.parker.clone(),
                })
                .collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Lots {
    lots: Vec<ShownLot>,
}

impl Display for Lots {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        for lot in &self.lots {
            writeln!(formatter, "Parking Lot: {}", lot.name)?;
            writeln!(formatter, "  Parking Extension      : {}", lot.extension)?;
            writeln!(formatter, "  Parking Context        : {}", lot.context)?;
            writeln!(formatter, "  Parking Spaces         : {}-{}", lot.first, lot.last)?;
            writeln!(formatter, "  Parking Time           : {} sec", lot.seconds)?;
            writeln!(formatter, "  Comeback to Origin     : {}", if lot.comes_back { "yes" } else { "no" })?;
            writeln!(formatter, "  Comeback Context       : {}", lot.comeback_context)?;
            writeln!(formatter, "  Comeback Dial Time     : {} sec", lot.comeback_seconds)?;
            writeln!(formatter, "  MusicOnHold Class      : {}", lot.music)?;
            writeln!(formatter, "  Enabled                : Yes")?;
            writeln!(formatter, "\n  Parked Calls\n  ------------")?;
            if lot.parked.is_empty() {
                writeln!(formatter, "  (none)")?;
            }
            for ShownCall { space, channel, parker } in &lot.parked {
                writeln!(formatter, "  Space               :  {space}")?;
                writeln!(formatter, "    Channel             :  {channel}")?;
                writeln!(formatter, "    Parker Dial String  :  {parker}")?;
            }
            writeln!(formatter)?;
        }
        Ok(())
    }
}
