//! The commands, by families.

pub mod calls;
pub mod database;
pub mod exec;
pub mod keys;
pub mod log;
pub mod music;
pub mod place;
pub mod playing;
pub mod record;
pub mod saying;
pub mod speech;
pub mod text;
pub mod variables;
