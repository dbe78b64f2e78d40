//! Putting the parts together: reading a configuration folder, start-up, reload and shutdown.

mod audio;
mod configuration;
mod simulation;

pub use configuration::{Configuration, Setup};
pub use simulation::{Simulation, Story, Told};
