//! The call-progress tones of countries, as `indications.conf` has them (after ITU-T E.180).

use super::tone::{Tone, ToneError};
use crate::conf::Config;
use crate::diagnostic::{Diagnostic, codes};

/// The tones of one country.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// The two letters plans write: `us`, `de`.
    pub country: String,
    /// The country's name.
    pub description: String,
    /// Name (`dial`, `busy`, `ring` …) and notation of each tone.
    tones: Vec<(String, String)>,
}

impl Zone {
    /// A zone without tones.
    pub fn new(country: &str, description: &str) -> Zone {
        Zone { country: country.to_owned(), description: description.to_owned(), tones: Vec::new() }
    }

    /// Adds a tone, or replaces it. A notation that cannot be read is refused and leaves the zone as it was.
    pub fn set(&mut self, name: &str, notation: &str) -> Result<(), ToneError> {
        Tone::parse(notation)?;
        match self.tones.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, tone)) => *tone = notation.to_owned(),
            None => self.tones.push((name.to_owned(), notation.to_owned())),
        }
        Ok(())
    }

    /// The notation of a tone.
    pub fn notation(&self, name: &str) -> Option<&str> {
        let found = self.tones.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }

    /// A tone by its name.
    pub fn tone(&self, name: &str) -> Option<Tone> {
        Tone::parse(self.notation(name)?).ok()
    }

    /// The names of its tones.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.tones.iter().map(|(name, _)| name.as_str())
    }
}

/// All zones known to a server.
#[derive(Clone, Debug)]
pub struct Zones {
    zones: Vec<Zone>,
    default: String,
}

impl Default for Zones {
    fn default() -> Zones {
        Zones::built_in()
    }
}

impl Zones {
    /// The zones that need no file; the default is `us`, as in Asterisk.
    pub fn built_in() -> Zones {
        Zones { zones: BUILT_IN.iter().map(built_in_zone).collect(), default: "us".to_owned() }
    }

    /// Reads `indications.conf` on top of the built-in zones: a section a country, `country` in `[general]` the default.
    pub fn read(config: &Config) -> (Zones, Vec<Diagnostic>) {
        let mut zones = Zones::built_in();
        let mut diagnostics = Vec::new();
        for section in &config.sections {
            if section.name.eq_ignore_ascii_case("general") {
                zones.default = section.get("country").unwrap_or(&zones.default).to_owned();
                continue;
            }
            let mut zone = Zone::new(&section.name, section.get("description").unwrap_or(&section.name));
            // The rest is about phones on analogue lines, and about zones of old.
            let others = ["description", "ringcadence", "alias"];
            for entry in section.entries.iter().filter(|entry| !others.contains(&entry.key.to_lowercase().as_str())) {
                if let Err(error) = zone.set(&entry.key, &entry.value) {
                    let message = format!("tone {} of {} cannot be played", entry.key, section.name);
                    let diagnostic = Diagnostic::warning(codes::WRONG_VALUE, message);
                    diagnostics.push(diagnostic.at(entry.value_span, error.to_string()));
                }
            }
            match section.get("alias").and_then(|country| zones.zone(country)) {
                Some(alias) => zones.insert(Zone { country: section.name.clone(), ..alias.clone() }),
                None => zones.insert(zone),
            }
        }
        if let Some(entry) = config.section("general").and_then(|general| general.entry("country"))
            && zones.zone(&entry.value).is_none()
        {
            let message = format!("there are no tones of country {}", entry.value);
            let diagnostic =
                Diagnostic::warning(codes::WRONG_VALUE, message).at(entry.value_span, "us is heard instead");
            diagnostics.push(diagnostic.help("write a section of that name, or a country that is known"));
        }
        (zones, diagnostics)
    }

    /// Adds a zone, or replaces the one of the same country.
    pub fn insert(&mut self, zone: Zone) {
        match self.zones.iter_mut().find(|known| known.country.eq_ignore_ascii_case(&zone.country)) {
            Some(known) => *known = zone,
            None => self.zones.push(zone),
        }
    }

    /// Makes a country the default.
    pub fn set_default(&mut self, country: &str) {
        self.default = country.to_owned();
    }

    /// The zone of a country.
    pub fn zone(&self, country: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.country.eq_ignore_ascii_case(country))
    }

    /// The default zone.
    pub fn default_zone(&self) -> Option<&Zone> {
        self.zone(&self.default).or_else(|| self.zones.first())
    }

    /// A tone as `Playtones` and `Busy` look it up: in `country`, else in the default zone.
    pub fn tone(&self, country: Option<&str>, name: &str) -> Option<Tone> {
        country.and_then(|country| self.zone(country)).or_else(|| self.default_zone())?.tone(name)
    }

    /// Every zone.
    pub fn iter(&self) -> impl Iterator<Item = &Zone> {
        self.zones.iter()
    }
}

fn built_in_zone(row: &BuiltIn) -> Zone {
    let mut zone = Zone::new(row.country, row.description);
    let names = ["dial", "busy", "ring", "congestion", "callwaiting", "record", "info", "dialrecall"];
    zone.tones = names.iter().zip(row.tones).map(|(name, tone)| (name.to_string(), tone.to_owned())).collect();
    zone.tones.push(("stutter".to_owned(), row.tones[7].to_owned()));
    zone
}

/// dial, busy, ring, congestion, callwaiting, record, info, dialrecall.
struct BuiltIn {
    country: &'static str,
    description: &'static str,
    tones: [&'static str; 8],
}

const fn zone(country: &'static str, description: &'static str, tones: [&'static str; 8]) -> BuiltIn {
    BuiltIn { country, description, tones }
}

const RECORD: &str = "1400/500,0/15000";
const INFO: &str = "!950/330,!1400/330,!1800/330,0";
const INFO_REPEATED: &str = "950/330,1400/330,1800/330,0/1000";
const RECALL_425: &str = "!425/100,!0/100,!425/100,!0/100,!425/100,!0/100,425";
const RECALL_350_440: &str = "!350+440/100,!0/100,!350+440/100,!0/100,!350+440/100,!0/100,350+440";

#[rustfmt::skip]
const BUILT_IN: &[BuiltIn] = &[
    zone("us", "United States", ["350+440", "480+620/500,0/500", "440+480/2000,0/4000", "480+620/250,0/250", "440/300,0/10000", RECORD, INFO, RECALL_350_440]),
    zone("at", "Austria", ["420", "420/400,0/400", "420/1000,0/5000", "420/200,0/200", "420/40,0/1960", "1400/80,0/14920", "950/330,1450/330,1850/330,0/1000", "420"]),
    zone("au", "Australia", ["413+438", "425/375,0/375", "413+438/400,0/200,413+438/400,0/2000", "425/375,0/375,420/375,0/375", "425/200,0/200,425/200,0/4400", "!425/1000,!0/15000,425/360,0/15000", "425/2500,0/500", "413+438"]),
    zone("be", "Belgium", ["425", "425/500,0/500", "425/1000,0/3000", "425/167,0/167", "1400/175,0/175,1400/175,0/3500", RECORD, "900/330,1400/330,1800/330,0/1000", RECALL_350_440]),
    zone("br", "Brazil", ["425", "425/250,0/250", "425/1000,0/4000", "425/250,0/250,425/750,0/250", "425/50,0/1000", "425/250,0/250", INFO_REPEATED, RECALL_350_440]),
    zone("ch", "Switzerland", ["425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200", "425/200,0/200,425/200,0/4000", "1400/80,0/15000", INFO_REPEATED, RECALL_425]),
    zone("cn", "China", ["450", "450/350,0/350", "450/1000,0/4000", "450/700,0/700", "450/400,0/4000", "950/400,0/10000", "450/100,0/100,450/100,0/100,450/100,0/100,450/400,0/400", "450"]),
    zone("de", "Germany", ["425", "425/480,0/480", "425/1000,0/4000", "425/240,0/240", "!425/200,!0/200,!425/200,!0/5000,!425/200,!0/200,!425/200,!0/5000,0", "1400/80,0/15000", INFO_REPEATED, RECALL_425]),
    zone("dk", "Denmark", ["425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200", "!425/200,!0/600,!425/200,!0/3000,0", "1400/80,0/15000", INFO, RECALL_425]),
    zone("es", "Spain", ["425", "425/200,0/200", "425/1500,0/3000", "425/200,0/200,425/200,0/200,425/200,0/600", "425/175,0/175,425/175,0/3500", RECORD, "950/330,0/1000", "!425/200,!0/200,!425/200,!0/200,!425/200,!0/200,425"]),
    zone("fi", "Finland", ["425", "425/300,0/300", "425/1000,0/4000", "425/200,0/200", "425/150,0/150,425/150,0/8000", RECORD, "950/650,0/325,950/325,0/30,1400/1300,0/2600", "425/650,0/25"]),
    zone("fr", "France", ["440", "440/500,0/500", "440/1500,0/3500", "440/250,0/250", "440/300,0/10000", RECORD, INFO, RECALL_350_440]),
    zone("in", "India", ["400*25", "400/750,0/750", "400*25/400,0/200,400*25/400,0/2000", "400/250,0/250", "400/200,0/100,400/200,0/7500", RECORD, INFO, RECALL_350_440]),
    zone("it", "Italy", ["425/200,0/200,425/600,0/1000", "425/500,0/500", "425/1000,0/4000", "425/200,0/200", "425/400,0/100,425/250,0/100,425/150,0/14000", "1400/400,0/15000", INFO, "470/400,425/400"]),
    zone("jp", "Japan", ["400", "400/500,0/500", "400*16/1000,0/2000", "400/500,0/500", "400*16/500,0/8000", RECORD, INFO, "!400/200,!0/200,!400/200,!0/200,!400/200,!0/200,400"]),
    zone("nl", "Netherlands", ["425", "425/500,0/500", "425/1000,0/4000", "425/250,0/250", "425/500,0/9500", RECORD, INFO_REPEATED, "425/500,0/50"]),
    zone("no", "Norway", ["425", "425/500,0/500", "425/1000,0/4000", "425/200,0/200", "425/200,0/600,425/200,0/10000", "1400/400,0/15000", INFO_REPEATED, "470/400,425/400"]),
    zone("nz", "New Zealand", ["400", "400/500,0/500", "400+450/400,0/200,400+450/400,0/2000", "400/250,0/250", "!400/200,!0/3000,!400/200,!0/3000,!400/200,!0/3000,!400/200,0", "1400/425,0/15000", "400/750,0/100,400/750,0/100,400/750,0/100,400/750,0/400", "!400/100,!0/100,!400/100,!0/100,!400/100,!0/100,400"]),
    zone("pl", "Poland", ["425", "425/500,0/500", "425/1000,0/4000", "425/500,0/500", "425/150,0/150,425/150,0/4000", RECORD, INFO_REPEATED, "425/500,0/50"]),
    zone("pt", "Portugal", ["425", "425/500,0/500", "425/1000,0/5000", "425/200,0/200", "440/300,0/10000", RECORD, INFO_REPEATED, RECALL_425]),
    zone("ru", "Russian Federation", ["425", "425/350,0/350", "425/1000,0/4000", "425/175,0/175", "425/200,0/5000", "1400/400,0/15000", INFO_REPEATED, "425/400,0/40"]),
    zone("se", "Sweden", ["425", "425/250,0/250", "425/1000,0/5000", "425/250,0/750", "425/200,0/500,425/200,0/9100", RECORD, "!950/332,!0/24,!1400/332,!0/24,!1800/332,!0/2024,0", RECALL_425]),
    zone("uk", "United Kingdom", ["350+440", "400/375,0/375", "400+450/400,0/200,400+450/400,0/2000", "400/400,0/350,400/225,0/525", "400/100,0/4000", "1400/500,0/60000", "950/330,0/15,1400/330,0/15,1800/330,0/1000", "350+440/750,440/750"]),
    zone("za", "South Africa", ["400*33", "400/500,0/500", "400*33/400,0/200,400*33/400,0/2000", "400/250,0/250", "400*33/250,0/250,400*33/250,0/250,400*33/250,0/250,400*33/250,0/250", RECORD, INFO_REPEATED, RECALL_350_440]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_tone_can_be_read() {
        for zone in Zones::built_in().iter() {
            assert_eq!(zone.names().count(), 9, "{}", zone.country);
            for name in zone.names() {
                assert!(zone.tone(name).is_some(), "{} {name}", zone.country);
            }
        }
    }

    #[test]
    fn a_country_is_found_whatever_its_case_and_else_the_default_answers() {
        let zones = Zones::built_in();
        assert_eq!(zones.tone(Some("DE"), "Busy"), Tone::parse("425/480,0/480").ok());
        assert_eq!(zones.tone(Some("xx"), "dial"), Tone::parse("350+440").ok());
        assert_eq!(zones.tone(None, "no-such-tone"), None);
    }

    #[test]
    fn indications_conf_adds_to_the_built_in_zones() {
        let text = "[general]\ncountry=xx\n[xx]\ndescription=Nowhere\nringcadence=2000,4000\ndial=123\nbusy=loud\n[gb]\nalias=uk\n";
        let mut files = crate::conf::Memory::default().with("indications.conf", text);
        let path = std::path::Path::new("indications.conf");
        let config = Config::read(&mut files, path, &mut crate::diagnostic::Sources::default());
        let (zones, diagnostics) = Zones::read(&config);
        assert_eq!(zones.tone(None, "dial"), Tone::parse("123").ok());
        assert_eq!(zones.tone(Some("gb"), "busy"), zones.tone(Some("uk"), "busy"));
        assert_eq!(diagnostics.len(), 1);
        assert!(diagnostics[0].message.contains("busy"));
    }

    #[test]
    fn a_zone_can_be_replaced_and_made_the_default() {
        let mut zones = Zones::built_in();
        let mut zone = Zone::new("de", "Deutschland");
        zone.set("dial", "440/100").unwrap();
        assert!(zone.set("dial", "loud").is_err());
        zones.insert(zone);
        zones.set_default("de");
        assert_eq!(zones.tone(None, "dial"), Tone::parse("440/100").ok());
        assert_eq!(zones.tone(None, "busy"), None);
    }
}
