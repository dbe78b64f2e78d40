//! The AstDB.

use super::{Action, Answer, Asked, Run};
use crate::management::ami::privilege::Privilege;
use crate::management::ami::reply::{Fields, Reply};
use crate::storage::astdb::DatabaseError;

const READ: Privilege = Privilege::SYSTEM.or(Privilege::REPORTING);

fn failed(error: DatabaseError) -> Reply {
    Reply::error(error)
}

/// Gives a value, as an event behind the answer.
pub static DB_GET: Action = Action::new("DBGet", READ, "Get DB Entry.", Run::Compute(get));

fn get(asked: &Asked<'_>) -> Answer {
    let family = asked.need("Family", "No family specified.")?;
    let key = asked.need("Key", "No key specified.")?;
    let value = asked.exchange().database.get(family, key).map_err(failed)?;
    let value = value.ok_or_else(|| Reply::error("Database entry not found"))?;
    let mut reply = Reply::list("Result will follow", "DBGetComplete").with_id_last();
    reply.event("DBGetResponse", Fields::new().with("Family", family).with("Key", key).with("Val", value));
    Ok(reply)
}

/// Gives everything under a prefix.
pub static DB_GET_TREE: Action =
    Action::new("DBGetTree", READ, "Get DB entries, optionally at a particular family/key", Run::Compute(tree));

fn tree(asked: &Asked<'_>) -> Answer {
    let [family, key] = ["Family", "Key"].map(|name| asked.get(name).unwrap_or(""));
    let prefix = [family, key].join("/");
    let found = asked.exchange().database.tree(prefix.trim_matches('/')).map_err(failed)?;
    let mut reply = Reply::list("Result will follow", "DBGetTreeComplete").with_id_last();
    for (key, value) in found {
        reply.event("DBGetTreeResponse", Fields::new().with("Key", key).with("Val", value));
    }
    Ok(reply)
}

/// Stores a value.
pub static DB_PUT: Action = Action::new("DBPut", Privilege::SYSTEM, "Put DB entry.", Run::Compute(put));

fn put(asked: &Asked<'_>) -> Answer {
    let family = asked.need("Family", "No family specified")?;
    let key = asked.need("Key", "No key specified")?;
    asked.exchange().database.put(family, key, asked.get("Val").unwrap_or("")).map_err(failed)?;
    Ok(Reply::done("Updated database successfully"))
}

/// Removes a value.
pub static DB_DEL: Action = Action::new("DBDel", Privilege::SYSTEM, "Delete DB entry.", Run::Compute(delete));

fn delete(asked: &Asked<'_>) -> Answer {
    let family = asked.need("Family", "No family specified.")?;
    let key = asked.need("Key", "No key specified.")?;
    match asked.exchange().database.delete(family, key).map_err(failed)? {
        true => Ok(Reply::done("Key deleted successfully")),
        false => Err(Reply::error("Database entry could not be deleted")),
    }
}

/// Removes everything under a prefix.
pub static DB_DEL_TREE: Action =
    Action::new("DBDelTree", Privilege::SYSTEM, "Delete DB Tree.", Run::Compute(delete_tree));

fn delete_tree(asked: &Asked<'_>) -> Answer {
    let family = asked.need("Family", "No family specified.")?;
    let prefix = [family, asked.get("Key").unwrap_or("")].join("/");
    match asked.exchange().database.delete_tree(prefix.trim_matches('/')).map_err(failed)? {
        0 => Err(Reply::error("Database entry not found")),
        _ => Ok(Reply::done("Key tree deleted successfully")),
    }
}
