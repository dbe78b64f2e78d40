//! Functions on mailboxes.

pub mod exists;
pub mod info;
