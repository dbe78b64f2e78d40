//! Rows of the tables that `extconfig.conf` names, for what applications keep there.

use super::Exchange;
use crate::storage::realtime::Row;

impl Exchange {
    /// Whether a family stands in a database.
    pub fn has_table(&self, family: &str) -> bool {
        self.realtime.load().family(family).is_some()
    }

    /// The rows of a family that meet all conditions, of the first of its tables that has any. A database that is away has
    /// none, and the log says so.
    pub async fn rows(&self, family: &str, conditions: &[(&str, &str)]) -> Vec<Row> {
        let conditions = owned(conditions);
        for table in self.realtime.load().family(family).into_iter().flatten() {
            match self.clock.outside(table.find(&conditions)).await {
                Ok(rows) if rows.is_empty() => {}
                Ok(rows) => return rows,
                Err(error) => tracing::warn!("{family}: the database says: {error}"),
            }
        }
        Vec::new()
    }

    /// Changes the rows of a family that meet all conditions, and gives how many there were; a database that refuses is told
    /// of in the log.
    pub async fn change_rows(&self, family: &str, conditions: &[(&str, &str)], changes: &[(&str, &str)]) -> u64 {
        let mut changed = 0;
        let (conditions, changes) = (owned(conditions), owned(changes));
        for table in self.realtime.load().family(family).into_iter().flatten() {
            match self.clock.outside(table.update(&conditions, &changes)).await {
                Ok(count) => changed += count,
                Err(error) => tracing::warn!("{family}: the database says: {error}"),
            }
        }
        changed
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}
