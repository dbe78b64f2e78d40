//! What `func_odbc.conf` says.

use std::collections::BTreeMap;

use crate::conf::{Config, Section, is_false};
use crate::storage::sql::Source;

/// The functions of `func_odbc.conf` and the connections of `res_odbc.conf`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OdbcConf {
    pub queries: BTreeMap<String, Query>,
    pub connections: BTreeMap<String, Source>,
}

/// One function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Connections to ask, in order: those that are away are passed over.
    pub readers: Vec<String>,
    pub writers: Vec<String>,
    pub read: Option<String>,
    pub write: Option<String>,
    /// Runs where `write` changed nothing.
    pub insert: Option<String>,
    /// Commas in values get a backslash.
    pub escapes_commas: bool,
    /// Rows are fetched one by one with `ODBC_FETCH`.
    pub is_multirow: bool,
    pub row_limit: Option<usize>,
    pub synopsis: String,
}

impl OdbcConf {
    pub fn read(func_odbc: &Config, connections: BTreeMap<String, Source>) -> Self {
        let sections = func_odbc.sections.iter().filter(|section| !section.name.eq_ignore_ascii_case("general"));
        let queries = sections.map(|section| {
            let prefix = section.get("prefix").filter(|prefix| !prefix.is_empty()).unwrap_or("ODBC");
            (format!("{prefix}_{}", section.name), Query::read(section))
        });
        Self { queries: queries.collect(), connections }
    }
}

impl Query {
    fn read(section: &Section) -> Self {
        let get = |keys: &[&str]| {
            let mut found = keys.iter().filter_map(|key| section.get(key)).filter(|value| !value.is_empty());
            found.next().map(str::to_owned)
        };
        let handles = |key: &str| {
            let own = get(&[key]).or_else(|| get(&["dsn"])).unwrap_or_default();
            own.split(',').map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>()
        };
        let is_multirow = section.get("mode").is_some_and(|mode| mode.eq_ignore_ascii_case("multirow"));
        let writers = handles("writehandle");
        let readers = Some(handles("readhandle")).filter(|own| !own.is_empty()).unwrap_or_else(|| writers.clone());
        Self {
            readers,
            writers,
            read: get(&["readsql", "read"]),
            write: get(&["writesql", "write"]),
            insert: get(&["insertsql"]),
            escapes_commas: !section.get("escapecommas").is_some_and(is_false),
            is_multirow,
            row_limit: section.get("rowlimit").and_then(|limit| limit.parse().ok()).filter(|limit| *limit > 0),
            synopsis: get(&["synopsis"]).unwrap_or_default(),
        }
    }
}
