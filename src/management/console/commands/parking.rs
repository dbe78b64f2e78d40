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
        Some(name) if shown.is_empty() => Answer::refusal(format!("\nCould not find parking lot '{name}'")),
        _ => Answer::of(Lots { lots: shown, is_one: wanted.is_some() }),
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

impl ShownLot {
    fn calls(&self, formatter: &mut Formatter<'_>) -> Result {
        writeln!(formatter, "\nParked Calls\n------------")?;
        if self.parked.is_empty() {
            writeln!(formatter, "  (none)\n")?;
        }
        for ShownCall { space, channel, parker } in &self.parked {
            writeln!(formatter, "  Space               :  {space}")?;
            writeln!(formatter, "  Channel             :  {channel}")?;
            writeln!(formatter, "  Parker Dial String  :  {parker}\n")?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct Lots {
    lots: Vec<ShownLot>,
    /// One that was named, with its calls.
    #[serde(skip)]
    is_one: bool,
}

impl Display for Lots {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        if !self.is_one {
            writeln!(formatter, "\nParking General Options\n-----------------------\nDynamic Parking     :  no")?;
        }
        for lot in &self.lots {
            let comeback_context = match lot.comes_back {
                true => format!("{} (comebacktoorigin=yes, not used)", lot.comeback_context),
                false => lot.comeback_context.clone(),
            };
            let facts = [
                ("Parking Extension", lot.extension.clone()),
                ("Parking Context", lot.context.clone()),
                ("Parking Spaces", format!("{}-{}", lot.first, lot.last)),
                ("Parking Time", format!("{} sec", lot.seconds)),
                ("Comeback to Origin", if lot.comes_back { "yes" } else { "no" }.to_owned()),
                ("Comeback Context", comeback_context),
                ("Comeback Dial Time", format!("{} sec", lot.comeback_seconds)),
                ("MusicOnHold Class", lot.music.clone()),
                ("Enabled", "yes".to_owned()),
                ("Dynamic", "no".to_owned()),
            ];
            writeln!(formatter, "\nParking Lot: {}\n{}", lot.name, "-".repeat(74))?;
            facts.iter().try_for_each(|(name, value)| writeln!(formatter, "{name:<20}:  {value}"))?;
            if self.is_one {
                lot.calls(formatter)?;
            }
            writeln!(formatter)?;
        }
        if self.is_one { Ok(()) } else { writeln!(formatter) }
    }
}
