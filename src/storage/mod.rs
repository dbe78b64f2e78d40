//! What outlives a call: each store stands behind a narrow trait.

pub mod astdb;
pub mod cdr;
pub mod cel;
pub mod queue_log;
pub mod realtime;
pub mod records;
pub mod sql;
pub mod voicemail;
