//! Hashes: values by key in a named table of the channel.
//!
//! The value of key `k` in hash `h` is the variable `~HASH~h~k~`, so that it is inherited and dumped as others are.

mod read;

pub use read::{HASH, HASHKEYS};

use crate::channel::Variables;
use crate::interpreter::Context;

/// The names of the columns that `HASH(name)` gave last.
const FIELDS: &str = "~ODBCFIELDS~";

fn variable(hash: &str, key: &str) -> String {
    format!("~HASH~{hash}~{key}~")
}

/// The keys of a hash, newest first. The case of the hash's name does not matter here.
pub fn keys(variables: &Variables, hash: &str) -> Vec<String> {
    let prefix = format!("~HASH~{hash}~");
    let key = |name: &str| {
        let (start, key) = name.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(&prefix).then(|| key.strip_suffix('~').map(str::to_owned)).flatten()
    };
    variables.iter().rev().filter_map(|(name, _)| key(name)).collect()
}

/// Says which keys a value that is assigned to a whole hash has.
pub fn set_fields(context: &mut Context<'_>, names: &[&str]) {
    context.set(FIELDS, &names.join(","));
}

/// Removes all keys of a hash, as `ClearHash` does.
pub fn clear(context: &mut Context<'_>, hash: &str) {
    for key in keys(&context.state.variables, hash) {
        context.unset(&variable(hash, &key));
    }
}
