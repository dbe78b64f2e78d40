//! AGI, the Asterisk Gateway Interface: a program outside steers a call, line by line.
//!
//! The program gets what it needs to know about the call as `agi_…: value` lines and an empty line ([`environment`]).
//! Then it writes commands, a line each ([`words`], [`command`]), and reads an answer for each ([`reply`]). [`session`]
//! is that conversation; its far end is a script beside exten ([`script`]) or a FastAGI server ([`network`]), both behind
//! a [`link`]. Nothing but `script` and `network` opens anything.

pub mod asynchronous;
pub mod command;
pub mod environment;
pub mod link;
pub mod network;
pub mod reply;
pub mod script;
pub mod session;
pub mod words;

mod commands;

pub use command::COMMANDS;
pub use session::{Session, Status};
