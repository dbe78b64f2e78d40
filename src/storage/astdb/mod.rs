//! The AstDB: values by family and key, shared by all calls.
//!
//! A key stands as `/family/key`, and a family may have families within it, divided by slashes.

mod sqlite;

pub use sqlite::Sqlite;

use std::collections::BTreeMap;

use parking_lot::Mutex;

/// Why a database did not answer.
#[derive(Debug, thiserror::Error)]
#[error("the database failed: {0}")]
pub struct DatabaseError(pub String);

/// A store of values by family and key. Calls are short: they may block, but not for long.
pub trait Database: Send + Sync {
    /// The value, if there is one.
    ///
    /// # Errors
    /// Where the store fails.
    fn get(&self, family: &str, key: &str) -> Result<Option<String>, DatabaseError>;

    /// Stores a value, in the place of an older one.
    ///
    /// # Errors
    /// Where the store fails.
    fn put(&self, family: &str, key: &str, value: &str) -> Result<(), DatabaseError>;

    /// Removes a value; false if there was none.
    ///
    /// # Errors
    /// Where the store fails.
    fn delete(&self, family: &str, key: &str) -> Result<bool, DatabaseError>;

    /// Everything under a prefix such as `family` or `family/key` (all, if it is empty), sorted by key: the whole key
    /// with its leading slash, and the value.
    ///
    /// # Errors
    /// Where the store fails.
    fn tree(&self, prefix: &str) -> Result<Vec<(String, String)>, DatabaseError>;

    /// Runs a statement of SQL over the table `astdb`, where the store knows SQL: the rows, each value with its column.
    ///
    /// # Errors
    /// Where the store knows none, or the statement is wrong.
    fn query(&self, _statement: &str) -> Result<Vec<Vec<(String, String)>>, DatabaseError> {
        Err(DatabaseError("it knows no SQL".to_owned()))
    }

    /// Removes everything under a prefix; gives how many values that were.
    ///
    /// # Errors
    /// Where the store fails.
    fn delete_tree(&self, prefix: &str) -> Result<usize, DatabaseError>;
}

/// A database that is gone when the program ends.
#[derive(Default)]
pub struct Memory {
    values: Mutex<BTreeMap<String, String>>,
}

/// Family and key together are shorter than this, the slashes included, as in Asterisk.
const LONGEST_KEY: usize = 256;

fn whole_key(family: &str, key: &str) -> Result<String, DatabaseError> {
    let whole = format!("/{family}/{key}");
    if whole.len() >= LONGEST_KEY {
        return Err(DatabaseError(format!("family and key together must be shorter than {LONGEST_KEY} bytes")));
    }
    Ok(whole)
}

fn lies_under(key: &str, prefix: &str) -> bool {
    let prefix = prefix.trim_matches('/');
    let Some(rest) = key.strip_prefix('/').and_then(|key| key.strip_prefix(prefix)) else { return false };
    prefix.is_empty() || rest.is_empty() || rest.starts_with('/')
}

impl Database for Memory {
    fn get(&self, family: &str, key: &str) -> Result<Option<String>, DatabaseError> {
        Ok(self.values.lock().get(&whole_key(family, key)?).cloned())
    }

    fn put(&self, family: &str, key: &str, value: &str) -> Result<(), DatabaseError> {
        self.values.lock().insert(whole_key(family, key)?, value.to_owned());
        Ok(())
    }

    fn delete(&self, family: &str, key: &str) -> Result<bool, DatabaseError> {
        Ok(self.values.lock().remove(&whole_key(family, key)?).is_some())
    }

    fn tree(&self, prefix: &str) -> Result<Vec<(String, String)>, DatabaseError> {
        let values = self.values.lock();
        let found = values.iter().filter(|(key, _)| lies_under(key, prefix));
        Ok(found.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn delete_tree(&self, prefix: &str) -> Result<usize, DatabaseError> {
        let mut values = self.values.lock();
        let before = values.len();
        values.retain(|key, _| !lies_under(key, prefix));
        Ok(before - values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn each(test: impl Fn(&dyn Database)) {
        let folder = tempfile::tempdir().unwrap();
        test(&Memory::default());
        test(&Sqlite::open(&folder.path().join("new/astdb.sqlite3")).unwrap());
    }

    #[test]
    fn a_tree_ends_at_slashes() {
        each(a_tree);
    }

    fn a_tree(database: &dyn Database) {
        for (family, key) in [("fam", "a/1"), ("fam", "b"), ("family", "c")] {
            database.put(family, key, "x").unwrap();
        }
        assert_eq!(database.tree("fam").unwrap().len(), 2);
        assert_eq!(database.tree("fam/a").unwrap(), [("/fam/a/1".to_owned(), "x".to_owned())]);
        assert_eq!(database.tree("").unwrap().len(), 3);
        assert_eq!(database.delete_tree("fam").unwrap(), 2);
        assert_eq!(database.get("family", "c").unwrap().as_deref(), Some("x"));
    }

    #[test]
    fn values_are_replaced_and_taken_out() {
        each(|database| {
            database.put("f", "k%_'", "1").unwrap();
            database.put("f", "k%_'", "\u{e4};\"2\"").unwrap();
            assert_eq!(database.get("f", "k%_'").unwrap().as_deref(), Some("\u{e4};\"2\""));
            assert_eq!(database.get("f", "K%_'").unwrap(), None);
            assert!(database.delete("f", "k%_'").unwrap());
            assert!(!database.delete("f", "k%_'").unwrap());
            let long = "k".repeat(252);
            assert!(database.put("f", &long, "").is_ok());
            assert!(database.put("fa", &long, "").is_err());
        });
    }
}
