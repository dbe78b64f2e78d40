//! Programs outside that steer calls, and people at the console.

pub mod agi;
pub mod ami;
pub mod console;
pub mod logger;
pub mod pbx;
