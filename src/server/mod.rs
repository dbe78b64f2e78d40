//! Putting the parts together: reading a configuration folder, start-up, reload and shutdown.

mod configuration;

pub use configuration::{Configuration, Setup};
