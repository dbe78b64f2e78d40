//! The AstDB from the plan.

pub mod blacklist;
pub mod db;
pub mod dialgroup;
pub mod keys;
pub mod realtime;

use crate::interpreter::FunctionError;
use crate::storage::astdb::DatabaseError;

/// The variable that keeps what `DB_EXISTS` and `DB_DELETE` found.
const RESULT: &str = "DB_RESULT";

/// Splits `family/key`.
fn split(arguments: &str) -> Result<(&str, &str), FunctionError> {
    arguments
        .split_once('/')
        .filter(|(family, key)| !family.is_empty() && !key.is_empty())
        .ok_or_else(|| FunctionError::arguments("it is written family/key"))
}

fn failed(error: DatabaseError) -> FunctionError {
    FunctionError::value(error.to_string())
}
