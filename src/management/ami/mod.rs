//! AMI, the Asterisk Manager Interface: programs outside see what happens and steer calls, over TCP or TLS.
//!
//! ```text
//!   bytes ──► message (Parser) ──► session ──► actions ──► reply ──► outbox ──► bytes
//!                                     │                                ▲
//!   calls ──► Happening ──► events (Hub): rendered once ───────────────┘
//! ```
//!
//! [`message`], [`reply`] and [`events`] know no socket; [`manager`] listens, [`session`] is one program's conversation.
//! An action is a value in the sorted list of [`actions`]; what `manager.conf` says stands in [`settings`].

pub mod actions;
pub mod events;
pub mod manager;
pub mod message;
pub mod outbox;
pub mod privilege;
pub mod reply;
pub mod session;
pub mod settings;
pub mod web;

mod edit;
mod login;

pub use manager::{Manager, StartError};
pub use settings::Settings;

/// The version of the protocol, as programs ask for it.
pub const VERSION: &str = "9.0.0";
