//! A folder of a mailbox: messages `msg0000`, each with a text file and sound files.
//!
//! A message is there when its text file is. The sounds come first and go last, so that a crash in between leaves no
//! half message.

use std::io;
use std::path::{Path, PathBuf};

use super::envelope::Envelope;

/// The folders that a telephone can choose, by their digit.
pub const FOLDERS: [&str; 10] =
    ["INBOX", "Old", "Work", "Family", "Friends", "Cust1", "Cust2", "Cust3", "Cust4", "Cust5"];

/// A folder on disk, such as `…/default/300/INBOX`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// Why a message could not be put into a folder.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It has as many messages as it takes.
    #[error("the folder is full")]
    Full,
    /// The system says no.
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl Folder {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The numbers of the messages, in order.
    pub fn messages(&self) -> Vec<u32> {
        let entries = std::fs::read_dir(&self.path).into_iter().flatten().flatten();
        let mut numbers: Vec<u32> = entries
            .filter_map(|entry| entry.file_name().to_str()?.strip_prefix("msg")?.strip_suffix(".txt")?.parse().ok())
            .collect();
        numbers.sort_unstable();
        numbers
    }

    pub fn count(&self) -> usize {
        self.messages().len()
    }

    /// The files of a message, without extension.
    pub fn stem(&self, number: u32) -> PathBuf {
        self.path.join(format!("msg{number:04}"))
    }

    /// What the message's text file tells.
    pub fn envelope(&self, number: u32) -> Envelope {
        Envelope::read(&text_file(&self.stem(number)))
    }

    /// Moves the files of a finished recording into the folder, as its last message; gives its number.
    ///
    /// # Errors
    /// Where the folder is full (the files stay), or the system says no.
    pub fn take_in(&self, stem: &Path, most: usize) -> Result<u32, StoreError> {
        let number = self.next(most)?;
        transfer(stem, &self.stem(number), |from, to| std::fs::rename(from, to))?;
        Ok(number)
    }

    /// Moves a message into another folder; gives its number there.
    ///
    /// # Errors
    /// As for [`Self::take_in`].
    pub fn move_to(&self, number: u32, other: &Folder, most: usize) -> Result<u32, StoreError> {
        other.take_in(&self.stem(number), most)
    }

    /// Copies a message into another folder, with another text file; gives its number there.
    ///
    /// # Errors
    /// As for [`Self::take_in`].
    pub fn copy_to(&self, number: u32, other: &Folder, most: usize, envelope: &Envelope) -> Result<u32, StoreError> {
        let to = other.next(most)?;
        let target = other.stem(to);
        for sound in sounds(&self.stem(number)) {
            std::fs::copy(&sound, with_extension(&target, &extension(&sound)))?;
        }
        envelope.write(&text_file(&target))?;
        Ok(to)
    }

    /// Removes a message; the text file first.
    pub fn remove(&self, number: u32) {
        let stem = self.stem(number);
        // What is not there needs no removing.
        let _ = std::fs::remove_file(text_file(&stem));
        sounds(&stem).iter().for_each(|sound| _ = std::fs::remove_file(sound));
    }

    /// Numbers the messages from 0 without gaps, as Asterisk does when a mailbox is closed.
    ///
    /// # Errors
    /// Where the system says no; what is not renumbered stays as it is.
    pub fn close_gaps(&self) -> io::Result<()> {
        for (to, from) in self.messages().into_iter().enumerate() {
            let to = u32::try_from(to).unwrap_or(u32::MAX);
            if to != from {
                // Sounds without a text file are left over from a crash.
                sounds(&self.stem(to)).iter().for_each(|sound| _ = std::fs::remove_file(sound));
                transfer(&self.stem(from), &self.stem(to), |from, to| std::fs::rename(from, to))?;
            }
        }
        Ok(())
    }

    fn next(&self, most: usize) -> Result<u32, StoreError> {
        std::fs::create_dir_all(&self.path)?;
        let messages = self.messages();
        if messages.len() >= most {
            return Err(StoreError::Full);
        }
        let next = messages.last().map_or(0, |last| last + 1);
        sounds(&self.stem(next)).iter().for_each(|sound| _ = std::fs::remove_file(sound));
        Ok(next)
    }
}

/// The text file of a message.
pub fn text_file(stem: &Path) -> PathBuf {
    with_extension(stem, "txt")
}

/// Not `Path::with_extension`: a name may have dots.
pub fn with_extension(stem: &Path, extension: &str) -> PathBuf {
    let mut path = stem.as_os_str().to_owned();
    path.push(".");
    path.push(extension);
    PathBuf::from(path)
}

fn extension(path: &Path) -> String {
    path.extension().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The sound files of this name.
pub fn sounds(stem: &Path) -> Vec<PathBuf> {
    let (Some(folder), Some(name)) = (stem.parent(), stem.file_name().and_then(|name| name.to_str())) else {
        return Vec::new();
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.file_stem().is_some_and(|it| it == name) && extension(path) != "txt")
        .collect();
    found.sort();
    found
}

/// Moves a message's files: sounds first, then the text that makes it one.
fn transfer(from: &Path, to: &Path, mut step: impl FnMut(&Path, &Path) -> io::Result<()>) -> io::Result<()> {
    for sound in sounds(from) {
        step(&sound, &with_extension(to, &extension(&sound)))?;
    }
    step(&text_file(from), &text_file(to))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leave(folder: &Folder, root: &Path, text: &str) -> u32 {
        let stem = root.join("tmp");
        std::fs::write(with_extension(&stem, "wav"), text).unwrap();
        Envelope::default().with("origtime", text).write(&text_file(&stem)).unwrap();
        folder.take_in(&stem, 3).unwrap()
    }

    #[test]
    fn messages_are_numbered_moved_and_closed_up() {
        let root = tempfile::tempdir().unwrap();
        let inbox = Folder::new(root.path().join("INBOX"));
        let old = Folder::new(root.path().join("Old"));
        for (number, text) in ["1", "2", "3"].into_iter().enumerate() {
            assert_eq!(leave(&inbox, root.path(), text), number as u32);
        }
        let stem = root.path().join("tmp");
        assert!(matches!(inbox.take_in(&stem, 3), Err(StoreError::Full)));
        assert_eq!(inbox.move_to(1, &old, 10).unwrap(), 0);
        inbox.close_gaps().unwrap();
        assert_eq!(inbox.messages(), [0, 1]);
        assert_eq!(inbox.envelope(1).time(), Some(3));
        assert_eq!(std::fs::read(with_extension(&inbox.stem(1), "wav")).unwrap(), b"3");
        assert_eq!(inbox.copy_to(0, &old, 10, &Envelope::default().with("flag", "Urgent")).unwrap(), 1);
        assert!(old.envelope(1).is_urgent());
        inbox.remove(0);
        assert_eq!((inbox.count(), sounds(&inbox.stem(0)).len()), (1, 0));
    }

    #[test]
    fn sounds_without_a_text_file_are_no_message() {
        let root = tempfile::tempdir().unwrap();
        let inbox = Folder::new(root.path().to_owned());
        std::fs::write(with_extension(&inbox.stem(0), "wav"), "half").unwrap();
        assert_eq!(inbox.count(), 0);
        assert_eq!(leave(&inbox, root.path(), "1"), 0);
        assert_eq!(std::fs::read(with_extension(&inbox.stem(0), "wav")).unwrap(), b"1");
    }
}
