//! A table whose columns have the names of a record's fields.

use jiff::tz::TimeZone;
use parking_lot::Mutex;

use super::{Backend, BackendError, Delivering, Record};
use crate::conf::Section;
use crate::storage::sql::{Column, Source, Sql};

/// A table with columns named as the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TablePlace {
    pub name: String,
    pub source: Source,
    pub table: String,
    /// Fields whose column has another name: the field, and its column.
    pub aliases: Vec<(String, String)>,
    /// Columns that always have the same value.
    pub fixed: Vec<(String, String)>,
    /// Only records in which these fields have these values.
    pub filters: Vec<(String, String)>,
    /// Fields that are numbers there, whatever the column is.
    pub numbers: Vec<&'static str>,
    /// Fields that are not told there.
    pub omitted: Vec<&'static str>,
    /// The zone of the times.
    pub zone: TimeZone,
    /// Makes the table where it is missing.
    pub create: Option<&'static str>,
}

impl TablePlace {
    /// A table without any wishes.
    pub fn new(name: &str, source: Source, table: &str) -> Self {
        Self {
            name: name.to_owned(),
            source,
            table: table.to_owned(),
            aliases: Vec::new(),
            fixed: Vec::new(),
            filters: Vec::new(),
            numbers: Vec::new(),
            omitted: Vec::new(),
            zone: TimeZone::system(),
            create: None,
        }
    }

    /// `alias field => column`, `static "text" => column`, `filter field => text`.
    pub(super) fn read_columns(&mut self, section: &Section) {
        for entry in &section.entries {
            let value = entry.value.trim().to_owned();
            let Some((word, about)) = entry.key.trim().split_once([' ', '\t']) else { continue };
            match word.to_ascii_lowercase().as_str() {
                "alias" => self.aliases.push((about.trim().to_ascii_lowercase(), value)),
                "static" => self.fixed.push((about.trim().trim_matches('"').to_owned(), value)),
                "filter" => self.filters.push((about.trim().to_ascii_lowercase(), value)),
                _ => {}
            }
        }
    }
}

/// A table of records.
pub struct Table {
    place: TablePlace,
    sql: Sql,
    columns: Mutex<Option<Vec<Column>>>,
}

impl Table {
    pub fn new(place: TablePlace) -> Self {
        Self { sql: Sql::new(place.source.clone()), place, columns: Mutex::default() }
    }

    async fn columns(&self) -> Result<Vec<Column>, BackendError> {
        if let Some(known) = self.columns.lock().clone() {
            return Ok(known);
        }
        if let Some(create) = self.place.create {
            self.sql.execute(&[create.to_owned()]).await?;
        }
        let columns = self.sql.columns(&self.place.table).await?;
        *self.columns.lock() = Some(columns.clone());
        Ok(columns)
    }

    /// The value of a column as a literal; nothing where the column keeps its default.
    fn literal<R: Record>(&self, column: &Column, record: &R) -> Option<String> {
        let named = |pairs: &[(String, String)]| -> Option<String> {
            let pair = pairs.iter().find(|(_, name)| name.eq_ignore_ascii_case(&column.name))?;
            Some(pair.0.clone())
        };
        if let Some(value) = named(&self.place.fixed) {
            return Some(self.sql.quote(&value));
        }
        let field = named(&self.place.aliases).unwrap_or_else(|| column.name.clone()).to_ascii_lowercase();
        if self.place.omitted.contains(&&*field) {
            return None;
        }
        let number = Column { kind: "integer".to_owned(), ..column.clone() };
        let as_if = if self.place.numbers.contains(&&*field) { &number } else { column };
        let value = record.value(&field, Some(as_if), &self.place.zone)?;
        if value.is_empty() && (column.is_number() || column.is_time()) {
            return None;
        }
        let value = match column.length {
            Some(length) if !column.is_number() && !column.is_time() => value.chars().take(length).collect(),
            _ => value,
        };
        Some(self.sql.quote(&value))
    }

    fn wants<R: Record>(&self, record: &R) -> bool {
        self.place.filters.iter().all(|(field, value)| {
            let (value, is_negated) = value.strip_prefix('!').map_or((value.as_str(), false), |value| (value, true));
            let own = record.value(field, None, &self.place.zone).unwrap_or_default();
            own.eq_ignore_ascii_case(value) != is_negated
        })
    }

    async fn insert<R: Record>(&self, records: &[R], is_again: bool) -> Result<(), BackendError> {
        let columns = self.columns().await?;
        let table = self.sql.name(&self.place.table);
        let mut statements = Vec::new();
        for record in records.iter().filter(|record| self.wants(*record)) {
            let values: Vec<(&Column, String)> =
                columns.iter().filter_map(|column| Some((column, self.literal(column, record)?))).collect();
            if values.is_empty() {
                let text = format!("the table {} has no column of theirs", self.place.table);
                return Err(BackendError::Refused(text));
            }
            if is_again && self.is_there::<R>(&table, &values).await? {
                continue;
            }
            let values: Vec<(&str, String)> =
                values.into_iter().map(|(column, literal)| (column.name.as_str(), literal)).collect();
            statements.push(self.sql.insertion(&self.place.table, &values));
        }
        if !statements.is_empty() {
            self.sql.execute(&statements).await?;
        }
        Ok(())
    }

    async fn is_there<R: Record>(&self, table: &str, values: &[(&Column, String)]) -> Result<bool, BackendError> {
        let is_key = |column: &Column| R::KEYS.iter().any(|key| column.name.eq_ignore_ascii_case(key));
        let is_first = |column: &Column| R::KEYS.first().is_some_and(|key| column.name.eq_ignore_ascii_case(key));
        let has_id = values.iter().any(|(column, _)| is_first(column));
        let same: Vec<String> = values
            .iter()
            .filter(|(column, _)| !column.is_fraction() && (!has_id || is_key(column)))
            .map(|(column, value)| format!("{} = {value}", self.sql.name(&column.name)))
            .collect();
        let found = self.sql.query(&format!("SELECT 1 FROM {table} WHERE {} LIMIT 1", same.join(" AND "))).await?;
        Ok(!found.rows.is_empty())
    }
}

impl<R: Record> Backend<R> for Table {
    fn name(&self) -> &str {
        &self.place.name
    }

    fn deliver<'a>(&'a self, records: &'a [R], is_again: bool) -> Delivering<'a> {
        Box::pin(async move {
            let done = self.insert(records, is_again).await;
            if done.is_err() {
                // The admin may repair the table: its columns are looked at anew.
                *self.columns.lock() = None;
            }
            done
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::cdr::{DEFAULT_TABLE, Row};

    #[tokio::test]
    async fn a_record_comes_once_also_where_nobody_knows_whether_it_came() {
        let folder = tempfile::tempdir().unwrap();
        let source = Source::Sqlite(folder.path().join("log/master.db"));
        let sql = Sql::new(source.clone());
        let place = TablePlace::new("sqlite", source, "cdr");
        let table = Table::new(TablePlace { create: Some(DEFAULT_TABLE), zone: TimeZone::UTC, ..place });
        let row = |number: u64| Row {
            clid: "\"O'Neill\" <1>".to_owned(),
            uniqueid: format!("1.{number}"),
            sequence: number,
            disposition: "ANSWERED".to_owned(),
            start: 1_700_000_000_000_000,
            ..Row::default()
        };
        table.deliver(&[row(1), row(2)], false).await.unwrap();
        table.deliver(&[row(2), row(3)], true).await.unwrap();
        let found =
            sql.query("SELECT uniqueid, clid, calldate, disposition, amaflags FROM cdr ORDER BY 1").await.unwrap();
        assert_eq!(found.rows.len(), 3);
        let first: Vec<&str> = found.rows[0].iter().map(|value| value.as_deref().unwrap_or("NULL")).collect();
        assert_eq!(first, ["1.1", "\"O'Neill\" <1>", "2023-11-14 22:13:20", "ANSWERED", "0"]);
    }
}
