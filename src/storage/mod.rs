//! What outlives a call: each store stands behind a narrow trait.

pub mod astdb;
pub mod voicemail;
