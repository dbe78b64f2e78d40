//! Files with lines of the admin's own (`cdr_custom.conf`, `cel_custom.conf`), and tables with columns of the admin's own
//! in SQLite (`cdr_sqlite3_custom.conf`, `cel_sqlite3_custom.conf`). Their texts are made when the record is.

use std::path::PathBuf;

use super::{Backend, BackendError, Delivering, Record, lines};
use crate::storage::sql::Sql;

/// A file.
pub struct CustomFile {
    pub name: String,
    pub path: PathBuf,
}

impl<R: Record> Backend<R> for CustomFile {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, records: &'a [R], is_again: bool) -> Delivering<'a> {
        Box::pin(async move {
            let texts = records.iter().filter_map(|record| record.text(&self.name));
            let texts: Vec<String> = texts.map(|text| text.replace(['\n', '\r'], " ")).collect();
            Ok(lines::append(&self.path, &texts, is_again)?)
        })
    }
}

/// A table, made where it is missing.
pub struct CustomTable {
    pub name: String,
    pub sql: Sql,
    pub table: String,
    pub columns: Vec<String>,
}

impl CustomTable {
    async fn insert<R: Record>(&self, records: &[R], is_again: bool) -> Result<(), BackendError> {
        let table = self.sql.name(&self.table);
        let columns: Vec<String> = self.columns.iter().map(|column| self.sql.name(column)).collect();
        let create = format!("CREATE TABLE IF NOT EXISTS {table} (AcctId INTEGER PRIMARY KEY, {})", columns.join(", "));
        let mut statements = vec![create];
        for record in records {
            let values: Vec<String> = record
                .text(&self.name)
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

impl<R: Record> Backend<R> for CustomTable {
    fn name(&self) -> &str {
        &self.name
    }

    fn deliver<'a>(&'a self, records: &'a [R], is_again: bool) -> Delivering<'a> {
        Box::pin(self.insert(records, is_again))
    }
}
