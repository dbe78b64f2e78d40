//! What parties hear from the exchange itself: sound folders, tones and music on hold.

use std::path::{Path, PathBuf};

use super::configuration::read_if_there;
use crate::conf::{Directories, Files};
use crate::diagnostic::{Diagnostic, Sources};
use crate::interpreter::Audio;
use crate::media::music::MusicClasses;
use crate::media::sound::SoundFolders;
use crate::media::zone::Zones;

/// Reads what belongs to sounds, tones and music from a configuration folder.
pub fn read(
    files: &mut dyn Files,
    directories: &Directories,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Audio {
    let folder = &directories.etc;
    let mut config = |name: &str| {
        let config = read_if_there(files, &folder.join(name), sources).unwrap_or_default();
        diagnostics.extend(config.diagnostics.iter().cloned());
        config
    };
    let (indications, music) = (config("indications.conf"), config("musiconhold.conf"));
    // The admin's own come first: the data folder, and the configuration folder.
    let mut own: Vec<PathBuf> = vec![directories.data.clone(), folder.clone()];
    own.dedup_by_key(|folder| std::path::absolute(folder).unwrap_or_default());
    let bundled = bundled();
    let sounds = SoundFolders::new(own.iter().map(|folder| folder.join("sounds")).chain([bundled.clone()]));
    let (zones, of_zones) = Zones::read(&indications);
    let tune = bundled.join("moh");
    let places: Vec<PathBuf> = own.into_iter().chain([bundled]).collect();
    let (music, of_music) = MusicClasses::read(&music, &places, &tune);
    diagnostics.extend(of_zones.into_iter().chain(of_music));
    Audio { sounds, zones, music }
}

/// The sounds that come with exten: beside the program, or in its source tree.
fn bundled() -> PathBuf {
    let program = std::env::current_exe().unwrap_or_default();
    let beside = program.parent().map(|folder| [folder.join("sounds"), folder.join("../share/exten/sounds")]);
    let installed = beside.into_iter().flatten().find(|folder| folder.is_dir());
    installed.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("dialplans/sounds"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;
    use crate::media::tone::Tone;

    fn read_from(files: &mut Memory) -> (Audio, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut sources = Sources::default();
        let main = read_if_there(files, Path::new("etc/asterisk.conf"), &mut sources).unwrap_or_default();
        let directories = Directories::read(&main, Path::new("etc"));
        let audio = read(files, &directories, &mut sources, &mut diagnostics);
        (audio, diagnostics)
    }

    #[test]
    fn indications_replace_countries_and_choose_the_default() {
        let text = "[general]\ncountry=at\n[at]\ndescription=Austria\ndial=440/500,0/500\nbusy=loud\n";
        let (audio, diagnostics) = read_from(&mut Memory::default().with("etc/indications.conf", text));
        assert_eq!(audio.zones.tone(None, "dial"), Tone::parse("440/500,0/500").ok());
        assert_eq!(audio.zones.tone(Some("de"), "dial"), Tone::parse("425").ok());
        assert_eq!(diagnostics.len(), 1);
    }

    #[test]
    fn own_sounds_come_before_the_bundled_ones() {
        let text = "[directories]\nastdatadir => /data\n";
        let (audio, diagnostics) = read_from(&mut Memory::default().with("etc/asterisk.conf", text));
        assert_eq!(audio.sounds.folders()[..2], [PathBuf::from("/data/sounds"), PathBuf::from("etc/sounds")]);
        assert!(audio.sounds.has("beep", "en"), "a sound that comes with exten");
        assert_eq!(diagnostics, []);
    }
}
