//! Calls between real SIP programs and `exten`, on the loopback interface only.
//!
//! [`baresip`] is a telephone with a voice of its own, [`sipp`] plays exact message sequences, [`server`] runs the
//! program under test, [`listening`] tells who is heard. A missing tool fails the tests; `tests/run` installs it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what went wrong by panicking")]
#![allow(dead_code, reason = "the telephones can do more than today's tests ask of them")]

mod baresip;
mod control;
mod lamps;
mod listening;
mod pjsip;
mod ports;
mod process;
mod program;
mod secure;
mod server;
mod sipp;

mod databases;

mod actions;
mod admission;
mod agi;
mod call_files;
mod calls;
mod conference;
mod console;
mod full_disk;
mod harness;
mod manager;
mod media;
mod nway;
mod realtime;
mod records;
mod reload;
mod restart;
mod steering;
mod systems;
mod web;
