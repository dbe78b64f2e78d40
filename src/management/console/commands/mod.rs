//! The commands, by families.

pub mod core;
pub mod database;
pub mod dialplan;
pub mod logger;
