//! `indication`: the tones of countries.

use crate::management::console::{Answer, Command};

pub static SHOW: Command = Command::now(
    "indication show",
    "[country …]",
    "Lists the countries whose tones are known, or shows their tones",
    |request| {
        let audio = request.exchange().audio();
        if request.words.is_empty() {
            let rows = audio.zones.iter().map(|zone| format!("{:<7.7} {}\n", zone.country, zone.description));
            let rows: String = rows.collect();
            return Answer::lines(format!("Country   Description\n===========================\n{rows}"));
        }
        let wanted = request.words.iter().filter_map(|country| audio.zones.zone(country));
        let shown: Vec<String> = wanted
            .map(|zone| {
                let tone =
                    |name: &str| format!("{:<7.7} {name:<15.15} {}\n", zone.country, zone.notation(name).unwrap_or(""));
                let tones: String = zone.names().map(tone).collect();
                format!("Country Indication      PlayList\n=====================================\n{tones}")
            })
            .collect();
        match shown.is_empty() {
            true => Answer::refusal("No countries matched your criteria."),
            false => Answer::lines(shown.concat()),
        }
    },
)
.completes(|pbx, _| pbx.exchange.audio().zones.iter().map(|zone| zone.country.clone()).collect());
