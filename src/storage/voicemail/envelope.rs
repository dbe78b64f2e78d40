//! What a message's text file tells about it: `msg0000.txt`, section `[message]`.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// The fields of a message in their order, with those that another program added.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Envelope {
    fields: Vec<(String, String)>,
}

impl Envelope {
    /// The value of a field, empty where it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Sets a field, in its place if it is there.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = value.replace(['\n', '\r'], " ");
        match self.fields.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = value,
            None => self.fields.push((name.to_owned(), value)),
        }
    }

    /// The same with a field set.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    /// Length in seconds.
    pub fn duration(&self) -> u64 {
        self.get("duration").parse().unwrap_or(0)
    }

    /// When it was left, in seconds since 1970.
    pub fn time(&self) -> Option<i64> {
        self.get("origtime").parse().ok()
    }

    pub fn is_urgent(&self) -> bool {
        self.get("flag").eq_ignore_ascii_case("Urgent")
    }

    /// Reads a file. What cannot be read tells nothing.
    pub fn read(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with([';', '[']));
        let fields = lines.filter_map(|line| line.split_once('='));
        let field = |(name, value): (&str, &str)| {
            (name.trim().to_owned(), value.strip_prefix('>').unwrap_or(value).trim().to_owned())
        };
        Self { fields: fields.map(field).collect() }
    }

    /// Writes the file; it is on disk when this returns.
    ///
    /// # Errors
    /// Where the system says no.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        let mut text = String::from(";\n; Message Information file\n;\n[message]\n");
        for (name, value) in &self.fields {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{name}={value}");
        }
        let mut file = std::fs::File::create(path)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()
    }
}
