//! `ODBC_FETCH`, and the results that it fetches from

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::channel::Variables;
use crate::functions::hash;
use crate::interpreter::{Argument, Context, Function, FunctionError, Kind};

/// Gives the next row of a result whose function has `mode=multirow`: `${ODBC_FETCH(${ODBC_USERS()})}`. The variable
/// ODBC_FETCH_STATUS is SUCCESS, or FAILURE where there is no row any more.
pub static ODBC_FETCH: Function =
    Function::new("ODBC_FETCH", "The next row of a result", &[Argument::required("result-id", Kind::Text)]).reads(read);

const STATUS: &str = "ODBC_FETCH_STATUS";

/// A result that waits to be fetched; it lives as long as its channel.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub names: Vec<String>,
    pub rows: VecDeque<String>,
}

fn setting(id: &str) -> String {
    format!("ODBC_FETCH/{id}")
}

impl Kept {
    pub fn keep(&self, settings: &mut Variables, id: &str) {
        settings.set(&setting(id), &serde_json::to_string(self).unwrap_or_default());
    }
}

/// Forgets a result, as `ODBCFinish` does.
pub fn finish(settings: &mut Variables, id: &str) {
    settings.remove(&setting(id));
}

fn read(context: &mut Context<'_>, id: &str, out: &mut String) -> Result<(), FunctionError> {
    let text = context.state.settings.get(&setting(id)).unwrap_or_default();
    let mut kept: Kept = serde_json::from_str(text).unwrap_or_default();
    let Some(row) = kept.rows.pop_front() else {
        finish(&mut context.state.settings, id);
        context.set(STATUS, "FAILURE");
        return Ok(());
    };
    kept.keep(&mut context.state.settings, id);
    let names: Vec<&str> = kept.names.iter().map(String::as_str).collect();
    hash::set_fields(context, &names);
    context.set(STATUS, "SUCCESS");
    out.push_str(&row);
    Ok(())
}
