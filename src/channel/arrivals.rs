//! Where calls enter the plan.

use std::sync::Arc;

use tokio::sync::watch;

use super::Channel;
use super::caller_id::Party;
use super::message::TextMessage;
use super::watching::{Messages, Watched};

/// Whether a number leads anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It is an extension.
    Complete,
    /// More digits could make it one.
    Partial,
    /// It is none.
    Unknown,
}

/// Takes the calls that a technology brings.
pub trait Arrivals: Send + Sync {
    /// Whether `extension` exists in `context` for a caller with this number.
    fn reach(&self, context: &str, extension: &str, caller: &str) -> Reach;

    /// Runs the plan on the channel from its position, until it is hung up.
    fn arrive(&self, channel: Arc<Channel>);

    /// How an extension with a hint is, now and later; `None` where there is no hint.
    fn watch_extension(&self, _context: &str, _extension: &str) -> Option<watch::Receiver<Watched>> {
        None
    }

    /// The messages of a mailbox, now and later.
    fn watch_mailbox(&self, _mailbox: &str) -> Option<watch::Receiver<Messages>> {
        None
    }

    /// A text came for an extension; false where there is none.
    fn message(&self, _context: &str, _extension: &str, _from: Party, _message: TextMessage) -> bool {
        false
    }

    /// The keys that a channel has to press for a built-in feature, by the feature's name; `None` where it has none.
    fn feature_keys(&self, _channel: &Channel, _feature: &str) -> Option<String> {
        None
    }

    /// A telephone may be otherwise than before: registered, away.
    fn device_changed(&self, _device: &str) {}

    /// A new call takes another channel out of what it does and talks with it.
    fn take_over(&self, _channel: Arc<Channel>, _partner: Arc<Channel>) {}

    /// Takes two channels out of what they do and lets them talk with each other.
    fn join(&self, _first: Arc<Channel>, _second: Arc<Channel>) {}
}
