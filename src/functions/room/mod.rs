//! Conference rooms.

pub mod channels;
pub mod find_free_conf;
pub mod info;
