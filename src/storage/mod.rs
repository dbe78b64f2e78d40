//! What outlives a call: each store stands behind a narrow trait.

pub mod astdb;
pub mod cdr;
pub mod realtime;
pub mod sql;
pub mod voicemail;
