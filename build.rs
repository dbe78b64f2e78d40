//! Makes one table of the manual pages: the doc comment of every application and function, by its name.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let mut pages = String::from("[\n");
    for (room, kind) in [("src/applications", "Application"), ("src/functions", "Function")] {
        println!("cargo:rerun-if-changed={room}");
        for file in files(Path::new(room))? {
            for (name, page) in declarations(&fs::read_to_string(file)?, kind) {
                // Writing to a text cannot fail.
                let _ = writeln!(pages, "({kind:?}, {name:?}, {page:?}),");
            }
        }
    }
    pages.push(']');
    let folder = env::var_os("OUT_DIR").map(PathBuf::from).unwrap_or_default();
    fs::write(folder.join("manual.rs"), pages)
}

/// The files of a room, in order.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            found.extend(files(&entry)?);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
    Ok(found)
}

/// Names and doc comments of the declarations of a kind. The name is the first text in each.
fn declarations(source: &str, kind: &str) -> Vec<(String, String)> {
    let marker = format!(": {kind} =");
    let (mut found, mut page, mut is_named) = (Vec::new(), String::new(), true);
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("///") {
            page.push_str(text.strip_prefix(' ').unwrap_or(text));
            page.push('\n');
            continue;
        }
        let begins = line.starts_with("pub static ") && line.contains(&marker);
        is_named &= !begins;
        if let Some(name) = line.split('"').nth(1).filter(|_| !is_named) {
            found.push((name.to_owned(), std::mem::take(&mut page).trim_end().to_owned()));
            is_named = true;
        }
        if is_named {
            page.clear();
        }
    }
    found
}
