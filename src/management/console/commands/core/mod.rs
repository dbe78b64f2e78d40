//! `core`: the server as a whole.

pub mod help;
pub mod reload;
pub mod stopping;
pub mod uptime;
pub mod verbosity;
pub mod version;
pub mod waiting;
