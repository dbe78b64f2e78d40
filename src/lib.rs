//! `exten` runs an Asterisk-compatible `extensions.conf` as real phone calls.
//!
//! ```text
//! .conf files ──► conf ──► dialplan::syntax ──► dialplan::compile ──► Plan
//!                                                                      │
//!                                                                      ▼
//!                                applications, functions ◄──── interpreter
//!                                           │                          │
//!                                           ▼                          ▼
//!                             bridging (two-party, rooms) ◄───────► channel
//!                                           ▲                          ▲
//!                                         media             sip · local · simulated
//! ```
//!
//! Each room imports only rooms before it. `conf`, `dialplan` and `interpreter` open no socket and read
//! no clock but tokio's.

pub mod applications;
pub mod bridging;
pub mod channel;
pub mod conf;
pub mod diagnostic;
pub mod dialplan;
pub mod functions;
pub mod interpreter;
pub mod media;
pub mod scenario;
pub mod server;
pub mod sip;
pub mod storage;
