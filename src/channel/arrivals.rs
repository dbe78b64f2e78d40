//! Where calls enter the plan.

use std::sync::Arc;

use super::Channel;

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
}
