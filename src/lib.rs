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
//!
//! # The way of a call
//!
//! From a plan in memory to the steps of one call on virtual phones, in virtual time:
//!
//! ```
//! use std::path::Path;
//! use std::time::Duration;
//!
//! use exten::channel::simulated::{Behaviour, SimulatedTechnology};
//! use exten::conf::{Config, Memory};
//! use exten::diagnostic::Sources;
//! use exten::dialplan::compile::compile;
//! use exten::interpreter::{ActivePlan, Call, Clock, Exchange, Parts, Trace};
//! use exten::server::LIBRARY;
//! use tokio::time::Instant;
//!
//! // Text to lines and sections.
//! let text = "
//! [office]
//! exten => _20XX,1,Dial(SIP/${EXTEN},$[60 / 3])
//!  same => n,NoOp(${DIALSTATUS})
//! ";
//! let mut sources = Sources::default();
//! let config = Config::read(&mut Memory::default().with("extensions.conf", text), Path::new("extensions.conf"), &mut sources);
//!
//! // Lines to a plan: names resolved, patterns in the matcher, `${}` and `$[]` taken apart.
//! let mut diagnostics = Vec::new();
//! let plan = compile(&config, &mut &LIBRARY, &mut diagnostics);
//! assert!(diagnostics.is_empty());
//!
//! // All that calls share. tokio's clock is paused: it leaps ahead when everybody waits.
//! let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build()?;
//! let steps = runtime.block_on(async {
//!     let start = jiff::civil::date(2026, 3, 2).at(9, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC)?;
//!     let plan = ActivePlan { plan, sources, ..ActivePlan::default() };
//!     let clock = Clock::Simulated { start, since: Instant::now() };
//!     let exchange = Exchange::new(Parts { clock, ..Parts::new(plan, &LIBRARY) });
//!     let trace = Trace::new();
//!     exchange.channels.add_observer(trace.clone());
//!
//!     // Phone 2002 rings and is never answered; 2001 calls it.
//!     let phones = SimulatedTechnology::new(["2002".to_owned()], Behaviour::Rings);
//!     exchange.channels.add_technology(phones.clone());
//!     let (channel, _caller) = phones.dial(&exchange.channels, "SIP", "2001", |state| {
//!         state.position.set("office", "2002", 1);
//!     });
//!     let begun = Instant::now();
//!     Call::new(exchange, channel).run().await;
//!     assert_eq!(begun.elapsed(), Duration::from_secs(20));
//!     Ok::<_, Box<dyn std::error::Error>>(trace.channels()[0].steps.clone())
//! })?;
//! assert_eq!(steps, "2002@office:1 Dial SIP/2002,20\n2002@office:2 NoOp NOANSWER\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`server::Configuration`] reads a whole folder (phones, sounds, music, features) the same way, and [`server::Server`]
//! runs one on real SIP phones. The programs in `examples/` embed the crate.

pub mod applications;
pub mod bridging;
pub mod channel;
pub mod conf;
pub mod diagnostic;
pub mod dialplan;
pub mod formatter;
pub mod functions;
pub mod interpreter;
pub mod lint;
pub mod management;
pub mod manual;
pub mod media;
pub mod queues;
pub mod scenario;
pub mod security;
pub mod server;
pub mod sip;
pub mod storage;
pub mod tls;
