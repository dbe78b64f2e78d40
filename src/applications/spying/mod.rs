//! Listening to calls of others, and speaking into them: `ChanSpy` and `ExtenSpy`.

pub mod chan_spy;

mod ear;
mod watch;

pub use ear::Ear;
