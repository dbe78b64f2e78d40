//! Two parties in a call of one of them: the duty to hang up the called one, what their keys ask for, and the end.
//!
//! Dial, Queue and whatever else calls somebody share this.

mod called;
mod callee;
mod keys;
mod limit;
mod optimizing;
mod record;
mod talking;
mod transfer;

pub use called::{Called, News, PICKABLE, adopt, adopt_in_language, first_news, forwards_left, outgoing, prepare};
pub use callee::Callee;
pub use limit::Limit;
pub use record::{OneTouch, begin as begin_recording};
pub use talking::{Ended, Side, Terms, introduce, show_callee, talk};
pub use transfer::pair;
