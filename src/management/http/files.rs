//! Files that the server gives away: those below `static-http` in the data directory.

use std::io;
use std::path::{Component, Path};

/// The largest file that is given away.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The type and the bytes of a file below a folder.
///
/// # Errors
/// Where there is no such file, it stands elsewhere, or cannot be read.
pub async fn read(folder: &Path, name: &str) -> io::Result<(&'static str, Vec<u8>)> {
    let name = Path::new(name);
    let is_inside = name.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_inside || name.as_os_str().is_empty() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let (folder, path) = (folder.to_owned(), folder.join(name));
    let read = tokio::task::spawn_blocking(move || {
        // A link may lead out of the folder.
        let path = path.canonicalize()?;
        let about = path.metadata()?;
        if !path.starts_with(folder.canonicalize()?) || !about.is_file() || about.len() > LARGEST {
            return Err(io::ErrorKind::NotFound.into());
        }
        Ok((kind(&path), std::fs::read(&path)?))
    });
    read.await.map_err(io::Error::other)?
}

fn kind(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or("") {
        "html" | "htm" => "text/html",
        "css" => "text/css",
        "js" => "application/x-javascript",
        "json" => "application/json",
        "xml" => "text/xml",
        "txt" | "cfg" => "text/plain",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "wav" => "audio/x-wav",
        "mp3" => "audio/mpeg",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_files_of_the_folder_are_given_away() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("static-http");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(home.path().join("secret"), "x").unwrap();
        std::fs::write(folder.join("a.html"), "<p>").unwrap();
        std::os::unix::fs::symlink(home.path().join("secret"), folder.join("link")).unwrap();
        assert_eq!(read(&folder, "a.html").await.unwrap(), ("text/html", b"<p>".to_vec()));
        for name in ["../secret", "/etc/passwd", "link", "", ".", "none"] {
            assert!(read(&folder, name).await.is_err(), "{name}");
        }
    }
}
