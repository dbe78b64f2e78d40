//! Putting the parts together: reading a configuration folder, start-up, reload and shutdown.

mod alarms;
mod audio;
mod cel;
mod circles;
mod configuration;
mod databases;
mod departure;
mod loading;
mod origin;
mod queue_log;
mod records;
mod reload;
mod settings;
mod simulation;
mod stage;
mod start;
mod state;
mod welcome;

pub use circles::Circles;
pub use configuration::{Apart, Configuration, LIBRARY, Setup};
pub use origin::Origin;
pub use reload::Watch;
pub use settings::Settings;
pub use simulation::{Part, Simulation, Story, Told};
pub use stage::{BEGINNING, Entry, NoExtension, Stage, in_virtual_time};
pub use start::{Reloaded, Server, ServerError};
pub use welcome::welcome;
