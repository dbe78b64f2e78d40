//! Where a sound's file is.

use std::path::{Path, PathBuf};

use super::read::Sound;
use super::{Codec, EXTENSIONS, Form, Kind, SoundError};

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
    /// language whose folder is beside the sound (`digits/de/1`) is found too. An absolute name is taken as it is. Of
    /// several files of one name it is the one that is nearest to the codec in which it is to be heard.
    pub fn find(&self, name: &str, language: &str, codec: Codec) -> Result<PathBuf, SoundError> {
        let candidates = self.candidates(name, language);
        let known = by_nearness(codec);
        let found = candidates.iter().find_map(|candidate| with_extension(candidate, known.iter().copied()));
        found.map(|(path, _)| path).ok_or_else(|| {
            let unread = EXTENSIONS.iter().filter(|(_, kind)| kind.form().is_none());
            match candidates.iter().find_map(|candidate| with_extension(candidate, unread.clone())) {
                Some((path, Kind::Unsupported(what))) => SoundError::unsupported(&path, *what),
                _ => SoundError::NotFound {
                    name: name.to_owned(),
                    language: language.to_owned(),
                    tried: self.folders.clone(),
                },
            }
        })
    }

    /// Whether a sound can be played.
    pub fn has(&self, name: &str, language: &str) -> bool {
        self.find(name, language, Codec::Ulaw).is_ok()
    }

    /// Opens a sound for one who hears in a codec.
    pub fn open(&self, name: &str, language: &str, codec: Codec) -> Result<Sound, SoundError> {
        Sound::open_for(&self.find(name, language, codec)?, codec)
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

type Extension = (&'static str, Kind);

fn with_extension(
    path: &Path,
    mut extensions: impl Iterator<Item = &'static Extension>,
) -> Option<(PathBuf, &'static Kind)> {
    extensions.find_map(|(extension, kind)| {
        let named = super::in_format(path, extension);
        named.is_file().then_some((named, kind))
    })
}

/// What can be read, the nearest to a codec first: the same octets, then what loses least, and what is narrower last.
fn by_nearness(codec: Codec) -> Vec<&'static Extension> {
    let mut known: Vec<_> =
        EXTENSIONS.iter().filter_map(|known| Some((distance(known.1.form()?, codec), known))).collect();
    known.sort_by_key(|(distance, _)| *distance);
    known.into_iter().map(|(_, known)| known).collect()
}

fn distance(form: Form, codec: Codec) -> u32 {
    if form.encoding.codec() == Some(codec) {
        return 0;
    }
    let lost = match form.encoding.codec() {
        None => 1,
        Some(Codec::Gsm) => 4,
        Some(_) => 2,
    };
    let wanted = codec.sample_rate();
    match form.rate {
        rate if rate == wanted => lost,
        rate if rate > wanted => lost + 2,
        rate => lost + 100 + (wanted - rate) / 1000,
    }
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
        let path = folders.find(name, language, Codec::Ulaw).ok()?;
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
    fn of_several_files_the_nearest_to_the_codec_is_taken() {
        let (root, folders) = folders(
            &["hi.alaw", "hi.gsm", "hi.g722", "hi.sln16", "hi.wav"]
                .map(|name| ["own/", name].concat())
                .each_ref()
                .map(String::as_str),
        );
        let nearest = |codec| {
            let path = folders.find("hi", "en", codec).unwrap();
            path.strip_prefix(root.path().join("own")).unwrap().to_string_lossy().into_owned()
        };
        let codecs = [Codec::Ulaw, Codec::Alaw, Codec::Gsm, Codec::G722, Codec::Linear16, Codec::Opus];
        assert_eq!(codecs.map(nearest), ["hi.wav", "hi.alaw", "hi.gsm", "hi.g722", "hi.sln16", "hi.sln16"]);
        let language_first = found(&["own/de/hi.gsm", "own/hi.ulaw"], "hi", "de");
        assert_eq!(language_first.as_deref(), Some("own/de/hi.gsm"));
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
        assert_eq!(folders.find(name.to_str().unwrap(), "en", Codec::Ulaw).unwrap(), name.with_extension("wav"));
    }

    #[test]
    fn what_is_missing_or_unsupported_says_what_to_do() {
        let (root, folders) = folders(&["own/old.g729"]);
        let error = folders.find("nope", "de", Codec::Ulaw).unwrap_err().to_string();
        assert!(error.contains("`nope`") && error.contains("nope.wav") && error.contains("own"), "{error}");
        let error = folders.find("old", "en", Codec::Ulaw).unwrap_err().to_string();
        let path = root.path().join("own/old.g729");
        assert!(
            error.contains(path.to_str().unwrap()) && error.contains("G.729") && error.contains("ffmpeg"),
            "{error}"
        );
        assert!(!folders.has("", "en"));
    }
}
