//! Lists: rows under headings, in columns of a fixed width, and as objects for programs.

use std::fmt::{Display, Formatter, Result};

use serde::ser::{Serialize, SerializeSeq as _, Serializer};

/// A heading, how wide its column is (the last may be as wide as it likes: 0), and the name of its value for programs.
pub type Column = (&'static str, usize, &'static str);

/// A list.
pub struct Table {
    columns: &'static [Column],
    rows: Vec<Vec<String>>,
    /// The line behind the rows.
    end: String,
}

impl Table {
    pub fn new(columns: &'static [Column], rows: Vec<Vec<String>>) -> Self {
        Self { columns, rows, end: String::new() }
    }

    /// A last line.
    #[must_use]
    pub fn ending(mut self, end: impl Into<String>) -> Self {
        self.end = end.into();
        self
    }

    fn line<'a>(&self, formatter: &mut Formatter<'_>, values: impl Iterator<Item = &'a str>) -> Result {
        let last = self.columns.len().saturating_sub(1);
        for (at, ((_, width, _), value)) in self.columns.iter().zip(values).enumerate() {
            match at == last {
                true if *width > 0 => write!(formatter, "{value:<width$.width$}")?,
                true => write!(formatter, "{value}")?,
                false => write!(formatter, "{value:<width$.width$} ")?,
            }
        }
        writeln!(formatter)
    }
}

impl Display for Table {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result {
        self.line(formatter, self.columns.iter().map(|(heading, ..)| *heading))?;
        for row in &self.rows {
            self.line(formatter, row.iter().map(String::as_str))?;
        }
        if self.end.is_empty() { Ok(()) } else { writeln!(formatter, "{}", self.end) }
    }
}

impl Serialize for Table {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.rows.len()))?;
        for row in &self.rows {
            let names = self.columns.iter().map(|(.., name)| *name);
            let object: serde_json::Map<String, serde_json::Value> =
                names.zip(row).map(|(name, value)| (name.to_owned(), value.clone().into())).collect();
            list.serialize_element(&object)?;
        }
        list.end()
    }
}
