//! A table whose columns have the names of a record's fields: `cdr_pgsql.conf`, `cdr_mysql.conf`,
//! `cdr_adaptive_odbc.conf`, and the table in SQLite that is there without any configuration.

use jiff::tz::TimeZone;
use parking_lot::Mutex;

use super::{Backend, BackendError, Delivering, Row};
use crate::storage::sql::{Column, Sql};

/// A table of records.
pub struct Table {
    pub name: String,
    pub sql: Sql,
    pub table: String,
    /// Fields whose column has another name: the field, and its column.
    pub aliases: Vec<(String, String)>,
    /// Columns that always have the same value.
    pub fixed: Vec<(String, String)>,
    /// Only records in which these fields have these values.
    pub filters: Vec<(String, String)>,
    /// The zone of the times.
    pub zone: TimeZone,
    /// Makes the table where it is missing.
    pub create: Option<&'static str>,
    columns: Mutex<Option<Vec<Column>>>,
}

/// Columns by which a record is known again.
const KEYS: &[&str] =
    &["uniqueid", "linkedid", "sequence", "channel", "dstchannel", "calldate", "start", "end", "duration", "lastapp"];

impl Table {
    pub fn new(name: &str, sql: Sql, table: &str) -> Self {
        Self {
            name: name.to_owned(),
            sql,
            table: table.to_owned(),
            aliases: Vec::new(),
            fixed: Vec::new(),
            filters: Vec::new(),
            zone: TimeZone::system(),
            create: None,
            columns: Mutex::default(),
        }
    }

    async fn columns(&self) -> Result<Vec<Column>, BackendError> {
        if let Some(known) = self.columns.lock().clone() {
            return Ok(known);
        }
        if let Some(create) = self.create {
            self.sql.execute(&[create.to_owned()]).await?;
        }
        let columns = self.sql.columns(&self.table).await?;
        *self.columns.lock() = Some(columns.clone());
        Ok(columns)
    }

    /// The value of a column as a literal; nothing where the column keeps its default.
    fn literal(&self, column: &Column, row: &Row) -> Option<String> {
        let named = |pairs: &[(String, String)]| -> Option<String> {
            let pair = pairs.iter().find(|(_, name)| name.eq_ignore_ascii_case(&column.name))?;
            Some(pair.0.clone())
        };
        if let Some(value) = named(&self.fixed) {
            return Some(self.sql.quote(&value));
        }
        let field = named(&self.aliases).unwrap_or_else(|| column.name.clone());
        let value = match field.to_ascii_lowercase().as_str() {
            "duration" if column.is_fraction() => row.value("hrduration", true, &self.zone)?,
            "billsec" if column.is_fraction() => row.value("hrbillsec", true, &self.zone)?,
            field => row.value(field, column.is_number(), &self.zone)?,
        };
        if value.is_empty() && (column.is_number() || column.is_time()) {
            return None;
        }
        let value = match column.length {
            Some(length) if !column.is_number() && !column.is_time() => value.chars().take(length).collect(),
            _ => value,
        };
        Some(self.sql.quote(&value))
    }

    fn wants(&self, row: &Row) -> bool {
        self.filters.iter().all(|(field, value)| {
            let (value, is_negated) = value.strip_prefix('!').map_or((value.as_str(), false), |value| (value, true));
            let own = row.value(field, false, &self.zone).unwrap_or_default();
            own.eq_ignore_ascii_case(value) != is_negated
        })
    }

    async fn insert(&self, rows: &[Row], is_again: bool) -> Result<(), BackendError> {
        let columns = self.columns().await?;
        let table = self.sql.name(&self.table);
        let mut statements = Vec::new();
        for row in rows.iter().filter(|row| self.wants(row)) {
            let values: Vec<(&Column, String)> =
                columns.iter().filter_map(|column| Some((column, self.literal(column, row)?))).collect();
            if values.is_empty() {
                let text = format!("the table {} has no column of a call record", self.table);
                return Err(BackendError::Refused(text));
            }
            if is_again && self.is_there(&table, &values).await? {
                continue;
            }
            let values: Vec<(&str, String)> =
                values.into_iter().map(|(column, literal)| (column.name.as_str(), literal)).collect();
            statements.push(self.sql.insertion(&self.table, &values));
        }
        if !statements.is_empty() {
            self.sql.execute(&statements).await?;
        }
        Ok(())
    }

    async fn is_there(&self, table: &str, values: &[(&Column, String)]) -> Result<bool, BackendError> {
        let is_key = |column: &Column| KEYS.iter().any(|key| column.name.eq_ignore_ascii_case(key));
        let has_id = values.iter().any(|(column, _)| column.name.eq_ignore_ascii_case("uniqueid"));
        let same: Vec<String> = values
            .iter()
            .filter(|(column, _)| !column.is_fraction() && (!has_id || is_key(column)))
            .map(|(column, value)| format!("{} = {value}", self.sql.name(&column.name)))
            .collect();
        let found = self.sql.query(&format!("SELECT 1 FROM {table} WHERE {} LIMIT 1", same.join(" AND "))).await?;
        Ok(!found.rows.is_empty())
    }
}

impl Backend for Table {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, rows: &'a [Row], is_again: bool) -> Delivering<'a> {
        Box::pin(async move {
            let done = self.insert(rows, is_again).await;
            if done.is_err() {
                // The admin may repair the table: its columns are looked at anew.
                *self.columns.lock() = None;
            }
            done
        })
    }
}

/// The table that is there without any configuration.
pub const DEFAULT_TABLE: &str = "CREATE TABLE IF NOT EXISTS cdr (AcctId INTEGER PRIMARY KEY, calldate TEXT, clid TEXT, \
     src TEXT, dst TEXT, dcontext TEXT, channel TEXT, dstchannel TEXT, lastapp TEXT, lastdata TEXT, start TEXT, \
     answer TEXT, \"end\" TEXT, duration INTEGER, billsec INTEGER, disposition TEXT, amaflags INTEGER, \
     accountcode TEXT, uniqueid TEXT, userfield TEXT, peeraccount TEXT, linkedid TEXT, sequence INTEGER)";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::sql::Source;

    #[tokio::test]
    async fn a_record_comes_once_also_where_nobody_knows_whether_it_came() {
        let folder = tempfile::tempdir().unwrap();
        let sql = Sql::new(Source::Sqlite(folder.path().join("log/master.db")));
        let table =
            Table { create: Some(DEFAULT_TABLE), zone: TimeZone::UTC, ..Table::new("sqlite", sql.clone(), "cdr") };
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
