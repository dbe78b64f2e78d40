//! What a server keeps over a restart.

use std::sync::Arc;

use super::{Configuration, Setup};
use crate::storage::astdb::{DatabaseError, Sqlite};

impl Setup {
    /// A setup whose state lasts: it stands in the folders of the configuration.
    ///
    /// # Errors
    /// Where the AstDB's file cannot be opened.
    pub fn lasting(configuration: &Configuration) -> Result<Self, DatabaseError> {
        let database = Sqlite::open(&configuration.directories.database())?;
        Ok(Self { database: Arc::new(database), ..Self::default() })
    }
}
