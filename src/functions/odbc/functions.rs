//! The functions of `func_odbc.conf`, by name.

use std::collections::BTreeMap;

use parking_lot::RwLock;

use super::conf::OdbcConf;
use super::query;
use crate::functions::outside::wait_for;
use crate::interpreter::{Context, FunctionError, OwnFunctions};
use crate::storage::sql::Sql;

/// The functions that the admin made.
#[derive(Default)]
pub struct OdbcFunctions {
    conf: OdbcConf,
    /// Connections that are open, by their name in `res_odbc.conf`.
    open: RwLock<BTreeMap<String, Sql>>,
}

impl OdbcFunctions {
    pub fn new(conf: OdbcConf) -> Self {
        Self { conf, open: RwLock::default() }
    }

    fn databases(&self, names: &[String]) -> Vec<Sql> {
        let mut open = self.open.write();
        let database = |name: &String| {
            let source = self.conf.connections.get(name)?;
            let sql = match open.get(name) {
                Some(sql) => sql.clone(),
                None => wait_for({
                    let source = source.clone();
                    async move { Sql::new(source) }
                })?,
            };
            open.insert(name.clone(), sql.clone());
            Some(sql)
        };
        names.iter().filter_map(database).collect()
    }
}

impl OwnFunctions for OdbcFunctions {
    fn names(&self) -> Vec<(String, String)> {
        self.conf.queries.iter().map(|(name, query)| (name.clone(), query.synopsis.clone())).collect()
    }

    fn read(
        &self,
        name: &str,
        context: &mut Context<'_>,
        arguments: &str,
        out: &mut String,
    ) -> Option<Result<(), FunctionError>> {
        let query = self.conf.queries.get(name)?;
        let databases = self.databases(&query.readers);
        Some(query::read(context, query, databases, arguments, out))
    }

    fn write(
        &self,
        name: &str,
        context: &mut Context<'_>,
        arguments: &str,
        value: &str,
    ) -> Option<Result<(), FunctionError>> {
        let query = self.conf.queries.get(name)?;
        let databases = self.databases(&query.writers);
        Some(query::write(context, query, databases, arguments, value))
    }
}

#[cfg(test)]
mod tests {
    use crate::functions::tests::Bench;

    const FUNCTIONS: &str = "\
[FORWARD]
dsn=calls
readsql=SELECT number, name FROM forward WHERE phone='${SQL_ESC(${ARG1})}'
writesql=UPDATE forward SET number='${SQL_ESC(${VAL1})}', name='${SQL_ESC(${VAL2})}' WHERE phone='${SQL_ESC(${ARG1})}'
insertsql=INSERT INTO forward VALUES ('${SQL_ESC(${ARG1})}', '${SQL_ESC(${VAL1})}', '${SQL_ESC(${VAL2})}')
[ALL]
prefix=OFFICE
readhandle=away,calls
mode=multirow
rowlimit=2
readsql=SELECT phone FROM forward ORDER BY phone
";

    #[tokio::test]
    async fn statements_become_functions() {
        let bench = Bench::with_files(
            "",
            &[
                ("func_odbc.conf", FUNCTIONS),
                ("res_odbc.conf", "[calls]\ndsn=sqlite:calls.db\n[away]\ndsn=sqlite:/proc/no/such.db\n"),
            ],
        );
        let file = rusqlite::Connection::open(bench.folder().join("calls.db")).unwrap();
        file.execute("CREATE TABLE forward (phone TEXT, number TEXT, name TEXT)", []).unwrap();
        assert_eq!(bench.value("[${ODBC_FORWARD(2001)}] ${ODBCROWS} ${ODBCSTATUS}"), "[] 0 NODATA");
        bench.set("ODBC_FORWARD(2001)", "4711,\"O'Neill, Ann\"");
        assert_eq!(bench.value("${ODBCROWS} ${ODBCSTATUS}"), "1 SUCCESS");
        assert_eq!(bench.value("${ODBC_FORWARD(2001)} ${ODBCROWS}"), "4711,O'Neill\\, Ann 1");
        bench.set("HASH(forward)", &bench.value("${ODBC_FORWARD(2001)}"));
        assert_eq!(bench.value("${HASH(forward,name)}"), "O'Neill, Ann");
        bench.set("ODBC_FORWARD(2001)", "4712,Ann");
        bench.set("ODBC_FORWARD(x' OR '1'='1)", "1,2");
        bench.set("ODBC_FORWARD(2003)", "3,3");
        assert_eq!(bench.value("${ODBC_FORWARD(2001)}"), "4712,Ann");
        bench.set("ID", &bench.value("${OFFICE_ALL()}"));
        assert_eq!(
            bench.value(
                "${ODBCROWS} ${ODBC_FETCH(${ID})} ${ODBC_FETCH(${ID})} [${ODBC_FETCH(${ID})}] ${ODBC_FETCH_STATUS}"
            ),
            "2 2001 2003 [] FAILURE"
        );
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_an_empty_value() {
        let bench = Bench::with_files("", &[("func_odbc.conf", FUNCTIONS), ("res_odbc.conf", "")]);
        assert_eq!(bench.value("[${ODBC_FORWARD(1)}] ${ODBCSTATUS} [${ODBC_NONE()}]"), "[] FAILURE []");
    }
}
