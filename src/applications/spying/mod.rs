//! Listening to calls of others, and speaking into them: `ChanSpy` and `ExtenSpy`.

pub mod chan_spy;

mod ear;
mod watch;

pub use ear::Ear;

use std::sync::Arc;

use crate::bridging::holding::Holding;
use crate::channel::{Channel, Listening};
use watch::{Mode, Tapped};

/// A third party in a talk of two.
#[must_use = "the third one is alone again when this is dropped"]
pub struct Third {
    _joined: (Tapped, Option<Holding>, Option<Listening>),
}

/// Lets `third` hear both parties of a talk and be heard by both. `party` is one of the two.
pub fn join_talk(third: &Arc<Channel>, party: &Arc<Channel>) -> Third {
    Third { _joined: watch::join(third, party, false, Mode::Barges, &Arc::default()) }
}
