//! Lines appended to a file, each once.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// So much of a file's end is searched for lines that may be there already.
const TAIL: u64 = 4 << 20;

/// Appends lines, each with its line end. `is_again` leaves out those that stand at the file's end already. Where the
/// disk is full nothing of them stays.
///
/// # Errors
/// Where the file cannot be written.
pub fn append(path: &Path, lines: &[String], is_again: bool) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut file = OpenOptions::new().create(true).append(true).read(true).open(path)?;
    let mut length = file.metadata()?.len();
    let tail = tail(&mut file, length, is_again)?;
    let mut text = String::new();
    let (whole, torn) = tail.rsplit_once('\n').map_or(("", tail.as_str()), |(whole, torn)| (whole, torn));
    if !torn.is_empty() {
        if lines.iter().any(|line| line.starts_with(torn)) {
            // The beginning of a line whose writer was killed.
            length -= torn.len() as u64;
            file.set_len(length)?;
        } else {
            text.push('\n');
        }
    }
    for line in lines.iter().filter(|line| !is_again || !whole.split('\n').any(|known| known == line.as_str())) {
        text.push_str(line);
        text.push('\n');
    }
    file.write_all(text.as_bytes()).inspect_err(|_| {
        // What cannot be cut off now is found by the next attempt.
        let _ = file.set_len(length);
    })
}

/// The end of a file: as much as may have to be searched, or the last line only.
fn tail(file: &mut File, length: u64, is_searched: bool) -> io::Result<String> {
    let most = if is_searched { TAIL } else { 1 };
    file.seek(SeekFrom::Start(length.saturating_sub(most)))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    if !is_searched && bytes.last().is_some_and(|last| *last != b'\n') {
        return tail(file, length, true);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_come_once_and_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cdr-csv/Master.csv");
        let lines = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        append(&path, &lines("one two"), false).unwrap();
        append(&path, &lines("two three"), true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\ntwo\nthree\n");
        std::fs::write(&path, "one\nhalf of an admin's own").unwrap();
        append(&path, &lines("four"), false).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\nhalf of an admin's own\nfour\n");
        std::fs::write(&path, "one\nfou").unwrap();
        append(&path, &lines("four five"), true).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\nfour\nfive\n");
    }
}
