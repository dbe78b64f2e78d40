//! Who calls, who is connected, and who sent the call on.

mod fields;

pub mod callerid;
pub mod callerpres;
pub mod connectedline;
pub mod redirecting;
