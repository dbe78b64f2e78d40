//! `REALTIME`, `REALTIME_FIELD`, `REALTIME_HASH`, `REALTIME_STORE`, `REALTIME_DESTROY`: rows of the tables that
//! `extconfig.conf` names.

use crate::functions::outside::wait_for;
use crate::functions::{fields, hash};
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};
use crate::storage::realtime::{Row, Table};
use crate::storage::sql::SqlError;

const MATCH: [Argument; 3] = [
    Argument::required("family", Kind::Text),
    Argument::required("column", Kind::Text),
    Argument::required("value", Kind::Text),
];

/// Gives the columns of a row as `name=value,name=value`, or changes one: `Set(REALTIME(family,column,value,field)=new)`.
///
/// The row is the first whose column has the value. The separators may be others; an empty one is kept as it is.
pub static REALTIME: Function = Function::new(
    "REALTIME",
    "A row of a table of extconfig.conf",
    &[
        MATCH[0],
        MATCH[1],
        Argument::optional("value", Kind::Text),
        Argument::optional("separator or field", Kind::Text),
        Argument::optional("equals sign", Kind::Text),
    ],
)
.reads(read)
.writes(write)
.dangerous();

/// Gives or changes one column of a row.
pub static REALTIME_FIELD: Function = Function::new(
    "REALTIME_FIELD",
    "A column of a row of a table of extconfig.conf",
    &[MATCH[0], MATCH[1], MATCH[2], Argument::required("field", Kind::Text)],
)
.reads(read_field)
.writes(write)
.dangerous();

/// Gives the values of a row, to be assigned to a whole `HASH()`.
pub static REALTIME_HASH: Function =
    Function::new("REALTIME_HASH", "A row of a table of extconfig.conf, for HASH()", &MATCH)
        .reads(read_hash)
        .dangerous();

/// Adds a row: `Set(REALTIME_STORE(family,column,column)=value,value)`.
pub static REALTIME_STORE: Function = Function::new(
    "REALTIME_STORE",
    "Adds a row to a table of extconfig.conf",
    &[MATCH[0], Argument::required("columns", Kind::Text)],
)
.writes(store)
.dangerous();

/// Removes the rows whose column has the value, and gives the first as `REALTIME` does.
pub static REALTIME_DESTROY: Function = Function::new(
    "REALTIME_DESTROY",
    "Removes rows of a table of extconfig.conf",
    &[
        MATCH[0],
        MATCH[1],
        Argument::optional("value", Kind::Text),
        Argument::optional("separator", Kind::Text),
        Argument::optional("equals sign", Kind::Text),
    ],
)
.reads(destroy)
.dangerous();

/// What a function is asked.
struct Asked {
    family: String,
    tables: Vec<Table>,
    conditions: Vec<(String, String)>,
    /// What stands behind the value.
    rest: Vec<String>,
}

impl Asked {
    fn parse(context: &Context<'_>, arguments: &str) -> Result<Self, FunctionError> {
        let mut all = fields::all(arguments).into_iter();
        let (family, column) = (all.next().unwrap_or_default(), all.next().unwrap_or_default());
        if family.is_empty() || column.is_empty() {
            return Err(FunctionError::arguments("a family and a column are needed"));
        }
        let tables = tables(context, &family)?;
        let conditions = vec![(column, all.next().unwrap_or_default())];
        Ok(Self { family, tables, conditions, rest: all.collect() })
    }

    /// The first row that is found, in the first table that answers.
    fn row(self, context: &mut Context<'_>) -> Result<Option<Row>, FunctionError> {
        let Self { family, tables, conditions, .. } = self;
        let found = ask(context, async move {
            let mut last = Ok(Vec::new());
            for table in tables {
                last = table.find(&conditions).await;
                if last.as_ref().is_ok_and(|rows| !rows.is_empty()) {
                    break;
                }
            }
            last
        });
        found.map(|rows| rows.into_iter().next()).map_err(|error| about(&family, &error))
    }
}

fn tables(context: &Context<'_>, family: &str) -> Result<Vec<Table>, FunctionError> {
    let tables = context.exchange.realtime.load().family(family);
    tables.ok_or_else(|| FunctionError::not_found(format!("extconfig.conf has no family {family}")))
}

fn ask<T: Send + 'static>(
    context: &mut Context<'_>,
    work: impl Future<Output = Result<T, SqlError>> + Send + 'static,
) -> Result<T, SqlError> {
    let none = || Err(SqlError::Unavailable("no runtime".to_owned()));
    context.unlocked(|| wait_for(work)).unwrap_or_else(none)
}

fn about(family: &str, error: &SqlError) -> FunctionError {
    FunctionError::value(format!("{family}: {error}"))
}

/// `name=value,name=value` with separators of one's own.
fn listed(row: &Row, separators: &[String]) -> String {
    let between = separators.first().map_or(",", String::as_str);
    let equals = separators.get(1).map_or("=", String::as_str);
    let pairs: Vec<String> = row.iter().map(|(name, value)| format!("{name}{equals}{value}")).collect();
    pairs.join(between)
}

fn read(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let asked = Asked::parse(context, arguments)?;
    let separators = asked.rest.clone();
    if let Some(row) = asked.row(context)? {
        out.push_str(&listed(&row, &separators));
    }
    Ok(())
}

fn read_field(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let asked = Asked::parse(context, arguments)?;
    let field = asked.rest.first().cloned().unwrap_or_default();
    let row = asked.row(context)?.unwrap_or_default();
    if let Some((_, value)) = row.iter().find(|(name, _)| name.eq_ignore_ascii_case(field.trim())) {
        out.push_str(value);
    }
    Ok(())
}

fn read_hash(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let row = Asked::parse(context, arguments)?.row(context)?.unwrap_or_default();
    let names: Vec<&str> = row.iter().map(|(name, _)| name.as_str()).collect();
    hash::set_fields(context, &names);
    let values = row.iter().map(|(_, value)| value.replace('\\', "\\\\").replace(',', "\\,"));
    out.push_str(&values.collect::<Vec<_>>().join(","));
    Ok(())
}

fn write(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let Asked { family, tables, conditions, rest } = Asked::parse(context, arguments)?;
    let field = rest.into_iter().next().filter(|field| !field.is_empty());
    let field = field.ok_or_else(|| FunctionError::arguments("the field to be set is needed"))?;
    let changes = vec![(field, value.to_owned())];
    let changed = ask(context, async move {
        let mut last = Ok(0);
        for table in tables {
            last = table.update(&conditions, &changes).await;
            if last.is_ok() {
                break;
            }
        }
        last
    });
    changed.map(drop).map_err(|error| about(&family, &error))
}

fn store(context: &mut Context<'_>, arguments: &str, value: &str) -> Result<(), FunctionError> {
    let mut names = fields::all(arguments).into_iter();
    let family = names.next().unwrap_or_default();
    let tables = tables(context, &family)?;
    let values = fields::all(value);
    let row: Row = names.zip(values).collect();
    if row.is_empty() {
        return Err(FunctionError::arguments("columns and values are needed"));
    }
    let stored = ask(context, async move {
        match tables.into_iter().next() {
            Some(table) => table.store(&row).await,
            None => Ok(0),
        }
    });
    stored.map(drop).map_err(|error| about(&family, &error))
}

fn destroy(context: &mut Context<'_>, arguments: &str, out: &mut String) -> Result<(), FunctionError> {
    let Asked { family, tables, conditions, rest } = Asked::parse(context, arguments)?;
    let removed = ask(context, async move {
        for table in tables {
            let rows = table.find(&conditions).await?;
            if let Some(first) = rows.into_iter().next() {
                table.destroy(&conditions).await?;
                return Ok(Some(first));
            }
        }
        Ok(None)
    });
    if let Some(row) = removed.map_err(|error| about(&family, &error))? {
        out.push_str(&listed(&row, &rest));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::applications::testing::Trial;

    #[test]
    fn rows_are_read_changed_added_and_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rt.db");
        let database = rusqlite::Connection::open(&path).unwrap();
        database
            .execute_batch(
                "CREATE TABLE agents (id TEXT, name TEXT, skill TEXT); INSERT INTO agents VALUES ('7','Ann',NULL)",
            )
            .unwrap();
        let plan = "NoOp(${REALTIME(staff,id,7)})\nSet(REALTIME(staff,id,7,skill)=beer)\n\
                    NoOp(${REALTIME_FIELD(staff,id,7,skill)} ${REALTIME(staff,id,7,/,:)})\n\
                    Set(REALTIME_STORE(staff,id,name)=8,Bob)\nSet(HASH(h)=${REALTIME_HASH(staff,id,8)})\n\
                    NoOp(${HASH(h,name)})\nNoOp(${REALTIME_DESTROY(staff,id,8)})\nNoOp([${REALTIME(staff,id,8)}])\n\
                    NoOp([${REALTIME(none,id,8)}])";
        let told = Trial::of(plan)
            .file("extconfig.conf", "[settings]\nstaff => sqlite3,main,agents\n")
            .file("res_config_sqlite3.conf", &format!("[main]\ndbfile={}\n", path.display()))
            .run();
        for step in [
            "100@default:2 NoOp id=7,name=Ann",
            "100@default:4 NoOp beer id:7/name:Ann/skill:beer",
            "100@default:7 NoOp Bob",
            "100@default:8 NoOp id=8,name=Bob",
            "100@default:9 NoOp []",
            "extconfig.conf has no family none",
        ] {
            assert!(told.has(step) || told.lines.iter().any(|line| line.contains(step)), "{step}: {:?}", told.lines);
        }
    }

    #[test]
    fn a_queue_of_a_database_takes_callers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rt.db");
        let database = rusqlite::Connection::open(&path).unwrap();
        database
            .execute_batch(
                "CREATE TABLE queues (name TEXT, strategy TEXT, timeout TEXT);
                 CREATE TABLE queue_members (queue_name TEXT, interface TEXT, membername TEXT, penalty TEXT, paused TEXT);
                 INSERT INTO queues VALUES ('sales','linear','9');
                 INSERT INTO queue_members VALUES ('sales','Local/1@m/n','Ann','0','0')",
            )
            .unwrap();
        let plan = "Queue(sales,c)\nNoOp(${QUEUESTATUS} ${QUEUE_MEMBER_LIST(sales)})\n[m]\nexten => 1,1,Answer\nexten => 1,2,Wait(2)";
        let told = Trial::of(plan)
            .file("extconfig.conf", "[settings]\nqueues => sqlite3,main\nqueue_members => sqlite3,main\n")
            .file("res_config_sqlite3.conf", &format!("[main]\ndbfile={}\n", path.display()))
            .run();
        assert!(told.has("100@default:3 NoOp CONTINUE Local/1@m/n"), "{:?}", told.lines);
    }
}
