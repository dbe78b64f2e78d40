//! Realtime: tables of databases in the place of files, as `extconfig.conf` names them.
//!
//! Functions read and change rows of any family, and `Queue` finds queues that stand in a database. What stands in files
//! otherwise is brought as text of these files ([`Brought`]).

mod files;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::records::places::TablePlace;
use super::sql::{Login, Rows, Source, Sql, SqlError};
use crate::conf::{Config, Section};

pub use files::Brought;

/// A row: columns that are not NULL, and their values.
pub type Row = Vec<(String, String)>;

/// The families of `extconfig.conf`.
#[derive(Clone, Debug, Default)]
pub struct Realtime {
    families: BTreeMap<String, Vec<Table>>,
    /// Files that stand in a table, by their names.
    files: Vec<(String, Table)>,
}

/// A table of a database.
#[derive(Clone, Debug)]
pub struct Table {
    source: Source,
    /// Connected when it is asked first.
    database: Arc<OnceLock<Sql>>,
    name: String,
}

/// The files that say where databases are.
#[derive(Default)]
pub struct Places<'a> {
    /// The connections of `res_odbc.conf`.
    pub odbc: Option<&'a BTreeMap<String, Source>>,
    pub sqlite: Option<&'a Config>,
    pub pgsql: Option<&'a Config>,
    pub mysql: Option<&'a Config>,
}

/// Families that are not asked for what they are for, and what is done instead.
const NOT_ASKED: [(&str, &str); 2] = [
    ("sipregs", "registrations are kept in astdb.sqlite3"),
    ("ps_contacts", "registrations are kept in astdb.sqlite3"),
];

impl Realtime {
    /// Reads `extconfig.conf`; what cannot be done is told beside.
    pub fn read(extconfig: &Config, places: &Places<'_>, folder: &Path) -> (Self, Vec<String>) {
        let (mut realtime, mut problems) = (Self::default(), Vec::new());
        for entry in extconfig.section("settings").into_iter().flat_map(|section| &section.entries) {
            let family = entry.key.trim().to_ascii_lowercase();
            let mut fields = entry.value.split(',').map(|field| field.trim().trim_matches('"'));
            let (driver, database) = (fields.next().unwrap_or(""), fields.next().unwrap_or(""));
            let name = fields.next().filter(|name| !name.is_empty()).unwrap_or(&family).to_owned();
            let is_file = family.ends_with(".conf");
            let name = if is_file && name == family { "ast_config".to_owned() } else { name };
            if let Some((_, instead)) = NOT_ASKED.iter().find(|(known, _)| *known == family) {
                problems.push(format!("extconfig.conf: {family}: only functions ask the database; {instead}"));
            }
            match places.source(driver, database, folder) {
                Ok(source) => {
                    let table = Table { source, database: Arc::default(), name };
                    match is_file {
                        true => realtime.files.push((family, table)),
                        false => realtime.families.entry(family).or_default().push(table),
                    }
                }
                Err(problem) => problems.push(format!("extconfig.conf: {family}: {problem}")),
            }
        }
        (realtime, problems)
    }

    /// Whether there is anything to be asked for.
    pub fn is_empty(&self) -> bool {
        self.families.is_empty() && self.files.is_empty()
    }

    /// Every family or file, its table, and the engine it stands in.
    pub fn mappings(&self) -> impl Iterator<Item = (&str, &str, &'static str)> {
        let families = self.families.iter().flat_map(|(family, tables)| tables.iter().map(move |one| (family, one)));
        let files = self.files.iter().map(|(file, table)| (file, table));
        families.chain(files).map(|(name, table)| (name.as_str(), table.name.as_str(), table.source.engine()))
    }

    /// The tables of a family, in the order in which they are asked.
    pub fn family(&self, name: &str) -> Option<Vec<Table>> {
        self.families.get(&name.trim().to_ascii_lowercase()).cloned()
    }
}

impl Places<'_> {
    fn source(&self, driver: &str, database: &str, folder: &Path) -> Result<Source, String> {
        let general = |config: Option<&Config>, file: &str, names: &[&str]| {
            let config = config.ok_or_else(|| format!("there is no {file}"))?;
            let found = names.iter().find_map(|name| config.section(name)).map(login);
            found.ok_or_else(|| format!("{file} has no section {}", names.join(" or ")))
        };
        match driver.to_ascii_lowercase().as_str() {
            "odbc" => {
                let found = self.odbc.and_then(|connections| connections.get(database));
                found.cloned().ok_or_else(|| format!("res_odbc.conf has no connection {database}"))
            }
            "sqlite3" | "sqlite" => {
                let file = self.sqlite.and_then(|config| config.section(database)?.get("dbfile"));
                let file = file.ok_or_else(|| format!("res_config_sqlite3.conf has no dbfile for {database}"))?;
                Ok(Source::Sqlite(folder.join(file)))
            }
            "pgsql" => {
                let mut login = general(self.pgsql, "res_pgsql.conf", &["general"])?;
                login.database = login.database.or_else(|| Some(database.to_owned()));
                Ok(Source::Postgres(login))
            }
            "mysql" => general(self.mysql, "res_config_mysql.conf", &[database, "general"]).map(Source::Mysql),
            other => Err(format!("there is no driver {other}; use odbc, sqlite3, pgsql or mysql")),
        }
    }
}

fn login(section: &Section) -> Login {
    let get = |key: &str| section.get(key).filter(|value| !value.is_empty()).map(str::to_owned);
    Login {
        host: get("dbhost"),
        port: get("dbport").and_then(|port| port.parse().ok()),
        socket: get("dbsock").map(Into::into),
        user: get("dbuser"),
        password: get("dbpass"),
        database: get("dbname"),
        charset: get("dbcharset"),
        application: get("dbappname"),
    }
}

impl Table {
    /// The same table as a place for records.
    pub fn place(&self, name: &str) -> TablePlace {
        TablePlace::new(name, self.source.clone(), &self.name)
    }

    fn database(&self) -> &Sql {
        self.database.get_or_init(|| Sql::new(self.source.clone()))
    }

    /// `column = 'value'`; a column may bring its own comparison: `name LIKE`.
    fn condition(&self, conditions: &[(String, String)]) -> String {
        let one = |(column, value): &(String, String)| {
            let (name, comparison) = column.trim().split_once(' ').unwrap_or((column.trim(), "="));
            let comparison = match comparison.trim().to_ascii_uppercase().as_str() {
                known @ ("LIKE" | "<" | ">" | "<=" | ">=" | "!=" | "<>") => known.to_owned(),
                _ => "=".to_owned(),
            };
            format!("{} {comparison} {}", self.database().name(name), self.database().quote(value))
        };
        conditions.iter().map(one).collect::<Vec<_>>().join(" AND ")
    }

    fn table(&self) -> String {
        self.database().name(&self.name)
    }

    /// The rows that meet all conditions.
    ///
    /// # Errors
    /// Where the database is away or refuses.
    pub async fn find(&self, conditions: &[(String, String)]) -> Result<Vec<Row>, SqlError> {
        self.select(&self.condition(conditions), "").await
    }

    async fn select(&self, condition: &str, order: &str) -> Result<Vec<Row>, SqlError> {
        let statement = format!("SELECT * FROM {} WHERE {condition} {order}", self.table());
        let Rows { columns, rows } = self.database().query(&statement).await?;
        let row = |values: Vec<Option<String>>| {
            columns.iter().cloned().zip(values).filter_map(|(name, value)| Some((name, value?))).collect()
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Changes the rows that meet all conditions; gives how many.
    ///
    /// # Errors
    /// Where the database is away or refuses.
    pub async fn update(&self, conditions: &[(String, String)], changes: &[(String, String)]) -> Result<u64, SqlError> {
        let sets: Vec<String> = changes
            .iter()
            .map(|(name, value)| format!("{} = {}", self.database().name(name.trim()), self.database().quote(value)))
            .collect();
        let condition = self.condition(conditions);
        self.database().execute(&[format!("UPDATE {} SET {} WHERE {condition}", self.table(), sets.join(", "))]).await
    }

    /// Adds a row.
    ///
    /// # Errors
    /// Where the database is away or refuses.
    pub async fn store(&self, fields: &[(String, String)]) -> Result<u64, SqlError> {
        let values: Vec<(&str, String)> =
            fields.iter().map(|(name, value)| (name.trim(), self.database().quote(value))).collect();
        self.database().execute(&[self.database().insertion(&self.name, &values)]).await
    }

    /// Removes the rows that meet all conditions; gives how many.
    ///
    /// # Errors
    /// Where the database is away or refuses.
    pub async fn destroy(&self, conditions: &[(String, String)]) -> Result<u64, SqlError> {
        let condition = self.condition(conditions);
        self.database().execute(&[format!("DELETE FROM {} WHERE {condition}", self.table())]).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conf::Memory;
    use crate::diagnostic::Sources;

    fn config(name: &str, text: &str) -> Config {
        let mut files = Memory::default().with(name, text.to_owned());
        Config::read(&mut files, Path::new(name), &mut Sources::default())
    }

    #[tokio::test]
    async fn a_family_is_a_table() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = config("res_config_sqlite3.conf", "[main]\ndbfile=rt.db\n");
        let text =
            "[settings]\nstock => sqlite3,main,goods\nsippeers => sqlite3,main\nqueues.conf => odbc,x\nold => dbm,x\n";
        let places = Places { sqlite: Some(&sqlite), ..Places::default() };
        let (realtime, problems) = Realtime::read(&config("extconfig.conf", text), &places, folder.path());
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[1].contains("no driver dbm"), "{problems:?}");
        let stock = realtime.family("Stock").unwrap().remove(0);
        stock.database().execute(&["CREATE TABLE goods (id TEXT, name TEXT, price TEXT)".to_owned()]).await.unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        stock.store(&[pair("id", "1"), pair("name", "O'Hara")]).await.unwrap();
        stock.store(&[pair("id", "2"), pair("name", "Ogden")]).await.unwrap();
        assert_eq!(stock.find(&[pair("name LIKE", "O%")]).await.unwrap().len(), 2);
        assert_eq!(stock.find(&[pair("id", "1")]).await.unwrap(), [vec![pair("id", "1"), pair("name", "O'Hara")]]);
        assert_eq!(stock.update(&[pair("id", "1")], &[pair("price", "9")]).await.unwrap(), 1);
        assert_eq!(stock.destroy(&[pair("id <", "9")]).await.unwrap(), 2);
        assert!(realtime.family("none").is_none());
    }
}
