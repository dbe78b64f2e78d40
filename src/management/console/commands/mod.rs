//! The commands, by families.

pub mod agent;
pub mod agi;
pub mod bridge;
pub mod cdr;
pub mod cel;
pub mod channel;
pub mod confbridge;
pub mod core;
pub mod database;
pub mod devstate;
pub mod dialplan;
pub mod features;
pub mod file;
pub mod http;
pub mod logger;
pub mod manager;
pub mod meetme;
pub mod mixmonitor;
pub mod module;
pub mod moh;
pub mod parking;
pub mod pjsip;
pub mod queue;
pub mod sip;
pub mod voicemail;
