//! `core show channels`, `core show channel`, `core show calls`

pub mod calls;
pub mod channel;
pub mod list;
