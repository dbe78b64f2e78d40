//! Running the statement of a function.

use super::conf::Query;
use super::fetch::Kept;
use crate::functions::outside::wait_for;
use crate::functions::{fields, hash};
use crate::interpreter::{Context, FunctionError};
use crate::storage::sql::{Rows, Sql, SqlError};

const ROWS: &str = "ODBCROWS";
const STATUS: &str = "ODBCSTATUS";

/// The statement with `${ARG1}`, `${VALUE}`, `${VAL1}` and so on in their places.
fn statement(context: &mut Context<'_>, template: &str, arguments: &str, value: Option<&str>) -> String {
    let mut names = Vec::new();
    let mut push = |context: &mut Context<'_>, name: String, value: &str| {
        context.state.variables.push(&name, value);
        names.push(name);
    };
    for (at, argument) in fields::all(arguments).iter().enumerate() {
        push(context, format!("ARG{}", at + 1), argument);
    }
    if let Some(value) = value {
        push(context, "VALUE".to_owned(), value);
        for (at, value) in fields::all(value).iter().enumerate() {
            push(context, format!("VAL{}", at + 1), value);
        }
    }
    let statement = context.expand(template);
    for name in names {
        context.state.variables.pop(&name);
    }
    statement
}

/// What a function asks of a database.
enum Question {
    Query(String),
    /// A statement, and the one that runs where it changed nothing.
    Change(String, Option<String>),
}

/// What it answers.
enum Answer {
    Rows(Rows),
    Changed(u64),
}

impl Question {
    async fn ask(&self, database: &Sql) -> Result<Answer, SqlError> {
        match self {
            Question::Query(statement) => database.query(statement).await.map(Answer::Rows),
            Question::Change(statement, insert) => {
                let mut changed = database.execute(std::slice::from_ref(statement)).await?;
                if let Some(insert) = insert.as_ref().filter(|_| changed == 0) {
                    changed = database.execute(std::slice::from_ref(insert)).await?;
                }
                Ok(Answer::Changed(changed))
            }
        }
    }

    /// Asks the first database that is there.
    async fn ask_first(self, databases: Vec<Sql>) -> Result<Answer, SqlError> {
        let mut last = SqlError::Unavailable("no connection of res_odbc.conf is named".to_owned());
        for database in databases {
            match self.ask(&database).await {
                Err(SqlError::Unavailable(error)) => last = SqlError::Unavailable(error),
                answer => return answer,
            }
        }
        Err(last)
    }
}

fn ask(context: &mut Context<'_>, question: Question, databases: Vec<Sql>) -> Result<Answer, FunctionError> {
    match context.unlocked(|| wait_for(question.ask_first(databases))) {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => Err(failed(context, Some(error))),
        None => Err(failed(context, None)),
    }
}

fn failed(context: &mut Context<'_>, error: Option<SqlError>) -> FunctionError {
    context.set(STATUS, "FAILURE");
    FunctionError::value(error.map_or_else(|| "no runtime".to_owned(), |error| error.to_string()))
}

/// A row as the plan has it: values with commas between them.
fn line(row: &[Option<String>], escapes_commas: bool) -> String {
    let value = |value: &Option<String>| {
        let value = value.as_deref().unwrap_or_default();
        if escapes_commas { value.replace('\\', "\\\\").replace(',', "\\,") } else { value.to_owned() }
    };
    row.iter().map(value).collect::<Vec<_>>().join(",")
}

pub(super) fn read(
    context: &mut Context<'_>,
    query: &Query,
    databases: Vec<Sql>,
    arguments: &str,
    out: &mut String,
) -> Result<(), FunctionError> {
    let Some(template) = &query.read else { return Err(FunctionError::arguments("it has no readsql")) };
    context.set(ROWS, "-1");
    let statement = statement(context, template, arguments, None);
    let Answer::Rows(found) = ask(context, Question::Query(statement), databases)? else { return Ok(()) };
    let most = query.row_limit.unwrap_or(if query.is_multirow { usize::MAX } else { 1 });
    let rows: Vec<String> = found.rows.iter().take(most).map(|row| line(row, query.escapes_commas)).collect();
    context.set(ROWS, &rows.len().to_string());
    let Some(row) = rows.first() else {
        context.set(STATUS, "NODATA");
        return Ok(());
    };
    context.set(STATUS, "SUCCESS");
    if query.is_multirow {
        let id = context.exchange.random(1, i64::from(i32::MAX)).to_string();
        Kept { names: found.columns, rows: rows.into() }.keep(&mut context.state.settings, &id);
        out.push_str(&id);
    } else {
        let names: Vec<&str> = found.columns.iter().map(String::as_str).collect();
        hash::set_fields(context, &names);
        out.push_str(row);
    }
    Ok(())
}

pub(super) fn write(
    context: &mut Context<'_>,
    query: &Query,
    databases: Vec<Sql>,
    arguments: &str,
    value: &str,
) -> Result<(), FunctionError> {
    let Some(template) = &query.write else { return Err(FunctionError::arguments("it has no writesql")) };
    context.set(ROWS, "-1");
    let write = statement(context, template, arguments, Some(value));
    let insert = query.insert.as_ref().map(|template| statement(context, template, arguments, Some(value)));
    if let Answer::Changed(changed) = ask(context, Question::Change(write, insert), databases)? {
        context.set(ROWS, &changed.to_string());
        context.set(STATUS, "SUCCESS");
    }
    Ok(())
}
