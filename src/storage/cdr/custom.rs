//! Files with lines of the admin's own (`cdr_custom.conf`), and a table with columns of the admin's own in SQLite
//! (`cdr_sqlite3_custom.conf`). Their texts are made when the record is: they may use any function of the dialplan.

use std::path::PathBuf;

use super::{Backend, BackendError, Delivering, Row, lines};
use crate::storage::sql::Sql;

/// A file of `cdr_custom.conf`.
pub struct CustomFile {
    pub name: String,
    pub path: PathBuf,
}

impl Backend for CustomFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, rows: &'a [Row], is_again: bool) -> Delivering<'a> {
        Box::pin(async move {
            let texts = rows.iter().filter_map(|row| row.text(&self.name));
            let texts: Vec<String> = texts.map(|text| text.replace(['\n', '\r'], " ")).collect();
            Ok(lines::append(&self.path, &texts, is_again)?)
        })
    }
}

/// The table of `cdr_sqlite3_custom.conf`.
pub struct CustomTable {
    pub sql: Sql,
    pub table: String,
    pub columns: Vec<String>,
}

/// The name of [`CustomTable`] in the spool.
pub const CUSTOM_TABLE: &str = "sqlite3_custom";

impl CustomTable {
    async fn insert(&self, rows: &[Row], is_again: bool) -> Result<(), BackendError> {
        let table = self.sql.name(&self.table);
        let columns: Vec<String> = self.columns.iter().map(|column| self.sql.name(column)).collect();
        let create = format!("CREATE TABLE IF NOT EXISTS {table} (AcctId INTEGER PRIMARY KEY, {})", columns.join(", "));
        let mut statements = vec![create];
        for row in rows {
            let values: Vec<String> = row
                .text(CUSTOM_TABLE)
                .and_then(|text| serde_json::from_str::<Vec<String>>(text).ok())
                .unwrap_or_default()
                .iter()
                .map(|value| self.sql.quote(value))
                .collect();
            if values.len() != columns.len() {
                continue;
            }
            let same: Vec<String> =
                columns.iter().zip(&values).map(|(column, value)| format!("{column} = {value}")).collect();
            let unless = match is_again {
                true => format!(" WHERE NOT EXISTS (SELECT 1 FROM {table} WHERE {})", same.join(" AND ")),
                false => String::new(),
            };
            let (columns, values) = (columns.join(", "), values.join(", "));
            statements.push(format!("INSERT INTO {table} ({columns}) SELECT {values}{unless}"));
        }
        self.sql.execute(&statements).await?;
        Ok(())
    }
}

impl Backend for CustomTable {
    fn name(&self) -> &'static str {
        CUSTOM_TABLE
    }

    fn deliver<'a>(&'a self, rows: &'a [Row], is_again: bool) -> Delivering<'a> {
        Box::pin(self.insert(rows, is_again))
    }
}
