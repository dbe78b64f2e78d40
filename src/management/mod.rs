//! Programs outside that steer calls.

pub mod agi;
