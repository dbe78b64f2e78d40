//! Where a sound's file is.

use std::path::{Path, PathBuf};

use super::read::Sound;
use super::{EXTENSIONS, Kind, SoundError};

/// The language of prompts for which no other is there.
const DEFAULT_LANGUAGE: &str = "en";

/// The folders sounds are looked for in: the admin's own first, then the bundled ones.
#[derive(Clone, Debug, Default)]
pub struct SoundFolders {
    folders: Vec<PathBuf>,
}

impl SoundFolders {
    /// Folders in the order of their preference.
    pub fn new(folders: impl IntoIterator<Item = PathBuf>) -> SoundFolders {
        SoundFolders { folders: folders.into_iter().collect() }
    }

    /// The folders.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// The file of a sound: in each folder in the language (`de_AT`, then `de`), then without one, then in English. A
    /// language whose folder is beside the sound (`digits/de/1`) is found too. An absolute name is taken as it is.
    pub fn find(&self, name: &str, language: &str) -> Result<PathBuf, SoundError> {
        let mut unsupported = None;
        for candidate in self.candidates(name, language) {
            match with_extension(&candidate) {
                Some((path, Kind::Unsupported(what))) => _ = unsupported.get_or_insert((path, what)),
                Some((path, _)) => return Ok(path),
                None => {}
            }
        }
        Err(match unsupported {
            Some((path, what)) => SoundError::unsupported(&path, what),
            None => SoundError::NotFound {
                name: name.to_owned(),
                language: language.to_owned(),
                tried: self.folders.clone(),
            },
        })
    }

    /// Whether a sound can be played.
    pub fn has(&self, name: &str, language: &str) -> bool {
        self.find(name, language).is_ok()
    }

    /// Opens a sound.
    pub fn open(&self, name: &str, language: &str) -> Result<Sound, SoundError> {
        Sound::open(&self.find(name, language)?)
    }

    /// Paths without extension, in the order of preference.
    fn candidates(&self, name: &str, language: &str) -> Vec<PathBuf> {
        if name.is_empty() {
            return Vec::new();
        }
        let general = language.split_once('_').map(|(general, _)| general);
        let languages: Vec<&str> =
            [Some(language), general].into_iter().flatten().filter(|it| !it.is_empty()).collect();
        if Path::new(name).is_absolute() {
            let spoken = languages.iter().filter_map(|language| beside(Path::new(name), language));
            return spoken.chain([PathBuf::from(name)]).collect();
        }
        let mut candidates = Vec::new();
        for folder in &self.folders {
            for language in &languages {
                candidates.push(folder.join(language).join(name));
                candidates.extend(beside(&folder.join(name), language));
            }
            candidates.push(folder.join(name));
        }
        candidates.extend(self.folders.iter().map(|folder| folder.join(DEFAULT_LANGUAGE).join(name)));
        candidates
    }
}

fn beside(path: &Path, language: &str) -> Option<PathBuf> {
    Some(path.parent()?.join(language).join(path.file_name()?))
}

fn with_extension(path: &Path) -> Option<(PathBuf, Kind)> {
    EXTENSIONS.iter().find_map(|(extension, kind)| {
        // Not `with_extension`: `1.5` is a whole name.
        let mut named = path.as_os_str().to_owned();
        named.push(".");
        named.push(extension);
        let named = PathBuf::from(named);
        named.is_file().then_some((named, *kind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn folders(files: &[&str]) -> (tempfile::TempDir, SoundFolders) {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, [0xff; 160]).unwrap();
        }
        let found = SoundFolders::new([root.path().join("own"), root.path().join("bundled")]);
        (root, found)
    }

    fn found(files: &[&str], name: &str, language: &str) -> Option<String> {
        let (root, folders) = folders(files);
        let path = folders.find(name, language).ok()?;
        Some(path.strip_prefix(root.path()).unwrap().to_string_lossy().into_owned())
    }

    #[test]
    fn the_language_comes_first_and_the_own_folder_before_the_bundled_one() {
        let files = ["own/hi.ulaw", "own/de/hi.ulaw", "bundled/de/hi.ulaw", "bundled/en/ho.wav", "bundled/fr/ho.ulaw"];
        assert_eq!(found(&files, "hi", "de").as_deref(), Some("own/de/hi.ulaw"));
        assert_eq!(found(&files, "hi", "de_AT").as_deref(), Some("own/de/hi.ulaw"));
        assert_eq!(found(&files, "hi", "fr").as_deref(), Some("own/hi.ulaw"));
        assert_eq!(found(&files, "ho", "fr").as_deref(), Some("bundled/fr/ho.ulaw"));
        assert_eq!(found(&files, "ho", "de").as_deref(), Some("bundled/en/ho.wav"), "English is better than nothing");
    }

    #[test]
    fn names_may_have_folders_and_dots() {
        let files = ["own/en/digits/1.ulaw", "own/digits/fr/2.ulaw", "own/v1.5.sln16"];
        assert_eq!(found(&files, "digits/1", "en").as_deref(), Some("own/en/digits/1.ulaw"));
        assert_eq!(found(&files, "digits/2", "fr").as_deref(), Some("own/digits/fr/2.ulaw"));
        assert_eq!(found(&files, "v1.5", "en").as_deref(), Some("own/v1.5.sln16"));
    }

    #[test]
    fn absolute_names_need_no_folder() {
        let (root, folders) = folders(&["elsewhere/msg0000.wav"]);
        let name = root.path().join("elsewhere/msg0000");
        assert_eq!(folders.find(name.to_str().unwrap(), "en").unwrap(), name.with_extension("wav"));
    }

    #[test]
    fn what_is_missing_or_unsupported_says_what_to_do() {
        let (root, folders) = folders(&["own/old.gsm"]);
        let error = folders.find("nope", "de").unwrap_err().to_string();
        assert!(error.contains("`nope`") && error.contains("nope.wav") && error.contains("own"), "{error}");
        let error = folders.find("old", "en").unwrap_err().to_string();
        let path = root.path().join("own/old.gsm");
        assert!(error.contains(path.to_str().unwrap()) && error.contains("GSM") && error.contains("sox"), "{error}");
        assert!(!folders.has("", "en"));
    }
}
