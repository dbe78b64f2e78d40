//! Parking lots: calls that wait in numbered spaces until somebody takes them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use parking_lot::Mutex;
use tokio::time::Instant;

use crate::channel::{Channel, Position};
use crate::conf::{Config, Disk, Files, Section, is_true};
use crate::diagnostic::Sources;

/// A parking lot, as `res_parking.conf` describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    pub name: String,
    /// The extension that parks; empty for none.
    pub extension: String,
    /// That extension parks in this lot, whatever the channel says.
    pub is_exclusive: bool,
    pub first: u32,
    pub last: u32,
    pub context: String,
    /// How long a call waits.
    pub time: Duration,
    /// Spaces are taken in turn (`findslot=next`).
    pub takes_next: bool,
    /// A call that waited too long goes back to who parked it.
    pub comes_back: bool,
    pub comeback_context: String,
    pub comeback_time: Duration,
    pub music: String,
    pub courtesy_tone: String,
    /// Who hears it: `caller`, `callee`, `both` or `no`.
    pub courtesy_for: String,
    pub hints: bool,
    /// Options of the Dial that calls back, from `parkedcalltransfers` and its like.
    pub comeback_options: String,
}

impl Lot {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            extension: "700".to_owned(),
            is_exclusive: false,
            first: 701,
            last: 750,
            context: "parkedcalls".to_owned(),
            time: Duration::from_secs(45),
            takes_next: false,
            comes_back: true,
            comeback_context: "parkedcallstimeout".to_owned(),
            comeback_time: Duration::from_secs(30),
            music: "default".to_owned(),
            courtesy_tone: String::new(),
            courtesy_for: "caller".to_owned(),
            hints: false,
            comeback_options: String::new(),
        }
    }

    fn read(section: &Section) -> Self {
        let mut lot = Self::new(&section.name);
        if section.name.eq_ignore_ascii_case("general") || section.name.eq_ignore_ascii_case("default") {
            lot.name = "default".to_owned();
        } else {
            lot.extension.clear();
        }
        let seconds = |value: &str| value.trim().parse().ok().map(Duration::from_secs);
        for entry in &section.entries {
            let value = entry.value.as_str();
            match entry.key.to_ascii_lowercase().as_str() {
                "parkext" => lot.extension = value.to_owned(),
                "parkext_exclusive" => lot.is_exclusive = is_true(value),
                "parkpos" => {
                    let (first, last) = value.split_once('-').unwrap_or((value, value));
                    if let (Ok(first), Ok(last)) = (first.trim().parse(), last.trim().parse()) {
                        (lot.first, lot.last) = (first, last);
                    }
                }
                "context" => lot.context = value.to_owned(),
                "parkingtime" => lot.time = seconds(value).unwrap_or(lot.time),
                "findslot" => lot.takes_next = value.eq_ignore_ascii_case("next"),
                "comebacktoorigin" => lot.comes_back = is_true(value),
                "comebackcontext" => lot.comeback_context = value.to_owned(),
                "comebackdialtime" => lot.comeback_time = seconds(value).unwrap_or(lot.comeback_time),
                "parkedmusicclass" => lot.music = value.to_owned(),
                "courtesytone" => lot.courtesy_tone = value.to_owned(),
                "parkedplay" => lot.courtesy_for = value.to_ascii_lowercase(),
                "parkinghints" => lot.hints = is_true(value),
                key => {
                    let letters = match key {
                        "parkedcalltransfers" => ('t', 'T'),
                        "parkedcallreparking" => ('k', 'K'),
                        "parkedcallhangup" => ('h', 'H'),
                        "parkedcallrecording" => ('x', 'X'),
                        _ => continue,
                    };
                    if matches!(value, "callee" | "both") {
                        lot.comeback_options.push(letters.0);
                    }
                    if matches!(value, "caller" | "both") {
                        lot.comeback_options.push(letters.1);
                    }
                }
            }
        }
        lot
    }

    fn read_all(config: &Config) -> Vec<Self> {
        let of_lots = config.sections.iter().filter(|section| !section.name.eq_ignore_ascii_case("general"));
        let mut lots: Vec<Lot> = of_lots.map(Lot::read).collect();
        if !lots.iter().any(|lot| lot.name == "default") {
            // Before Asterisk 12 the default lot stood in [general].
            lots.insert(0, config.section("general").map_or_else(|| Lot::new("default"), Lot::read));
        }
        lots
    }

    /// The extensions of all lots, as text of a dialplan, where the folder describes any.
    pub fn extensions(files: &mut dyn Files, folder: &Path) -> Option<(PathBuf, String)> {
        let path = source(files, folder)?;
        let config = Config::read(files, &path, &mut Sources::default());
        let mut text = String::new();
        for lot in Self::read_all(&config) {
            text.push_str(&format!("[{}]\n", lot.context));
            if !lot.extension.is_empty() {
                let named = if lot.is_exclusive { lot.name.as_str() } else { "" };
                text.push_str(&format!("exten => {},1,Park({named})\n", lot.extension));
            }
            // A lot of a million spaces is a mistake.
            for space in (lot.first..=lot.last).take(10_000) {
                text.push_str(&format!("exten => {space},1,ParkedCall({},{space})\n", lot.name));
                if lot.hints {
                    text.push_str(&format!("exten => {space},hint,park:{space}@{}\n", lot.context));
                }
            }
        }
        Some((path, text))
    }
}

/// The file that describes lots: `res_parking.conf`, or `features.conf` where it has `parkext` as of old.
fn source(files: &mut dyn Files, folder: &Path) -> Option<PathBuf> {
    let path = folder.join("res_parking.conf");
    if files.read(&path).is_ok() {
        return Some(path);
    }
    let path = folder.join("features.conf");
    files.read(&path).ok()?;
    let config = Config::read(files, &path, &mut Sources::default());
    config.section("general").is_some_and(|section| section.get("parkext").is_some()).then_some(path)
}

/// A call that waits.
#[derive(Clone, Debug)]
pub struct Parked {
    pub lot: String,
    pub space: u32,
    pub channel: Arc<Channel>,
    /// The device that parked it, such as `SIP/2001`.
    pub parker: String,
    pub since: Instant,
    pub until: Option<Instant>,
}

/// All lots and who waits there.
pub struct Parking {
    folder: PathBuf,
    read: Mutex<Option<(Stamp, Arc<Vec<Lot>>)>>,
    parked: Mutex<Vec<Parked>>,
    last: Mutex<u32>,
}

type Stamp = [Option<(SystemTime, u64)>; 2];

impl Parking {
    /// The lots that the configuration in this folder describes.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), read: Mutex::default(), parked: Mutex::default(), last: Mutex::default() }
    }

    /// All lots; they are read again when their file has changed.
    pub fn lots(&self) -> Arc<Vec<Lot>> {
        let stamp = |name: &str| {
            let metadata = std::fs::metadata(self.folder.join(name)).ok()?;
            Some((metadata.modified().ok()?, metadata.len()))
        };
        let stamp = [stamp("res_parking.conf"), stamp("features.conf")];
        let mut read = self.read.lock();
        match &*read {
            Some((known, lots)) if *known == stamp => Arc::clone(lots),
            _ => {
                let mut disk = Disk::default();
                let lots = match source(&mut disk, &self.folder) {
                    Some(path) => Lot::read_all(&Config::read(&mut disk, &path, &mut Sources::default())),
                    None => vec![Lot::new("default")],
                };
                let lots = Arc::new(lots);
                *read = Some((stamp, Arc::clone(&lots)));
                lots
            }
        }
    }

    pub fn lot(&self, name: &str) -> Option<Lot> {
        self.lots().iter().find(|lot| lot.name == name).cloned()
    }

    /// Everybody who is parked, in the order of arrival.
    pub fn all(&self) -> Vec<Parked> {
        self.parked.lock().clone()
    }

    /// Who waits in a space, or longest in the lot.
    pub fn find(&self, lot: &str, space: Option<u32>) -> Option<Parked> {
        let parked = self.parked.lock();
        parked.iter().find(|one| one.lot == lot && space.is_none_or(|space| one.space == space)).cloned()
    }

    /// A free space: the wanted one, the next in turn, the first, or any.
    pub fn free_space(&self, lot: &Lot, wanted: Option<u32>, picks_any: bool) -> Option<u32> {
        let parked = self.parked.lock();
        let is_free = |space: &u32| !parked.iter().any(|one| one.lot == lot.name && one.space == *space);
        let in_lot = lot.first..=lot.last;
        if let Some(space) = wanted.filter(|space| in_lot.contains(space) && is_free(space)) {
            return Some(space);
        }
        let mut free = in_lot.filter(is_free);
        if picks_any {
            let all: Vec<u32> = free.collect();
            return all.get(fastrand::usize(..all.len().max(1))).copied();
        }
        if lot.takes_next {
            let last = *self.last.lock();
            let all: Vec<u32> = free.collect();
            return all.iter().find(|space| **space > last).or(all.first()).copied();
        }
        free.next()
    }

    /// Lets a call wait; false where somebody else took the space meanwhile.
    pub fn enter(&self, one: Parked) -> bool {
        let mut parked = self.parked.lock();
        if parked.iter().any(|other| other.lot == one.lot && other.space == one.space) {
            return false;
        }
        *self.last.lock() = one.space;
        parked.push(one);
        true
    }

    /// Takes a call out of its space; nothing where it was out already.
    pub fn leave(&self, channel: &Channel) -> Option<Parked> {
        let mut parked = self.parked.lock();
        let at = parked.iter().position(|one| std::ptr::eq(&*one.channel, channel))?;
        Some(parked.remove(at))
    }
}

/// Where a call that waited too long goes where it does not go back: the extension named after who parked it, or `s`.
pub fn comeback(lot: &Lot, parker: &str) -> Position {
    Position::new(&lot.comeback_context, &parker.replace('/', "_"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;

    #[test]
    fn lots_bring_their_extensions() {
        let text = "[default]\nparkext=*9\nparkpos=71-72\nparkinghints=yes\n[other]\ncontext=there\nparkpos=5-5\nparkext=4\nparkext_exclusive=yes\n";
        let mut files = Memory::default().with("etc/res_parking.conf", text);
        let (_, text) = Lot::extensions(&mut files, Path::new("etc")).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..4],
            [
                "[parkedcalls]",
                "exten => *9,1,Park()",
                "exten => 71,1,ParkedCall(default,71)",
                "exten => 71,hint,park:71@parkedcalls"
            ]
        );
        assert_eq!(lines[6..], ["[there]", "exten => 4,1,Park(other)", "exten => 5,1,ParkedCall(other,5)"]);
        assert!(Lot::extensions(&mut Memory::default(), Path::new("etc")).is_none());
        let mut old =
            Memory::default().with("etc/features.conf", "[general]\nparkext=600\nparkpos=601-601\ncontext=p\n");
        assert!(Lot::extensions(&mut old, Path::new("etc")).unwrap().1.starts_with("[p]\nexten => 600,1,Park()"));
    }
}
