//! Conference rooms.

pub mod find_free_conf;
pub mod info;
