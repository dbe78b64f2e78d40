//! Programs outside that steer calls, and people at the console.

pub mod agi;
pub mod ami;
pub mod call_files;
pub mod console;
pub mod http;
pub mod logger;
pub mod metrics;
pub mod pbx;
