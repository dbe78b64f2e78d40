//! Joining parties: two who hear each other, rooms for many, and what one hears while it waits.

pub mod codes;
pub mod hall;
pub mod holding;
pub mod mixer;
pub mod parking;
pub mod room;
pub mod transfer;
pub mod two_party;

pub use room::Rooms;
