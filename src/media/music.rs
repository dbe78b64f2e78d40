//! Music on hold: the classes of `musiconhold.conf` and the frames a held party hears.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::frame::{Codec, Frame};
use super::sound::Sound;
use crate::conf::{Config, Section};
use crate::diagnostic::{Diagnostic, codes};

/// The class of channels that name none.
pub const DEFAULT_CLASS: &str = "default";

/// In which order the files of a class are played.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By name, from the first (`sort=alpha`, and for a playlist as it is written).
    #[default]
    Sorted,
    /// By name, from any (`sort=randstart`).
    SortedFromAny,
    /// Any after any (`sort=random`).
    Random,
}

/// One class: its files and their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MusicClass {
    /// The files, in their order.
    pub files: Vec<PathBuf>,
    /// How they follow each other.
    pub order: Order,
}

/// All classes of a server.
#[derive(Clone, Debug, Default)]
pub struct MusicClasses {
    classes: BTreeMap<String, MusicClass>,
}

impl MusicClasses {
    /// A default class that plays the files of a folder: what is heard without a `musiconhold.conf`.
    pub fn of_folder(folder: &Path) -> MusicClasses {
        let mut classes = MusicClasses::default();
        classes.insert(DEFAULT_CLASS, MusicClass { files: files_in(folder), order: Order::Sorted });
        classes
    }

    /// Reads `musiconhold.conf`. A relative directory is looked for in `folders` in turn (the data directory, then the
    /// one of the bundled sounds). The default class plays the files of `bundled` where the file sets none that
    /// can be played.
    pub fn read(config: &Config, folders: &[PathBuf], bundled: &Path) -> (MusicClasses, Vec<Diagnostic>) {
        let mut classes = MusicClasses::default();
        let mut diagnostics = Vec::new();
        for section in config.sections.iter().filter(|section| !section.name.eq_ignore_ascii_case("general")) {
            let class = read_class(section, folders, &mut diagnostics);
            if !class.files.is_empty() {
                classes.insert(&section.name, class);
            }
        }
        if !classes.classes.contains_key(DEFAULT_CLASS) {
            classes.insert(DEFAULT_CLASS, MusicClass { files: files_in(bundled), order: Order::Sorted });
        }
        (classes, diagnostics)
    }

    /// Adds a class, or replaces the one of that name.
    pub fn insert(&mut self, name: &str, class: MusicClass) {
        self.classes.insert(name.to_lowercase(), class);
    }

    /// A class by its name; the default one for a name that none has.
    pub fn class(&self, name: &str) -> Option<&MusicClass> {
        self.classes.get(&name.to_lowercase()).or_else(|| self.classes.get(DEFAULT_CLASS))
    }

    /// Whether there is a class of that name.
    pub fn has(&self, name: &str) -> bool {
        self.classes.contains_key(&name.to_lowercase())
    }

    /// The names and classes, sorted.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &MusicClass)> {
        self.classes.iter().map(|(name, class)| (name.as_str(), class))
    }
}

impl MusicClass {
    /// Begins to play. `seed` decides what is left to chance.
    pub fn play(&self, seed: u64) -> Music {
        let mut music = Music { class: self.clone(), random: seed, place: 0, sound: None };
        if self.order != Order::Sorted {
            music.place = music.any();
        }
        music
    }
}

/// Music that never ends, for one listener.
#[derive(Debug)]
pub struct Music {
    class: MusicClass,
    random: u64,
    place: usize,
    sound: Option<Sound>,
}

impl Music {
    /// The next 20 ms: silence if no file of the class can be played.
    pub fn next_frame(&mut self) -> Frame {
        // A file that is empty or has gone is passed over; once around is enough.
        for _ in 0..=self.class.files.len() {
            if let Some(Ok(Some(frame))) = self.sound.as_mut().map(Sound::next_frame) {
                return frame;
            }
            let Some(path) = self.class.files.get(self.place) else { break };
            self.sound = Sound::open(path).ok();
            self.place = match self.class.order {
                Order::Random => self.any(),
                Order::Sorted | Order::SortedFromAny => (self.place + 1) % self.class.files.len(),
            };
        }
        Frame::silence(Codec::Linear)
    }

    /// The place of any file, by a generator of its own (splitmix64), so that a simulation plays the same twice.
    fn any(&mut self) -> usize {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % self.class.files.len().max(1) as u64) as usize
    }
}

fn read_class(section: &Section, folders: &[PathBuf], diagnostics: &mut Vec<Diagnostic>) -> MusicClass {
    let mode = section.get("mode").unwrap_or("files").to_lowercase();
    if mode == "playlist" {
        let entries = section.all("entry").filter_map(|entry| playable(&located(&entry.value, folders)));
        return MusicClass { files: entries.collect(), order: order_of(section) };
    }
    if mode != "files" {
        let message = format!("music class {} has mode {mode}, which is not played", section.name);
        let place = section.entry("mode").map_or(section.span, |entry| entry.value_span);
        let help = "write mode=files and a directory; the default class is heard instead";
        diagnostics.push(Diagnostic::warning(codes::WITHOUT_EFFECT, message).at(place, "not supported").help(help));
        return MusicClass::default();
    }
    let Some(directory) = section.entry("directory") else {
        let message = format!("music class {} has no directory", section.name);
        diagnostics.push(Diagnostic::warning(codes::WRONG_VALUE, message).at(section.span, "add directory=moh"));
        return MusicClass::default();
    };
    let folder = located(&directory.value, folders);
    let files = files_in(&folder);
    if files.is_empty() {
        let message = format!("music class {} has no file to play in {}", section.name, folder.display());
        let help = "put .wav, .ulaw, .alaw or .sln files there; the default class is heard instead";
        let diagnostic = Diagnostic::warning(codes::WRONG_VALUE, message).at(directory.value_span, "no sound here");
        diagnostics.push(diagnostic.help(help));
    }
    MusicClass { files, order: order_of(section) }
}

fn order_of(section: &Section) -> Order {
    let random = section.get("random").is_some_and(crate::conf::is_true);
    match section.get("sort").map(str::to_lowercase).as_deref() {
        Some("random") => Order::Random,
        Some("randstart") => Order::SortedFromAny,
        None if random => Order::Random,
        _ => Order::Sorted,
    }
}

/// A relative path in the first folder that has it.
fn located(path: &str, folders: &[PathBuf]) -> PathBuf {
    let found = folders.iter().map(|folder| folder.join(path)).find(|path| {
        let parent = path.parent().unwrap_or(path);
        path.exists() || (path.extension().is_none() && parent.is_dir() && playable(path).is_some())
    });
    found.unwrap_or_else(|| PathBuf::from(path))
}

/// A file by its full name, or by its name without extension.
fn playable(path: &Path) -> Option<PathBuf> {
    if path.is_file() && Sound::open(path).is_ok() {
        return Some(path.to_owned());
    }
    let name = path.file_name()?.to_str()?;
    super::sound::SoundFolders::new([path.parent()?.to_owned()]).find(name, "", Codec::Linear).ok()
}

/// The files of a folder that can be played, by name; of several forms of one piece the best at 8 kHz.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    files.sort();
    files.retain(|path| path.is_file() && Sound::open(path).is_ok());
    files.dedup_by(|second, first| second.with_extension("") == first.with_extension(""));
    files.iter().map(|file| playable(&file.with_extension("")).unwrap_or_else(|| file.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    fn folder(files: &[(&str, u8)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, octet) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, [*octet; 320]).unwrap();
        }
        folder
    }

    fn read(text: &str, folder: &Path) -> (MusicClasses, Vec<Diagnostic>) {
        let mut files = Memory::default().with("musiconhold.conf", text);
        let config = Config::read(&mut files, Path::new("musiconhold.conf"), &mut Sources::default());
        MusicClasses::read(&config, &[folder.to_owned()], &folder.join("bundled"))
    }

    fn heard(music: &mut Music, frames: usize) -> Vec<u8> {
        (0..frames).map(|_| music.next_frame().octets().map_or(0, |octets| octets[0])).collect()
    }

    #[test]
    fn files_follow_each_other_by_name_and_for_ever() {
        let folder = folder(&[("moh/b.ulaw", 2), ("moh/a.ulaw", 1), ("moh/a.alaw", 9), ("moh/readme.txt", 0)]);
        let (classes, diagnostics) = read("[soft]\nmode=files\ndirectory=moh\n", folder.path());
        assert_eq!(diagnostics, []);
        let mut music = classes.class("SOFT").unwrap().play(0);
        assert_eq!(heard(&mut music, 6), [1, 1, 2, 2, 1, 1]);
    }

    #[test]
    fn without_a_class_the_default_plays_the_bundled_tune() {
        let folder = folder(&[("bundled/tune.ulaw", 7)]);
        let (classes, diagnostics) =
            read("[a]\ndirectory=nothing\n[b]\nmode=custom\napplication=mpg123\n", folder.path());
        assert_eq!(diagnostics.len(), 2);
        assert!(!classes.has("a") && !classes.has("b"));
        assert_eq!(heard(&mut classes.class("a").unwrap().play(0), 3), [7, 7, 7]);
        let bundled = MusicClasses::of_folder(&folder.path().join("bundled"));
        assert_eq!(heard(&mut bundled.class("").unwrap().play(0), 1), [7]);
    }

    #[test]
    fn chance_is_decided_by_the_seed() {
        let names: Vec<String> = (0..8).map(|n| format!("moh/{n}.ulaw")).collect();
        let files: Vec<(&str, u8)> = names.iter().enumerate().map(|(n, name)| (name.as_str(), n as u8)).collect();
        let folder = folder(&files);
        let (classes, _) = read("[r]\ndirectory=moh\nsort=random\n[s]\ndirectory=moh\nsort=randstart\n", folder.path());
        let play = |class: &str, seed| heard(&mut classes.class(class).unwrap().play(seed), 16);
        assert_eq!(play("r", 5), play("r", 5));
        assert!((0..5).any(|seed| play("r", seed) != play("r", 99)));
        let started = play("s", 3);
        assert!(started.windows(3).all(|three| three[2] == three[0] || three[2] == (three[0] + 1) % 8), "{started:?}");
    }

    #[test]
    fn a_playlist_is_played_as_it_is_written() {
        let folder = folder(&[("x/two.ulaw", 2), ("one.ulaw", 1)]);
        let (classes, _) = read("[p]\nmode=playlist\nentry=x/two\nentry=one.ulaw\nentry=gone\n", folder.path());
        assert_eq!(heard(&mut classes.class("p").unwrap().play(0), 5), [2, 2, 1, 1, 2]);
    }

    #[test]
    fn an_empty_class_is_silence() {
        let mut music = MusicClass::default().play(1);
        assert!(music.next_frame().is_silent());
        let gone = MusicClass { files: vec!["/nowhere/a.wav".into()], order: Order::Random };
        assert!(gone.play(1).next_frame().is_silent());
    }
}
