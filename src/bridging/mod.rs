//! What connects channels: two-party bridges, the mixer of many, rooms.

pub mod mixer;
