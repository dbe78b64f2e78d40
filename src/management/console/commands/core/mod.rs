//! `core`: the server as a whole.

pub mod applications;
pub mod channels;
pub mod functions;
pub mod help;
pub mod hints;
pub mod kinds;
pub mod media;
pub mod reload;
pub mod settings;
pub mod stopping;
pub mod threads;
pub mod uptime;
pub mod verbosity;
pub mod version;
pub mod waiting;

mod likeness;
